//! Notices: the caller's own, and how they are wanted (M2, M5).

mod mutation;
mod query;
mod types;

pub use mutation::NoticeMutation;
pub use query::NoticeQuery;
pub use types::{DeliveryState, Notice};
