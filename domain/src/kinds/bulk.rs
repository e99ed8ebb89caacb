//! Bulk mutations: what to do with good rows beside bad ones and with claims that exist, and what became of each row (B).

use super::UnknownWord;

words! {
    /// What happens to the good rows of a call that also has bad ones (B1).
    BulkPolicy {
        /// Nothing is stored.
        AllOrNothing = "ALL_OR_NOTHING",
        /// The good rows are stored.
        KeepGood = "KEEP_GOOD",
    }
}

words! {
    /// What happens to a row whose external reference one of the partner's claims has already (B2).
    OnExisting {
        /// The row is refused.
        Refuse = "REFUSE",
        /// The claim stays as it is.
        Skip = "SKIP",
        /// A draft becomes what the row says.
        UpdateDraft = "UPDATE_DRAFT",
    }
}

words! {
    /// What became of a row (B1).
    BulkOutcome {
        /// A draft was created.
        Created = "CREATED",
        /// A draft was changed.
        Updated = "UPDATED",
        /// A draft was submitted.
        Submitted = "SUBMITTED",
        /// The claim exists and was left as it is.
        Skipped = "SKIPPED",
        /// The row has problems that refuse it.
        Refused = "REFUSED",
        /// The row is good, but other rows of an `ALL_OR_NOTHING` call were refused.
        NotDone = "NOT_DONE",
    }
}
