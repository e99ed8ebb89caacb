//! Customers.

mod query;
mod types;

pub(super) use query::CustomerQuery;
pub use types::{Customer, CustomerById, CustomerConnection};
