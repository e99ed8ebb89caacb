//! The one integration test binary: the real router over real HTTP on a real database, SQLite and PostgreSQL alike.
//!
//! `support` is what the tests stand on; every other file is a topic. Rules of `docs/domain.md` are cited by their number.
#![cfg(test)]

mod support;

mod access;
mod command_line;
mod contract;
mod conversation;
mod directory;
mod docs;
mod documents;
mod editing;
mod eligibility;
mod guards;
mod http;
mod idempotency;
mod import;
mod input;
mod layers;
mod lifecycle;
mod nodes;
mod paging;
mod role_matrix;
mod rules;
mod schema;
mod statements;
mod verify;
mod walk;
