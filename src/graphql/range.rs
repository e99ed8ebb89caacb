//! Shared parts of filters and orders.

use async_graphql::{Enum, InputObject};

use super::scalar::DateTime;
use crate::store::claims::TimeRange;

/// A range of times: from the first, which belongs to it, to the last, which does not. An end left out is open.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeRange {
    /// The earliest time that belongs to the range.
    pub from: Option<DateTime>,
    /// The first time after the range.
    pub before: Option<DateTime>,
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
