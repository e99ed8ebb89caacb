//! The message of a delivery: its id and body, and what is stored about an attempt (W2, W5).

use domain::{kinds::WebhookEventType, time::Timestamp, webhook};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Named, Renderer};
use crate::{
    ids,
    store::{
        history::{HistoryEntry, encode_position},
        webhooks::{Attempt, ClaimHeader},
    },
    webhooks::Sent,
};

/// The `webhook-id` of a delivery.
pub(super) fn id(delivery: Uuid) -> String {
    format!("msg_{}", delivery.simple())
}

/// The body of a message.
#[derive(Serialize)]
struct Body<'a, D: Serialize> {
    #[serde(rename = "type")]
    kind: &'a str,
    /// When the event happened.
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<&'a str>,
    data: D,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Box<RawValue>>,
}

/// What a message holds where nothing is selected.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Thin<'a> {
    claim_id: &'a str,
    claim_number: &'a str,
    status: &'a str,
    version: i32,
    position: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    endpoint_id: &'a str,
}

/// The body of a message about an entry.
///
/// `status` is the status after the event if the event changed it, otherwise the claim's current one; `version` is the
/// claim's current version, for `expectedVersion`.
pub(super) fn thin(
    renderer: &dyn Renderer,
    event: WebhookEventType,
    entry: &HistoryEntry,
    claim: &ClaimHeader,
) -> String {
    let position = encode_position(entry.id);
    let claim_id = renderer.id_of(Named::Claim(claim.id));
    let comment_id = entry.comment_id.map(|id| renderer.id_of(Named::Comment(id)));
    let data = Thin {
        claim_id: &claim_id,
        claim_number: &claim.number,
        status: entry.to_status.map_or(claim.status.as_str(), |status| status.as_str()),
        version: claim.version,
        position: &position,
        comment_id: comment_id.filter(|_| event == WebhookEventType::CommentAdded),
        action: (event == WebhookEventType::HistoryAppended).then(|| entry.action.as_str()),
    };
    body(event, entry, &position, data, None)
}

/// The body of a message with the selected data; `None` if that is not JSON, which never happens.
pub(super) fn selected(
    event: WebhookEventType,
    entry: &HistoryEntry,
    (data, errors): (String, Option<String>),
) -> Option<String> {
    let data = RawValue::from_string(data).ok()?;
    let errors = errors.map(RawValue::from_string).transpose().ok()?;
    Some(body(event, entry, &encode_position(entry.id), data, errors))
}

fn body(
    event: WebhookEventType,
    entry: &HistoryEntry,
    position: &str,
    data: impl Serialize,
    errors: Option<Box<RawValue>>,
) -> String {
    let body =
        Body { kind: event.message_type(), timestamp: entry.at.to_string(), position: Some(position), data, errors };
    // Texts and numbers: this cannot fail.
    serde_json::to_string(&body).unwrap_or_default()
}

/// The body of a test.
pub(super) fn test(endpoint_id: &str, at: Timestamp) -> String {
    let data = Test { endpoint_id };
    let body = Body { kind: webhook::TEST_TYPE, timestamp: at.to_string(), position: None, data, errors: None };
    serde_json::to_string(&body).unwrap_or_default()
}

/// What is stored about an attempt.
pub(super) fn attempt(delivery_id: Uuid, at: Timestamp, sent: &Sent) -> Attempt {
    Attempt {
        id: ids::new(),
        delivery_id,
        at,
        status: sent.status.map(Into::into),
        milliseconds: sent.milliseconds,
        error: sent.error.clone(),
        answer: sent.answer.clone(),
        address: sent.address.clone(),
    }
}
