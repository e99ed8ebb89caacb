//! Counts of claims for reviewers, from counters that the database keeps (`claim_tally`): nothing is scanned.
//!
//! A filter that leaves out few claims is counted by what it leaves out.

use domain::{caller::Caller, kinds::ClaimStatus};
use entity::claim::Column;
use sea_orm::{
    Condition, ConnectionTrait, QuerySelect, QueryTrait, StatementBuilder,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement, SubQueryStatement},
};

use super::{ClaimFilter, filter::of_kind, seen};
use crate::store::{Db, Reads, StoreError, keyset::natural, range_first::two_counts};

/// The counting statement, if the counters have the result: two columns, the second of which is subtracted.
pub(super) fn count(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Option<SelectStatement> {
    if !caller.reviews() || !filter.is_of_kind() {
        return None;
    }
    let without = match (filter.assigned_to_me, filter.overdue) {
        (None, None) => None,
        (Some(false), None) => Some(ClaimFilter { assigned_to_me: Some(true), ..filter.clone() }),
        (None, Some((false, now))) => Some(ClaimFilter { overdue: Some((true, now)), ..filter.clone() }),
        _ => return None,
    };
    let counted = table(filter).expr(Expr::cust("CAST(COALESCE(SUM(claim.n), 0) AS bigint)")).take();
    let left_out = without.map_or_else(
        || Expr::cust("CAST(0 AS bigint)"),
        |filter| {
            let query = seen(db, caller, &filter).select_only().expr(Expr::col(Asterisk).count());
            of(query.into_query())
        },
    );
    Some(Query::select().expr(of(counted)).expr(left_out).take())
}

/// The first count of the statement less the second.
pub(super) async fn difference(db: &Db, query: &SelectStatement) -> Result<u64, StoreError> {
    let (counted, left_out) = two_counts(db, query).await?;
    Ok(natural(counted - left_out))
}

/// How many claims are in each status, where the counters know it.
pub(super) async fn by_status(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
) -> Result<Option<Vec<(ClaimStatus, u64)>>, StoreError> {
    let simple = caller.reviews() && filter.is_of_kind() && filter.assigned_to_me.is_none() && filter.overdue.is_none();
    if !simple {
        return Ok(None);
    }
    let backend = db.connection().get_database_backend();
    let query = table(filter)
        .expr(Expr::col((Alias::new("claim"), Column::Status)))
        .expr(Expr::cust("CAST(SUM(claim.n) AS bigint)"))
        .group_by_col((Alias::new("claim"), Column::Status))
        .take();
    let rows = db.connection().query_all_raw(StatementBuilder::build(&query, &backend)).await?;
    let mut counts = Vec::with_capacity(rows.len());
    for row in rows {
        let (word, count): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let status = word.parse().map_err(|_| StoreError::Corrupt("claim_tally", format!("status {word:?}")))?;
        counts.push((status, natural(count)));
    }
    Ok(Some(counts))
}

/// The counters that the filter leaves. Under the name of the claims, so that the conditions are the same.
fn table(filter: &ClaimFilter) -> SelectStatement {
    let flag =
        |column: &str, wanted: bool| Expr::cust(format!("claim.{column} = {}", if wanted { "TRUE" } else { "FALSE" }));
    let kept = of_kind(filter)
        .add_option(filter.unassigned.map(|nobodys| flag("assigned", !nobodys)))
        .add_option(filter.in_arbitration.map(|contested| flag("contested", contested)));
    Query::select()
        .from_as(Alias::new("claim_tally"), Alias::new("claim"))
        .cond_where(Condition::all().add(kept))
        .take()
}

fn of(query: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(query)))
}
