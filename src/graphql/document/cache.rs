//! The plans of the documents that were sent lately.
//!
//! Clients of one program send the same few documents; a client that puts values into its documents sends a new one each
//! time, without end. So the cache is shared out: a plan belongs to the subject that brought its document, and what has to
//! go is the plan that its owner has not used for the longest time, of the owner that holds the most. A subject that holds
//! an eighth or more pushes out its own plans only.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::plan::Plan;

/// The plans, by the text of the document.
pub(super) struct Plans {
    limit: usize,
    hash: RandomState,
    clock: AtomicU64,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<Arc<str>, Entry>,
    held: HashMap<u64, usize>,
    bytes: usize,
}

struct Entry {
    plan: Arc<Plan>,
    /// The hash of the subject that brought the document.
    owner: u64,
    used: AtomicU64,
    bytes: usize,
}

impl Plans {
    /// A cache of this many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, hash: RandomState::new(), clock: AtomicU64::new(0), kept: RwLock::default() }
    }

    /// The plan of a document.
    pub(super) fn get(&self, text: &str) -> Option<Arc<Plan>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.entries.get(text)?;
        entry.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(Arc::clone(&entry.plan))
    }

    /// Keeps the plan of a document that a subject brought.
    pub(super) fn keep(&self, text: &str, plan: &Arc<Plan>, subject: &str) {
        let bytes = text.len() + plan.weight() + size_of::<(Arc<str>, Entry)>();
        if bytes > self.share() {
            return;
        }
        let owner = self.hash.hash_one(subject);
        let used = AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed));
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.entries.contains_key(text) {
            return;
        }
        while kept.bytes + bytes > self.limit && kept.drop_one(owner, bytes, self.share()) {}
        *kept.held.entry(owner).or_default() += bytes;
        kept.bytes += bytes;
        kept.entries.insert(text.into(), Entry { plan: Arc::clone(plan), owner, used, bytes });
    }

    /// The maximum that one subject may hold while others need room.
    const fn share(&self) -> usize {
        self.limit / 8
    }
}

impl Kept {
    /// Drops the least valuable plan, to make room for one of this owner.
    fn drop_one(&mut self, owner: u64, bytes: usize, share: usize) -> bool {
        let held = |owner: &u64| self.held.get(owner).copied().unwrap_or_default();
        let fullest = self.held.iter().max_by_key(|(_, held)| **held).map(|(owner, _)| *owner);
        let of = if held(&owner) + bytes > share { Some(owner) } else { fullest.filter(|owner| held(owner) > share) };
        let candidates = self.entries.iter().filter(|(_, entry)| of.is_none_or(|of| entry.owner == of));
        let oldest = candidates.min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed));
        let Some(text) = oldest.map(|(text, _)| Arc::clone(text)) else { return false };
        let Some(entry) = self.entries.remove(&text) else { return false };
        self.bytes -= entry.bytes;
        if let Some(held) = self.held.get_mut(&entry.owner) {
            *held -= entry.bytes;
            if *held == 0 {
                self.held.remove(&entry.owner);
            }
        }
        true
    }
}
