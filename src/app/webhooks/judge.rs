//! Checks of endpoints' inputs: events, selections, positions.

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookEventType},
    patch::Patch,
    problem::Problem,
};
use uuid::Uuid;

use crate::{
    app::{App, AppError, claims::attempt::UnitError},
    store::history::{self, Position, log},
    webhooks::Secret,
};

impl App {
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

    /// The place of the entry that a text names as a position.
    pub(super) async fn position(&self, field: &str, text: &str) -> Result<Position, UnitError> {
        let found = match history::decode_place(text) {
            Some(place) => log::position_of(self.db(), place).await?,
            None => None,
        };
        found.ok_or_else(|| {
            let problem = Problem::invalid([field], format!("{text:?} is not a position of this server's history."));
            let remedy = "Give the `position` of an event or of an entry of the history, or a cursor of `history`.";
            problem.param("value", text).remedy(remedy).into()
        })
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
