//! Comments (K1): posted, never changed.

mod read;
mod record;

pub mod write;

pub use read::{CommentFilter, ORDER, by_ids, count, counts_of_claims, page, pages_of_claims};
pub use record::Comment;
