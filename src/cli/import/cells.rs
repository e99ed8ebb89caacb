//! The cells of a CSV row, read by the name of their column.

use std::fmt::Display;

use domain::{identifier, time::Timestamp};
use uuid::Uuid;

/// A column of a file.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether a file must have it.
    pub required: bool,
}

impl Column {
    /// A column that a file must have.
    pub const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    /// A column that a file may leave out.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }
}

/// One row, and where its columns are.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    columns: &'a [Column],
    /// For each column its place in the row, if the file has it.
    places: &'a [Option<usize>],
    texts: &'a [String],
}

impl<'a> Cells<'a> {
    /// The cells of a row.
    pub const fn new(columns: &'a [Column], places: &'a [Option<usize>], texts: &'a [String]) -> Self {
        Self { columns, places, texts }
    }

    /// The cell's text without white space around it; blank where the file has no such column.
    pub fn text(&self, column: &str) -> &'a str {
        let place =
            self.columns.iter().position(|known| known.name == column).and_then(|index| *self.places.get(index)?);
        place.and_then(|place| self.texts.get(place)).map(String::as_str).unwrap_or_default().trim()
    }

    /// The texts of a list.
    pub fn list(&self, column: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text(column).split(';').map(str::trim).filter(|text| !text.is_empty())
    }

    /// A UUID, in every spelling of it (L15).
    pub fn uuid(&self, column: &str) -> Result<Uuid, String> {
        let text = self.text(column);
        identifier::uuid(text).ok_or_else(|| wrong(column, text, "a UUID"))
    }

    /// A whole number.
    pub fn number(&self, column: &str) -> Result<i32, String> {
        let text = self.text(column);
        text.parse().map_err(|_| wrong(column, text, "a whole number"))
    }

    /// An instant.
    pub fn time(&self, column: &str) -> Result<Timestamp, String> {
        let text = self.text(column);
        text.parse().map_err(|_| wrong(column, text, "an RFC 3339 time such as 2026-01-31T00:00:00Z"))
    }

    /// An instant, or nothing where the cell is blank.
    pub fn time_or_none(&self, column: &str) -> Result<Option<Timestamp>, String> {
        if self.text(column).is_empty() { Ok(None) } else { self.time(column).map(Some) }
    }

    /// A word of a vocabulary.
    pub fn word<T: Copy + Display>(&self, column: &str, words: &[T]) -> Result<T, String> {
        one_of(column, self.text(column), words)
    }

    /// Words of a vocabulary.
    pub fn words<T: Copy + Display>(&self, column: &str, words: &[T]) -> Result<Vec<T>, String> {
        self.list(column).map(|text| one_of(column, text, words)).collect()
    }
}

fn one_of<T: Copy + Display>(column: &str, text: &str, words: &[T]) -> Result<T, String> {
    words.iter().copied().find(|word| word.to_string() == text).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(ToString::to_string).collect();
        wrong(column, text, &format!("one of {}", known.join(", ")))
    })
}

fn wrong(column: &str, text: &str, what: &str) -> String {
    if text.is_empty() {
        format!("{column}: the cell is blank; give {what}.")
    } else {
        format!("{column}: {text:?} is not {what}.")
    }
}
