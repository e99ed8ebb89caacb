//! Rows into domain values and back. A word that no vocabulary has makes the row [`StoreError::Corrupt`], never a panic.

mod activity;
mod arbitration;
mod cells;
mod claim;
mod columns;
mod directory;
mod from;
mod notice;
mod webhook;

use std::str::FromStr;

use domain::{caller::Actor, text, time::Timestamp};

use super::StoreError;

pub use cells::{Cells, Plain, Record, Shape, read_all};
pub use claim::{claim_to_row, line_from_row, line_to_row};
pub use columns::{Columns, Read, always, read_for, select};
pub use from::Rows;

/// The words of a list as a column holds them: in the order given, one space between them.
#[must_use]
pub fn words<T: std::fmt::Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What a search looks through (L14): the parts folded, a line each, so that no word is found across two.
#[must_use]
pub fn search_text<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(text::fold).collect::<Vec<_>>().join("\n")
}

/// One row while it is read: where it is, for the error when it cannot be.
#[derive(Clone, Copy)]
struct Row<'a> {
    table: &'static str,
    key: &'a dyn std::fmt::Display,
}

impl Row<'_> {
    fn corrupt(self) -> StoreError {
        StoreError::Corrupt(self.table, self.key.to_string())
    }

    fn word<T: FromStr>(self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.corrupt())
    }

    fn maybe_word<T: FromStr>(self, text: Option<&str>) -> Result<Option<T>, StoreError> {
        text.map(|text| self.word(text)).transpose()
    }

    fn time(self, micros: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_micros(micros).map_err(|_| self.corrupt())
    }

    fn json<T: serde::de::DeserializeOwned>(self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.corrupt())
    }

    fn actor(self, kind: &str, subject: String, name: Option<String>) -> Result<Actor, StoreError> {
        let kind = self.word(kind)?;
        Ok(Actor { kind, subject, name })
    }
}
