//! The values of a row.

use domain::{history::FieldChange, time::Timestamp};

/// A value. Each format writes it in its own way.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// None.
    Null,
    /// A text, also a word of a vocabulary, an id or a time.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Bool(bool),
    /// A list, of which an item may be missing.
    List(Vec<Option<String>>),
    /// What changed, field by field.
    Changes(Vec<FieldChange>),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn maybe<T: Into<String>>(text: Option<T>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    pub(super) fn shown(value: impl ToString + Copy) -> Self {
        Self::Text(value.to_string())
    }

    pub(super) fn maybe_shown(value: Option<impl ToString + Copy>) -> Self {
        value.map_or(Self::Null, Self::shown)
    }

    pub(super) fn time(at: Option<Timestamp>) -> Self {
        Self::maybe_shown(at)
    }

    pub(super) fn list(values: &[impl ToString]) -> Self {
        Self::List(values.iter().map(|value| Some(value.to_string())).collect())
    }
}
