//! Shared parts of filters and orders.

use async_graphql::{Enum, InputObject};

use super::scalar::DateTime;
use crate::store::claims::TimeRange;

/// A range of times that includes its start and excludes its end. An end that is omitted is open.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeRange {
    /// The inclusive start of the range.
    pub from: Option<DateTime>,
    /// The exclusive end of the range.
    pub before: Option<DateTime>,
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
