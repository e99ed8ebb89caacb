//! Webhooks (W): endpoints of a partner or the vendor, their deliveries, and every attempt.

mod queue;
mod read;
mod record;

pub mod write;

pub use queue::{Active, ClaimHeader, Due, Lane, Queue, active, claims, cursor, due, queue};
pub use read::{
    DELIVERIES, DeliveryFilter, ENDPOINTS, Owner, attempts_of, by_ids, count, deliveries, deliveries_of,
    delivery_counts_of, delivery_id, find, page,
};
pub use record::{Attempt, Delivery, Endpoint};
