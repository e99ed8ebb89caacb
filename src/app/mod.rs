//! The use cases: authorise, load, decide, store. The same for GraphQL, the command line and the clocks.

pub mod arbitrations;
pub mod bulk;
pub mod claims;
mod clocks;
pub mod directory;
mod documents;
mod eligibility;
mod error;
pub mod exports;
mod idempotency;
pub mod notices;
pub mod reviewers;
pub mod revocations;
pub mod statistics;
mod strays;
mod transact;
pub mod verify;
pub mod webhooks;

use std::{sync::Arc, time::Duration};

use domain::{policy::Policy, time::Timestamp};

pub use clocks::Advanced;
pub use documents::{Addressed, Cut, Download, Pieces};
pub use eligibility::{DraftState, Eligibility, EligibilityInput};
pub use error::AppError;
pub use strays::Strays;

use crate::{
    auth::Revocations,
    clock::Clock,
    documents::{Addresses, Documents},
    events::Tail,
    mail::Writer,
    store::Db,
    webhooks::Webhooks,
};

/// The server's use cases and what they need; cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    db: Db,
    clock: Clock,
    policy: Policy,
    documents: Documents,
    addresses: Arc<Addresses>,
    public_url: Option<String>,
    tail: Tail,
    revocations: Revocations,
    seen_revocations: Arc<revocations::Seen>,
    met: Arc<reviewers::Met>,
    deputies: Arc<reviewers::Deputies>,
    outbox: Arc<notices::Outbox>,
    writer: Arc<Writer>,
    webhooks: Webhooks,
    webhooks_shared: Arc<webhooks::Shared>,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(db: Db, clock: Clock, policy: Policy, documents: Documents, public_url: Option<String>) -> Self {
        let tail = Tail::new(db.clone());
        let writer = Arc::new(Writer::built_in(&policy));
        Self(Arc::new(Inner {
            db,
            clock,
            policy,
            documents,
            addresses: Arc::default(),
            public_url,
            tail,
            revocations: Revocations::default(),
            seen_revocations: Arc::default(),
            met: Arc::default(),
            deputies: Arc::default(),
            outbox: Arc::default(),
            writer,
            webhooks: Webhooks::default(),
            webhooks_shared: Arc::default(),
        }))
    }

    /// The same, where a reader of the history and a new subscription wait this long for what is committed to be settled.
    #[must_use]
    pub fn with_settle_timeout(self, timeout: Duration) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.tail = inner.tail.with_settle_timeout(timeout);
        Self(Arc::new(inner))
    }

    /// The same, where notices are written by this writer, with an operator's own templates and texts.
    #[must_use]
    pub fn with_writer(self, writer: Writer) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.writer = Arc::new(writer);
        Self(Arc::new(inner))
    }

    /// The same, where notices are delivered from this outbox.
    #[must_use]
    pub fn with_outbox(self, outbox: notices::Outbox) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.outbox = Arc::new(outbox);
        Self(Arc::new(inner))
    }

    /// The same, which sends webhooks by this.
    #[must_use]
    pub fn with_webhooks(self, webhooks: Webhooks) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.webhooks = webhooks;
        Self(Arc::new(inner))
    }

    /// The same, which signs addresses of documents by this.
    #[must_use]
    pub fn with_addresses(self, addresses: Addresses) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.addresses = Arc::new(addresses);
        Self(Arc::new(inner))
    }

    /// What signs addresses of documents (P2).
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }

    /// What sends webhooks.
    #[must_use]
    pub fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The tail of the history, from which every live event comes (H2). It has to be run beside the requests.
    #[must_use]
    pub fn tail(&self) -> &Tail {
        &self.0.tail
    }

    /// Now, by the server's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The server's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Deadlines, calendar and limits.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Where documents are kept.
    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.0.documents
    }

    /// The revoked tokens that this server knows (A8), which every check of a token uses.
    #[must_use]
    pub fn revocations(&self) -> &Revocations {
        &self.0.revocations
    }

    /// What links begin with, without a slash at the end; `None` if links stay relative.
    #[must_use]
    pub fn public_url(&self) -> Option<&str> {
        self.0.public_url.as_deref()
    }

    /// Whether requests can be served: the database answers, no migration is pending, the tail of the history runs.
    ///
    /// # Errors
    /// Why not, for the operator.
    pub async fn ready(&self) -> Result<(), String> {
        crate::store::ready(self.db()).await.map_err(|error| error.for_the_log())?;
        if self.tail().runs() { Ok(()) } else { Err("the reader of the event log is not running".to_owned()) }
    }
}
