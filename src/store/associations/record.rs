//! The record of an association.

use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// What an approved line became (X6).
    pub struct Association of association {
        /// The association's id.
        pub id: Uuid = get(Id always ["id"]),
        /// The claim that it comes from.
        pub claim_id: Uuid = get(ClaimId always ["claim"]),
        /// The line that it comes from.
        pub line_id: Uuid = get(LineId),
        /// The partner.
        pub partner_id: Uuid = get(PartnerId always ["partner"]),
        /// The customer's tenant.
        pub tenant_id: Uuid = get(TenantId always ["customer"]),
        /// The product.
        pub sku_id: Uuid = get(SkuId always ["product"]),
        /// The subscription (Business Applications).
        pub subscription_id: Option<Uuid> = get(SubscriptionId always ["subscription"]),
        /// Whether consent is no longer open (N4).
        pub official: bool = get(Official always ["official"]),
        /// When it started.
        pub started_at: Timestamp = time(StartedAt always ["startedAt"]),
        /// When it ended; nothing while it lives.
        pub ended_at: Option<Timestamp> = maybe_time(EndedAt always ["endedAt"]),
    }
}
