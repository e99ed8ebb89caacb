//! Managing endpoints, planning deliveries, and noting the result of them (W). Each of these begins with
//! [`crate::store::transaction::locks::webhooks`].

mod endpoints;
mod plan;
mod settle;

pub use endpoints::{Changed, delete, disable, enable, insert, rotate, update};
pub use plan::{Planned, add, advance, again, attempt_now, level, release, set_behind, those_active};
pub use settle::{DeliveryResult, Outcome, forget, lease, settle, unlease};
