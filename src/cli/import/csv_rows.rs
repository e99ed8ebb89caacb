//! The rows of a CSV file.

use std::io::{BufRead, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::{
    Entry, Noun, Rows,
    cells::{Cells, Column},
    lines::PlainLines,
    not_utf8,
};
use crate::cli::failure::Failure;

/// The rows, once the line of column names has been read.
///
/// # Errors
/// When that line is missing, or does not name the columns that are needed.
pub fn rows<'a, R: Noun + 'a>(input: impl BufRead + 'a) -> Result<Rows<'a, R>, Failure> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(PlainLines::new(input));
    let Some((_, header)) = next_record(&mut reader)? else {
        return Err(Failure::new("The file is empty.", needed(R::COLUMNS)));
    };
    let places = places(R::COLUMNS, &header)?;
    Ok(Box::new(std::iter::from_fn(move || {
        let found = next_record(&mut reader).transpose()?;
        Some(found.map(|(line, record)| Entry { line, row: row(&places, header.len(), &record) }))
    })))
}

fn row<R: Noun>(places: &[Option<usize>], width: usize, record: &StringRecord) -> Result<R, String> {
    if record.len() == width {
        return R::from_cells(&Cells::new(R::COLUMNS, places, record));
    }
    let hint = if record.iter().any(|cell| cell.contains('\n')) { " Is a quotation mark not closed?" } else { "" };
    Err(format!("The row has {} cells, the first line names {width} columns.{hint}", record.len()))
}

/// The next record that is not blank, and the line that it begins on.
fn next_record(reader: &mut Reader<impl Read>) -> Result<Option<(u64, StringRecord)>, Failure> {
    let mut record = ByteRecord::new();
    let from = reader.position().line();
    let is_one = reader.read_byte_record(&mut record).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        kind => Failure::new(format!("The file cannot be read: {kind:?}."), "Check that it is a CSV file."),
    })?;
    if !is_one {
        return Ok(None);
    }
    // The reader's own place of a record is that of blank lines before it: count back from its end. (A record that never
    // ends, for an open quotation mark, has swallowed the last line break too.)
    let breaks = record.as_slice().split(|byte| *byte == b'\n').skip(1).count();
    let line = reader.position().line().saturating_sub(1 + breaks as u64).max(from);
    match StringRecord::from_byte_record(record) {
        Ok(record) => Ok(Some((line, record))),
        Err(_) => Err(not_utf8(line)),
    }
}

/// For each column its place in the file.
fn places(columns: &[Column], header: &StringRecord) -> Result<Vec<Option<usize>>, Failure> {
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    let refuse = |what: &str, names: Vec<&str>| {
        Err(Failure::new(format!("The first line of the file {what}: {}.", names.join(", ")), needed(columns)))
    };
    let unknown: Vec<&str> =
        names.iter().copied().filter(|name| columns.iter().all(|column| column.name != *name)).collect();
    if !unknown.is_empty() {
        return refuse("names columns that are not known", unknown);
    }
    let twice: Vec<&str> = columns
        .iter()
        .map(|column| column.name)
        .filter(|name| names.iter().filter(|other| *other == name).count() > 1)
        .collect();
    if !twice.is_empty() {
        return refuse("names columns twice", twice);
    }
    let place = |column: &Column| names.iter().position(|name| *name == column.name);
    let missing: Vec<&str> =
        columns.iter().filter(|column| column.required && place(column).is_none()).map(|column| column.name).collect();
    if !missing.is_empty() {
        return refuse("does not name these columns", missing);
    }
    Ok(columns.iter().map(place).collect())
}

fn needed(columns: &[Column]) -> String {
    let name = |column: &Column| if column.required { column.name.to_owned() } else { format!("[{}]", column.name) };
    let names: Vec<String> = columns.iter().map(name).collect();
    format!("The first line must name the columns, in any order and separated by commas: {}.", names.join(", "))
}
