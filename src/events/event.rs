//! An event on its way to those who follow.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use domain::caller::{Caller, Side};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::once::Once;
use crate::store::history::{HistoryEntry, log::Logged};

/// What several subscribers need of an event and only the first one computes.
type Shared<K, C> = Mutex<HashMap<K, Arc<C>>>;

/// An entry of the history, as it is passed on.
#[derive(Debug)]
pub struct Event {
    /// The entry.
    pub entry: HistoryEntry,
    /// The partner whose claim it is.
    pub(super) partner_id: Option<Uuid>,
    /// The customer of the claim.
    pub(super) tenant_id: Option<Uuid>,
    seen: Shared<Reach, OnceCell<bool>>,
    bodies: Shared<[u8; 32], Once<Option<Bytes>>>,
}

/// All of a caller that decides which entries are visible (`store::scope`), and what of them is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Reach {
    side: Side,
    reviews: bool,
    /// Changes of status are seen by customers too, who see no other entry.
    of_status: bool,
}

impl From<Logged> for Event {
    fn from(logged: Logged) -> Self {
        let Logged { entry, partner_id, tenant_id } = logged;
        Self { entry, partner_id, tenant_id, seen: Shared::default(), bodies: Shared::default() }
    }
}

impl From<HistoryEntry> for Event {
    fn from(entry: HistoryEntry) -> Self {
        Logged { entry, partner_id: None, tenant_id: None }.into()
    }
}

impl Event {
    /// Whether it is visible to the caller: checked once for all callers with the same visibility.
    pub(super) async fn is_seen_by(&self, caller: &Caller, of_status: bool, ask: impl Future<Output = bool>) -> bool {
        let reach = Reach { side: caller.side, reviews: caller.reviews(), of_status };
        *cell(&self.seen, reach).get_or_init(|| ask).await
    }

    /// What is sent for it under this key: computed once for all subscribers with the same key, in its own task, so
    /// that a slow subscriber delays no other. `None` if nothing is sent.
    pub async fn shared<F>(&self, key: [u8; 32], make: impl FnOnce() -> F) -> Option<Bytes>
    where
        F: Future<Output = Option<Bytes>> + Send + 'static,
    {
        cell(&self.bodies, key).get_or_work_out(make).await
    }
}

fn cell<K: Eq + Hash, C: Default>(shared: &Shared<K, C>, key: K) -> Arc<C> {
    Arc::clone(shared.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
}
