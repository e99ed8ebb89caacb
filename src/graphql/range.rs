//! Shared parts of filters and orders.

use async_graphql::{Enum, InputObject};

use super::{error::Failure, scalar::DateTime};
use crate::store::claims::TimeRange;

/// A range of times: from the first, which belongs to it, to the last, which does not. An end left out is open.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeRange {
    /// The earliest time that belongs to the range.
    pub from: Option<DateTime>,
    /// The first time after the range.
    pub before: Option<DateTime>,
}

/// The longest list in a filter.
const LONGEST_LIST: usize = 1_000;

/// A list of a filter, each of its entries as the store takes it.
///
/// # Errors
/// Malformed input for a list that is too long.
pub fn listed<T, U>(list: Option<Vec<T>>, entry: impl FnMut(T) -> U) -> Result<Option<Vec<U>>, Failure> {
    match list {
        Some(list) if list.len() > LONGEST_LIST => {
            Err(Failure::BadInput(format!("A list in a filter has at most {LONGEST_LIST} entries.")))
        }
        list => Ok(list.map(|list| list.into_iter().map(entry).collect())),
    }
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// From the earliest to the latest.
    Asc,
    /// From the latest to the earliest.
    Desc,
}

impl From<DateTimeRange> for TimeRange {
    fn from(range: DateTimeRange) -> Self {
        Self { from: range.from.map(Into::into), before: range.before.map(Into::into) }
    }
}
