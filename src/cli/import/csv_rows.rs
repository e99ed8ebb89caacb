//! The rows of a CSV file.

use std::io::BufRead;

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::{
    Entry, Noun, Rows,
    cells::{Cells, Column},
    lines::CountLines,
    not_utf8,
};
use crate::cli::failure::Failure;

/// The rows, once the line of column names has been read.
///
/// # Errors
/// When that line is missing, or does not name the columns that are needed.
pub fn rows<'a, R: Noun + 'a>(input: impl BufRead + 'a) -> Result<Rows<'a, R>, Failure> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let header = next_record(&mut reader)?;
    let Some((_, header)) = header else {
        return Err(Failure::new("The file is empty.", format!("Its first line must name the columns: {}.", names(R::COLUMNS))));
    };
    let places = places(R::COLUMNS, &header)?;
    let width = header.len();
    let mut ended = false;
    Ok(Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        match next_record(&mut reader) {
            Ok(found) => found.map(|(line, record)| Ok(Entry { line, row: row(&places, width, &record) })),
            Err(failure) => {
                ended = true;
                Some(Err(failure))
            }
        }
    })))
}
