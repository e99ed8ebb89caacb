//! Proof documents (P1): their metadata; the content is in the document store.

mod read;
mod record;

pub mod write;

pub use read::{by_address, by_ids, known_keys, of_claims};
pub use record::Document;
