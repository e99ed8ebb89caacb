//! The API: the only user of `async_graphql`. By feature, each with its types, queries and mutations; beside them what
//! all share.

#![expect(clippy::unused_async, reason = "the library wants every resolver to be async")]

mod actor;
pub mod answer;
mod arbitration;
mod association;
mod at_hand;
mod batch;
mod bulk;
mod calendar;
mod claim;
pub mod codes;
mod comment;
mod customer;
mod described;
mod direct;
mod directory;
pub mod document;
mod eager;
pub mod endpoint;
pub mod error;
mod execute;
pub mod global_id;
pub mod guard;
mod history;
mod live;
mod loader;
mod memo;
mod node;
mod notice;
mod page;
mod problem;
mod proof;
mod range;
mod response;
mod reviewer;
mod revocation;
mod root;
pub mod root_fields;
mod sandbox;
mod scalar;
pub mod schema;
mod viewer;
mod wanted;
mod webhook;

#[cfg(test)]
mod tests;

pub use execute::Api;
