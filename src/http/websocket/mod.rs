//! `GET /graphql` with `Upgrade: websocket`: the protocol `graphql-transport-ws` (PROTOCOL.md of graphql-ws 6).
//!
//! A socket is one task that reads, writes and keeps time. Queries and mutations are tasks of their own, which hand their
//! answers over by a short queue; subscriptions are streams that the socket polls. So no operation waits for another, and
//! none holds a transaction while a client reads slowly. For an event, the task polls the stream of that subscription and
//! writes; it polls neither the connection nor a timer. What an operation may do, cost and take is the same as over HTTP.

mod client;
mod operations;
mod protocol;
mod socket;
#[cfg(test)]
mod tests;
mod upgrade;
mod work;

pub(super) use upgrade::{is_wanted, upgrade};
