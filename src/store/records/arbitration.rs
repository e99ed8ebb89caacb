//! The records after a decision: arbitrations, evaluations.

use domain::{
    kinds::{ArbitrationStatus, EvaluationStatus, IncentiveProgram},
    time::Timestamp,
};
use uuid::Uuid;

use super::record;

record! {
    /// A contest of claims for one subject (X).
    pub struct Arbitration of arbitration {
        /// The arbitration's id.
        pub id: Uuid = get(Id),
        /// The customer's tenant.
        pub tenant_id: Uuid = get(TenantId),
        /// The product.
        pub sku_id: Uuid = get(SkuId),
        /// The subscription (Business Applications).
        pub subscription_id: Option<Uuid> = get(SubscriptionId),
        /// Its current state.
        pub status: ArbitrationStatus = word(Status),
        /// When it opened.
        pub opened_at: Timestamp = time(OpenedAt),
        /// When it was awarded or settled.
        pub settled_at: Option<Timestamp> = maybe_time(SettledAt),
        /// The claim that has the subject; `None` while it is open, and if no claim was left.
        pub winner_claim_id: Option<Uuid> = get(WinnerClaimId),
        /// The review lead's reason (X5); for the vendor only.
        pub rationale: Option<String> = get(Rationale),
    }
}

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
