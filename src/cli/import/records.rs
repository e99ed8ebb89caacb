//! The records of a CSV file, read in constant memory whatever is in the file.

use std::io::BufRead;

use csv_core::{ReadFieldResult, ReaderBuilder, Terminator};
use memchr::memchr_iter;

use crate::cli::error::CliError;

/// The longest cell that is kept, in bytes; no value that a column takes is as long.
pub const CELL_MAX: usize = 256 * 1024;
/// The most cells of a record that are kept; the others are counted.
const CELLS_MAX: usize = 256;

/// A cell of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Its bytes, out of their quotation marks.
    Bytes(Vec<u8>),
    /// It is longer than [`CELL_MAX`] and was not kept.
    TooLong,
}

/// A record, and the line that it begins on.
#[derive(Debug)]
pub struct Record {
    /// The line, from 1.
    pub line: u64,
    /// Its cells, as many as are kept.
    pub cells: Vec<Cell>,
    /// How many cells it has.
    pub count: usize,
    /// How many line breaks are in its cells.
    breaks: u64,
}

impl Record {
    /// Whether all of its cells are blank, as in the rows that spreadsheets write below the last one.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| matches!(cell, Cell::Bytes(bytes) if bytes.trim_ascii().is_empty()))
    }

    /// Whether a cell goes over several lines: a quotation mark may not be closed.
    pub const fn spans_lines(&self) -> bool {
        self.breaks > 0
    }
}

/// Reads records from plain lines.
pub struct Records<R> {
    input: R,
    reader: csv_core::Reader,
    /// Where cells are written: a byte more than is kept.
    cell: Vec<u8>,
}

impl<R: BufRead> Records<R> {
    /// The records of this input, whose cells are separated so.
    pub fn new(input: R, separator: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(b'\n')).build();
        Self { input, reader, cell: vec![0; CELL_MAX + 1] }
    }

    /// The next record that is not blank.
    pub fn next_record(&mut self) -> Result<Option<Record>, CliError> {
        loop {
            match self.read()? {
                Some(record) if record.is_blank() => {}
                other => return Ok(other),
            }
        }
    }

    fn read(&mut self) -> Result<Option<Record>, CliError> {
        let from = self.reader.line();
        let mut record = Record { line: from, cells: Vec::new(), count: 0, breaks: 0 };
        // How much of the cell stands in its buffer, and whether more was dropped.
        let (mut length, mut too_long) = (0, false);
        loop {
            let input = self.input.fill_buf()?;
            let (found, taken, written) = self.reader.read_field(input, &mut self.cell[length..]);
            self.input.consume(taken);
            let breaks = memchr_iter(b'\n', &self.cell[length..length + written]).count();
            record.breaks += u64::try_from(breaks).unwrap_or_default();
            length += written;
            match found {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => {
                    too_long = true;
                    length = 0;
                }
                ReadFieldResult::Field { record_end } => {
                    record.count += 1;
                    if record.cells.len() < CELLS_MAX {
                        let is_kept = !too_long && length <= CELL_MAX;
                        let bytes = || Cell::Bytes(self.cell[..length].to_vec());
                        record.cells.push(if is_kept { bytes() } else { Cell::TooLong });
                    }
                    (length, too_long) = (0, false);
                    if record_end {
                        // Blank lines before it were counted, too: the line is found from the record's end. (One that never
                        // ends, for an open quotation mark, has swallowed the last line break.)
                        record.line = self.reader.line().saturating_sub(1 + record.breaks).max(from);
                        return Ok(Some(record));
                    }
                }
                ReadFieldResult::End => return Ok(None),
            }
        }
    }
}
