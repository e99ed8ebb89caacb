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
        claims::attempt::{Failure, tried},
        idempotency::Key,
    },
    ids,
    store::{
        records::Position,
        webhooks::{self, Endpoint, Owner},
        write::webhooks as writes,
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
        let key = match self.key(caller, key.as_deref(), "createWebhookEndpoint", &new).await? {
            Ok(key) => key,
            Err(done) => return Ok((done, None)),
        };
        let endpoint = match self.judged(caller, owner, new).await? {
            Ok(endpoint) => endpoint,
            Err(problem) => return Ok((Managed::refused(vec![problem]), None)),
        };
        let secret = Secret::generate();
        let sealed = self.sealed(endpoint.id, &secret)?;
        let public_key = endpoint.public_key.as_ref().and_then(|_| secret.public_key());
        let endpoint = Endpoint { secret: sealed, public_key, ..endpoint };
        let done = tried(|| self.try_to_create_endpoint(caller, &endpoint, key.as_ref())).await?;
        self.wake_webhooks();
        let done = done.unwrap_or_else(Managed::refused);
        // Another call with the same key may have been quicker.
        let is_new = done.id == Some(endpoint.id);
        Ok((done, is_new.then(|| secret.shown())))
    }

    async fn try_to_create_endpoint(
        &self,
        caller: &Caller,
        endpoint: &Endpoint,
        key: Option<&Key>,
    ) -> Result<Managed, Failure> {
        let transaction = self.begin_managing().await?;
        if let Some(key) = key
            && let Some(done) = key.earlier::<Managed>(&transaction).await??
        {
            return Ok(done);
        }
        let count = webhooks::count(&transaction, endpoint.partner_id).await?;
        if count >= MOST_ENDPOINTS {
            let message = format!("There are already {count} webhook endpoints, which is the limit.");
            let problem = Problem::new(ProblemCode::NotAllowed, message).param("count", count);
            return Err(problem.remedy("Delete those that are no longer used.").into());
        }
        writes::insert(&transaction, endpoint, &caller.subject).await?;
        self.end_managing(transaction, key, Managed::done(endpoint.id)).await
    }

    /// The endpoint that is asked for, without its secret; inside, why it cannot be.
    async fn judged(
        &self,
        caller: &Caller,
        owner: Owner,
        new: NewEndpoint,
    ) -> Result<Result<Endpoint, Problem>, AppError> {
        let NewEndpoint { url, events, selection, after, asymmetric } = new;
        let chosen = self.choice(caller, events, selection);
        let (events, selection) = match chosen {
            Ok(chosen) => chosen,
            Err(problem) => return Ok(Err(problem)),
        };
        let behind = match after {
            None => self.tail().present().await,
            Some(after) => match self.position("after", &after).await? {
                Ok(position) => position,
                Err(problem) => return Ok(Err(problem)),
            },
        };
        let url = match self.webhooks().judge(&url).await {
            Ok(url) => url,
            Err(why) => return Ok(Err(no_url(why))),
        };
        Ok(Ok(Endpoint {
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
        }))
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
        let key = match self.key(caller, key.as_deref(), "updateWebhookEndpoint", &(id, &patch)).await? {
            Ok(key) => key,
            Err(done) => return Ok(done),
        };
        let Some(id) = id else { return Ok(Managed::refused(vec![no_endpoint()])) };
        let url = match given("url", patch.url.clone()) {
            Ok(None) => None,
            Ok(Some(url)) => match self.webhooks().judge(&url).await {
                Ok(url) => Some(url),
                Err(why) => return Ok(Managed::refused(vec![no_url(why)])),
            },
            Err(problem) => return Ok(Managed::refused(vec![problem])),
        };
        let present = self.tail().present().await;
        let done =
            tried(|| self.try_to_update_endpoint(caller, (owner, id), &patch, (url.clone(), present), key.as_ref()))
                .await?;
        self.wake_webhooks();
        Ok(done.unwrap_or_else(Managed::refused))
    }

    async fn try_to_update_endpoint(
        &self,
        caller: &Caller,
        (owner, id): (Owner, Uuid),
        patch: &EndpointPatch,
        (url, present): (Option<String>, Position),
        key: Option<&Key>,
    ) -> Result<Managed, Failure> {
        let transaction = self.begin_managing().await?;
        if let Some(key) = key
            && let Some(done) = key.earlier::<Managed>(&transaction).await??
        {
            return Ok(done);
        }
        let endpoint = webhooks::find(&transaction, owner, id).await?.ok_or_else(no_endpoint)?;
        let mut changed = writes::Changed { url, ..writes::Changed::default() };
        let events = given("events", patch.events.clone())?;
        if events.is_some() || patch.selection.is_given() {
            let events = events.unwrap_or_else(|| endpoint.events.clone());
            may_follow(caller, &events)?;
            let (events, selection) =
                self.choice(caller, events, patch.selection.clone().apply(endpoint.selection.clone()))?;
            changed.events = Some(events);
            changed.selection = selection.map_or(Patch::Clear, Patch::Set);
            changed.scopes = Some(crate::store::words(&readable(caller)));
        }
        writes::update(&transaction, id, changed).await?;
        let now = self.now();
        match given("enabled", patch.enabled.clone())? {
            Some(true) if endpoint.state != WebhookState::Active => {
                writes::enable(&transaction, id, present).await?;
                writes::release(&transaction, &[id], None, now).await?;
            }
            Some(false) => {
                writes::disable(&transaction, id, WebhookState::DisabledByOwner).await?;
            }
            _ => {}
        }
        self.end_managing(transaction, key, Managed::done(id)).await
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
        let key = match self.key(caller, key.as_deref(), "deleteWebhookEndpoint", &id).await? {
            Ok(key) => key,
            Err(done) => return Ok(done),
        };
        let Some(id) = id else { return Ok(Managed::refused(vec![no_endpoint()])) };
        let attempt = || async {
            let transaction = self.begin_managing().await?;
            if let Some(key) = &key
                && let Some(done) = key.earlier::<Managed>(&transaction).await??
            {
                return Ok(done);
            }
            webhooks::find(&transaction, owner, id).await?.ok_or_else(no_endpoint)?;
            writes::delete(&transaction, id).await?;
            self.end_managing(transaction, key.as_ref(), Managed::done(id)).await
        };
        Ok(tried(attempt).await?.unwrap_or_else(Managed::refused))
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
        let key = match self.key(caller, key.as_deref(), "rotateWebhookSecret", &id).await? {
            Ok(key) => key,
            Err(done) => return Ok((done, None)),
        };
        let Some(id) = id else { return Ok((Managed::refused(vec![no_endpoint()]), None)) };
        let secret = Secret::generate();
        let sealed = self.sealed(id, &secret)?;
        let attempt = || async {
            let transaction = self.begin_managing().await?;
            if let Some(key) = &key
                && let Some(done) = key.earlier::<Managed>(&transaction).await??
            {
                return Ok((done, false));
            }
            let endpoint = webhooks::find(&transaction, owner, id).await?.ok_or_else(no_endpoint)?;
            let public_key = endpoint.public_key.as_ref().and_then(|_| secret.public_key());
            let until = webhook::old_secret_until(self.now());
            writes::rotate(&transaction, &endpoint, (sealed.clone(), public_key), until).await?;
            Ok((self.end_managing(transaction, key.as_ref(), Managed::done(id)).await?, true))
        };
        let (done, is_new) = tried(attempt).await?.unwrap_or_else(|problems| (Managed::refused(problems), false));
        Ok((done, is_new.then(|| secret.shown())))
    }
}
