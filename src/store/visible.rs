//! What a reader was shown: the proof that it was within the reader's scope.

/// The id of something that a read with the caller's scope returned, or that a use case answered to a caller who may see it.
///
/// Only the store makes one. Reads of related rows accept only this type, and so need not check again whether the
/// caller may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visible<T>(T);

impl<T: Copy> Visible<T> {
    pub(super) const fn new(id: T) -> Self {
        Self(id)
    }

    /// The id.
    #[must_use]
    pub const fn get(self) -> T {
        self.0
    }
}

/// The bare ids.
pub(super) fn bare<T: Copy>(visible: &[Visible<T>]) -> Vec<T> {
    visible.iter().map(|id| id.get()).collect()
}
