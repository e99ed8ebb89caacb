//! Customers with their domains (C6).

mod read;
mod record;

pub mod write;

pub use read::{ORDER, by_ids, by_tenant_and_domain, count, domains_of, get_many, page};
pub use record::Customer;
