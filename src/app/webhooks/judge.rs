//! Checks of endpoints' inputs (keys, events, selections, positions), and the transaction in which endpoints are
//! changed.

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
    /// The key of a mutation, or the result to return because the mutation was executed before or the key is invalid.
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
        // Before any check, because what was done before may be impossible now.
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
        sealed.ok_or_else(|| AppError::Internal("a webhook's secret could not be encrypted".to_owned()))
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
            let problem = Problem::invalid(["events"], "The list of events is empty.");
            return Err(problem.remedy("Give at least one type of event."));
        };
        let Some(selection) = selection else { return Ok((events, None)) };
        if events.len() > 1 {
            let count = events.len();
            let message = format!("A selection needs a single type of event; the input has {count}.");
            let problem = Problem::invalid(["selection"], message).param("count", count);
            return Err(problem.remedy("Give one type of event, or omit the selection."));
        }
        let selection = selection.trim().to_owned();
        let Some(renderer) = self.renderer() else {
            return Err(Problem::invalid(["selection"], "The server cannot check selections at the moment.")
                .remedy("Try again later, or omit the selection."));
        };
        match renderer.check(event, &selection, &caller.subject) {
            Ok(()) => Ok((events, Some(selection))),
            Err(why) => Err(Problem::invalid(["selection"], why.clone()).param("reason", why).remedy(
                "Give one selection set in braces on the event's type, such as `{ position claim { number } }`, without variables \
                 and fragments.",
            )),
        }
    }

    /// The place of the entry that a text names as a position; inside, the problem if there is none.
    pub(super) async fn position(&self, field: &str, text: &str) -> Result<Result<Position, Problem>, AppError> {
        let found = match history::decode_position(text) {
            Some(id) => log::position_of(self.db(), id).await?,
            None => None,
        };
        Ok(found.ok_or_else(|| {
            Problem::invalid([field], format!("{text:?} is not a position of this server's history."))
                .param("value", text)
                .remedy("Give the `position` of an event or of an entry of the history.")
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
        Patch::Clear => {
            Err(Problem::invalid([field], format!("{field} cannot be cleared.")).remedy("Omit it to keep its value."))
        }
    }
}

/// A caller who chooses events must be allowed to subscribe to them live (W1, A5).
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
