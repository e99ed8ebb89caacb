//! Changes of claims on PostgreSQL: one statement with a data-modifying WITH for the heads, the claims and each table.
//!
//! The values are rows with the id of their claim, and each is stored if its claim is in `changed`. All changes of a statement have
//! the same shape: the same columns, and as many rows of each table.
//!
//! A statement that is a transaction of its own also counts what it adds, which is cheaper than the triggers that count what others
//! add (`cpor.counts`).

use std::{borrow::Cow, fmt::Write as _};

use sea_orm::{DbBackend, IdenStatic as _, Statement, Value};

use super::{
    change::ClaimChange,
    locks,
    statement::{Insert, Sql},
};
use crate::{ids, store::history::tally::COUNTED};

/// Of how many statements that could count what they add one leaves it to the triggers, which fold the counters as well.
const STATEMENTS_PER_FOLD: u64 = 64;

/// How the locks on the claims are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locks {
    /// By the transaction, before.
    Held,
    /// By the statement, which stores nothing on claims whose locks are not free. It waits for none: its connection is one of few,
    /// and who holds some locks and waits for others may wait for somebody who waits for the former.
    Free,
}

/// The statement that stores the changes, each of another claim, and returns the ids of the claims that were as they had been read.
pub(super) fn statement(changes: &[&ClaimChange], locks: Locks) -> Statement {
    let counts = locks != Locks::Held && !ids::random().is_multiple_of(STATEMENTS_PER_FOLD);
    text(changes, locks, counts).into_statement(DbBackend::Postgres)
}

fn text(changes: &[&ClaimChange], locks: Locks, counts: bool) -> Sql {
    let mut sql = Sql::new("WITH ");
    // The text of a change refers to its claim by this placeholder.
    let ids: Vec<String> = changes.iter().map(|change| sql.bind(change.claim_id.into())).collect();
    let writes_claims = changes.iter().any(|change| !change.columns.is_empty());
    if locks != Locks::Held {
        held(&mut sql, changes, &ids, counts);
        sql.text.push_str(", ");
    }
    let _ = write!(sql.text, "\"{}\" AS (", if writes_claims { "moved" } else { "changed" });
    move_heads(&mut sql, changes, &ids, locks);
    sql.text.push(')');
    if writes_claims {
        sql.text.push_str(", \"changed\" AS (");
        update(&mut sql, changes, &ids);
        sql.text.push(')');
    }
    let added: Vec<_> = changes.iter().map(|change| added(change, counts)).collect();
    for table in 0..added.first().map_or(0, Vec::len) {
        let _ = write!(sql.text, ", \"added{table}\" AS (");
        let of_claims = ids.iter().zip(&added).filter_map(|(id, added)| Some((id.as_str(), &**added.get(table)?)));
        insert(&mut sql, &of_claims.collect::<Vec<_>>());
        sql.text.push(')');
    }
    sql.text.push_str(" SELECT \"id\" FROM \"changed\"");
    sql
}

/// What a change inserts, the history last.
fn added(change: &ClaimChange, counts: bool) -> Vec<Cow<'_, Insert>> {
    let comments = change.comments().filter(|_| counts).map(Cow::Owned);
    let counted = change.counted.as_ref().filter(|_| counts);
    let inserts = change.inserts.iter().map(Cow::Borrowed).chain(comments);
    inserts.chain(counted.into_iter().chain(&change.entries).map(Cow::Borrowed)).collect()
}

/// The new heads, and the locks on their claims, which are taken before a head's row is locked and gives the transaction its
/// number.
fn held(sql: &mut Sql, changes: &[&ClaimChange], ids: &[String], counts: bool) {
    sql.text.push_str("\"held\" AS MATERIALIZED (SELECT \"head\".*, ");
    let [customer, claim] = ["\"head\".\"tenant_id\"", "\"head\".\"of\""];
    let is_free = locks::try_shared(customer, claim);
    let who_counts = if counts { "OWN" } else { "FOLD" };
    let _ = write!(sql.text, "{is_free} AS \"is_free\", set_config('cpor.counts', '{who_counts}', true) FROM ");
    heads(sql, changes, ids);
    sql.text.push(')');
}

/// The new heads as a table `head`.
fn heads(sql: &mut Sql, changes: &[&ClaimChange], ids: &[String]) {
    let times = changes.first().into_iter().flat_map(|change| change.times()).map(|(column, _)| column);
    let columns: Vec<&str> = ["tenant_id", "before", "length", "hash"].into_iter().chain(times).collect();
    let rows = changes.iter().zip(ids).map(|(change, id)| {
        let head =
            [change.tenant_id.into(), change.length.into(), change.head.length.into(), change.head.hash.clone().into()];
        (id.as_str(), head.into_iter().chain(change.times().map(|(_, time)| time)).collect::<Vec<Value>>())
    });
    sql.rows("head", &columns, rows);
}

/// Moves the heads on, and the times that the entries concern.
fn move_heads(sql: &mut Sql, changes: &[&ClaimChange], ids: &[String], locks: Locks) {
    sql.text.push_str(
        "UPDATE \"claim_activity\" SET \"history_length\" = \"head\".\"length\", \"history_hash\" = \"head\".\"hash\"",
    );
    for (column, _) in changes.first().into_iter().flat_map(|change| change.times()) {
        let later = format!("GREATEST(\"claim_activity\".\"{column}\",\"head\".\"{column}\")");
        let _ = write!(sql.text, ", \"{column}\" = {later}");
    }
    sql.text.push_str(" FROM ");
    match locks {
        Locks::Held => heads(sql, changes, ids),
        Locks::Free => sql.text.push_str("\"held\" AS \"head\""),
    }
    sql.text.push_str(
        " WHERE \"claim_activity\".\"claim_id\" = \"head\".\"of\" AND \"claim_activity\".\"history_length\" = \"head\".\"before\"",
    );
    if locks == Locks::Free {
        sql.text.push_str(" AND \"head\".\"is_free\"");
    }
    sql.text.push_str(" RETURNING \"claim_activity\".\"claim_id\" AS \"id\"");
}

/// Writes the columns of the claims whose heads were moved.
fn update(sql: &mut Sql, changes: &[&ClaimChange], ids: &[String]) {
    let columns = changes.first().into_iter().flat_map(|change| &change.columns).map(|(column, _)| column.as_str());
    let columns: Vec<&str> = columns.collect();
    sql.text.push_str("UPDATE \"claim\" SET ");
    for (place, column) in columns.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        let _ = write!(sql.text, "{comma}\"{column}\" = \"becomes\".\"{column}\"");
    }
    sql.text.push_str(" FROM \"moved\" JOIN ");
    let values = |change: &ClaimChange| change.columns.iter().map(|(_, value)| value.clone()).collect();
    sql.rows("becomes", &columns, changes.iter().zip(ids).map(|(change, id)| (id.as_str(), values(change))));
    sql.text.push_str(
        " ON \"becomes\".\"of\" = \"moved\".\"id\" WHERE \"claim\".\"id\" = \"moved\".\"id\" RETURNING \"claim\".\"id\"",
    );
}

/// Inserts the rows of those claims that were changed; of counters, one row for what several add to the same one.
fn insert(sql: &mut Sql, of_claims: &[(&str, &Insert)]) {
    let Some((_, Insert { table, columns, .. })) = of_claims.first() else { return };
    let sums = columns.last() == Some(&COUNTED) && of_claims.len() > 1;
    let of_counter = if sums { &columns[..columns.len() - 1] } else { &columns[..] };
    let _ = write!(sql.text, "INSERT INTO \"{table}\" (");
    sql.names("", columns);
    sql.text.push_str(") SELECT ");
    sql.names("\"row\".", of_counter);
    if sums {
        let comma = if of_counter.is_empty() { "" } else { ", " };
        let _ = write!(sql.text, "{comma}sum(\"row\".\"{COUNTED}\")");
    }
    sql.text.push_str(" FROM \"changed\" JOIN ");
    let rows = of_claims.iter().flat_map(|(id, insert)| insert.rows.iter().map(|row| (*id, row.clone())));
    sql.rows("row", columns, rows);
    sql.text.push_str(" ON \"row\".\"of\" = \"changed\".\"id\"");
    if sums && !of_counter.is_empty() {
        sql.text.push_str(" GROUP BY ");
        sql.names("\"row\".", of_counter);
    } else if sums {
        sql.text.push_str(" HAVING count(*) > 0");
    } else if columns.contains(&"seq") {
        // The identity that orders the log is given in this order.
        sql.text.push_str(" ORDER BY \"row\".\"seq\"");
    }
}
