//! A part of a call: its rows as they were judged, and what is to be stored of them in one transaction.

use std::collections::HashMap;

use domain::{caller::Caller, claim::Claim, lifecycle::Decision, problem::Problem};
use uuid::Uuid;

use super::BulkRowResult;
use crate::{
    app::{App, AppError, claims::attempt::UnitError, transact::Unit},
    store::{
        StoreError,
        arbitrations::write::{self as arbitrations, Surroundings},
        claims::{drafts, write::Snapshot},
        history::write::Placed,
    },
};

/// The claims that a transaction may change, each with the customer that was locked with it.
pub(super) type Locked = HashMap<Uuid, Uuid>;

/// Rows that were judged.
#[derive(Default)]
pub(super) struct Part {
    /// What becomes of each.
    pub(super) rows: Vec<BulkRowResult>,
    /// What is to be stored.
    pub(super) writes: Writes,
}

/// What is to be stored of a part.
#[derive(Default)]
pub(super) struct Writes {
    /// New drafts with their histories.
    pub(super) drafts: Vec<(Claim, Placed)>,
    /// Changed claims, in the order of their rows.
    pub(super) changes: Vec<Changed>,
}

/// A claim that changes.
pub(super) struct Changed {
    /// What was decided.
    pub(super) decision: Decision,
    /// The claim as it was read.
    pub(super) read: Snapshot,
    /// Whether another claim or an open arbitration is about one of its subjects (X1).
    pub(super) contended: bool,
}

impl Writes {
    /// Whether there is nothing to store.
    pub(super) fn is_empty(&self) -> bool {
        self.drafts.is_empty() && self.changes.is_empty()
    }
}

/// Whether a claim is as it was when it was locked; one that moved meanwhile is looked at once more.
pub(super) fn still_locked(claim: &Claim, locked: Option<&Locked>) -> Result<(), StoreError> {
    let is_locked = locked.is_none_or(|locked| locked.get(&claim.id) == Some(&claim.tenant_id));
    if is_locked { Ok(()) } else { Err(StoreError::Retry) }
}

/// A row whose facts were not read: a bug.
pub(super) fn without_facts() -> UnitError {
    AppError::Internal("a row of a bulk call has no facts".to_owned()).into()
}

/// The problems of a row, their fields as paths from the input's top (B1), and the claim that they are about (L16).
pub(super) fn of_row(list: &str, index: usize, claim_id: Option<Uuid>, problems: Vec<Problem>) -> Vec<Problem> {
    let named = |problem: Problem| {
        let field = problem.field.clone().unwrap_or_default();
        let path = [list.to_owned(), index.to_string()].into_iter().chain(field);
        let problem = problem.at(path);
        match claim_id {
            Some(id) => problem.of_claim_as_it_stands(id),
            None => problem,
        }
    };
    problems.into_iter().map(named).collect()
}

impl App {
    /// Stores a part in a transaction that holds its locks.
    pub(super) async fn store_part(&self, caller: &Caller, unit: &mut Unit, writes: Writes) -> Result<(), UnitError> {
        unit.after.has_events = !writes.is_empty();
        drafts::insert(unit, writes.drafts).await?;
        for Changed { decision, read, contended } in writes.changes {
            // Looked up only now: an earlier row may have moved the same rival.
            let around = if contended {
                Box::pin(arbitrations::around(unit, &read.claim, &decision.claim)).await?
            } else {
                Surroundings::default()
            };
            let plan = self.planned(caller, decision, read, around)?;
            Box::pin(plan.store(unit)).await?;
        }
        Ok(())
    }
}
