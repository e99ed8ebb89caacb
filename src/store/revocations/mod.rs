//! Revoked tokens, and the tokens of service accounts (A8).

mod read;
mod record;

pub mod write;

pub use read::{Edition, all, edition, end_of, service_tokens};
pub use record::{Revoked, ServiceToken};
