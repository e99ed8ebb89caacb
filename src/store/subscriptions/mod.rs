//! Customers' subscriptions (C7).

mod read;
mod record;

pub mod write;

pub use read::{ORDER, SubscriptionFilter, by_ids, count, counts_of_customers, get_many, page, pages_of_customers};
pub use record::Subscription;
