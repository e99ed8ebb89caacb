//! Positions that are looked up: the end of the log, its newest entry, and the place of an entry that a client names.

use entity::{
    comment,
    history::{Column, Entity},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::{
    Place, Position,
    log::{Judgement, START, columns, settled},
};
use crate::store::{Db, Reads, StoreError, rows::Rows};

/// The last settled position.
///
/// # Errors
/// Database errors.
pub async fn end(db: &Db) -> Result<Position, StoreError> {
    end_on(db.log()).await
}

/// The same as this connection sees it.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn end_on(connection: &impl ConnectionTrait) -> Result<Position, StoreError> {
    last(connection, settled(Judgement::Thorough, connection.get_database_backend())).await
}

/// The last position of all that is committed now, settled or not.
///
/// # Errors
/// Database errors.
pub async fn newest(db: &Db) -> Result<Position, StoreError> {
    newest_on(db.log()).await
}

/// The same as this connection sees it.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn newest_on(connection: &impl ConnectionTrait) -> Result<Position, StoreError> {
    last(connection, Condition::all()).await
}

async fn last(connection: &impl ConnectionTrait, of: Condition) -> Result<Position, StoreError> {
    let query = Rows::<Entity>::all().filter(of).columns([Column::Epoch, Column::Xid, Column::Pos]);
    let query = columns(connection.get_database_backend())
        .iter()
        .fold(query, |query, column| query.order_by_desc(*column))
        .limit(1);
    let last: Vec<Numbers> = query.tuples(connection).await?;
    Ok(last.into_iter().next().map_or(START, position))
}

/// Epoch, transaction and number of an entry.
type Numbers = (i32, i64, i64);

/// The place of the entry that a client names; `None` if this database has none. [`START`] is the place of the nil id.
///
/// # Errors
/// Database errors.
pub async fn position_of(on: &impl Reads, place: Place) -> Result<Option<Position>, StoreError> {
    if place == Place::Entry(Uuid::nil()) {
        return Ok(Some(START));
    }
    let query = Rows::<Entity>::all();
    let query = match place {
        Place::Entry(id) => query.filter(Column::Id.eq(id)),
        Place::Comment(id) => {
            // By the claim of the comment, whose entries have an index.
            let claim = Rows::<comment::Entity>::all().column(comment::Column::ClaimId);
            let claim = claim.filter(comment::Column::Id.eq(id));
            query.filter(Column::ClaimId.in_subquery(claim.into_query())).filter(Column::CommentId.eq(id))
        }
    };
    let found: Vec<Numbers> = query.columns([Column::Epoch, Column::Xid, Column::Pos]).tuples(on.connection()).await?;
    Ok(found.into_iter().next().map(position))
}

const fn position((epoch, xid, pos): Numbers) -> Position {
    Position { epoch, xid, pos }
}
