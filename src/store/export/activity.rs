//! What happened on claims and came of them: the history, evaluations, associations.

use domain::kinds::CommentVisibility;
use entity::{association, claim, comment, evaluation, history};
use sea_orm::{ColumnTrait, Condition, EntityName, JoinType, QueryFilter, sea_query::SelectStatement};
use uuid::Uuid;

use super::{Selection, page};
use crate::store::{
    StoreError,
    associations::Association,
    evaluations::Evaluation,
    history::{HistoryEntry, Position, log},
    keyset,
    rows::{Cells, Columns, Plain, Shape, select},
    scope::same,
    snapshot::Snapshot,
    sql::join,
};

/// An entry of the history, with what it refers to.
#[derive(Clone, Debug)]
pub struct ExportedEntry {
    /// The entry.
    pub entry: HistoryEntry,
    /// The number of its claim.
    pub number: String,
    /// The text of its comment, if it has one that the caller sees.
    pub comment: Option<String>,
}

/// An evaluation, with what it refers to.
#[derive(Clone, Debug)]
pub struct ExportedEvaluation {
    /// The evaluation.
    pub evaluation: Evaluation,
    /// The number of its claim.
    pub number: String,
    /// The claim's partner.
    pub partner_id: Uuid,
}

/// An association.
pub type ExportedAssociation = Association;

/// Entries with the number of their claim and the text of their comment.
struct Entries {
    sees_internal: bool,
}

impl Shape for Entries {
    type Entity = history::Entity;
    type Record = ExportedEntry;

    fn select(&self, query: &mut SelectStatement) {
        select::<HistoryEntry>(query, Columns::ALL);
        query.columns([claim::Column::Number.as_column_ref()]).columns([comment::Column::Body.as_column_ref()]);
        join::<history::Entity, claim::Entity>(query, JoinType::InnerJoin);
        // As its reader sees comments (K1).
        let mut seen = Condition::all().add(same(comment::Column::Id, history::Column::CommentId));
        if !self.sees_internal {
            seen = seen.add(comment::Column::Visibility.eq(CommentVisibility::Shared.as_str()));
        }
        query.join(JoinType::LeftJoin, comment::Entity.table_ref(), seen);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<ExportedEntry, StoreError> {
        Ok(ExportedEntry { entry: cells.record(Columns::ALL)?, number: cells.get()?, comment: cells.get()? })
    }
}

/// Evaluations with the number and partner of their claim.
struct Evaluations;

impl Shape for Evaluations {
    type Entity = evaluation::Entity;
    type Record = ExportedEvaluation;

    fn select(&self, query: &mut SelectStatement) {
        select::<Evaluation>(query, Columns::ALL);
        query.columns([claim::Column::Number, claim::Column::PartnerId].map(|column| column.as_column_ref()));
        join::<evaluation::Entity, claim::Entity>(query, JoinType::InnerJoin);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<ExportedEvaluation, StoreError> {
        Ok(ExportedEvaluation {
            evaluation: cells.record(Columns::ALL)?,
            number: cells.get()?,
            partner_id: cells.get()?,
        })
    }
}

impl Selection {
    /// The next entries after this position.
    ///
    /// # Errors
    /// As every read.
    pub async fn history_after(
        &self,
        snapshot: &Snapshot,
        after: Option<Position>,
        limit: u64,
    ) -> Result<Vec<ExportedEntry>, StoreError> {
        let backend = snapshot.backend();
        let mut query = self.history(snapshot);
        if let Some(after) = after {
            query = query.filter(log::after(after, backend));
        }
        let shape = Entries { sees_internal: self.caller.reviews() };
        let statement = log::in_order(keyset::selected(query, &shape), backend).limit(limit).take();
        keyset::read(snapshot, &statement, &shape).await
    }

    /// The next evaluations after that of this claim.
    ///
    /// # Errors
    /// As every read.
    pub async fn evaluations_after(
        &self,
        snapshot: &Snapshot,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ExportedEvaluation>, StoreError> {
        let query = page(self.evaluations(snapshot), evaluation::Column::ClaimId, after, limit);
        keyset::all(snapshot, query, &Evaluations).await
    }

    /// The next associations after this one.
    ///
    /// # Errors
    /// As every read.
    pub async fn associations_after(
        &self,
        snapshot: &Snapshot,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ExportedAssociation>, StoreError> {
        let query = page(self.associations(snapshot), association::Column::Id, after, limit);
        keyset::all(snapshot, query, &Plain::<Association>::all()).await
    }
}
