//! How many claims of each group are overdue (S2). Few are, so they are counted one by one.

use std::collections::HashMap;

use domain::{calendar::Calendar, caller::Caller, kinds::StatisticsGroup, time::Timestamp};
use entity::{claim::Column, claim_line};
use sea_orm::{ConnectionTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};

use super::{
    ClaimFilter, GroupKey,
    grouped::{key, key_of, period},
    seen,
    statistics::day,
};
use crate::store::{Db, Reads, StoreError, keyset::natural, sql::is_among_few};

/// The overdue claims among those that the caller sees and the filter leaves, by the key of their group.
pub(super) async fn counts(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    by: StatisticsGroup,
    calendar: &Calendar<'_>,
    now: Timestamp,
) -> Result<HashMap<GroupKey, u64>, StoreError> {
    let period = period(by);
    let (source, key_of_claim) = if period.is_some() {
        ("claim.submitted_at", day("claim.submitted_at", &calendar.offsets(now)))
    } else {
        (key_of(by), Expr::cust(key_of(by)))
    };
    let overdue = ClaimFilter { overdue: Some((true, now)), ..ClaimFilter::default() };
    let overdue = seen(db, caller, &overdue).column(Column::Id).into_query();
    let mut claims = seen(db, caller, filter)
        .filter(is_among_few(Column::Id, overdue, db.connection().get_database_backend()))
        .filter(Expr::cust(format!("{source} IS NOT NULL")));
    if by == StatisticsGroup::RejectionReason {
        claims = claims.filter(Expr::cust("claim.status = 'REJECTED'"));
    }
    let mut count = "COUNT(*)";
    if by == StatisticsGroup::Product {
        // A claim may have several lines for one product.
        count = "COUNT(DISTINCT claim.id)";
        let of_claim = Expr::cust("claim_line.claim_id = claim.id");
        QueryTrait::query(&mut claims).join(JoinType::InnerJoin, claim_line::Entity, of_claim);
    }
    let mut query = claims.into_query();
    query.expr(key_of_claim.clone()).expr(Expr::cust(count)).add_group_by([key_of_claim]);
    let mut counts = HashMap::new();
    for row in db.connection().query_all(&query).await? {
        let key = match (key(&row, by)?, period) {
            (GroupKey::Period(day), Some(period)) => GroupKey::Period(period.first_day(day)),
            (key, _) => key,
        };
        *counts.entry(key).or_default() += natural(row.try_get_by_index(1)?);
    }
    Ok(counts)
}
