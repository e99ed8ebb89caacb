//! Rows into domain values and back. A word that no vocabulary has makes the row [`StoreError::Corrupt`](super::StoreError::Corrupt), never a panic.

mod cells;
mod columns;
mod from;
mod record;

use std::collections::HashMap;

use domain::text;
use uuid::Uuid;

pub use cells::{Cells, Plain, Record, Shape, read_all};
pub use columns::{Columns, Read, always, read_for, select};
pub use from::Rows;
pub(in crate::store) use record::{read_column, record};

/// Values by their ids, with a fast hash: a page hashes an id for every row.
pub type ById<V> = HashMap<Uuid, V, foldhash::fast::RandomState>;

/// What a search looks through (L14): the parts folded, a line each, so that no word is found across two.
#[must_use]
pub fn search_text<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(text::fold).collect::<Vec<_>>().join("\n")
}
