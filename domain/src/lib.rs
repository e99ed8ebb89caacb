//! The rules of cpor, as `docs/domain.md` numbers them: no I/O, no async, no clock, no randomness.
#![forbid(unsafe_code)]

pub mod arbitration;
pub mod calendar;
pub mod caller;
pub mod catalogue;
pub mod claim;
pub mod deadline;
pub mod directory;
pub mod eligibility;
pub mod history;
pub mod identifier;
pub mod kinds;
pub mod lifecycle;
pub mod notice;
pub mod number;
pub mod patch;
pub mod policy;
pub mod problem;
pub mod proof;
pub mod statistics;
pub mod text;
pub mod time;
pub mod webhook;
