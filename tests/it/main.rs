//! The one integration test binary: the real router over real HTTP on a real database, SQLite and PostgreSQL alike.
//!
//! `support` is what the tests stand on; every other file is a topic. Rules of `docs/domain.md` are cited by their number.
#![cfg(test)]

mod support;

mod contract;
mod editing;
mod eligibility;
mod layers;
mod lifecycle;
mod rules;
mod schema;
