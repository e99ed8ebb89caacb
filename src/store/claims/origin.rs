//! Who made and who submitted a claim: the history says so, and the database keeps it beside the claim (`claim_origin`).

use domain::{
    caller::{Actor, Caller, Side},
    kinds::ActorKind,
};
use entity::{
    claim,
    claim_origin::{Column, Entity, Model},
    column::Word,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};
use uuid::Uuid;

use crate::store::{
    Db, Reads, StoreError, Visible,
    rows::Rows,
    sql::{any_of, never},
    visible::bare,
};

/// Where a claim comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who made the draft.
    pub created_by: Actor,
    /// Who submitted it; nobody yet for a draft.
    pub submitted_by: Option<Actor>,
}

/// Whether the caller made the claim, or somebody else did. Only a partner makes claims.
pub(super) fn created_by(caller: &Caller, by_caller: bool) -> Condition {
    let Side::Partner(_) = caller.side else {
        return if by_caller { Condition::all().add(never()) } else { Condition::all() };
    };
    let own = Rows::<Entity>::all()
        .column(Column::ClaimId)
        .filter(Column::CreatedBy.eq(caller.subject.as_str()))
        .filter(Column::CreatedKind.eq(ActorKind::Partner.as_str()))
        .into_query();
    let id = Expr::col(claim::Column::Id.as_column_ref());
    Condition::all().add(if by_caller { id.in_subquery(own) } else { id.not_in_subquery(own) })
}

/// The origins of claims that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn origins(db: &Db, claims: &[Visible<Uuid>]) -> Result<Vec<(Visible<Uuid>, Origin)>, StoreError> {
    let backend = db.connection().get_database_backend();
    let rows = Entity::find().filter(any_of(Column::ClaimId, bare(claims), backend)).all(db.connection()).await?;
    rows.into_iter().map(|row| Ok((Visible::new(row.claim_id), origin(row)?))).collect()
}

fn origin(row: Model) -> Result<Origin, StoreError> {
    let corrupt = || StoreError::Corrupt("claim_origin", row.claim_id.to_string());
    let created_by = actor(row.created_kind, row.created_by, row.created_name);
    let submitted_by = actor(row.submitted_kind, row.submitted_by, row.submitted_name);
    Ok(Origin { created_by: created_by.ok_or_else(corrupt)?, submitted_by })
}

fn actor(kind: Option<Word<ActorKind>>, subject: Option<String>, name: Option<String>) -> Option<Actor> {
    kind.zip(subject).map(|(Word(kind), subject)| Actor { kind, subject, name })
}
