//! One attempt: the event is rendered as its owner sees it now, signed, and sent.

use std::sync::Arc;

use domain::{
    caller::Caller,
    kinds::{WebhookEventType, WebhookState},
    time::Timestamp,
    webhook,
};

use super::{Rendered, Renderer, feed, message, receiver, take::Taken};
use crate::{
    app::App,
    ids,
    store::{
        history::{HistoryEntry, log},
        webhooks::{
            Endpoint,
            write::{DeliveryResult, Outcome},
        },
    },
    telemetry,
    webhooks::{Message, Sent},
};

const SECOND: i64 = 1_000_000;

/// An attempt and its result.
#[derive(Debug)]
pub(super) struct Attempted {
    /// The result for the delivery.
    pub(super) result: DeliveryResult,
    /// The endpoint, as it was when the attempt began.
    pub(super) endpoint: Endpoint,
    /// Whether the receiver wants no more messages (W4).
    pub(super) is_gone: bool,
}

/// Why there is no message.
enum Without {
    /// The owner may not see the event.
    Sight,
    /// Something is away; later there may be one.
    Chance(i64),
}

impl App {
    /// Makes the attempt.
    pub(super) async fn attempt_webhook(&self, taken: Taken) -> Attempted {
        let Taken { delivery, endpoint, .. } = &taken;
        let at = self.now();
        let message = match self.message(&taken).await {
            Ok(message) => message,
            Err(without) => {
                let outcome = match without {
                    Without::Sight => Outcome::Skipped,
                    Without::Chance(pause) => Outcome::Later(later(at, pause)),
                };
                let result = DeliveryResult { delivery: delivery.clone(), attempt: None, outcome };
                return Attempted { result, endpoint: taken.endpoint, is_gone: false };
            }
        };
        let sent = self.webhooks().send(&endpoint.url, &message).await;
        let outcome = outcome(&sent, delivery.failures, self.now());
        telemetry::webhook_attempt(match outcome {
            Outcome::Sent => "sent",
            Outcome::Parked => "parked",
            _ => "failed",
        });
        let attempt = Some(message::attempt(delivery.id, at, &sent));
        let result = DeliveryResult { delivery: delivery.clone(), attempt, outcome };
        Attempted { result, is_gone: sent.is_gone(), endpoint: taken.endpoint }
    }

    /// The message of a delivery.
    async fn message(&self, taken: &Taken) -> Result<Message, Without> {
        let Taken { delivery, endpoint, entry, claim } = taken;
        if endpoint.state != WebhookState::Active {
            return Err(Without::Chance(0));
        }
        let (Some(entry), Some(claim)) = (entry, claim) else { return Err(Without::Sight) };
        let renderer = self.renderer().ok_or(Without::Chance(5 * SECOND))?;
        let Some(signer) = self.signer(endpoint) else {
            tracing::error!(endpoint = %endpoint.id, "a webhook's secret cannot be decrypted with the keys of --webhook-key");
            return Err(Without::Chance(60 * SECOND));
        };
        let body = match &endpoint.selection {
            None => message::thin(renderer.as_ref(), delivery.event_type, entry, claim),
            Some(selection) => {
                self.selected(renderer.as_ref(), endpoint, (delivery.event_type, selection), entry).await?
            }
        };
        Ok(Message { id: message::id(delivery.id), body, signer })
    }

    async fn selected(
        &self,
        renderer: &dyn Renderer,
        endpoint: &Endpoint,
        (event, selection): (WebhookEventType, &str),
        entry: &HistoryEntry,
    ) -> Result<String, Without> {
        let caller = Arc::new(receiver(endpoint.partner_id, endpoint.id, endpoint.scopes.clone()));
        match renderer.render(event, selection.to_owned(), Arc::clone(&caller), entry.clone()).await {
            Rendered::Unavailable => Err(Without::Chance(5 * SECOND)),
            // A claim that went out of sight this very moment looks like a fault of the server.
            Rendered::Event { errors: Some(_), .. } if !self.is_seen(&caller, event, entry).await => {
                Err(Without::Sight)
            }
            Rendered::Event { data, errors } => {
                message::selected(event, entry, (data, errors)).ok_or(Without::Chance(60 * SECOND))
            }
        }
    }

    /// Whether the caller still sees an event; true if that cannot be determined.
    async fn is_seen(&self, caller: &Caller, event: WebhookEventType, entry: &HistoryEntry) -> bool {
        log::is_seen(self.db(), caller, &feed(event).of, entry.id).await.unwrap_or(true)
    }
}

/// The result for a delivery after this many failures (W3, W4).
fn outcome(sent: &Sent, failures: i32, now: Timestamp) -> Outcome {
    if sent.is_accepted() {
        return Outcome::Sent;
    }
    if sent.is_gone() {
        return Outcome::Parked;
    }
    webhook::retry_at(failures.saturating_add(1), sent.retry_after, ids::random(), now)
        .map_or(Outcome::Parked, Outcome::Retry)
}

fn later(from: Timestamp, pause: i64) -> Timestamp {
    Timestamp::from_micros(from.micros().saturating_add(pause)).unwrap_or(from)
}
