//! Webhooks (W1-W6): events of the history, signed and sent to the endpoints of partners and the vendor.
//!
//! Nothing is added to the transaction of a write: the dispatcher ([`App::run_webhooks`]) reads the history by its
//! position, as a subscriber does, and plans a delivery for each endpoint of each side that may see an entry. What is
//! due is taken by one server at a time, rendered and judged again, and sent. An endpoint has few attempts at once,
//! those that fail have part of them together, and a delivery waits for the one before it on the same claim and
//! endpoint only.

mod attempt;
mod dispatch;
mod judge;
mod manage;
mod message;
mod plan;
mod recover;
mod replay;
mod settle;
mod slots;
mod take;

use std::{
    fmt,
    sync::{Arc, OnceLock, Weak},
};

use domain::{
    caller::{Caller, Side},
    kinds::{DeliveryState, Role, Scope, WebhookEventType},
    problem::{Problem, ProblemCode},
};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

pub use manage::{EndpointPatch, NewEndpoint};
pub use replay::Tested;

use super::{App, AppError, transact::MutationResult};
use crate::{
    store::{
        history::{
            HistoryEntry,
            log::{Feed, Of},
        },
        webhooks::{Endpoint, Owner},
    },
    webhooks::{Secret, Signer},
};

/// What has an id in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A claim.
    Claim(Uuid),
    /// A comment.
    Comment(Uuid),
    /// An endpoint.
    Endpoint(Uuid),
}

/// The renderer, which knows the API: it encodes ids, and executes an endpoint's selection as live events are executed.
pub trait Renderer: Send + Sync {
    /// The id by which the API names it.
    fn id_of(&self, named: Named) -> String;

    /// Whether the selection can be executed on events of this type.
    ///
    /// # Errors
    /// Why not, in one sentence.
    fn check(&self, event: WebhookEventType, selection: &str, subject: &str) -> Result<(), String>;

    /// What the selection comes to for an entry, as this caller sees it now.
    fn render(
        &self,
        event: WebhookEventType,
        selection: String,
        caller: Arc<Caller>,
        entry: HistoryEntry,
    ) -> BoxFuture<'_, Rendered>;
}

/// What a selection came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendered {
    /// The value of the event as JSON, and the errors of its fields, if there are some.
    Event {
        /// The value.
        data: String,
        /// The errors, a list.
        errors: Option<String>,
    },
    /// It cannot be executed now.
    Unavailable,
}

/// What the use cases share with the dispatcher.
#[derive(Default)]
pub(super) struct Shared {
    /// Weak, because the renderer itself uses the use cases.
    renderer: OnceLock<Weak<dyn Renderer>>,
    /// Something is to be done.
    hint: Notify,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

/// The result of a change of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// The endpoint, or for a redelivery the delivery; `None` if it was refused.
    pub id: Option<Uuid>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
    /// Whether it was done now, and not by an earlier execution under the same idempotency key.
    #[serde(skip)]
    is_new: bool,
}

impl Managed {
    const fn new(id: Uuid) -> Self {
        Self { id: Some(id), problems: Vec::new(), is_new: true }
    }

    /// The result with the secret, which is shown only once.
    fn with_secret(self, secret: &Secret) -> (Self, Option<String>) {
        let shown = self.is_new.then(|| secret.shown());
        (self, shown)
    }
}

impl MutationResult for Managed {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
}

impl MutationResult for Recovered {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
}

/// The result of a recovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// How many deliveries are made again, or for the first time.
    pub scheduled: u64,
    /// Why nothing was done.
    pub problems: Vec<Problem>,
}

impl App {
    /// Sets the renderer. Only the first call counts.
    pub fn render_webhooks_by(&self, renderer: &Arc<dyn Renderer>) {
        let _ = self.0.webhooks_shared.renderer.set(Arc::downgrade(renderer));
    }

    fn renderer(&self) -> Option<Arc<dyn Renderer>> {
        self.0.webhooks_shared.renderer.get()?.upgrade()
    }

    /// What signs an endpoint's messages now; `None` if its secret does not open.
    fn signer(&self, endpoint: &Endpoint) -> Option<Signer> {
        let sealer = self.webhooks().sealer();
        let mut secrets = vec![sealer.open(endpoint.id, &endpoint.secret)?];
        if let Some((before, until)) = &endpoint.secret_before
            && *until > self.now()
        {
            secrets.extend(sealer.open(endpoint.id, before));
        }
        Some(Signer { secrets, asymmetric: endpoint.public_key.is_some() })
    }

    /// Signals that webhooks may be due: the clock was moved, or a delivery was requested.
    pub fn wake_webhooks(&self) {
        self.0.webhooks_shared.hint.notify_one();
    }
}

/// Whose endpoints the caller manages (W1): a partner's admins its own, a review lead the vendor's.
///
/// # Errors
/// `FORBIDDEN` for every other caller, and without the scope.
pub fn managed_by(caller: &Caller, scope: Scope) -> Result<Owner, AppError> {
    if !caller.has(scope) {
        return Err(AppError::Forbidden(format!("The token needs the scope {scope}.")));
    }
    let admins = [Role::GlobalAdmin, Role::BillingAdmin, Role::IncentivesAdmin];
    match caller.side {
        Side::Partner(id) if caller.is_any(&admins) => Ok(Some(id)),
        Side::Vendor if caller.is(Role::ReviewLead) => Ok(None),
        _ => Err(AppError::Forbidden(format!(
            "Only the roles {}, {} and {} may manage their company's webhook endpoints, and {} the vendor's.",
            Role::GlobalAdmin,
            Role::BillingAdmin,
            Role::IncentivesAdmin,
            Role::ReviewLead
        ))),
    }
}

/// The caller that decides what an endpoint receives: the owner's side with the widest visibility of that side, and the
/// scopes of the token that chose the events.
fn receiver(owner: Owner, endpoint: Uuid, scopes: Vec<Scope>) -> Caller {
    let (side, role) = match owner {
        Some(partner) => (Side::Partner(partner), Role::GlobalAdmin),
        None => (Side::Vendor, Role::ReviewLead),
    };
    let subject = format!("webhook:{endpoint}");
    Caller { subject, name: None, roles: vec![role], scopes, side, stands_in_for: Vec::new() }
}

/// What a live subscription to these events follows.
const fn feed(event: WebhookEventType) -> Feed {
    let of = match event {
        WebhookEventType::ClaimStatusChanged => Of::Statuses(None),
        WebhookEventType::CommentAdded => Of::Comments,
        WebhookEventType::HistoryAppended => Of::Everything(None),
    };
    Feed::all(of)
}

fn not_active(field: &str) -> Problem {
    Problem::new(ProblemCode::WrongStatus, "The endpoint is disabled, so nothing is sent to it.")
        .at([field])
        .remedy("Enable it with updateWebhookEndpoint(enabled: true) first.")
}

/// Whether a delivery is over.
const fn is_over(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Pending)
}
