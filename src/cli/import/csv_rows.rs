//! The rows of a CSV file, as spreadsheets write it: separated by commas, semicolons or tabs, with rows and cells that are
//! blank.

use std::io::{BufRead, BufReader};

use super::{
    Entry, FileRow, Rows,
    cells::{Cells, Column},
    dialect,
    encoding::not_utf8,
    lines::PlainLines,
    records::{CELL_MAX, Cell, Record, Records},
};
use crate::cli::error::CliError;

/// The rows, once the line of column names has been read.
///
/// # Errors
/// When that line is missing, or does not name the columns that are needed.
pub fn rows<'a, R: FileRow + 'a>(input: impl BufRead + 'a) -> Result<Rows<'a, R>, CliError> {
    let (separator, input) = dialect::separated(BufReader::new(PlainLines::new(input)))?;
    let mut records = Records::new(input, separator);
    let Some(header) = records.next_record()? else {
        return Err(CliError::new("The file is empty.", needed(R::COLUMNS)));
    };
    let header = Header::read(R::COLUMNS, header)?;
    Ok(Box::new(std::iter::from_fn(move || {
        let record = records.next_record().transpose()?;
        Some(record.and_then(|record| Ok(Entry { line: record.line, row: header.row::<R>(record)? })))
    })))
}

/// The first line of a file: the names of its columns.
struct Header {
    columns: &'static [Column],
    /// For each column its place in the file, if the file has it.
    places: Vec<Option<usize>>,
    /// What each place of the file is called, for messages.
    names: Vec<String>,
}

impl Header {
    fn read(columns: &'static [Column], record: Record) -> Result<Self, CliError> {
        let line = record.line;
        let refuse = |what: &str, names: &[&str]| {
            Err(CliError::new(format!("The header on line {line} {what}: {}.", names.join(", ")), needed(columns)))
        };
        let mut names = Vec::with_capacity(record.cells.len());
        for (place, cell) in record.cells.into_iter().enumerate() {
            let place = format!("column {}", place + 1);
            match cell {
                Cell::Bytes(bytes) => match String::from_utf8(bytes) {
                    Ok(name) => names.push(name.trim().to_owned()),
                    Err(error) => return Err(not_utf8(&format!("line {line}, {place},"), error.as_bytes())),
                },
                Cell::TooLong => return refuse("has a name that is too long", &[&place]),
            }
        }
        if record.count > names.len() {
            return refuse("names too many columns", &[&record.count.to_string()]);
        }
        let is = |column: &Column, name: &str| plain(name) == plain(column.name);
        let unknown: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let unknown: Vec<&str> =
            unknown.into_iter().filter(|name| !columns.iter().any(|column| is(column, name))).collect();
        if !unknown.is_empty() {
            return refuse("names columns that are not known", &unknown);
        }
        let count = |column: &Column| names.iter().filter(|name| is(column, name)).count();
        let twice: Vec<&str> = columns.iter().filter(|column| count(column) > 1).map(|column| column.name).collect();
        if !twice.is_empty() {
            return refuse("names columns twice", &twice);
        }
        let missing = columns.iter().filter(|column| column.required && count(column) == 0);
        let missing: Vec<&str> = missing.map(|column| column.name).collect();
        if !missing.is_empty() {
            return refuse("does not name these columns", &missing);
        }
        let places = columns.iter().map(|column| names.iter().position(|name| is(column, name))).collect();
        Ok(Self { columns, places, names })
    }

    /// A row of the record; inside, why it is none.
    fn row<R: FileRow>(&self, record: Record) -> Result<Result<R, String>, CliError> {
        let hint = if record.spans_lines() { " Is a quotation mark not closed?" } else { "" };
        let (line, count) = (record.line, record.count);
        let mut texts = Vec::with_capacity(record.cells.len());
        for (place, cell) in record.cells.into_iter().enumerate() {
            match cell {
                Cell::Bytes(bytes) => match String::from_utf8(bytes) {
                    Ok(text) => texts.push(text),
                    Err(error) => {
                        return Err(not_utf8(&format!("line {line}, column {},", self.name(place)), error.as_bytes()));
                    }
                },
                Cell::TooLong => {
                    let what = format!("{}: the cell has more than {CELL_MAX} bytes.{hint}", self.name(place));
                    return Ok(Err(what));
                }
            }
        }
        if let Some(why) = self.misfit(&texts, count) {
            return Ok(Err(why + hint));
        }
        Ok(R::from_cells(&Cells::new(self.columns, &self.places, &texts)))
    }

    /// Why the cells do not fit the columns. Spreadsheets leave out blank cells at the end of a row, and add some.
    fn misfit(&self, texts: &[String], count: usize) -> Option<String> {
        let counts = || format!("the row has {count} cells, the header names {} columns.", self.names.len());
        let missing = self.columns.iter().zip(&self.places).filter(|(column, _)| column.required);
        let missing =
            missing.filter(|(_, place)| place.is_some_and(|place| place >= count)).min_by_key(|(_, place)| **place);
        if let Some((column, _)) = missing {
            return Some(format!("{}: the cell is missing; {}", column.name, counts()));
        }
        let unnamed = texts
            .iter()
            .enumerate()
            .find(|(place, text)| !text.trim().is_empty() && self.names.get(*place).is_none_or(String::is_empty));
        unnamed.map(|(place, _)| format!("{}: the header has no name for this cell; {}", self.name(place), counts()))
    }

    /// What a place is called in messages: its column as it is documented, or its number.
    fn name(&self, place: usize) -> String {
        let column = self.places.iter().position(|known| *known == Some(place)).and_then(|at| self.columns.get(at));
        column.map_or_else(|| format!("column {}", place + 1), |column| column.name.to_owned())
    }
}

/// A column's name without regard to case, spaces and what people write for them.
fn plain(name: &str) -> String {
    domain::text::fold(name).chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).collect()
}

fn needed(columns: &[Column]) -> String {
    let name = |column: &Column| if column.required { column.name.to_owned() } else { format!("[{}]", column.name) };
    let names: Vec<String> = columns.iter().map(name).collect();
    format!(
        "The first line must name the columns, in any order and separated by commas, semicolons or tabs: {}.",
        names.join(", ")
    )
}
