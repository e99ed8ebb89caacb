//! The record of an evaluation.

use domain::{
    kinds::{EvaluationStatus, IncentiveProgram},
    time::Timestamp,
};
use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// The incentive evaluation of an approved claim, as the incentive system is given it (I1).
    pub struct Evaluation of evaluation {
        /// The claim.
        pub claim_id: Uuid = get(ClaimId),
        /// Its current state.
        pub status: EvaluationStatus = word(Status),
        /// The program that it is for; none for Revenue association.
        pub programs: Vec<IncentiveProgram> = words(Programs),
        /// What the partner finds it by (Microsoft 365).
        pub tenant_id: Option<Uuid> = get(TenantId),
        /// What the partner finds it by (Business Applications).
        pub subscription_ids: Vec<Uuid> = words(SubscriptionIds),
        /// When it was sent.
        pub sent_at: Option<Timestamp> = maybe_time(SentAt),
    }
}
