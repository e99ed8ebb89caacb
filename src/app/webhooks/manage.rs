//! Managing endpoints (W1, W2, W6).

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookEventType, WebhookState},
    patch::Patch,
    problem::{Problem, ProblemCode},
    webhook,
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Managed,
    judge::{given, may_follow, no_url, readable},
    managed_by, no_endpoint,
};
use crate::{
    app::{
        App, AppError,
        claims::attempt::UnitError,
        idempotency::Key,
        transact::{End, Locks, Unit, result},
    },
    ids,
    store::{
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
        result(self.create_endpoint(caller, owner, new, key.as_deref()).await)
    }

    async fn create_endpoint(
        &self,
        caller: &Caller,
        owner: Owner,
        new: NewEndpoint,
        key: Option<&str>,
    ) -> Result<(Managed, Option<String>), UnitError> {
        let key = Key::new(caller, key, "createWebhookEndpoint", &new)?;
        if let Some(done) = self.done_before(key.as_ref()).await? {
            return Ok((done, None));
        }
        let endpoint = self.judged(caller, owner, new).await?;
        let secret = Secret::generate();
        let sealed = self.sealed(endpoint.id, &secret)?;
        let public_key = endpoint.public_key.as_ref().and_then(|_| secret.public_key());
        let endpoint = Endpoint { secret: sealed, public_key, ..endpoint };
        let work = |unit| store_endpoint(unit, &endpoint, &caller.subject);
        let done = self.transact_once(key.as_ref(), Locks::Webhooks, work).await;
        self.wake_webhooks();
        Ok(done?.with_secret(&secret))
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
        result(self.update_endpoint(caller, owner, id, &patch, key.as_deref()).await)
    }

    async fn update_endpoint(
        &self,
        caller: &Caller,
        owner: Owner,
        id: Option<Uuid>,
        patch: &EndpointPatch,
        key: Option<&str>,
    ) -> Result<Managed, UnitError> {
        let key = Key::new(caller, key, "updateWebhookEndpoint", &(id, patch))?;
        if let Some(done) = self.done_before(key.as_ref()).await? {
            return Ok(done);
        }
        let id = id.ok_or_else(no_endpoint)?;
        let url = match given("url", patch.url.clone())? {
            None => None,
            Some(url) => Some(self.webhooks().judge(&url).await.map_err(no_url)?),
        };
        let present = self.tail().present().await;
        let work = |unit| self.store_update(unit, caller, (owner, id), patch, (url.clone(), present));
        let done = self.transact_once(key.as_ref(), Locks::Webhooks, work).await;
        self.wake_webhooks();
        done
    }

    async fn store_update(
        &self,
        unit: Unit,
        caller: &Caller,
        (owner, id): (Owner, Uuid),
        patch: &EndpointPatch,
        (url, present): (Option<String>, Position),
    ) -> Result<End<Managed>, UnitError> {
        let endpoint = webhooks::find(&unit, owner, id).await?.ok_or_else(no_endpoint)?;
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
        let delete = async {
            let key = Key::new(caller, key.as_deref(), "deleteWebhookEndpoint", &id)?;
            if let Some(done) = self.done_before(key.as_ref()).await? {
                return Ok(done);
            }
            let id = id.ok_or_else(no_endpoint)?;
            let work = |unit: Unit| async move {
                webhooks::find(&unit, owner, id).await?.ok_or_else(no_endpoint)?;
                writes::delete(&unit, id).await?;
                Ok(unit.commit(Managed::new(id)))
            };
            self.transact_once(key.as_ref(), Locks::Webhooks, work).await
        };
        result(delete.await)
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
        result(self.rotate_secret(caller, owner, id, key.as_deref()).await)
    }

    async fn rotate_secret(
        &self,
        caller: &Caller,
        owner: Owner,
        id: Option<Uuid>,
        key: Option<&str>,
    ) -> Result<(Managed, Option<String>), UnitError> {
        let key = Key::new(caller, key, "rotateWebhookSecret", &id)?;
        if let Some(done) = self.done_before(key.as_ref()).await? {
            return Ok((done, None));
        }
        let id = id.ok_or_else(no_endpoint)?;
        let secret = Secret::generate();
        let (new, sealed) = (&secret, &self.sealed(id, &secret)?);
        let work = |unit: Unit| async move {
            let endpoint = webhooks::find(&unit, owner, id).await?.ok_or_else(no_endpoint)?;
            let public_key = endpoint.public_key.as_ref().and_then(|_| new.public_key());
            let until = webhook::old_secret_until(self.now());
            writes::rotate(&unit, &endpoint, (sealed.clone(), public_key), until).await?;
            Ok(unit.commit(Managed::new(id)))
        };
        let done = self.transact_once(key.as_ref(), Locks::Webhooks, work).await?;
        Ok(done.with_secret(&secret))
    }
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
