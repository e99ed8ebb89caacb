//! The directory under change: read by natural key, and written whole, in few statements for any number of rows (C8).

use std::{collections::HashMap, future::Future, hash::Hash};

use domain::{directory::Row, problem::Problem, time::Timestamp};

use super::{StoreError, Transaction};

/// A kind of row that the directory is loaded with.
pub trait Loadable: Row + Clone + PartialEq + Send + Sync {
    /// The natural key.
    type Key: Eq + Hash + Clone + Send + Sync;

    /// The row's natural key.
    fn key(&self) -> Self::Key;

    /// How the API names the key's field, for the problem of a key that comes twice.
    const KEY_FIELD: &'static str;

    /// Whether loading such rows may end associations (I2).
    const MAY_END_ASSOCIATIONS: bool = false;

    /// Whether a row may be refused because of another row of its kind, so that rows must be stored in their order.
    const DEPENDS_ON_OTHERS: bool = false;

    /// The stored rows with these keys.
    ///
    /// # Errors
    /// Database errors.
    fn existing(
        transaction: &Transaction,
        rows: &[Self],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self>, StoreError>> + Send;

    /// For each row, why it does not fit the rest of the directory, if so.
    ///
    /// # Errors
    /// Database errors.
    fn refused(
        transaction: &Transaction,
        rows: &[Self],
    ) -> impl Future<Output = Result<Vec<Option<Problem>>, StoreError>> + Send;

    /// The row with what it leaves out, as it is there already (L12).
    #[must_use]
    fn completed(self, _there: Option<&Self>) -> Self {
        self
    }

    /// Whether the stored row equals this row.
    fn unchanged(&self, there: &Self) -> bool {
        self == there
    }

    /// Writes the rows, new or not.
    ///
    /// # Errors
    /// Database errors.
    fn write(
        transaction: &Transaction,
        rows: &[Self],
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
