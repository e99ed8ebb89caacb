//! The tail of the history: events as they happen, and from any position on, without gap or repeat (H2).
//!
//! The history table is the log. One [`Tail`] per process reads it in order and passes every entry on to those whom it may
//! concern; nothing else is ever the source of an event. A [`Follower`] reads the table from its own position up to where
//! the tail is, then listens; when it could not keep up it reads the table again, so that nothing is skipped. Followers
//! that receive the same answers form a group, which hears of an event when its answer is ready.

mod event;
mod follow;
mod groups;
mod once;
mod tail;
#[cfg(test)]
mod tests;
mod topics;

pub use event::Event;
pub use follow::{Candidate, Follower, Known, Sight};
pub use groups::Prepare;
pub use tail::Tail;
