//! What statistics are grouped by (S2).

use super::UnknownWord;

words! {
    /// What statistics are grouped by (S2).
    StatisticsGroup {
        /// The month of submission.
        Month = "MONTH",
        /// The ISO week of submission.
        Week = "WEEK",
        /// The claim's partner.
        Partner = "PARTNER",
        /// Each product of a claim.
        Product = "PRODUCT",
        /// The assigned reviewer.
        Reviewer = "REVIEWER",
        /// Why a claim is rejected.
        RejectionReason = "REJECTION_REASON",
        /// The solution area.
        SolutionArea = "SOLUTION_AREA",
    }
}
