//! The endpoint, its deliveries and their attempts.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader};
use domain::webhook;
use uuid::Uuid;

use super::enums::{WebhookEventType, WebhookState};
use crate::{
    graphql::{
        claim::{Claim, ClaimById, of_claims},
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Loaded, Reader, With, by_args, load, loads_by_id},
        notice::DeliveryState,
        page::{self, PageArgs, Total, connection},
        scalar::DateTime,
    },
    store::{
        history::encode_position,
        page::{Page, PageRequest},
        webhooks::{self, Delivery, DeliveryFilter, Endpoint},
    },
};

/// A webhook endpoint.
#[derive(Clone, Debug)]
pub struct WebhookEndpoint(Arc<Endpoint>);

impl From<Endpoint> for WebhookEndpoint {
    fn from(endpoint: Endpoint) -> Self {
        Self(Arc::new(endpoint))
    }
}

connection!(WebhookEndpointConnection, WebhookEndpointEdge, WebhookEndpoint, "webhook endpoints", "a webhook endpoint");
connection!(
    WebhookDeliveryConnection,
    WebhookDeliveryEdge,
    WebhookDelivery,
    "webhook deliveries",
    "a webhook delivery"
);

/// A URL of a partner or the vendor to which signed events are posted. Visible to those who manage it: the partner's
/// admins, or the vendor's review leads.
#[Object]
impl WebhookEndpoint {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::WebhookEndpoint, self.0.id)
    }

    /// Where messages are posted to.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// The types of events that it receives, with the visibility of a live subscription of its side.
    async fn events(&self) -> Vec<WebhookEventType> {
        self.0.events.iter().map(|event| (*event).into()).collect()
    }

    /// The selection set executed on each event; null for the default payload.
    async fn selection(&self) -> Option<&str> {
        self.0.selection.as_deref()
    }

    /// Whether it receives events.
    async fn state(&self) -> WebhookState {
        self.0.state.into()
    }

    /// The public key for `v1a` signatures (Ed25519): `whpk_` and base64; null if messages have `v1` signatures only.
    async fn public_key(&self) -> Option<&str> {
        self.0.public_key.as_deref()
    }

    /// When `createWebhookEndpoint` added it.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it last accepted a delivery; null if it never did.
    async fn last_success_at(&self) -> Option<DateTime> {
        self.0.last_success_at.map(Into::into)
    }

    /// When a delivery to it last failed; null if none ever did.
    async fn last_failure_at(&self) -> Option<DateTime> {
        self.0.last_failure_at.map(Into::into)
    }

    /// The deliveries of the last 30 days, newest first.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only deliveries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only deliveries before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only deliveries in one of these states.")] state: Option<Vec<DeliveryState>>,
    ) -> Result<WebhookDeliveryConnection, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &webhooks::DELIVERIES)?;
        let states = state.map(|states| states.into_iter().map(Into::into).collect());
        let since = webhook::kept_since(Reader::of(ctx)?.app.now());
        let filter = DeliveryFilter { states, since };
        let total = Total::loaded(With::new(self.0.id, DeliveryCount(filter.clone())));
        let page = page::loaded(ctx, With::new(self.0.id, DeliveryPage { filter, request })).await?;
        Ok(WebhookDeliveryConnection::new(page, total))
    }
}

/// A page of an endpoint's deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct DeliveryPage {
    filter: DeliveryFilter,
    request: PageRequest,
}

impl Loader<With<Uuid, DeliveryPage>> for Reader {
    type Value = Page<Delivery>;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Uuid, DeliveryPage>]) -> Loaded<With<Uuid, DeliveryPage>> {
        let read = async |args: Arc<DeliveryPage>, endpoints: Vec<Uuid>| {
            webhooks::deliveries_of(self.db(), &endpoints, &args.filter, &args.request).await
        };
        by_args(keys, read).await
    }
}

/// How many deliveries an endpoint has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct DeliveryCount(DeliveryFilter);

impl Loader<With<Uuid, DeliveryCount>> for Reader {
    type Value = u64;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Uuid, DeliveryCount>]) -> Loaded<With<Uuid, DeliveryCount>> {
        let read = async |args: Arc<DeliveryCount>, endpoints: Vec<Uuid>| {
            webhooks::delivery_counts_of(self.db(), &endpoints, &args.0).await
        };
        by_args(keys, read).await
    }
}

/// A delivery to a webhook endpoint.
#[derive(Clone, Debug)]
pub struct WebhookDelivery(Arc<Delivery>);

impl From<Delivery> for WebhookDelivery {
    fn from(delivery: Delivery) -> Self {
        Self(Arc::new(delivery))
    }
}

/// An event to be delivered to one webhook endpoint. Its id, which is also the `webhook-id` of its messages, stays the
/// same over all attempts and redeliveries.
#[Object]
impl WebhookDelivery {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::WebhookDelivery, self.0.id)
    }

    /// What happened, as `type` in the message says.
    async fn event_type(&self) -> WebhookEventType {
        self.0.event_type.into()
    }

    /// The event's position in the history, for `recoverWebhookDeliveries` and the `after` of subscriptions.
    async fn position(&self) -> String {
        encode_position(self.0.entry_id)
    }

    /// The claim that the event is about; null if the caller can no longer see it. Needs the scope `claims:read`.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<Eager<Claim>>, ApiError> {
        let found = load(ctx, ClaimById::new(self.0.claim_id, of_claims(ctx)?)).await?;
        Ok(found.map(|row| Eager(row.into())))
    }

    /// Whether the delivery is pending, sent, parked or skipped.
    async fn state(&self) -> DeliveryState {
        self.0.state.into()
    }

    /// When the delivery was planned, shortly after the event.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When the next attempt is due. Null if there is none, and while the delivery waits for an earlier event of the
    /// same claim or for its endpoint to be enabled.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.next_attempt_at.map(Into::into)
    }

    /// All attempts, oldest first.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<WebhookAttempt>, ApiError> {
        let found = load(ctx, AttemptsOf(self.0.id)).await?.unwrap_or_default();
        Ok(found.into_iter().map(Into::into).collect())
    }
}

loads_by_id! {
    /// The attempts of a delivery.
    AttemptsOf(Uuid) => Vec<webhooks::Attempt>,
    |reader, ids| webhooks::attempts_of(reader.db(), &ids).await?
}

/// One attempt to deliver an event to a webhook endpoint.
#[derive(Clone, Debug, SimpleObject)]
pub struct WebhookAttempt {
    /// When the attempt was made.
    pub at: DateTime,
    /// The HTTP status of the response; null if none came. 200 to 299 means that the endpoint accepted the delivery.
    pub status: Option<i32>,
    /// The duration of the attempt.
    pub milliseconds: i32,
    /// Why no response came; null if one came.
    pub error: Option<String>,
    /// The first 4 KiB of the response; null if none came.
    pub answer: Option<String>,
    /// The IP address that answered; null if none did.
    pub address: Option<String>,
}

impl From<webhooks::Attempt> for WebhookAttempt {
    fn from(attempt: webhooks::Attempt) -> Self {
        let webhooks::Attempt { at, status, milliseconds, error, answer, address, .. } = attempt;
        Self { at: at.into(), status, milliseconds, error, answer, address }
    }
}

crate::graphql::at_hand::nothing_at_hand!(WebhookEndpoint, WebhookDelivery);
