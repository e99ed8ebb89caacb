//! Stores the results of several attempts together, and disables endpoints because of them (W4).

use std::collections::{HashMap, HashSet};

use domain::{kinds::WebhookState, webhook};
use uuid::Uuid;

use super::attempt::Attempted;
use crate::{
    app::{
        App, AppError,
        claims::attempt::{UnitError, retry_conflicts},
        notices::EndpointOwner,
    },
    store::{
        transaction::locks::{self, Lock},
        webhooks::{
            Endpoint,
            write::{self as writes, DeliveryResult, Outcome},
        },
    },
    telemetry,
};

impl App {
    /// Stores the results of attempts in one transaction. If it fails, the deliveries are attempted again when their
    /// lease ends.
    pub(super) async fn settle_webhooks(&self, attempted: Vec<Attempted>) -> Result<(), AppError> {
        let given_up = self.given_up(&attempted);
        let results: Vec<DeliveryResult> = attempted.into_iter().map(|one| one.result).collect();
        // It refuses nothing.
        drop(retry_conflicts(|| self.try_to_settle(&results, &given_up)).await?);
        Ok(())
    }

    async fn try_to_settle(
        &self,
        results: &[DeliveryResult],
        given_up: &[(Endpoint, WebhookState)],
    ) -> Result<(), UnitError> {
        let now = self.now();
        let transaction = self.db().begin().await?;
        let lock = if given_up.is_empty() { Lock::Shared } else { Lock::Exclusive };
        locks::webhooks(&transaction, lock).await?;
        writes::settle(&transaction, results, now).await?;
        let mut disabled = Vec::new();
        for (endpoint, state) in given_up {
            if writes::disable(&transaction, endpoint.id, *state).await? {
                let owner = endpoint.partner_id.map_or(EndpointOwner::Vendor, EndpointOwner::Partner);
                self.record_webhook_disabled(&transaction, owner, &endpoint.url, now).await?;
                disabled.push((endpoint.id, *state));
            }
        }
        transaction.commit().await?;
        if !disabled.is_empty() {
            self.outbox().wake();
        }
        for (endpoint, state) in disabled {
            tracing::warn!(%endpoint, %state, "a webhook endpoint was disabled");
            telemetry::webhook_disabled(if state == WebhookState::Gone { "gone" } else { "failures" });
        }
        Ok(())
    }

    /// Forgets deliveries that can no longer be read (W5).
    ///
    /// # Errors
    /// Database errors.
    pub async fn forget_old_webhooks(&self) -> Result<(), AppError> {
        loop {
            let transaction = self.db().begin().await?;
            locks::webhooks(&transaction, Lock::Exclusive).await?;
            let forgotten = writes::forget(&transaction, webhook::kept_since(self.now())).await?;
            transaction.commit().await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }

    /// The endpoints to disable: those that responded with 410, and those whose attempts all failed for five days.
    fn given_up(&self, attempted: &[Attempted]) -> Vec<(Endpoint, WebhookState)> {
        let now = self.now();
        let accepted: HashSet<Uuid> =
            attempted.iter().filter(|one| one.result.outcome == Outcome::Sent).map(|one| one.endpoint.id).collect();
        let mut given_up: HashMap<Uuid, (Endpoint, WebhookState)> = HashMap::new();
        for one in attempted {
            let failed = matches!(one.result.outcome, Outcome::Retry(_) | Outcome::Parked);
            let fails_long = one.endpoint.failing_since.is_some_and(|since| webhook::is_given_up(since, now));
            let state = if one.is_gone {
                WebhookState::Gone
            } else if failed && fails_long && !accepted.contains(&one.endpoint.id) {
                WebhookState::DisabledAfterFailures
            } else {
                continue;
            };
            let entry = given_up.entry(one.endpoint.id).or_insert_with(|| (one.endpoint.clone(), state));
            if state == WebhookState::Gone {
                entry.1 = state;
            }
        }
        given_up.into_values().collect()
    }
}
