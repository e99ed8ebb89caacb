//! The record of an arbitration.

use domain::{kinds::ArbitrationStatus, time::Timestamp};
use uuid::Uuid;

use crate::store::rows::record;

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
