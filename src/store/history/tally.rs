//! Counts of entries for reviewers, from counters that the database keeps by day, action and actor's side (`history_tally`).
//!
//! The days that a range has whole come from the counters; the entries of the days at its ends are counted by the index on
//! their time.

use domain::{caller::Caller, history::Entry, time::Timestamp};
use sea_orm::{
    QuerySelect, QueryTrait, Value,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement, SubQueryStatement},
};

use super::{HistoryFilter, read::seen};
use crate::store::{
    Db, StoreError,
    keyset::natural,
    range_first::two_counts,
    sql::{is_one_of, never},
};

/// A day of the counters, in microseconds.
const DAY: i64 = 86_400_000_000;

/// The last column of the counters: how many they count.
pub(in crate::store) const COUNTED: &str = "n";

/// The columns of the counters.
pub(in crate::store) const COLUMNS: [&str; 4] = ["action", "day", "actor_kind", COUNTED];

/// The row that an entry adds to the counters if reviewers see its claim and no trigger counts it.
pub(in crate::store) fn added(entry: &Entry) -> Vec<Value> {
    let day = entry.at.micros() / DAY;
    vec![entry.event.action.as_str().into(), day.into(), entry.actor.kind.as_str().into(), 1_i64.into()]
}

/// How many entries reviewers see; `None` if the counters do not know it.
pub(super) async fn count(db: &Db, caller: &Caller, filter: &HistoryFilter) -> Result<Option<u64>, StoreError> {
    let of_some = filter.claim_id.or(filter.tenant_id).or(filter.partner_id);
    if !caller.reviews() || of_some.is_some() {
        return Ok(None);
    }
    let range = filter.at.unwrap_or_default();
    let from = range.from.map(Timestamp::micros).filter(|from| *from > 0);
    let before = range.before.map(Timestamp::micros);
    if before.is_some_and(|before| before <= 0) {
        return Ok(None);
    }
    // The whole days: from the first that begins in the range to the last that ends in it.
    let first = from.map(|from| from.div_euclid(DAY) + i64::from(from.rem_euclid(DAY) != 0));
    let end = before.map(|before| before.div_euclid(DAY));
    if first.zip(end).is_some_and(|(first, end)| first >= end) {
        return Ok(None);
    }
    let ends = from.zip(first).map(|(from, first)| (from, first * DAY)).into_iter();
    let ends = ends.chain(end.zip(before).map(|(end, before)| (end * DAY, before)));
    let rest = ends.filter(|(start, end)| start < end).fold(never(), |any, (start, end)| {
        let at = Expr::cust("\"history\".\"at\"");
        any.or(at.clone().gte(start).and(at.lt(end)))
    });
    let counted = HistoryFilter { at: None, ..filter.clone() };
    let edges = seen(caller, &counted).select_only().expr(Expr::col(Asterisk).count());
    let edges = edges.into_query().and_where(rest).take();
    let both = Query::select().expr(of(whole_days(filter, first, end))).expr(of(edges)).take();
    let (days, edges) = two_counts(db, &both).await?;
    Ok(Some(natural(days + edges)))
}

fn whole_days(filter: &HistoryFilter, first: Option<i64>, end: Option<i64>) -> SelectStatement {
    let mut query = Query::select();
    query.expr(Expr::cust("CAST(COALESCE(SUM(n), 0) AS bigint)")).from(Alias::new("history_tally"));
    if let Some(actions) = &filter.actions {
        query.and_where(is_one_of("history_tally", "action", actions.iter().map(|action| action.as_str())));
    }
    if let Some(kind) = filter.actor_kind {
        query.and_where(is_one_of("history_tally", "actor_kind", [kind.as_str()]));
    }
    if let Some(first) = first {
        query.and_where(Expr::cust("day").gte(first));
    }
    if let Some(end) = end {
        query.and_where(Expr::cust("day").lt(end));
    }
    query
}

fn of(query: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(query)))
}
