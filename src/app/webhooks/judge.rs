//! What is asked for endpoints, judged: keys, events, selections, positions; and the transaction in which endpoints are changed.

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookEventType},
    patch::Patch,
    problem::Problem,
};
use serde::Serialize;
use uuid::Uuid;

use super::Managed;
use crate::{
    app::{App, AppError, claims::attempt::Failure, idempotency::Key},
    store::{
        Transaction,
        history::{self, log},
        records::Position,
        write::locks::{self, Lock},
    },
    webhooks::Secret,
};

impl App {
    /// The key of a mutation; else what was answered, because it was done before or the key is not good.
    pub(super) async fn key(
        &self,
        caller: &Caller,
        key: Option<&str>,
        mutation: &'static str,
        input: &impl Serialize,
    ) -> Result<Result<Option<Key>, Managed>, AppError> {
        let key = match Key::new(caller, key, mutation, input) {
            Ok(Some(key)) => key,
            Ok(None) => return Ok(Ok(None)),
            Err(problem) => return Ok(Err(Managed::refused(vec![problem]))),
        };
        // Before anything is judged: what was done may be impossible by now.
        let transaction = self.db().begin().await?;
        match key.earlier::<Managed>(&transaction).await? {
            Ok(None) => Ok(Ok(Some(key))),
            Ok(Some(done)) => Ok(Err(done)),
            Err(problem) => Ok(Err(Managed::refused(vec![problem]))),
        }
    }

    pub(super) async fn begin_managing(&self) -> Result<Transaction, Failure> {
        let transaction = self.db().begin().await?;
        locks::webhooks(&transaction, Lock::Exclusive).await?;
        Ok(transaction)
    }

    pub(super) async fn end_managing(
        &self,
        transaction: Transaction,
        key: Option<&Key>,
        done: Managed,
    ) -> Result<Managed, Failure> {
        if let Some(key) = key {
            key.remember(&transaction, &done, self.now()).await?;
        }
        transaction.commit().await?;
        Ok(done)
    }

    pub(super) fn sealed(&self, endpoint: Uuid, secret: &Secret) -> Result<String, AppError> {
        let sealed = self.webhooks().sealer().seal(endpoint, secret);
        sealed.ok_or_else(|| AppError::Internal("a webhook's secret could not be sealed".to_owned()))
    }

    /// The events in the order of their kinds, and the selection, if they go together and it can be executed.
    pub(super) fn choice(
        &self,
        caller: &Caller,
        mut events: Vec<WebhookEventType>,
        selection: Option<String>,
    ) -> Result<(Vec<WebhookEventType>, Option<String>), Problem> {
        events.sort_unstable();
        events.dedup();
        let Some(event) = events.first().copied() else {
            let problem = Problem::invalid(["events"], "The endpoint would receive no events.");
            return Err(problem.remedy("Name at least one type of event."));
        };
        let Some(selection) = selection else { return Ok((events, None)) };
        if events.len() > 1 {
            let problem =
                Problem::invalid(["selection"], "A selection is made on the event's type, and there are several.");
            return Err(problem.remedy("Name one type of event, or leave the selection out."));
        }
        let selection = selection.trim().to_owned();
        let Some(renderer) = self.renderer() else {
            return Err(Problem::invalid(["selection"], "The server cannot judge a selection at the moment."));
        };
        match renderer.check(event, &selection, &caller.subject) {
            Ok(()) => Ok((events, Some(selection))),
            Err(why) => Err(Problem::invalid(["selection"], why.clone()).param("reason", why).remedy(
                "Give one selection set in braces on the event's type, such as `{ position claim { number } }`, without variables \
                 and fragments.",
            )),
        }
    }

    /// Where the entry stands that a text names as a position; inside, why there is none.
    pub(super) async fn position(&self, field: &str, text: &str) -> Result<Result<Position, Problem>, AppError> {
        let found = match history::decode_place(text) {
            Some(place) => log::position_of(self.db(), place).await?,
            None => None,
        };
        Ok(found.ok_or_else(|| {
            Problem::invalid([field], format!("{text:?} is not a position of this server's history."))
                .param("value", text)
                .remedy("Give the `position` of an event or of an entry of the history, or a cursor of `history`.")
        }))
    }
}

pub(super) fn no_url(why: String) -> Problem {
    Problem::invalid(["url"], why.clone())
        .param("reason", why)
        .remedy("Give an https URL of a host on the public network.")
}

/// A field that cannot be cleared.
pub(super) fn given<T>(field: &str, patch: Patch<T>) -> Result<Option<T>, Problem> {
    match patch {
        Patch::Keep => Ok(None),
        Patch::Set(value) => Ok(Some(value)),
        Patch::Clear => Err(Problem::invalid([field], format!("{field} cannot be cleared."))
            .remedy("Leave it out to keep it as it is.")),
    }
}

/// Whoever chooses events must be able to follow them live (W1, A5).
pub(super) fn may_follow(caller: &Caller, events: &[WebhookEventType]) -> Result<(), AppError> {
    match events.iter().map(|event| event.scope()).find(|scope| !caller.has(*scope)) {
        None => Ok(()),
        Some(scope) => Err(AppError::Forbidden(format!("Receiving these events needs the scope {scope}."))),
    }
}

/// The scopes of reading that the token has: a selection shows no more than its owner could have read.
pub(super) fn readable(caller: &Caller) -> Vec<Scope> {
    caller.scopes.iter().copied().filter(|scope| scope.as_str().ends_with(":read")).collect()
}
