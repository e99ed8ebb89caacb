//! Managing endpoints (W1, W2, W6).

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookEventType, WebhookState},
    patch::Patch,
    problem::{Problem, ProblemCode},
    webhook,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Managed,
    judge::{given, may_follow, no_url, readable},
    managed_by,
};
use crate::{
    app::{
        App, AppError,
        claims::attempt::UnitError,
        idempotency::Key,
        transact::{End, Locks, MutationResult, Unit, result},
    },
    ids,
    store::{
        Reads,
        history::Position,
        webhooks::{self, Endpoint, Owner, write as writes},
    },
    webhooks::Secret,
};

/// The most endpoints that one owner has.
const MOST_ENDPOINTS: u64 = 100;

/// A new endpoint, as it was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct NewEndpoint {
    /// Where it is.
    pub url: String,
    /// The types of events that it receives.
    pub events: Vec<WebhookEventType>,
    /// The selection on an event.
    pub selection: Option<String>,
    /// The position after which events are sent; nothing for those from now on.
    pub after: Option<String>,
    /// Whether messages are signed by `v1a` too.
    pub asymmetric: bool,
}

/// The changes to an endpoint.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EndpointPatch {
    /// Where it is.
    pub url: Patch<String>,
    /// The types of events that it receives.
    pub events: Patch<Vec<WebhookEventType>>,
    /// The selection on an event.
    pub selection: Patch<String>,
    /// Whether it receives events.
    pub enabled: Patch<bool>,
}

impl App {
    /// Runs a mutation of webhooks, unless its result is already recorded under the idempotency key, and wakes the
    /// dispatcher.
    pub(super) async fn manage_webhooks<T, F>(
        &self,
        caller: &Caller,
        key: Option<&str>,
        (mutation, input): (&'static str, &impl Serialize),
        work: impl FnOnce(Option<Key>) -> F,
    ) -> Result<T, AppError>
    where
        T: MutationResult + DeserializeOwned,
        F: Future<Output = Result<T, UnitError>>,
    {
        let managed = async {
            let key = Key::new(caller, key, mutation, input)?;
            if let Some(done) = self.done_before(key.as_ref()).await? {
                return Ok(done);
            }
            let managed = work(key).await;
            self.wake_webhooks();
            managed
        };
        result(managed.await)
    }

    /// Changes an endpoint of the owner in one transaction, under the lock of the queue.
    async fn change_endpoint<F>(
        &self,
        key: Option<Key>,
        (owner, id): (Owner, Option<Uuid>),
        work: impl Fn(Unit, Endpoint) -> F,
    ) -> Result<Managed, UnitError>
    where
        F: Future<Output = Result<End<Managed>, UnitError>>,
    {
        let work = &work;
        let on_endpoint = |unit: Unit| async move {
            let endpoint = find_endpoint(&unit, owner, id).await?;
            work(unit, endpoint).await
        };
        self.transact_once(key.as_ref(), Locks::Webhooks, on_endpoint).await
    }

    /// Creates an endpoint and returns its secret, only this once: a repeat under the same idempotency key gets none.
    ///
    /// # Errors
    /// `FORBIDDEN` for callers who may manage no endpoints, or may not subscribe to the events; database errors.
    pub async fn create_webhook_endpoint(
        &self,
        caller: &Caller,
        new: NewEndpoint,
        key: Option<String>,
    ) -> Result<(Managed, Option<String>), AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        may_follow(caller, &new.events)?;
        let (new, secret) = (&new, &Secret::generate());
        let create = |key: Option<Key>| async move {
            let endpoint = self.judged(caller, owner, new.clone()).await?;
            let sealed = self.sealed(endpoint.id, secret)?;
            let public_key = endpoint.public_key.as_ref().and_then(|_| secret.public_key());
            let endpoint = Endpoint { secret: sealed, public_key, ..endpoint };
            let work = |unit| store_endpoint(unit, &endpoint, &caller.subject);
            self.transact_once(key.as_ref(), Locks::Webhooks, work).await
        };
        let managed: Managed =
            self.manage_webhooks(caller, key.as_deref(), ("createWebhookEndpoint", new), create).await?;
        Ok(managed.with_secret(secret))
    }

    /// The endpoint that is asked for, without its secret.
    async fn judged(&self, caller: &Caller, owner: Owner, new: NewEndpoint) -> Result<Endpoint, UnitError> {
        let NewEndpoint { url, events, selection, after, asymmetric } = new;
        let (events, selection) = self.choice(caller, events, selection)?;
        let behind = match after {
            None => self.tail().present().await,
            Some(after) => self.position("after", &after).await?,
        };
        let url = self.webhooks().judge(&url).await.map_err(no_url)?;
        Ok(Endpoint {
            id: ids::new(),
            partner_id: owner,
            url,
            events,
            selection,
            scopes: readable(caller),
            state: WebhookState::Active,
            secret: String::new(),
            secret_before: None,
            public_key: asymmetric.then(String::new),
            created_at: self.now(),
            behind: Some(behind),
            last_success_at: None,
            last_failure_at: None,
            failing_since: None,
        })
    }

    /// Changes an endpoint; enabled, it receives events from now on.
    ///
    /// # Errors
    /// As [`App::create_webhook_endpoint`].
    pub async fn update_webhook_endpoint(
        &self,
        caller: &Caller,
        id: Option<Uuid>,
        patch: EndpointPatch,
        key: Option<String>,
    ) -> Result<Managed, AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        if let Patch::Set(events) = &patch.events {
            may_follow(caller, events)?;
        }
        let patch = &patch;
        let update = |key: Option<Key>| async move {
            let id = id.ok_or_else(no_endpoint)?;
            let url = match given("url", patch.url.clone())? {
                None => None,
                Some(url) => Some(self.webhooks().judge(&url).await.map_err(no_url)?),
            };
            let present = self.tail().present().await;
            let work = |unit, endpoint| self.store_update(unit, caller, endpoint, patch, (url.clone(), present));
            self.change_endpoint(key, (owner, Some(id)), work).await
        };
        self.manage_webhooks(caller, key.as_deref(), ("updateWebhookEndpoint", &(id, patch)), update).await
    }

    async fn store_update(
        &self,
        unit: Unit,
        caller: &Caller,
        endpoint: Endpoint,
        patch: &EndpointPatch,
        (url, present): (Option<String>, Position),
    ) -> Result<End<Managed>, UnitError> {
        let id = endpoint.id;
        let mut changed = writes::Changed { url, ..writes::Changed::default() };
        let events = given("events", patch.events.clone())?;
        if events.is_some() || !patch.selection.is_keep() {
            let events = events.unwrap_or_else(|| endpoint.events.clone());
            may_follow(caller, &events)?;
            let (events, selection) =
                self.choice(caller, events, patch.selection.clone().apply(endpoint.selection.clone()))?;
            changed.events = Some(events);
            changed.selection = selection.map_or(Patch::Clear, Patch::Set);
            changed.scopes = Some(readable(caller));
        }
        writes::update(&unit, id, changed).await?;
        let now = self.now();
        match given("enabled", patch.enabled.clone())? {
            Some(true) if endpoint.state != WebhookState::Active => {
                writes::enable(&unit, id, present).await?;
                writes::release(&unit, &[id], None, now).await?;
            }
            Some(false) => {
                writes::disable(&unit, id, WebhookState::DisabledByOwner).await?;
            }
            _ => {}
        }
        Ok(unit.commit(Managed::new(id)))
    }

    /// Deletes an endpoint with all that is known of its deliveries.
    ///
    /// # Errors
    /// As [`App::create_webhook_endpoint`].
    pub async fn delete_webhook_endpoint(
        &self,
        caller: &Caller,
        id: Option<Uuid>,
        key: Option<String>,
    ) -> Result<Managed, AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        let work = |unit: Unit, endpoint: Endpoint| async move {
            writes::delete(&unit, endpoint.id).await?;
            Ok(unit.commit(Managed::new(endpoint.id)))
        };
        let delete = |key| self.change_endpoint(key, (owner, id), work);
        self.manage_webhooks(caller, key.as_deref(), ("deleteWebhookEndpoint", &id), delete).await
    }

    /// Replaces the secret of an endpoint and returns the new one, only this once. For 24 hours the old one signs too.
    ///
    /// # Errors
    /// As [`App::create_webhook_endpoint`].
    pub async fn rotate_webhook_secret(
        &self,
        caller: &Caller,
        id: Option<Uuid>,
        key: Option<String>,
    ) -> Result<(Managed, Option<String>), AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        let secret = &Secret::generate();
        let work = |unit: Unit, endpoint: Endpoint| async move {
            let sealed = self.sealed(endpoint.id, secret)?;
            let public_key = endpoint.public_key.as_ref().and_then(|_| secret.public_key());
            let until = webhook::old_secret_until(self.now());
            writes::rotate(&unit, &endpoint, (sealed, public_key), until).await?;
            Ok(unit.commit(Managed::new(endpoint.id)))
        };
        let rotate = |key| self.change_endpoint(key, (owner, id), work);
        let managed: Managed =
            self.manage_webhooks(caller, key.as_deref(), ("rotateWebhookSecret", &id), rotate).await?;
        Ok(managed.with_secret(secret))
    }
}

/// The endpoint of the owner with this id.
pub(super) async fn find_endpoint(on: &impl Reads, owner: Owner, id: Option<Uuid>) -> Result<Endpoint, UnitError> {
    let id = id.ok_or_else(no_endpoint)?;
    Ok(webhooks::find(on, owner, id).await?.ok_or_else(no_endpoint)?)
}

async fn store_endpoint(unit: Unit, endpoint: &Endpoint, by: &str) -> Result<End<Managed>, UnitError> {
    let count = webhooks::count(&unit, endpoint.partner_id).await?;
    if count >= MOST_ENDPOINTS {
        let message = format!("There are already {count} webhook endpoints, which is the limit.");
        let problem = Problem::new(ProblemCode::NotAllowed, message).param("count", count);
        return Err(problem.remedy("Delete those that are no longer used.").into());
    }
    writes::insert(&unit, endpoint, by).await?;
    Ok(unit.commit(Managed::new(endpoint.id)))
}

fn no_endpoint() -> Problem {
    Problem::not_found("webhook endpoint", "endpointId")
}
