//! Shared parts of filters and orders.

use async_graphql::{Enum, InputObject};

use super::{error::ApiError, scalar::DateTime};
use crate::store::claims::TimeRange;

/// A range of times that includes its start and excludes its end. An end that is omitted is open.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeRange {
    /// The inclusive start of the range.
    pub from: Option<DateTime>,
    /// The exclusive end of the range.
    pub before: Option<DateTime>,
}

/// The longest list in a filter.
const LONGEST_LIST: usize = 1_000;

/// A list of a filter, with each entry in the form for the store.
///
/// # Errors
/// Malformed input if the list is too long.
pub fn listed<T, U>(list: Option<Vec<T>>, entry: impl FnMut(T) -> U) -> Result<Option<Vec<U>>, ApiError> {
    match list {
        Some(list) if list.len() > LONGEST_LIST => {
            Err(ApiError::BadInput(format!("A list in a filter has at most {LONGEST_LIST} entries.")))
        }
        list => Ok(list.map(|list| list.into_iter().map(entry).collect())),
    }
}

/// Whether a list starts with the earliest or the latest item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Earliest first.
    Asc,
    /// Latest first.
    Desc,
}

impl From<DateTimeRange> for TimeRange {
    fn from(range: DateTimeRange) -> Self {
        Self { from: range.from.map(Into::into), before: range.before.map(Into::into) }
    }
}
