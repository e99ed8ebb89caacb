//! Bulk mutations (B1, B2).

mod enums;
mod inputs;
mod mutation;
mod payloads;

pub(super) use mutation::BulkMutation;
