//! Values that are derived from a selection, computed once.
//!
//! A key is the address of the part of an operation that a value is derived from, and the value's type. So a memo must not outlive
//! its operation, whose parts never move.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The address of a part of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Address(usize);

impl Address {
    /// The address of this part.
    pub(super) fn of<T>(part: &T) -> Self {
        Self(std::ptr::from_ref(part).addr())
    }
}

/// The values of one operation.
#[derive(Default)]
pub struct Memo(Mutex<HashMap<(Address, TypeId), Arc<dyn Any + Send + Sync>>>);

impl Memo {
    /// The value of this type for the part at the address; `work_out` computes it the first time.
    ///
    /// # Errors
    /// Those of `work_out`.
    pub(super) fn get<T: Any + Send + Sync, E>(
        &self,
        address: Address,
        work_out: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let key = (address, TypeId::of::<T>());
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known().get(&key).cloned().and_then(|value| value.downcast().ok()) {
            return Ok(value);
        }
        // Computed without the lock, because `work_out` may need another value of the memo.
        let value = Arc::new(work_out()?);
        let kept: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(&value);
        known().insert(key, kept);
        Ok(value)
    }
}
