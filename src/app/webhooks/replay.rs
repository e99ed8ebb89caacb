//! Testing an endpoint, and sending one delivery again (W5).

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookState},
    problem::{Problem, ProblemCode},
    webhook,
};
use uuid::Uuid;

use super::{Managed, Named, is_over, manage::find_endpoint, managed_by, message, not_active};
use crate::{
    app::{
        App, AppError,
        claims::attempt::UnitError,
        idempotency::Key,
        transact::{End, Locks, MutationResult, Unit, result},
    },
    ids,
    store::webhooks::{self, Attempt, Owner, write as writes},
    webhooks::Message,
};

/// The result of a test.
#[derive(Clone, Debug, Default)]
pub struct Tested {
    /// The attempt; `None` if it was refused.
    pub attempt: Option<Attempt>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

impl MutationResult for Tested {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
}

impl App {
    /// Sends a message of the type `webhook.test` to an endpoint, enabled or not. It has no consequences and is not kept.
    ///
    /// # Errors
    /// `FORBIDDEN` for callers who may manage no endpoints; database errors.
    pub async fn test_webhook_endpoint(&self, caller: &Caller, id: Option<Uuid>) -> Result<Tested, AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        result(self.test_endpoint(owner, id).await)
    }

    async fn test_endpoint(&self, owner: Owner, id: Option<Uuid>) -> Result<Tested, UnitError> {
        let endpoint = find_endpoint(self.db(), owner, id).await?;
        let at = self.now();
        let signer = self.signer(&endpoint).ok_or_else(|| {
            AppError::Internal(format!("the secret of the webhook {} cannot be decrypted", endpoint.id))
        })?;
        let renderer = self
            .renderer()
            .ok_or_else(|| AppError::Unavailable("no renderer for webhooks is configured".to_owned()))?;
        let (id, named) = (ids::new(), renderer.id_of(Named::Endpoint(endpoint.id)));
        let message = Message { id: message::id(id), body: message::test(&named, at), signer };
        let sent = self.webhooks().send(&endpoint.url, &message).await;
        Ok(Tested { attempt: Some(message::attempt(id, at, &sent)), problems: Vec::new() })
    }

    /// Sends a delivery again, whether it was accepted or parked; one that waits for its next attempt is attempted now.
    ///
    /// # Errors
    /// As [`App::test_webhook_endpoint`].
    pub async fn redeliver_webhook(
        &self,
        caller: &Caller,
        id: Option<Uuid>,
        key: Option<String>,
    ) -> Result<Managed, AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        let redeliver = |key: Option<Key>| async move {
            let id = id.ok_or_else(no_delivery)?;
            let work = |unit| self.store_redelivery(unit, owner, id);
            self.transact_once(key.as_ref(), Locks::Webhooks, work).await
        };
        self.manage_webhooks(caller, key.as_deref(), ("redeliverWebhook", &id), redeliver).await
    }

    async fn store_redelivery(&self, unit: Unit, owner: Owner, id: Uuid) -> Result<End<Managed>, UnitError> {
        let now = self.now();
        let found = webhooks::deliveries(&unit, owner, &[id], webhook::kept_since(now)).await?;
        let delivery = found.into_iter().next().ok_or_else(no_delivery)?;
        let endpoint = webhooks::find(&unit, owner, delivery.endpoint_id).await?.ok_or_else(no_delivery)?;
        if endpoint.state != WebhookState::Active {
            return Err(not_active("deliveryId").into());
        }
        if !is_over(delivery.state) && delivery.next_attempt_at.is_none() {
            let message = "The delivery waits for an earlier event of the same claim.";
            let problem = Problem::new(ProblemCode::WrongStatus, message).at(["deliveryId"]);
            return Err(problem.remedy("Redeliver the earlier one; this one follows automatically.").into());
        }
        writes::attempt_now(&unit, id, now).await?;
        Ok(unit.commit(Managed::new(id)))
    }
}

fn no_delivery() -> Problem {
    Problem::not_found("webhook delivery", "deliveryId")
}
