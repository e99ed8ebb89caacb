//! Statistics over the claims that a caller sees (S1).

use std::collections::BTreeMap;

use domain::{calendar::Calendar, caller::Caller, kinds::ClaimStatus, time::Timestamp};
use entity::claim::Column;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, ExprTrait, QueryFilter, QuerySelect, StatementBuilder,
    sea_query::{Asterisk, Expr, SelectStatement, UnionType},
};

use super::{ClaimFilter, deadlines::overdue, order::hides_clocks, projected, search, seen, tally};
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, natural},
    projection::{self, ClaimTraits},
    sql::as_case,
};

/// Statistics over claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many there are.
    pub total: u64,
    /// How many are in each status, in the order of the vocabulary.
    pub by_status: Vec<(ClaimStatus, u64)>,
    /// How many have a clock that has run out; 0 for customers, who do not see clocks (A3).
    pub overdue: u64,
    /// How many are approved.
    pub approved: u64,
    /// How many are rejected.
    pub rejected: u64,
}

/// The statistics over the claims that the caller sees and the filter leaves, in two statements at most.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn statistics(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    now: Timestamp,
) -> Result<Statistics, StoreError> {
    let filter = &*search::narrowed(db, caller, filter).await?;
    let mut statistics =
        Statistics { by_status: ClaimStatus::ALL.iter().map(|status| (*status, 0)).collect(), ..Statistics::default() };
    if *filter != ClaimFilter::default()
        && let Some(counted) = in_projection(db, caller, filter, now).await?
    {
        for (status, count, overdue) in counted {
            statistics.add(status, count);
            statistics.overdue += overdue;
        }
        return Ok(statistics);
    }
    if let Some(counts) = tally::by_status(db, caller, filter).await? {
        for (status, count) in counts {
            statistics.add(status, count);
        }
        let late = ClaimFilter { overdue: Some((true, now)), ..filter.clone() };
        statistics.overdue = keyset::count(db, seen(db, caller, &late)).await?;
        return Ok(statistics);
    }
    let late = Expr::case(overdue(now), Expr::cust("1")).finally(Expr::cust("0"));
    let counted = seen(db, caller, filter)
        .column(Column::Status)
        .expr(Expr::col(Asterisk).count())
        .expr(Expr::expr(late).sum())
        .group_by(Column::Status)
        .tuples::<(String, i64, i64)>(db.connection())
        .await?;
    for (word, count, overdue) in counted {
        let status = word.parse().map_err(|_| StoreError::Corrupt("claim", format!("status {word:?}")))?;
        statistics.add(status, natural(count));
        statistics.overdue += if hides_clocks(caller) { 0 } else { natural(overdue) };
    }
    Ok(statistics)
}

/// The claims of each status and the overdue ones among them, counted in the projection: where a filter leaves many claims, it is
/// read soonest.
async fn in_projection(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    now: Timestamp,
) -> Result<Option<Vec<(ClaimStatus, u64, u64)>>, StoreError> {
    if !caller.reviews() || filter.is_selective() || filter.has_short_range(now) {
        return Ok(None);
    }
    let others = ClaimFilter { search: None, ..filter.clone() };
    let Some(condition) = projected::condition(&others) else { return Ok(None) };
    let Some(since) = projection::usable(db).await? else { return Ok(None) };
    let has_words = match search::words_of_many(caller, filter) {
        None => Some(Condition::all()),
        Some(words) => search::in_projection(db, caller, &words).await?,
    };
    let Some(has_words) = has_words else { return Ok(None) };
    let backend = db.connection().get_database_backend();
    let late = || Expr::case(projected::overdue(now), Expr::cust("1"));
    let part = |mut claims: SelectStatement, sign: i32| {
        let status = || Expr::cust(ClaimTraits::status());
        claims.expr(status()).expr(Expr::col(Asterisk).count()).expr(Expr::expr(late()).count());
        claims.expr(Expr::cust(sign.to_string())).add_group_by([status()]);
        claims.cond_where(as_case(condition.clone())).cond_where(has_words.clone()).take()
    };
    // Those that changed since are taken away as they were folded in, and added as they are.
    let mut counts = part(projection::folded(), 1);
    counts.union(UnionType::All, part(since.stale(backend), -1)).union(UnionType::All, part(since.fresh(backend), 1));
    let rows = db.connection().query_all_raw(StatementBuilder::build(&counts, &backend)).await?;
    let mut counted: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for row in rows {
        let (claims, late): (i64, i64) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let sign: i32 = row.try_get_by_index(3)?;
        let (all, all_late) = counted.entry(row.try_get_by_index(0)?).or_default();
        *all += claims * i64::from(sign);
        *all_late += late * i64::from(sign);
    }
    let counted = counted.into_iter().map(|(bits, (claims, late))| {
        let status = ClaimStatus::ALL.iter().copied().find(|status| ClaimTraits::of([*status]).is(bits));
        let status = status.ok_or_else(|| StoreError::Corrupt("claim_projection", format!("status {bits}")))?;
        Ok((status, natural(claims), natural(late)))
    });
    counted.collect::<Result<_, StoreError>>().map(Some)
}

impl Statistics {
    fn add(&mut self, status: ClaimStatus, count: u64) {
        self.total += count;
        match status {
            ClaimStatus::Approved => self.approved += count,
            ClaimStatus::Rejected => self.rejected += count,
            _ => {}
        }
        if let Some((_, known)) = self.by_status.iter_mut().find(|(known, _)| *known == status) {
            *known += count;
        }
    }
}

/// Claims that were handed in on the same day and decided on the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecidedClaims {
    /// When the first of them was handed in.
    pub submitted_at: Timestamp,
    /// When the first of them was decided.
    pub decided_at: Timestamp,
    /// How many they are.
    pub claims: u64,
}

/// The decided claims among those that the caller sees and the filter leaves, by the vendor's days: far fewer rows than
/// there are claims.
///
/// # Errors
/// As [`statistics()`].
pub async fn decided_claims(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    calendar: &Calendar<'_>,
    now: Timestamp,
) -> Result<Vec<DecidedClaims>, StoreError> {
    let filter = &*search::narrowed(db, caller, filter).await?;
    let offsets = calendar.offsets(now);
    let both = Condition::all().add(Column::SubmittedAt.is_not_null()).add(Column::DecidedAt.is_not_null());
    let rows = seen(db, caller, filter)
        .filter(both)
        .column_as(Column::SubmittedAt.min(), "first_submitted")
        .column_as(Column::DecidedAt.min(), "first_decided")
        .expr(Expr::col(Asterisk).count())
        .group_by(day("claim.submitted_at", &offsets))
        .group_by(day("claim.decided_at", &offsets))
        .tuples::<(i64, i64, i64)>(db.connection())
        .await?;
    let time =
        |micros| Timestamp::from_micros(micros).map_err(|_| StoreError::Corrupt("claim", format!("time {micros}")));
    let group = |(submitted, decided, claims)| {
        Ok(DecidedClaims { submitted_at: time(submitted)?, decided_at: time(decided)?, claims: natural(claims) })
    };
    rows.into_iter().map(group).collect()
}

/// How many days before 1970 the first day of [`day`] is.
pub(super) const DAY_ZERO: i64 = 5_000_000;

/// The number of the vendor's day on which the time lies. Counted from long ago, for division rounds towards 0.
pub(super) fn day(column: &str, offsets: &[(Option<Timestamp>, i64)]) -> Expr {
    let cases: Vec<String> = offsets
        .iter()
        .filter_map(|(since, offset)| since.map(|since| (since.micros(), offset)))
        .map(|(since, offset)| format!("WHEN {column} >= {since} THEN {offset} "))
        .collect();
    let cases = cases.concat();
    let first = offsets.last().map_or(0, |(_, offset)| *offset);
    let offset = if cases.is_empty() { first.to_string() } else { format!("CASE {cases}ELSE {first} END") };
    Expr::cust(format!("({column} + ({offset}) + {DAY_ZERO} * 86400000000) / 86400000000"))
}
