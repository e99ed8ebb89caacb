//! The one integration test binary: the real router over real HTTP on a real database, SQLite and PostgreSQL alike.
//!
//! `support` is what the tests stand on; every other file is a topic. Rules of `docs/domain.md` are cited by their number.
#![cfg(test)]

mod support;

mod access;
mod arbitration;
mod bodies;
mod bounds;
mod cancel;
mod catalogue;
mod clocks;
mod command_line;
mod consent;
mod contract;
mod conversation;
mod crash;
mod database_restart;
mod diagram;
mod directory;
mod disputes;
mod docs;
mod documents;
mod editing;
mod eligibility;
mod event_stream;
mod faults;
mod fuzz_corpus;
mod generate;
mod guards;
mod http;
mod idempotency;
mod identity;
mod idle;
mod import;
mod input;
mod kills;
mod layers;
mod lifecycle;
mod list_indexes;
mod live;
mod live_load;
mod logging;
mod many_servers;
mod merging;
mod metrics;
mod model;
mod nodes;
mod paging;
mod partial_reads;
mod races;
mod restore;
mod reviewers;
mod revocation;
mod rights;
mod role_matrix;
mod rules;
mod schema;
mod scopes;
mod secrecy;
mod settlement;
mod shutdown;
mod situations;
mod statements;
mod strays;
mod supply;
mod text;
#[cfg(feature = "otel")]
mod traces;
mod transfers;
mod upgrade;
mod verify;
mod walk;
mod websocket;
mod writes;
