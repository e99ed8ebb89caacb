//! How far the projection has come, and which claims changed since.

use entity::history;
use sea_orm::{
    ConnectionTrait, DbBackend, QueryFilter, QuerySelect, QueryTrait, Statement, StatementBuilder, Value,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use crate::store::{
    Db, Reads, StoreError,
    history::{Position, log},
    keyset::natural,
    rows::Rows,
};

/// The most entries after the cursor that a reader looks at. Servers fold in what is new long before.
const MOST: u64 = 5000;

/// How far the projection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Cursor {
    /// The last entry that was folded in.
    pub(in crate::store) position: Position,
    /// The last claim that is in the projection while it is being built.
    pub(in crate::store) built_to: Option<Uuid>,
    /// Whether every claim is in it.
    pub(in crate::store) is_built: bool,
}

/// The cursor; nothing if nobody has begun to build the projection.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn cursor(on: &impl Reads) -> Result<Option<Cursor>, StoreError> {
    let connection = on.connection();
    let sql = "SELECT epoch, xid, pos, built_to, is_built FROM projection_cursor";
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    let Some(row) = row else { return Ok(None) };
    let position =
        Position { epoch: row.try_get_by_index(0)?, xid: row.try_get_by_index(1)?, pos: row.try_get_by_index(2)? };
    Ok(Some(Cursor { position, built_to: row.try_get_by_index(3)?, is_built: row.try_get_by_index(4)? }))
}

/// What happened after the projection.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Since {
    position: Position,
    /// About how many entries there are; PostgreSQL plans by it.
    entries: u64,
}

/// What happened after the projection, if that is whole and it is little.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn usable(db: &Db) -> Result<Option<Since>, StoreError> {
    let Some(Cursor { position, .. }) = cursor(db).await?.filter(|cursor| cursor.is_built) else { return Ok(None) };
    let entries = entries_after(db, position, MOST + 1).await?;
    Ok((entries <= MOST).then_some(Since { position, entries }))
}

/// How many entries come after the position, counted up to the limit.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn entries_after(db: &Db, position: Position, limit: u64) -> Result<u64, StoreError> {
    let backend = db.connection().get_database_backend();
    let entries = after(position, limit, backend);
    let count = Query::select().expr(Expr::col(Asterisk).count()).from_subquery(entries, Alias::new("recent")).take();
    let row = db.connection().query_one_raw(StatementBuilder::build(&count, &backend)).await?;
    Ok(natural(row.map_or(Ok(0), |row| row.try_get_by_index(0))?))
}

/// The claims of the first entries after the position. In order, or PostgreSQL would read the whole history for it.
fn after(position: Position, limit: u64, backend: DbBackend) -> SelectStatement {
    let entries = Rows::<history::Entity>::all().column(history::Column::ClaimId).filter(log::after(position, backend));
    log::in_order(entries.into_query(), backend).limit(limit).take()
}

impl Since {
    /// At least as many as there are claims with entries after the projection: twice what was counted, for more may have come
    /// meanwhile.
    pub(in crate::store) fn most(self) -> u64 {
        (2 * self.entries + 100).next_power_of_two()
    }

    /// Whether the claim with this id has entries after the projection. The limit is written out, so that PostgreSQL expects no
    /// more than there are; it is one of few.
    pub(in crate::store) fn has_changed(self, id: &str, backend: DbBackend) -> Expr {
        let (Position { epoch, xid, pos }, most) = (self.position, self.most());
        if backend == DbBackend::Postgres {
            let sql = format!(
                "{id} IN (SELECT history.claim_id FROM history WHERE (history.epoch, history.xid, history.pos) > ($1, $2, $3) \
                 ORDER BY history.epoch, history.xid, history.pos LIMIT {most})"
            );
            Expr::cust_with_values(sql, [Value::from(epoch), Value::from(xid), Value::from(pos)])
        } else {
            let sql = format!("{id} IN (SELECT claim_id FROM history WHERE pos > ? ORDER BY pos LIMIT {most})");
            Expr::cust_with_values(sql, [pos])
        }
    }

    /// Those of the [`folded`] claims that changed since.
    pub(in crate::store) fn stale(self, backend: DbBackend) -> SelectStatement {
        from("claim_projection").and_where(self.has_changed("claim.id", backend)).take()
    }

    /// The same as they are now.
    pub(in crate::store) fn fresh(self, backend: DbBackend) -> SelectStatement {
        from("claim_unfolded").and_where(self.has_changed("claim.id", backend)).take()
    }
}

/// The projection: all claims as they were folded in. It is named `claim`, as the others are; no column is selected yet.
pub(in crate::store) fn folded() -> SelectStatement {
    from("claim_projection")
}

fn from(table: &'static str) -> SelectStatement {
    Query::select().from_as(Alias::new(table), Alias::new("claim")).take()
}
