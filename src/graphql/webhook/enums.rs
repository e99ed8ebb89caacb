//! The vocabularies of webhooks.

use async_graphql::Enum;

/// A type of event that webhook endpoints can receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::WebhookEventType")]
pub enum WebhookEventType {
    /// `claim.status_changed`: the event of the subscription `claimStatusChanged`.
    ClaimStatusChanged,
    /// `comment.added`: the event of the subscription `commentAdded`.
    CommentAdded,
    /// `history.appended`: the event of the subscription `historyAppended`.
    HistoryAppended,
}

/// Whether a webhook endpoint receives events and, if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::WebhookState")]
pub enum WebhookState {
    /// It receives events.
    Active,
    /// Its owner turned it off with `updateWebhookEndpoint`.
    DisabledByOwner,
    /// Every attempt over five days failed.
    DisabledAfterFailures,
    /// It responded with status 410.
    Gone,
}
