//! The API: the only user of async_graphql.

pub mod document;
