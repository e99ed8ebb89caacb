//! The record of a customer.

use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// A customer (C6).
    pub struct Customer of customer {
        /// The tenant's id.
        pub tenant_id: Uuid = get(TenantId always ["id", "tenantId", "subscriptions", "claims"]),
        /// The customer's name.
        pub name: String = get(Name read_for ["name"]),
        /// The default domain.
        pub domain: String = get(Domain read_for ["domain", "domains"]),
    }
}
