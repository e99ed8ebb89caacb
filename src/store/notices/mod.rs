//! Notices: recorded with the change that they report (D4, N1, M2), and delivered from the [`outbox`] (M6).

mod read;
mod record;

pub mod outbox;
pub mod write;

pub use read::{
    ClaimFacts, NoticeFilter, ORDER, Queue, Reached, by_ids, by_token_hash, claim_facts, count, find, latest,
    of_digests, page, preference, product_names, queue, reached, refused,
};
pub use record::{Notice, owner};
