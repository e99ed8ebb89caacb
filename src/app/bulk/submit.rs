//! Many drafts submitted at once (B1).

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use domain::{
    caller::Caller,
    claim::{Claim, Subject},
    eligibility::{Facts, Intent},
    kinds::{BulkOutcome, ClaimAction},
    lifecycle::{self, Circumstances, Command, Decision, Ids},
    problem::{Problem, ProblemCode},
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    BulkCallResult, BulkRowResult, How, Rows,
    part::{Changed, Locked, Part, of_row, still_locked, without_facts},
};
use crate::{
    app::{
        App, AppError,
        claims::{attempt::UnitError, change::at_version},
    },
    ids,
    store::{
        self, Reads, Transaction,
        arbitrations::write as arbitrations,
        claims::write::{self as claims, Snapshot},
        transaction::locks::{self, Lock},
    },
};

/// A draft to submit.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitRow {
    /// The claim; nothing where the given id names no claim at all.
    pub claim_id: Option<Uuid>,
    /// The version that the caller has read.
    pub expected_version: i32,
}

impl App {
    /// Submits drafts of the caller's partner.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the caller is an administrator of a partner and has `claims:write`; `BAD_USER_INPUT` beyond
    /// [`super::ROWS_MAX`] claims; the database's, as with [`App::create_claims`].
    pub async fn submit_claims(
        &self,
        caller: &Caller,
        rows: Vec<SubmitRow>,
        how: How,
        key: Option<&str>,
    ) -> Result<BulkCallResult, AppError> {
        lifecycle::may_ever(ClaimAction::Submit, caller)?;
        self.bulk(caller, "submitClaims", &Submissions(rows), how, key).await
    }
}

#[derive(Serialize)]
struct Submissions(Vec<SubmitRow>);

/// A draft that may be submitted as far as the row says.
struct Candidate {
    index: usize,
    read: Snapshot,
}

impl Submissions {
    fn ids(&self, rows: Range<usize>) -> Vec<Uuid> {
        self.0[rows].iter().filter_map(|row| row.claim_id).collect()
    }

    /// The claim that a row means.
    fn candidate(&self, index: usize, read: &mut HashMap<Uuid, Snapshot>) -> Result<Candidate, Problem> {
        let row = &self.0[index];
        let same = |other: &SubmitRow| other.claim_id.is_some() && other.claim_id == row.claim_id;
        if let Some(earlier) = self.0[..index].iter().position(same) {
            return Err(Problem::invalid(["claimId"], format!("Row {earlier} of this call names the same claim."))
                .param("row", earlier)
                .remedy("Name each claim only once per call."));
        }
        let read = row.claim_id.and_then(|id| read.remove(&id));
        let read = read.ok_or_else(|| Problem::not_found("claim", "claimId"))?;
        at_version(&read.claim, row.expected_version)?;
        Ok(Candidate { index, read })
    }

    fn refused(&self, index: usize, problems: Vec<Problem>) -> BulkRowResult {
        let named = self.0[index].claim_id;
        // What the caller may not see is not named.
        let is_seen = !problems.iter().any(|problem| problem.code == ProblemCode::NotFound);
        BulkRowResult::refused(of_row(Self::LIST, index, named.filter(|_| is_seen), problems))
    }
}

impl Rows for Submissions {
    const LIST: &'static str = "claims";
    // A submission locks its customer alone, so that rivals find each other (X1): nobody waits for many of them.
    const PART: usize = 50;

    fn len(&self) -> usize {
        self.0.len()
    }

    async fn lock(&self, caller: &Caller, transaction: &Transaction, rows: Range<usize>) -> Result<Locked, UnitError> {
        let found = claims::customers_of(transaction, caller, &self.ids(rows)).await?;
        let customers: BTreeSet<Uuid> = found.iter().map(|(_, customer)| *customer).collect();
        locks::customers(transaction, customers, BTreeSet::new(), Lock::Exclusive).await?;
        Ok(found.into_iter().collect())
    }

    async fn judge(
        &self,
        app: &App,
        caller: &Caller,
        on: &impl Reads,
        rows: Range<usize>,
        locked: Option<&Locked>,
    ) -> Result<Part, UnitError> {
        let visible = claims::customers_of(on, caller, &self.ids(rows.clone())).await?;
        let visible: Vec<Uuid> = visible.into_iter().map(|(id, _)| id).collect();
        let read = claims::find_all(on, &visible).await?;
        read.iter().try_for_each(|read| still_locked(&read.claim, locked))?;
        let mut read: HashMap<Uuid, Snapshot> = read.into_iter().map(|read| (read.claim.id, read)).collect();
        let candidates: Vec<Result<Candidate, BulkRowResult>> = rows
            .map(|index| self.candidate(index, &mut read).map_err(|problem| self.refused(index, vec![problem])))
            .collect();
        let intents: Vec<Intent> =
            candidates.iter().flatten().map(|candidate| Intent::of(&candidate.read.claim)).collect();
        let mut facts = store::eligibility::facts(on, &intents).await?.into_iter();
        let mut part = Part::default();
        let mut claimed: HashMap<Subject, Uuid> = HashMap::new();
        for candidate in candidates {
            let row = match candidate {
                Ok(Candidate { index, read }) => {
                    let facts = with_earlier(facts.next().ok_or_else(without_facts)?, &claimed);
                    match decided(app, caller, read, facts) {
                        Ok(changed) => {
                            let claim = &changed.read.claim;
                            // Claimed for the rows after it.
                            claimed.extend(subjects(&changed.decision).map(|subject| (subject, claim.id)));
                            let row = submitted(locked.map(|_| claim));
                            part.writes.changes.push(changed);
                            row
                        }
                        Err(problems) => self.refused(index, problems),
                    }
                }
                Err(refused) => refused,
            };
            part.rows.push(row);
        }
        if locked.is_some() {
            find_rivals(app, on, &mut part).await?;
        }
        Ok(part)
    }
}

/// The submission of one draft, by the rules.
fn decided(app: &App, caller: &Caller, read: Snapshot, facts: Facts) -> Result<Changed, Vec<Problem>> {
    let given = Circumstances { facts, ..Circumstances::new(app.policy(), app.now(), Ids(&ids::new)) };
    let decision = lifecycle::decide(&read.claim, Command::Submit, caller, &given)?;
    Ok(Changed { decision, read, contended: false })
}

/// The result of a row whose draft is submitted; it names the claim if that is stored.
fn submitted(stored: Option<&Claim>) -> BulkRowResult {
    BulkRowResult {
        outcome: BulkOutcome::Submitted,
        claim_id: stored.map(|claim| claim.id),
        number: stored.map(|claim| claim.number.clone()),
        problems: Vec::new(),
    }
}

/// What the claim claims (X0).
fn subjects(decision: &Decision) -> impl Iterator<Item = Subject> {
    decision.claim.lines.iter().filter_map(|line| decision.claim.subject(line))
}

/// The facts as they are once the rows before are submitted, whose claims are live from then on (E9, E15).
fn with_earlier(mut facts: Facts, claimed: &HashMap<Subject, Uuid>) -> Facts {
    for (subject, id) in claimed {
        facts.claimed.entry(subject.clone()).or_insert(*id);
    }
    facts
}

/// Marks the submissions that meet others' claims, and names whom their notices go to.
async fn find_rivals(app: &App, on: &impl Reads, part: &mut Part) -> Result<(), UnitError> {
    let changes = &mut part.writes.changes;
    let all: BTreeSet<String> =
        changes.iter().flat_map(|changed| subjects(&changed.decision)).map(|subject| subject.to_string()).collect();
    let contended = arbitrations::contended(on, &all).await?;
    for Changed { decision, contended: is_contended, .. } in changes {
        *is_contended = subjects(decision).any(|subject| contended.contains(&subject.to_string()));
        let notices = std::mem::take(&mut decision.effects.notices);
        decision.effects.notices = app.with_reviewers(on, notices).await?;
    }
    Ok(())
}
