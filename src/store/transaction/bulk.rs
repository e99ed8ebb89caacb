//! Bulk inserts: the rows of many claims in few statements, decided elsewhere (`cpor generate`).
//!
//! PostgreSQL takes all rows of a table by `COPY`, SQLite as rows of parameters. Nothing is checked here but what the database
//! checks.

use std::collections::HashMap;

use domain::{
    claim::{Claim, Evaluation, Subject},
    history::Entry,
    kinds::DeliveryState,
    notice::Notice,
    time::Timestamp,
};
use entity::{
    arbitration, arbitration_claim, association, claim, claim_line,
    column::{Micros, Word},
    comment, customer, evaluation, history, notice, partner, proof_document,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, PaginatorTrait};
use uuid::Uuid;

use super::{copy::CopyTransaction, rows};
use crate::store::{
    Db, Reads, StoreError, Transaction,
    arbitrations::Arbitration,
    associations::Association,
    claim_to_row,
    comments::{Comment, write as comments},
    documents::{Document, write as documents},
    evaluations::write as evaluations,
    history::write::{self as log, Head},
    line_to_row,
    notices::write::{self as notices, About},
};

/// Whole claims with everything that belongs to them, for customers and partners that are already there.
#[derive(Debug, Default)]
pub struct Batch {
    /// The claims with their lines, and where their histories end.
    pub claims: Vec<(Claim, Head)>,
    /// Their comments.
    pub comments: Vec<Comment>,
    /// Their documents.
    pub documents: Vec<Document>,
    /// Their histories with the hashes, in the order of the log.
    pub entries: Vec<(Entry, String)>,
    /// The notices about them.
    pub notices: Vec<Noticed>,
    /// Their associations.
    pub associations: Vec<Association>,
    /// The arbitrations that they are or were in.
    pub arbitrations: Vec<Arbitration>,
    /// Who took part in those.
    pub parties: Vec<Party>,
    /// The records of their evaluations.
    pub evaluations: Vec<Evaluated>,
}

/// A notice about a claim.
#[derive(Clone, Debug)]
pub struct Noticed {
    /// The notice's id.
    pub id: Uuid,
    /// What it is about.
    pub about: About,
    /// The notice itself.
    pub notice: Notice,
    /// When.
    pub at: Timestamp,
}

/// A claim that takes part in an arbitration.
#[derive(Clone, Debug)]
pub struct Party {
    /// The arbitration.
    pub arbitration_id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// Since when.
    pub joined_at: Timestamp,
    /// Until when.
    pub left_at: Option<Timestamp>,
}

/// The evaluation of a claim, which is given the programs and ids that the claim had then (I1).
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The claim as it was evaluated.
    pub claim: Claim,
    /// The state of the evaluation.
    pub evaluation: Evaluation,
    /// When the record was made.
    pub at: Timestamp,
}

impl Batch {
    /// Inserts everything in one transaction.
    ///
    /// # Errors
    /// Database errors; then nothing was inserted.
    pub async fn insert(self, db: &Db) -> Result<(), StoreError> {
        let mut target = Target::begin(db).await?;
        self.insert_into(&mut target).await?;
        target.commit().await
    }

    async fn insert_into(self, transaction: &mut Target) -> Result<(), StoreError> {
        let lines: Vec<_> = self.claims.iter().flat_map(|(claim, _)| lines(claim)).collect();
        insert(transaction, self.claims.iter().map(|(claim, head)| claim_row(claim, head)).collect()).await?;
        insert::<claim_line::ActiveModel>(transaction, lines).await?;
        insert::<proof_document::ActiveModel>(transaction, self.documents.iter().map(documents::row).collect()).await?;
        insert::<comment::ActiveModel>(transaction, self.comments.iter().map(comments::row).collect()).await?;
        // The partner is known here; otherwise a trigger looks it up for each entry.
        let partners: HashMap<Uuid, Uuid> = self.claims.iter().map(|(claim, _)| (claim.id, claim.partner_id)).collect();
        let entry = |(entry, hash): (Entry, String)| {
            let partner_id = Set(partners.get(&entry.claim_id).copied());
            history::ActiveModel { partner_id, ..log::row(entry, hash) }
        };
        let entries = self.entries.into_iter().map(entry).collect();
        insert::<history::ActiveModel>(transaction, entries).await?;
        let recorded = DeliveryState::Recorded;
        let noticed = |made: &Noticed| notices::row(made.id, made.about, &made.notice, recorded, made.at);
        insert::<notice::ActiveModel>(transaction, self.notices.iter().map(noticed).collect()).await?;
        insert(transaction, self.arbitrations.into_iter().map(arbitration_row).collect()).await?;
        insert(transaction, self.parties.iter().map(party_row).collect()).await?;
        insert(transaction, self.associations.iter().map(association_row).collect()).await?;
        let evaluated = |made: &Evaluated| evaluations::row(&made.claim, made.evaluation, made.at);
        insert::<evaluation::ActiveModel>(transaction, self.evaluations.iter().map(evaluated).collect()).await
    }
}

/// Whether the database holds any claim, partner or customer.
///
/// # Errors
/// Database errors.
pub async fn is_empty(db: &Db) -> Result<bool, StoreError> {
    let connection = db.connection();
    let found = claim::Entity::find().count(connection).await?
        + partner::Entity::find().count(connection).await?
        + customer::Entity::find().count(connection).await?;
    Ok(found == 0)
}

/// Counters of PostgreSQL to which each batch adds rows: those of one key become one row.
const FOLDED: [&str; 3] = [
    "WITH folded AS (DELETE FROM history_tally RETURNING action, day, actor_kind, n)
    INSERT INTO history_tally (action, day, actor_kind, n) SELECT action, day, actor_kind, sum(n) FROM folded GROUP BY 1, 2, 3",
    "WITH folded AS (DELETE FROM claim_tally RETURNING status, solution_area, activities, assigned, contested, n)
    INSERT INTO claim_tally (status, solution_area, activities, assigned, contested, n)
    SELECT status, solution_area, activities, assigned, contested, sum(n) FROM folded GROUP BY 1, 2, 3, 4, 5",
    "WITH folded AS (DELETE FROM comment_tally RETURNING n)
    INSERT INTO comment_tally (n) SELECT sum(n) FROM folded HAVING count(*) > 0",
];

/// Has PostgreSQL fold its counters and analyze what was inserted, as it would itself a while later. SQLite is left as servers
/// leave it. No server may be running.
///
/// # Errors
/// Database errors.
pub async fn settle(db: &Db) -> Result<(), StoreError> {
    if db.is_postgres() {
        let transaction = db.begin().await?;
        // It takes as long as there are rows.
        transaction.connection().execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        for statement in FOLDED {
            transaction.connection().execute_unprepared(statement).await?;
        }
        transaction.connection().execute_unprepared("ANALYZE").await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// The transaction that rows are inserted in.
enum Target {
    Postgres(CopyTransaction),
    Sqlite(Transaction),
}

impl Target {
    async fn begin(db: &Db) -> Result<Self, StoreError> {
        if db.is_postgres() {
            Ok(Self::Postgres(CopyTransaction::begin(db).await?))
        } else {
            Ok(Self::Sqlite(db.begin().await?))
        }
    }

    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Postgres(copy) => copy.commit().await,
            Self::Sqlite(transaction) => transaction.commit().await,
        }
    }
}

/// Inserts rows that all have the same columns set.
async fn insert<A: ActiveModelTrait + Send>(target: &mut Target, rows: Vec<A>) -> Result<(), StoreError> {
    match target {
        Target::Postgres(copy) => copy.rows(&rows).await,
        Target::Sqlite(transaction) => rows::insert(transaction, rows, None).await,
    }
}

pub(in crate::store) fn claim_row(claim: &Claim, head: &Head) -> claim::ActiveModel {
    let mut row = claim_to_row(claim);
    row.history_length = Set(head.length);
    row.history_hash = Set(head.hash.clone());
    row.deleted_at = Set(None);
    row
}

pub(in crate::store) fn lines(claim: &Claim) -> impl Iterator<Item = claim_line::ActiveModel> {
    claim.lines.iter().zip(0..).map(move |(line, position)| line_to_row(claim, position, line))
}

/// The subject in a row's ids: a Business Applications row has a subscription (X0).
fn subject(tenant_id: Uuid, sku_id: Uuid, subscription_id: Option<Uuid>) -> String {
    subscription_id.map_or(Subject::Workload { tenant_id, sku_id }, Subject::Subscription).to_string()
}

fn association_row(made: &Association) -> association::ActiveModel {
    association::ActiveModel {
        subject: Set(subject(made.tenant_id, made.sku_id, made.subscription_id)),
        id: Set(made.id),
        claim_id: Set(made.claim_id),
        line_id: Set(made.line_id),
        partner_id: Set(made.partner_id),
        tenant_id: Set(made.tenant_id),
        sku_id: Set(made.sku_id),
        subscription_id: Set(made.subscription_id),
        official: Set(made.official),
        started_at: Set(Micros(made.started_at)),
        ended_at: Set(made.ended_at.map(Micros)),
    }
}

fn arbitration_row(made: Arbitration) -> arbitration::ActiveModel {
    arbitration::ActiveModel {
        subject: Set(subject(made.tenant_id, made.sku_id, made.subscription_id)),
        id: Set(made.id),
        tenant_id: Set(made.tenant_id),
        sku_id: Set(made.sku_id),
        subscription_id: Set(made.subscription_id),
        status: Set(Word(made.status)),
        opened_at: Set(Micros(made.opened_at)),
        settled_at: Set(made.settled_at.map(Micros)),
        winner_claim_id: Set(made.winner_claim_id),
        rationale: Set(made.rationale),
    }
}

fn party_row(party: &Party) -> arbitration_claim::ActiveModel {
    arbitration_claim::ActiveModel {
        arbitration_id: Set(party.arbitration_id),
        claim_id: Set(party.claim_id),
        joined_at: Set(Micros(party.joined_at)),
        left_at: Set(party.left_at.map(Micros)),
    }
}
