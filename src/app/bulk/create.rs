//! Many drafts at once (B1), and drafts that exist by their external reference (B2).

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
};

use domain::{
    caller::Caller,
    claim::Claim,
    eligibility::{Facts, Intent},
    identifier,
    kinds::{BulkOutcome, BulkPolicy, OnExisting},
    lifecycle::{self, Circumstances, ClaimContent, Edited, Ids, Restated},
    problem::Problem,
    time::Timestamp,
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
        claims::{
            attempt::UnitError,
            create::{Drafted, drafted},
            may_create,
        },
        transact::result,
    },
    ids,
    store::{
        self, Reads, StoreError, Transaction,
        claims::{
            drafts,
            write::{self as claims, Referenced, Snapshot},
        },
        transaction::locks::{self, Lock},
    },
};

/// The rows of a call of `createClaims`.
#[derive(Clone, Debug)]
pub struct CreateClaims {
    /// The claims.
    pub rows: Vec<ClaimContent>,
    /// What happens to a row whose external reference a claim has already.
    pub on_existing: OnExisting,
    /// How a row's contacts change those of an existing draft.
    pub contacts: Contacts,
}

/// What happens to the title and the telephone number of an existing draft's contact if a row's contact has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Contacts {
    /// They are cleared: the contact is replaced as a whole.
    Whole,
    /// They are kept: the source has no columns for them.
    InPart,
}

impl App {
    /// Makes drafts of the caller's partner, and changes those that exist where the call says so.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the caller is of a partner and has `claims:write`; `BAD_USER_INPUT` beyond [`super::ROWS_MAX`] rows; the
    /// database's. Then the parts of a `KEEP_GOOD` call that were stored stay, and a repeat with its key goes on.
    pub async fn create_claims(
        &self,
        caller: &Caller,
        input: CreateClaims,
        how: How,
        key: Option<&str>,
    ) -> Result<BulkCallResult, AppError> {
        let partner_id = may_create(caller)?;
        self.bulk(caller, "createClaims", &Drafts::new(partner_id, input), how, key).await
    }
}

impl App {
    /// The same for rows of a file, of which a call may have any number: good rows are stored, bad ones refused. On PostgreSQL new
    /// drafts are copied in one transaction, which takes no lock; everything else goes the way of [`Self::create_claims`].
    ///
    /// # Errors
    /// As [`Self::create_claims`]; then parts of the rows may be stored.
    pub async fn import_claims(
        &self,
        caller: &Caller,
        input: CreateClaims,
        dry_run: bool,
    ) -> Result<BulkCallResult, AppError> {
        let rows = Drafts::new(may_create(caller)?, input);
        let how = How { policy: BulkPolicy::KeepGood, dry_run };
        let done = match self.copy_drafts(caller, &rows, how).await {
            Ok(Some(done)) => Ok(done),
            Ok(None) => self.bulk_in_parts(caller, "createClaims", &rows, how, None).await,
            Err(failure) => Err(failure),
        };
        result(done)
    }

    /// Copies the rows if all that is to be stored of them are new drafts.
    async fn copy_drafts(&self, caller: &Caller, rows: &Drafts, how: How) -> Result<Option<BulkCallResult>, UnitError> {
        let all = 0..rows.len();
        if how.dry_run || !self.db().is_postgres() {
            return Ok(None);
        }
        if rows.on_existing == OnExisting::UpdateDraft && !rows.named(self.db(), all.clone()).await?.is_empty() {
            return Ok(None);
        }
        let part = match rows.judge(self, caller, self.db(), all, Some(&Locked::new())).await {
            // A claim with one of the references came meanwhile.
            Err(UnitError::Store(StoreError::Retry)) => return Ok(None),
            judged => judged?,
        };
        match drafts::copy(self.db(), part.writes.drafts).await {
            Ok(()) => {
                self.tail().wake();
                Ok(Some(BulkCallResult { rows: part.rows, problems: Vec::new() }))
            }
            Err(StoreError::Unique(..) | StoreError::Retry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The rows, and what can be said of them without the database.
#[derive(Serialize)]
struct Drafts {
    rows: Vec<ClaimContent>,
    on_existing: OnExisting,
    #[serde(skip)]
    contacts: Contacts,
    #[serde(skip)]
    partner_id: Uuid,
    /// The external reference of each row in its one form (L15).
    #[serde(skip)]
    references: Vec<Option<String>>,
    /// For each row the place of an earlier one with the same reference.
    #[serde(skip)]
    earlier: Vec<Option<usize>>,
}

/// A row before the facts are known.
enum Prepared {
    /// What becomes of it needs no facts.
    Settled(BulkRowResult),
    /// A new draft; the claim that has its reference already.
    New(Box<Edited>, Option<Uuid>),
    /// A draft that changes.
    Changed(Box<Edited>, Box<Snapshot>),
}

impl Prepared {
    fn intent(&self) -> Option<&Intent> {
        match self {
            Self::Settled(_) => None,
            Self::New(edited, _) | Self::Changed(edited, _) => Some(&edited.intent),
        }
    }
}

/// What the references of the rows name.
struct Existing {
    by_reference: HashMap<String, Referenced>,
    /// The claims themselves, where drafts are updated.
    claims: HashMap<Uuid, Snapshot>,
}

impl Drafts {
    fn new(partner_id: Uuid, input: CreateClaims) -> Self {
        let CreateClaims { rows, on_existing, contacts } = input;
        let reference = |row: &ClaimContent| row.external_reference.as_deref().map(identifier::reference);
        let references: Vec<Option<String>> =
            rows.iter().map(|row| reference(row).filter(|reference| !reference.is_empty())).collect();
        let mut first: HashMap<&str, usize> = HashMap::new();
        let earlier = references.iter().enumerate().map(|(index, reference)| {
            let first = *first.entry(reference.as_deref()?).or_insert(index);
            (first < index).then_some(first)
        });
        let earlier = earlier.collect();
        Self { rows, on_existing, contacts, partner_id, references, earlier }
    }

    /// The claims that these rows name.
    async fn named(&self, on: &impl Reads, rows: Range<usize>) -> Result<HashMap<String, Referenced>, StoreError> {
        let references: HashSet<&str> = self.references[rows].iter().flatten().map(String::as_str).collect();
        let references: Vec<&str> = references.into_iter().collect();
        claims::by_references(on, self.partner_id, &references).await
    }

    async fn existing(&self, on: &impl Reads, rows: Range<usize>) -> Result<Existing, StoreError> {
        let by_reference = self.named(on, rows).await?;
        let ids: Vec<Uuid> = if self.on_existing == OnExisting::UpdateDraft {
            by_reference.values().map(|named| named.id).collect()
        } else {
            Vec::new()
        };
        let claims = claims::find_all(on, &ids).await?.into_iter().map(|read| (read.claim.id, read)).collect();
        Ok(Existing { by_reference, claims })
    }

    /// What a row comes to without looking at the directory.
    fn prepare(
        &self,
        index: usize,
        existing: &mut Existing,
        locked: Option<&Locked>,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        let refused = |problems| Prepared::Settled(refused(index, problems));
        if let Some(earlier) = self.earlier[index] {
            return Ok(refused(vec![same_reference(earlier)]));
        }
        let mut row = self.rows[index].clone();
        let named = self.references[index].as_ref().and_then(|reference| existing.by_reference.get(reference));
        match (named, self.on_existing) {
            (Some(named), OnExisting::Skip) => Ok(Prepared::Settled(skipped(named.id, named.number.clone()))),
            (Some(named), OnExisting::UpdateDraft) => {
                let read = existing.claims.remove(&named.id).ok_or(StoreError::Retry)?;
                if read.claim.external_reference != self.references[index] {
                    return Err(StoreError::Retry);
                }
                still_locked(&read.claim, locked)?;
                if self.contacts == Contacts::InPart {
                    row.keep_details_of_contacts(&read.claim);
                }
                Ok(match lifecycle::restate(&read.claim, row, Ids(&ids::new)) {
                    Ok(Restated::Unchanged) => Prepared::Settled(skipped(read.claim.id, read.claim.number)),
                    Ok(Restated::Edited(edited)) => Prepared::Changed(edited, Box::new(read)),
                    Err(problems) => refused(problems),
                })
            }
            (named, _) => {
                let number = ids::claim_number();
                Ok(match lifecycle::create(self.partner_id, row, number, now, Ids(&ids::new)) {
                    Ok(edited) => Prepared::New(Box::new(edited), named.map(|named| named.id)),
                    Err(problems) => refused(problems),
                })
            }
        }
    }
}

impl Rows for Drafts {
    const LIST: &'static str = "rows";
    // A new draft takes no lock. An SQLite database has one writer: a part keeps others waiting for a few hundredths of a
    // second.
    const PART: usize = 100;

    fn len(&self) -> usize {
        self.rows.len()
    }

    async fn lock(&self, _caller: &Caller, transaction: &Transaction, rows: Range<usize>) -> Result<Locked, UnitError> {
        if self.on_existing != OnExisting::UpdateDraft {
            return Ok(Locked::new());
        }
        let named = self.named(transaction, rows).await?;
        let customers: BTreeSet<Uuid> = named.values().map(|named| named.tenant_id).collect();
        let ids: BTreeSet<Uuid> = named.values().map(|named| named.id).collect();
        // A draft contends for nothing: its customer is shared.
        locks::customers(transaction, customers, ids, Lock::Shared).await?;
        Ok(named.into_values().map(|named| (named.id, named.tenant_id)).collect())
    }

    async fn judge(
        &self,
        app: &App,
        caller: &Caller,
        on: &impl Reads,
        rows: Range<usize>,
        locked: Option<&Locked>,
    ) -> Result<Part, UnitError> {
        let now = app.now();
        let mut existing = self.existing(on, rows.clone()).await?;
        let prepared: Vec<Prepared> = rows
            .clone()
            .map(|index| self.prepare(index, &mut existing, locked, now))
            .collect::<Result<_, StoreError>>()?;
        let intents: Vec<_> = prepared.iter().filter_map(Prepared::intent).cloned().collect();
        let mut facts = store::eligibility::facts(on, &intents).await?.into_iter();
        let mut part = Part::default();
        for (index, prepared) in rows.zip(prepared) {
            let row = match prepared {
                Prepared::Settled(row) => Ok(row),
                Prepared::New(edited, taken) => {
                    let facts = facts.next().ok_or_else(without_facts)?;
                    part.create(index, drafted(caller, *edited, &facts, taken, now), locked.is_some())
                }
                Prepared::Changed(edited, read) => {
                    let facts = facts.next().ok_or_else(without_facts)?;
                    Ok(part.change(app, caller, index, (*edited, *read), facts, locked.is_some()))
                }
            };
            part.rows.push(row?);
        }
        Ok(part)
    }
}

impl Part {
    fn create(
        &mut self,
        index: usize,
        judged: Result<Drafted, UnitError>,
        stores: bool,
    ) -> Result<BulkRowResult, UnitError> {
        match judged {
            Ok(Drafted { claim, problems, placed }) => {
                let row = accepted(BulkOutcome::Created, index, stores.then_some(&claim), problems);
                self.writes.drafts.push((claim, placed));
                Ok(row)
            }
            Err(UnitError::Refused(problems)) => Ok(refused(index, problems)),
            Err(failure) => Err(failure),
        }
    }

    fn change(
        &mut self,
        app: &App,
        caller: &Caller,
        index: usize,
        (edited, read): (Edited, Snapshot),
        facts: Facts,
        stores: bool,
    ) -> BulkRowResult {
        let given = Circumstances { facts, ..Circumstances::new(app.policy(), app.now(), Ids(&ids::new)) };
        match lifecycle::decide_edit(&read.claim, edited, caller, &given) {
            Ok(decision) => {
                let problems = decision.problems.clone();
                let row = accepted(BulkOutcome::Updated, index, stores.then_some(&read.claim), problems);
                self.writes.changes.push(Changed { decision, read, contended: false });
                row
            }
            Err(problems) => refused(index, problems),
        }
    }
}

fn refused(index: usize, problems: Vec<Problem>) -> BulkRowResult {
    BulkRowResult::refused(of_row(Drafts::LIST, index, None, problems))
}

fn skipped(id: Uuid, number: String) -> BulkRowResult {
    BulkRowResult { outcome: BulkOutcome::Skipped, claim_id: Some(id), number: Some(number), problems: Vec::new() }
}

/// The result of a row whose draft is created or updated; it names the claim if that is stored.
fn accepted(outcome: BulkOutcome, index: usize, stored: Option<&Claim>, problems: Vec<Problem>) -> BulkRowResult {
    BulkRowResult {
        outcome,
        claim_id: stored.map(|claim| claim.id),
        number: stored.map(|claim| claim.number.clone()),
        problems: of_row(Drafts::LIST, index, None, problems),
    }
}

fn same_reference(earlier: usize) -> Problem {
    Problem::invalid(["externalReference"], format!("Row {earlier} of this call has the same external reference."))
        .param("row", earlier)
        .remedy("Use each external reference only once per call.")
}
