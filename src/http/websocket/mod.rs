//! `GET /graphql` with `Upgrade: websocket`: the protocol `graphql-transport-ws` (PROTOCOL.md of graphql-ws 6).
//!
//! A socket is one task that reads, writes and keeps time; each of its operations is a task of its own that hands its
//! answers over by a short queue. So no operation waits for another, and none holds a transaction while a client reads
//! slowly. What an operation may do, cost and take is the same as over HTTP.

mod operations;
mod protocol;
mod socket;
#[cfg(test)]
mod tests;
mod upgrade;
mod work;

pub(super) use upgrade::{is_wanted, upgrade};
