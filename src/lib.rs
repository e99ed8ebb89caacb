//! cpor: a claims server with one API and one truth. `ARCHITECTURE.md` is the map of this house.
#![forbid(unsafe_code)]

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod documents;
pub mod events;
pub mod graphql;
pub mod http;
pub mod ids;
pub mod jobs;
mod private;
pub mod server;
pub mod store;
pub mod telemetry;
