//! Comments that a caller sees, oldest first.

use std::collections::HashMap;

use domain::caller::Caller;
use entity::comment::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, Statement, sea_query::Expr};
use uuid::Uuid;

use super::Comment;
use crate::store::{
    Db, Reads, StoreError, Visible,
    children::{self, Children},
    kept::Form,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{ById, Columns, Plain, Rows},
    scope,
    sql::any_of,
    visible::bare,
};

/// The list, for [`crate::store::page::Cursor::decode`]. Ids rise with time.
pub const ORDER: ListOrder = ListOrder { tag: "comments", kinds: &[KeyKind::Id], descending: false };

fn keyset() -> Keyset<'static, Comment> {
    Keyset { order: ORDER, columns: vec![Expr::col(Column::Id.as_column_ref())], keys: &|row| vec![Key::Id(row.id)] }
}

/// Which comments are asked for; what is not given leaves everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CommentFilter {
    /// On this claim.
    pub claim_id: Option<Uuid>,
    /// On claims on this customer.
    pub tenant_id: Option<Uuid>,
}

/// The comments that the caller sees and the filter leaves.
fn seen(caller: &Caller, filter: CommentFilter) -> Rows<Entity> {
    let mut query = Rows::<Entity>::all().filter(scope::comments(caller));
    if let Some(id) = filter.claim_id {
        query = query.filter(Column::ClaimId.eq(id));
    }
    if let Some(tenant_id) = filter.tenant_id {
        query = query.filter(scope::on_customer(Column::ClaimId, tenant_id));
    }
    query
}

/// One page of the comments that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: CommentFilter,
    request: &PageRequest,
    wanted: Columns,
) -> Result<Page<Comment>, StoreError> {
    keyset::page(db, seen(caller, filter), &keyset(), request, &Plain::of(wanted)).await
}

/// How many comments the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: CommentFilter) -> Result<u64, StoreError> {
    if caller.reviews() && filter == CommentFilter::default() {
        return tally(db).await;
    }
    keyset::count(db, seen(caller, filter)).await
}

/// How many comments reviewers see, from the counter that the database keeps.
async fn tally(db: &Db) -> Result<u64, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(n), 0) AS bigint) FROM comment_tally";
    let statement = Statement::from_string(db.connection().get_database_backend(), sql);
    let row = db.connection().query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| Ok(keyset::natural(row.try_get_by_index(0)?)))
}

/// One page of comments for each claim.
///
/// # Errors
/// As [`page`].
pub async fn pages_of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Visible<Uuid>],
    request: &PageRequest,
    wanted: Columns,
) -> Result<ById<Page<Comment>>, StoreError> {
    let ids = bare(claims);
    let parents = Children {
        column: Column::ClaimId,
        of: |row: &Comment| row.claim_id,
        ids: &ids,
        kept: Some((caller, Form::Comments(request.clone(), wanted))),
    };
    let query = Rows::<Entity>::all().filter(scope::comments_of_visible(caller));
    children::pages(db, query, parents, &keyset(), request, &Plain::of(wanted)).await
}

/// How many comments each claim has.
///
/// # Errors
/// As [`page`].
pub async fn counts_of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Visible<Uuid>],
) -> Result<HashMap<Visible<Uuid>, u64>, StoreError> {
    let (ids, backend) = (bare(claims), db.connection().get_database_backend());
    let of_claims = any_of(Column::ClaimId, ids.iter().copied(), backend);
    let query = Rows::<Entity>::all().filter(scope::comments_of_visible(caller)).filter(of_claims);
    let counts = keyset::counts(db, query, Column::ClaimId, &ids).await?;
    Ok(counts.into_iter().map(|(id, count)| (Visible::new(id), count)).collect())
}

/// Those of the comments that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Comment>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(caller, CommentFilter::default()).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Comment>::all()).await
}
