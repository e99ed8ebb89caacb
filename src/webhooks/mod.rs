//! Sending webhook messages: allowed targets, signatures, and one attempt (W2, W6).
//!
//! This is the only module that sends requests to addresses chosen by callers. `app::webhooks` decides what to send, to
//! whom, and when.

mod address;
mod answer;
mod resolve;
mod seal;
mod secret;
mod send;
mod target;

use std::sync::Arc;

pub use address::Ranges;
pub use seal::{Sealed, Sealer};
pub use secret::{Secret, Signer};
pub use send::{Message, Sent};

use crate::config::{Secret as Key, WebhookOptions};
use send::Clients;

/// What sends webhook messages; clones share their connections.
#[derive(Clone, Debug, Default)]
pub struct Webhooks(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ranges: Ranges,
    sealer: Sealer,
    clients: Clients,
}

impl Webhooks {
    /// By these options: which ranges are allowed beside public addresses, and the keys that seal secrets.
    #[must_use]
    pub fn new(options: &WebhookOptions) -> Self {
        let ranges = Ranges::new(options.allow.clone());
        let sealer = Sealer::new(options.keys.iter().map(Key::as_bytes));
        Self(Arc::new(Inner { clients: Clients::new(&ranges), ranges, sealer }))
    }

    /// What seals the endpoints' secrets where they are kept.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// The URL as it is kept, if an endpoint may be there by all that can be known now; it is judged again on connecting.
    ///
    /// # Errors
    /// Why not, in one sentence for its owner.
    pub async fn judge(&self, url: &str) -> Result<String, String> {
        target::judge(&self.0.ranges, url).await
    }

    /// Sends a message once.
    pub async fn send(&self, url: &str, message: &Message) -> Sent {
        match target::parse(&self.0.ranges, url) {
            Ok(url) => self.0.clients.send(url, message).await,
            Err(why) => Sent::never(why),
        }
    }
}
