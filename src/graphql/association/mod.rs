//! Associations.

mod query;
mod types;

pub(super) use query::AssociationQuery;
pub use types::{Association, AssociationConnection, AssociationOfLine};
