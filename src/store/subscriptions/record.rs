//! The record of a subscription.

use domain::{
    kinds::{SubscriptionChannel, SubscriptionStatus},
    time::Timestamp,
};
use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// A customer's subscription (C7).
    pub struct Subscription of customer_subscription {
        /// The subscription's id.
        pub subscription_id: Uuid = get(SubscriptionId always ["id", "subscriptionId"]),
        /// The customer's tenant.
        pub tenant_id: Uuid = get(TenantId always ["customer"]),
        /// The product.
        pub sku_id: Uuid = get(SkuId always ["product"]),
        /// How it was sold.
        pub channel: SubscriptionChannel = word(Channel always ["channel"]),
        /// Where it is in its life.
        pub status: SubscriptionStatus = word(Status always ["status"]),
        /// How many seats were bought.
        pub seats: i32 = get(Seats read_for ["seats"]),
        /// When it starts.
        pub starts_at: Timestamp = time(StartsAt read_for ["startsAt"]),
        /// When it ends, if that is known.
        pub ends_at: Option<Timestamp> = maybe_time(EndsAt read_for ["endsAt"]),
    }
}
