//! What the mutations of webhooks take and answer.

use async_graphql::{ID, InputObject, MaybeUndefined, SimpleObject};

use super::{
    enums::WebhookEventType,
    types::{WebhookAttempt, WebhookDelivery, WebhookEndpoint},
};
use crate::graphql::problem::Problem;

/// What `createWebhookEndpoint` takes.
#[derive(Debug, InputObject)]
pub struct CreateWebhookEndpointInput {
    /// Where messages are posted to: `https`, a host on the public network, port 443 or at least 1024, without credentials and
    /// fragment; at most 2,000 bytes. Redirects are not followed.
    pub url: String,
    /// The types of events to receive, at least one.
    pub events: Vec<WebhookEventType>,
    /// A selection set in braces on the event's type (`ClaimStatusChange`, `CommentAdded`, `HistoryEntry`), executed on each event
    /// when it is delivered; with one type of event only, without variables and fragments, within the limits of a document. Without
    /// it messages have the default payload.
    pub selection: Option<String>,
    /// A position of the history: everything after it is sent first, in order. Without it only what happens from now on.
    pub after: Option<String>,
    /// Whether messages carry a `v1a` signature (Ed25519) too; the endpoint then has a `publicKey`.
    #[graphql(default = false)]
    pub sign_with_public_key: bool,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again, but
    /// without the secret; with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `createWebhookEndpoint` answers.
#[derive(SimpleObject)]
pub struct CreateWebhookEndpointPayload {
    /// The endpoint; null if the request was refused.
    pub endpoint: Option<WebhookEndpoint>,
    /// The secret that checks `v1` signatures, `whsec_` and base64. It is shown this once: null when the request was refused, and to
    /// a repeat under the same idempotency key.
    pub secret: Option<String>,
    /// Why the request was refused: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// What `updateWebhookEndpoint` takes: a field left out stays as it is.
#[derive(Debug, InputObject)]
pub struct UpdateWebhookEndpointInput {
    /// The endpoint's global id; one that names none of the caller's is `NOT_FOUND`.
    pub endpoint_id: ID,
    /// Where messages are posted to, as for `createWebhookEndpoint`; it cannot be cleared.
    pub url: MaybeUndefined<String>,
    /// The types of events to receive from now on; it cannot be cleared.
    pub events: MaybeUndefined<Vec<WebhookEventType>>,
    /// The selection set; null returns to the default payload.
    pub selection: MaybeUndefined<String>,
    /// False disables the endpoint. True enables it, whatever disabled it; what happened meanwhile is sent by
    /// `recoverWebhookDeliveries` only.
    pub enabled: MaybeUndefined<bool>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `updateWebhookEndpoint` answers.
#[derive(SimpleObject)]
pub struct UpdateWebhookEndpointPayload {
    /// The endpoint; null if the request was refused.
    pub endpoint: Option<WebhookEndpoint>,
    /// Why the request was refused: `NOT_FOUND`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// What `deleteWebhookEndpoint` takes.
#[derive(Debug, InputObject)]
pub struct DeleteWebhookEndpointInput {
    /// The endpoint's global id; one that names none of the caller's is `NOT_FOUND`.
    pub endpoint_id: ID,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `deleteWebhookEndpoint` answers.
#[derive(SimpleObject)]
pub struct DeleteWebhookEndpointPayload {
    /// The id of the endpoint that was deleted; null if the request was refused.
    pub deleted_endpoint_id: Option<ID>,
    /// Why the request was refused: `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// What `rotateWebhookSecret` takes.
#[derive(Debug, InputObject)]
pub struct RotateWebhookSecretInput {
    /// The endpoint's global id; one that names none of the caller's is `NOT_FOUND`.
    pub endpoint_id: ID,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again, but
    /// without the secret; with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `rotateWebhookSecret` answers.
#[derive(SimpleObject)]
pub struct RotateWebhookSecretPayload {
    /// The endpoint; null if the request was refused.
    pub endpoint: Option<WebhookEndpoint>,
    /// The new secret. It is shown this once: null when the request was refused, and to a repeat under the same idempotency key.
    pub secret: Option<String>,
    /// Why the request was refused: `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// What `testWebhookEndpoint` takes.
#[derive(Debug, InputObject)]
pub struct TestWebhookEndpointInput {
    /// The endpoint's global id; one that names none of the caller's is `NOT_FOUND`.
    pub endpoint_id: ID,
}

/// What `testWebhookEndpoint` answers.
#[derive(SimpleObject)]
pub struct TestWebhookEndpointPayload {
    /// The attempt, accepted or not; null if the request was refused.
    pub attempt: Option<WebhookAttempt>,
    /// Why the request was refused: `NOT_FOUND`.
    pub problems: Vec<Problem>,
}

/// What `redeliverWebhook` takes.
#[derive(Debug, InputObject)]
pub struct RedeliverWebhookInput {
    /// The delivery's global id; one that names none of the caller's, or one older than 30 days, is `NOT_FOUND`.
    pub delivery_id: ID,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `redeliverWebhook` answers.
#[derive(SimpleObject)]
pub struct RedeliverWebhookPayload {
    /// The delivery, pending; null if the request was refused.
    pub delivery: Option<WebhookDelivery>,
    /// Why the request was refused: `NOT_FOUND`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// What `recoverWebhookDeliveries` takes.
#[derive(Debug, InputObject)]
pub struct RecoverWebhookDeliveriesInput {
    /// The endpoint's global id; one that names none of the caller's is `NOT_FOUND`.
    pub endpoint_id: ID,
    /// A position of the history, such as that of the last message that was received; what comes after it is recovered.
    pub since: String,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `recoverWebhookDeliveries` answers.
#[derive(SimpleObject)]
pub struct RecoverWebhookDeliveriesPayload {
    /// How many deliveries were scheduled; those that the endpoint has accepted, and those that are pending anyway, do not count.
    pub scheduled: i32,
    /// Why nothing was scheduled: `NOT_FOUND`, `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}
