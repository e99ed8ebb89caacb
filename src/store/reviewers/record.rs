//! The record of a reviewer, with an absence.

use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::{
    StoreError,
    rows::{Cells, record},
};

record! {
    /// A reviewer of the vendor (R1).
    pub struct Reviewer of reviewer {
        /// Its id, which follows from the subject.
        pub id: Uuid = get(Id always ["id"]),
        /// The subject of the reviewer's tokens.
        pub subject: String = get(Subject always ["subject"]),
        /// The display name.
        pub name: String = get(Name always ["name"]),
        /// Where notices go.
        pub email: Option<String> = get(Email always ["email"]),
        /// Whether this is a review lead.
        pub lead: bool = get(Lead always ["lead"]),
        /// Whether reviews can be assigned.
        pub active: bool = get(Active always ["active"]),
        /// The absence that was set last.
        pub absence: Option<Absence> = absence(AbsentFrom always ["absence"], AbsentUntil, Deputy),
    }
}

/// A time in which a reviewer does not review (R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// The subject of the deputy.
    pub deputy: Option<String>,
}

impl Reviewer {
    /// Whether the reviewer is absent at this time.
    #[must_use]
    pub fn is_absent(&self, now: Timestamp) -> bool {
        self.absence.as_ref().is_some_and(|absence| absence.from <= now && now < absence.until)
    }
}

impl Cells<'_> {
    /// The next three values: an absence, if there is one.
    fn absence(&mut self) -> Result<Option<Absence>, StoreError> {
        Ok(match (self.maybe_time()?, self.maybe_time()?, self.get()?) {
            (Some(from), Some(until), deputy) => Some(Absence { from, until, deputy }),
            _ => None,
        })
    }
}
