//! The vocabularies of webhooks.

use async_graphql::Enum;

/// The type of an event that is sent to webhook endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::WebhookEventType")]
pub enum WebhookEventType {
    /// `claim.status_changed`: what `claimStatusChanged` tells.
    ClaimStatusChanged,
    /// `comment.added`: what `commentAdded` tells.
    CommentAdded,
    /// `history.appended`: what `historyAppended` tells.
    HistoryAppended,
}

/// Whether a webhook endpoint receives events, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::WebhookState")]
pub enum WebhookState {
    /// It receives events.
    Active,
    /// It was disabled by `updateWebhookEndpoint`.
    DisabledByOwner,
    /// Every attempt of five days failed.
    DisabledAfterFailures,
    /// It answered with status 410.
    Gone,
}
