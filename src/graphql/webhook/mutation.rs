//! Managing webhook endpoints, and sending again.

use async_graphql::{Context, ID, Object};
use domain::{kinds::Scope, webhook};
use uuid::Uuid;

use super::{
    payloads::{
        CreateWebhookEndpointInput, CreateWebhookEndpointPayload, DeleteWebhookEndpointInput,
        DeleteWebhookEndpointPayload, RecoverWebhookDeliveriesInput, RecoverWebhookDeliveriesPayload,
        RedeliverWebhookInput, RedeliverWebhookPayload, RotateWebhookSecretInput, RotateWebhookSecretPayload,
        TestWebhookEndpointInput, TestWebhookEndpointPayload, UpdateWebhookEndpointInput, UpdateWebhookEndpointPayload,
    },
    types::{WebhookDelivery, WebhookEndpoint},
};
use crate::{
    app::webhooks::{EndpointPatch, NewEndpoint, managed_by},
    graphql::{
        claim::patch,
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        loader::Reader,
        problem::api_problems,
    },
    store::webhooks,
};

/// The mutations of webhooks.
#[derive(Default)]
pub struct WebhookMutation;

#[Object(guard = "Root")]
impl WebhookMutation {
    /// Creates a webhook endpoint. From then on it receives what a live subscription of the caller's side would, signed
    /// according to Standard Webhooks, at least once and in order per claim. For a `GLOBAL_ADMIN`, `BILLING_ADMIN` or
    /// `INCENTIVES_ADMIN` of a partner, and for a `REVIEW_LEAD`. Needs the scope `webhooks:write` and those of the
    /// events: `claims:read`, or `history:read` for `HISTORY_APPENDED`. Problems: `INVALID_VALUE`, `NOT_ALLOWED` (100
    /// endpoints), `IDEMPOTENCY_KEY_REUSED`.
    async fn create_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: CreateWebhookEndpointInput,
    ) -> Result<CreateWebhookEndpointPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let new = NewEndpoint {
            url: input.url,
            events: input.events.into_iter().map(Into::into).collect(),
            selection: input.selection,
            after: input.after,
            asymmetric: input.sign_with_public_key,
        };
        let (done, secret) = reader.app.create_webhook_endpoint(&reader.caller, new, input.idempotency_key).await?;
        let endpoint = endpoint(reader, done.id).await?;
        Ok(CreateWebhookEndpointPayload { endpoint, secret, problems: api_problems(done.problems) })
    }

    /// Changes, disables or enables a webhook endpoint. For those who may create endpoints. Needs the scope
    /// `webhooks:write` and, to change events or selection, those of the events. Problems: `NOT_FOUND`,
    /// `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    async fn update_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint and its changes.")] input: UpdateWebhookEndpointInput,
    ) -> Result<UpdateWebhookEndpointPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let patch = EndpointPatch {
            url: patch(input.url),
            events: patch(input.events.map_value(|events| events.into_iter().map(Into::into).collect::<Vec<_>>())),
            selection: patch(input.selection),
            enabled: patch(input.enabled),
        };
        let id = endpoint_key(&input.endpoint_id);
        let done = reader.app.update_webhook_endpoint(&reader.caller, id, patch, input.idempotency_key).await?;
        let endpoint = endpoint(reader, done.id).await?;
        Ok(UpdateWebhookEndpointPayload { endpoint, problems: api_problems(done.problems) })
    }

    /// Deletes a webhook endpoint with its deliveries and their attempts; nothing more is sent to it. For those who may
    /// create endpoints. Needs the scope `webhooks:write`. Problems: `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`. To pause an
    /// endpoint use `updateWebhookEndpoint`.
    async fn delete_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint concerned.")] input: DeleteWebhookEndpointInput,
    ) -> Result<DeleteWebhookEndpointPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let id = endpoint_key(&input.endpoint_id);
        let done = reader.app.delete_webhook_endpoint(&reader.caller, id, input.idempotency_key).await?;
        let deleted_endpoint_id = done.id.map(|id| global_id::encode(Kind::WebhookEndpoint, id));
        Ok(DeleteWebhookEndpointPayload { deleted_endpoint_id, problems: api_problems(done.problems) })
    }

    /// Replaces the secret of a webhook endpoint. For 24 hours messages are signed with the old secret too, so that
    /// receivers can switch without refusing a message. For those who may create endpoints. Needs the scope
    /// `webhooks:write`. Problems: `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint concerned.")] input: RotateWebhookSecretInput,
    ) -> Result<RotateWebhookSecretPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let id = endpoint_key(&input.endpoint_id);
        let (done, secret) = reader.app.rotate_webhook_secret(&reader.caller, id, input.idempotency_key).await?;
        let endpoint = endpoint(reader, done.id).await?;
        Ok(RotateWebhookSecretPayload { endpoint, secret, problems: api_problems(done.problems) })
    }

    /// Sends a `webhook.test` message to a webhook endpoint, enabled or not, and returns the outcome. The message is
    /// not retried, stored or counted. For those who may create endpoints. Needs the scope `webhooks:write`. Problems:
    /// `NOT_FOUND`.
    async fn test_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint concerned.")] input: TestWebhookEndpointInput,
    ) -> Result<TestWebhookEndpointPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let done = reader.app.test_webhook_endpoint(&reader.caller, endpoint_key(&input.endpoint_id)).await?;
        Ok(TestWebhookEndpointPayload { attempt: done.attempt.map(Into::into), problems: api_problems(done.problems) })
    }

    /// Sends a webhook delivery again, with the same `webhook-id`; a pending one is attempted immediately. For those
    /// who may create endpoints. Needs the scope `webhooks:write`. Problems: `NOT_FOUND`, `WRONG_STATUS`,
    /// `IDEMPOTENCY_KEY_REUSED`. For everything since a position use `recoverWebhookDeliveries`.
    async fn redeliver_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The delivery concerned.")] input: RedeliverWebhookInput,
    ) -> Result<RedeliverWebhookPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let id = global_id::key(Kind::WebhookDelivery, &input.delivery_id);
        let done = reader.app.redeliver_webhook(&reader.caller, id, input.idempotency_key).await?;
        let delivery = delivery(reader, done.id).await?;
        Ok(RedeliverWebhookPayload { delivery, problems: api_problems(done.problems) })
    }

    /// Schedules every event after a position that a webhook endpoint has not accepted: parked and skipped deliveries,
    /// and events from before the endpoint was created or while it was disabled. They are sent in order per claim. For
    /// those who may create endpoints. Needs the scope `webhooks:write`. Problems: `NOT_FOUND`, `WRONG_STATUS`,
    /// `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`. For one delivery use `redeliverWebhook`.
    async fn recover_webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint and the position.")] input: RecoverWebhookDeliveriesInput,
    ) -> Result<RecoverWebhookDeliveriesPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let RecoverWebhookDeliveriesInput { endpoint_id, since, idempotency_key } = input;
        let id = endpoint_key(&endpoint_id);
        let done = reader.app.recover_webhook_deliveries(&reader.caller, id, &since, idempotency_key).await?;
        let scheduled = i32::try_from(done.scheduled).unwrap_or(i32::MAX);
        Ok(RecoverWebhookDeliveriesPayload { scheduled, problems: api_problems(done.problems) })
    }
}

fn endpoint_key(id: &ID) -> Option<Uuid> {
    global_id::key(Kind::WebhookEndpoint, id)
}

/// The endpoint as it is now. What a mutation answers needs the mutation's own scope only.
async fn endpoint(reader: &Reader, id: Option<Uuid>) -> Result<Option<WebhookEndpoint>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    let owner = managed_by(&reader.caller, Scope::WebhooksWrite)?;
    Ok(webhooks::find(reader.db(), owner, id).await?.map(Into::into))
}

/// The same of a delivery.
async fn delivery(reader: &Reader, id: Option<Uuid>) -> Result<Option<WebhookDelivery>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    let owner = managed_by(&reader.caller, Scope::WebhooksWrite)?;
    let since = webhook::kept_since(reader.app.now());
    let found = webhooks::deliveries(reader.db(), owner, &[id], since).await?;
    Ok(found.into_iter().next().map(Into::into))
}
