//! A change of a claim on SQLite: several statements, sent and prepared as one. Each changes or inserts only where the one before it
//! has, and the first returns a row if it has.

use std::fmt::Write as _;

use sea_orm::{DbBackend, IdenStatic as _, Statement};

use super::{change::ClaimChange, statement::Sql};

/// The change, in a transaction that has begun.
pub(super) fn statement(change: &ClaimChange) -> Statement {
    let mut sql = Sql::new("");
    write(&mut sql, change);
    sql.into_statement(DbBackend::Sqlite)
}

/// The changes in a transaction of their own; each is stored or not, whatever the others are.
pub(super) fn transaction(changes: &[&ClaimChange]) -> Statement {
    let mut sql = Sql::new("BEGIN IMMEDIATE; ");
    for change in changes {
        write(&mut sql, change);
        sql.text.push_str("; ");
    }
    sql.text.push_str("COMMIT");
    sql.into_statement(DbBackend::Sqlite)
}

fn write(sql: &mut Sql, change: &ClaimChange) {
    move_head(sql, change);
    if !change.columns.is_empty() {
        sql.text.push_str("; ");
        update(sql, change);
    }
    for insert in change.inserts.iter().chain(&change.entries) {
        sql.text.push_str("; ");
        insert.where_changed(sql);
    }
}

/// Moves the head on, and the times that the entries concern.
fn move_head(sql: &mut Sql, change: &ClaimChange) {
    let (length, hash) = (sql.bind(change.head.length.into()), sql.bind(change.head.hash.clone().into()));
    let _ = write!(sql.text, "UPDATE \"claim_activity\" SET \"history_length\" = {length}, \"history_hash\" = {hash}");
    for (column, time) in change.times() {
        let time = sql.bind(time);
        let _ = write!(sql.text, ", \"{column}\" = max(\"{column}\", {time})");
    }
    let (id, length) = (sql.bind(change.claim_id.into()), sql.bind(change.length.into()));
    let _ = write!(sql.text, " WHERE \"claim_id\" = {id} AND \"history_length\" = {length} RETURNING \"claim_id\"");
}

fn update(sql: &mut Sql, change: &ClaimChange) {
    sql.text.push_str("UPDATE \"claim\" SET ");
    for (place, (column, value)) in change.columns.iter().enumerate() {
        let value = sql.bind(value.clone());
        let comma = if place == 0 { "" } else { ", " };
        let _ = write!(sql.text, "{comma}\"{}\" = {value}", column.as_str());
    }
    let id = sql.bind(change.claim_id.into());
    let _ = write!(sql.text, " WHERE \"id\" = {id} AND changes() > 0");
}
