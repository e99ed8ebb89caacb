//! Notices: whom they go to, and, if there is a channel, their delivery (M).

mod attempt;
mod courier;
mod links;
mod operator;
mod preferences;
mod reading;
mod recipients;

pub use courier::Courier;
pub use links::{Declinable, Declined, Followed, Link, LinkKind};
pub use operator::{Listed, Resent};
pub use preferences::Preferred;
pub use reading::Worded;
pub use recipients::EndpointOwner;

use tokio::sync::Notify;

use domain::kinds::DeliveryState;

use super::App;
use crate::mail::Writer;

/// Where notices wait for delivery. Without a channel they are recorded only (M1).
#[derive(Debug, Default)]
pub struct Outbox {
    has_channel: bool,
    written: Notify,
}

impl Outbox {
    /// An outbox from which something delivers.
    #[must_use]
    pub fn with_channel() -> Self {
        Self { has_channel: true, written: Notify::new() }
    }

    /// Signals that there may be new notices.
    pub fn wake(&self) {
        self.written.notify_one();
    }

    /// Waits until there may be something new.
    pub async fn changed(&self) {
        self.written.notified().await;
    }
}

impl App {
    /// What writes notices in words.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.0.writer
    }

    /// Where notices wait for delivery.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// The initial delivery state of a new notice.
    #[must_use]
    pub(in crate::app) fn state_of_new_notices(&self) -> DeliveryState {
        if self.outbox().has_channel { DeliveryState::Pending } else { DeliveryState::Recorded }
    }
}
