//! Comments.

mod mutation;
mod query;
mod types;

pub(super) use mutation::CommentMutation;
pub(super) use query::CommentQuery;
pub use types::{Comment, CommentById, CommentConnection, CommentVisibility};
pub(super) use types::{of_claim, of_claims};
