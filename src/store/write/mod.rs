//! Writes: everything here runs in a [`super::Transaction`], and nowhere else (H1).

pub mod arbitrations;
pub mod associations;
pub mod bulk;
pub mod change;
pub mod claims;
pub mod comments;
mod copy;
pub mod directory;
pub mod documents;
pub mod drafts;
pub mod evaluations;
pub mod history;
pub mod idempotency;
pub mod locks;
pub mod notices;
pub mod outbox;
pub mod projection;
pub mod revocations;
mod rows;
pub mod settings;
pub mod webhooks;
