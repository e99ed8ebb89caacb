//! Live events: what follows the history (H2).

mod feed;
mod subscription;
mod types;

pub(super) use feed::Occasion;
pub use subscription::Subscription;
