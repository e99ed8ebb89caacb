//! What follows from a selection, worked out once.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where something was selected: the address of its part of an operation, which is never moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place(usize);

impl Place {
    /// The place of this part.
    pub(super) fn of<T>(part: &T) -> Self {
        Self(std::ptr::from_ref(part).addr())
    }
}

/// Values by place and type. It must not be used longer than the operation whose places it knows.
#[derive(Default)]
pub struct Memo(Mutex<HashMap<(Place, TypeId), Arc<dyn Any + Send + Sync>>>);

impl Memo {
    /// The value of a type at a place; `work_out` makes it if it is not known.
    ///
    /// # Errors
    /// Those of working it out.
    pub(super) fn get<T: Any + Send + Sync, E>(
        &self,
        place: Place,
        work_out: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let key = (place, TypeId::of::<T>());
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known().get(&key).cloned().and_then(|value| value.downcast().ok()) {
            return Ok(value);
        }
        // Not under the lock: it may ask for something else that follows from the selection.
        let value = Arc::new(work_out()?);
        let kept: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(&value);
        known().insert(key, kept);
        Ok(value)
    }
}
