//! What the mutations of webhooks take and answer.

use async_graphql::{ID, InputObject, MaybeUndefined, SimpleObject};

use super::{
    enums::WebhookEventType,
    types::{WebhookAttempt, WebhookDelivery, WebhookEndpoint},
};
use crate::graphql::problem::Problem;

/// The URL, the types of events and the kind of payload.
#[derive(Debug, InputObject)]
pub struct CreateWebhookEndpointInput {
    /// Where messages are posted: `https`, a public host, port 443 or at least 1024, without credentials or a fragment,
    /// at most 2,000 bytes. Redirects are not followed.
    pub url: String,
    /// The types of events to receive, at least one.
    pub events: Vec<WebhookEventType>,
    /// A selection set in braces on the event's type (`ClaimStatusChange`, `CommentAdded`, `HistoryEntry`), executed on
    /// each event at delivery. It requires a single type of event and may contain no variables or fragments; the limits
    /// for documents apply. Without it, messages have the default payload.
    pub selection: Option<String>,
    /// A position in the history. The endpoint first receives everything after it, in order; without it, only what
    /// happens from now on.
    pub after: Option<String>,
    /// Whether messages also carry a `v1a` signature (Ed25519). The endpoint then has a `publicKey`.
    #[graphql(default = false)]
    pub sign_with_public_key: bool,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again, but without the secret; with another input or mutation it is refused with
    /// `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The new endpoint with its secret, or why it was refused.
#[derive(SimpleObject)]
pub struct CreateWebhookEndpointPayload {
    /// The endpoint; null if the request was refused.
    pub endpoint: Option<WebhookEndpoint>,
    /// The secret for checking `v1` signatures: `whsec_` and base64. Shown only in this response; null if the request
    /// was refused, or repeated under the same idempotency key.
    pub secret: Option<String>,
    /// Why the request was refused: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// Changes to a webhook endpoint; fields that are omitted stay as they are.
#[derive(Debug, InputObject)]
pub struct UpdateWebhookEndpointInput {
    /// The endpoint's global id. If the caller manages no such endpoint, the request is refused with `NOT_FOUND`.
    pub endpoint_id: ID,
    /// Where messages are posted, under the conditions of `createWebhookEndpoint`; cannot be cleared.
    pub url: MaybeUndefined<String>,
    /// The types of events to receive from now on; cannot be cleared.
    pub events: MaybeUndefined<Vec<WebhookEventType>>,
    /// The selection set for the payload; null restores the default payload.
    pub selection: MaybeUndefined<String>,
    /// False disables the endpoint. True enables it, whatever disabled it; events from the meantime are sent only by
    /// `recoverWebhookDeliveries`.
    pub enabled: MaybeUndefined<bool>,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The changed endpoint, or why the request was refused.
#[derive(SimpleObject)]
pub struct UpdateWebhookEndpointPayload {
    /// The endpoint; null if the request was refused.
    pub endpoint: Option<WebhookEndpoint>,
    /// Why the request was refused: `NOT_FOUND`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The webhook endpoint that is no longer needed.
#[derive(Debug, InputObject)]
pub struct DeleteWebhookEndpointInput {
    /// The endpoint's global id. If the caller manages no such endpoint, the request is refused with `NOT_FOUND`.
    pub endpoint_id: ID,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The id of the deleted endpoint, or why the request was refused.
#[derive(SimpleObject)]
pub struct DeleteWebhookEndpointPayload {
    /// The global id that the endpoint had; null if the request was refused.
    pub deleted_endpoint_id: Option<ID>,
    /// Why the request was refused: `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The endpoint that gets a new secret.
#[derive(Debug, InputObject)]
pub struct RotateWebhookSecretInput {
    /// The endpoint's global id. If the caller manages no such endpoint, the request is refused with `NOT_FOUND`.
    pub endpoint_id: ID,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again, but without the secret; with another input or mutation it is refused with
    /// `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The endpoint with its new secret, or why the request was refused.
#[derive(SimpleObject)]
pub struct RotateWebhookSecretPayload {
    /// The endpoint; null if the request was refused.
    pub endpoint: Option<WebhookEndpoint>,
    /// The new secret. Shown only in this response; null if the request was refused, or repeated under the same
    /// idempotency key.
    pub secret: Option<String>,
    /// Why the request was refused: `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The endpoint to send a message to.
#[derive(Debug, InputObject)]
pub struct TestWebhookEndpointInput {
    /// The endpoint's global id. If the caller manages no such endpoint, the request is refused with `NOT_FOUND`.
    pub endpoint_id: ID,
}

/// The outcome of the test, or why it was refused.
#[derive(SimpleObject)]
pub struct TestWebhookEndpointPayload {
    /// The attempt, accepted or not; null if the request was refused.
    pub attempt: Option<WebhookAttempt>,
    /// Why the request was refused: `NOT_FOUND`.
    pub problems: Vec<Problem>,
}

/// The delivery to send again.
#[derive(Debug, InputObject)]
pub struct RedeliverWebhookInput {
    /// The delivery's global id. A delivery that is older than 30 days, or of an endpoint that the caller does not
    /// manage, is `NOT_FOUND`.
    pub delivery_id: ID,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The delivery, pending again, or why the request was refused.
#[derive(SimpleObject)]
pub struct RedeliverWebhookPayload {
    /// The delivery, now pending; null if the request was refused.
    pub delivery: Option<WebhookDelivery>,
    /// Why the request was refused: `NOT_FOUND`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The endpoint, and the position after which to recover.
#[derive(Debug, InputObject)]
pub struct RecoverWebhookDeliveriesInput {
    /// The endpoint's global id. If the caller manages no such endpoint, the request is refused with `NOT_FOUND`.
    pub endpoint_id: ID,
    /// A position in the history, such as that of the last message received; later events are recovered.
    pub since: String,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The number of scheduled deliveries, or why the request was refused.
#[derive(SimpleObject)]
pub struct RecoverWebhookDeliveriesPayload {
    /// The number of deliveries scheduled, without those that were already accepted or pending.
    pub scheduled: i32,
    /// Why nothing was scheduled: `NOT_FOUND`, `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}
