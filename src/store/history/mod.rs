//! The history (H1): append-only, and the event log ([`log`]).

mod ends;
mod read;
mod record;
pub(in crate::store) mod tally;

pub mod log;
pub mod write;

pub use read::{
    HistoryFilter, ORDER, ORDER_OF_CLAIM, Place, by_ids, count, counts_of_claims, cursor_of, decode_place,
    decode_position, encode_position, page, pages_of_claims,
};
pub use record::{HistoryEntry, Position};
