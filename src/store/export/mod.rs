//! What an export reads: the rows of one list that a caller sees in a snapshot, some at a time, in order of their keys (B3).
//!
//! The scopes are those of the corresponding reads, so an export shows what the same caller sees there.

mod activity;
mod claims;

use domain::caller::Caller;
use entity::{association, claim, evaluation, history};
use sea_orm::{
    ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, ExprTrait, SelectStatement},
};
use uuid::Uuid;

use super::{
    Reads, StoreError,
    history::{Position, log},
    keyset::natural,
    rows::Rows,
    scope,
    snapshot::Snapshot,
};

pub use activity::{ExportedAssociation, ExportedEntry, ExportedEvaluation};
pub use claims::ExportedClaim;

/// Whose rows are exported, and which.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Who exports.
    pub caller: Caller,
    /// Only what changed after this position.
    pub since: Option<Position>,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// Claims, by id.
    Claims,
    /// Entries of the history, by position.
    History,
    /// Evaluations, by their claim's id.
    Evaluations,
    /// Associations, by id.
    Associations,
}

impl Selection {
    /// How many rows there are.
    ///
    /// # Errors
    /// The database's.
    pub async fn count(&self, snapshot: &Snapshot, noun: Noun) -> Result<u64, StoreError> {
        let counted = Expr::col(Asterisk).count();
        let counts: Vec<(i64,)> = match noun {
            Noun::Claims => self.claims(snapshot).expr(counted).tuples(snapshot.connection()).await?,
            Noun::History => self.history(snapshot).expr(counted).tuples(snapshot.connection()).await?,
            Noun::Evaluations => self.evaluations(snapshot).expr(counted).tuples(snapshot.connection()).await?,
            Noun::Associations => self.associations(snapshot).expr(counted).tuples(snapshot.connection()).await?,
        };
        Ok(counts.first().map_or(0, |(count,)| natural(*count)))
    }

    /// The entry after which the caller goes on to follow what happens after the snapshot: the last one by which something changed
    /// that it sees (H2, A4). Nothing where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn position(&self, snapshot: &Snapshot) -> Result<Option<Uuid>, StoreError> {
        let query = Rows::<history::Entity>::all()
            .column(history::Column::Id)
            .filter(scope::changes(&self.caller))
            .filter(log::up_to(snapshot.horizon(), snapshot.backend()));
        let columns = log::columns(snapshot.backend());
        let query = columns.iter().fold(query, |query, column| query.order_by_desc(*column)).limit(1);
        let last: Vec<(Uuid,)> = query.tuples(snapshot.connection()).await?;
        Ok(last.first().map(|(id,)| *id))
    }

    fn claims(&self, snapshot: &Snapshot) -> Rows<claim::Entity> {
        Rows::<claim::Entity>::all()
            .filter(scope::claims(&self.caller))
            .filter(self.of_changed(claim::Column::Id, snapshot))
    }

    fn history(&self, snapshot: &Snapshot) -> Rows<history::Entity> {
        let backend = snapshot.backend();
        let after = self.since.map(|since| log::after(since, backend));
        Rows::<history::Entity>::all()
            .filter(scope::history(&self.caller))
            .filter(Condition::all().add_option(after).add(log::up_to(snapshot.horizon(), backend)))
    }

    fn evaluations(&self, snapshot: &Snapshot) -> Rows<evaluation::Entity> {
        Rows::<evaluation::Entity>::all()
            .filter(scope::evaluations(&self.caller))
            .filter(self.of_changed(evaluation::Column::ClaimId, snapshot))
    }

    fn associations(&self, snapshot: &Snapshot) -> Rows<association::Entity> {
        Rows::<association::Entity>::all()
            .filter(scope::associations(&self.caller))
            .filter(self.of_changed(association::Column::ClaimId, snapshot))
    }

    /// Whether the column names a claim with an entry after `since` by which something changed that the caller sees.
    fn of_changed(&self, column: impl ColumnTrait, snapshot: &Snapshot) -> Condition {
        let Some(since) = self.since else { return Condition::all() };
        let changed: SelectStatement = Rows::<history::Entity>::all()
            .column(history::Column::ClaimId)
            .filter(scope::changes(&self.caller))
            .filter(log::after(since, snapshot.backend()))
            .into_query();
        Condition::all().add(column.in_subquery(changed))
    }
}

/// The first rows of a query after a key, in order of it.
fn page<E: sea_orm::EntityTrait>(query: Rows<E>, key: impl ColumnTrait, after: Option<Uuid>, limit: u64) -> Rows<E> {
    let query = query.filter(Condition::all().add_option(after.map(|after| key.gt(after))));
    query.order_by_asc(key).limit(limit)
}
