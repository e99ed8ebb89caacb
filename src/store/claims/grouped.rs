//! Statistics over groups of the claims that a caller sees (S2).
//!
//! The database counts: it is given the vendor's calendar, the number of each business day and the period that each day is in,
//! and answers with a row for each group, status and number of business days. No claim is read into memory.

use std::collections::BTreeMap;

use domain::{
    calendar::Calendar,
    caller::Caller,
    kinds::{ClaimStatus, StatisticsGroup},
    statistics::{ClaimCounts, Period},
    time::Timestamp,
};
use entity::{
    claim::{Column, Entity},
    claim_line,
};
use jiff::civil::{Date, date};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    QueryTrait,
    sea_query::{Alias, Asterisk, Expr, Func, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    ClaimFilter, ClaimOrder, ClaimOrderField,
    deadlines::overdue,
    late,
    order::hides_clocks,
    search, seen,
    statistics::{DAY_ZERO, day},
};
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, natural},
    predicates::{ASKED, FIRST_PASS},
    projection::{self, ClaimGrouping, Group, ProjectedGroupKey},
    rows::Rows,
    sql::is_one_of,
};

/// What the claims of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// The first day of the period in which they were submitted.
    Period(Date),
    /// A partner or a product.
    Id(Uuid),
    /// A reviewer's subject, or a word of a vocabulary.
    Word(String),
}

/// A group of claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped {
    /// What they have in common.
    pub key: GroupKey,
    /// How many they are.
    pub counts: ClaimCounts,
}

/// The statistics of each group of the claims that the caller sees and the filter leaves, by key. Claims without a key, such as
/// drafts where claims are grouped by months, are in no group. A claim is in the group of each of its products.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn grouped(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    by: StatisticsGroup,
    calendar: &Calendar<'_>,
    now: Timestamp,
) -> Result<Vec<Grouped>, StoreError> {
    if is_hidden(by, caller) {
        return Ok(Vec::new());
    }
    if let Some(groups) = projected(db, caller, filter, by, calendar, now).await? {
        return Ok(groups);
    }
    counted(db, caller, filter, by, calendar, now).await
}

/// The same, counted claim by claim.
pub(in crate::store) async fn counted(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    by: StatisticsGroup,
    calendar: &Calendar<'_>,
    now: Timestamp,
) -> Result<Vec<Grouped>, StoreError> {
    let filter = search::narrowed(db, caller, filter).await?;
    let days = days(db, calendar, period(by), now).await?;
    let query = statement(db, caller, &filter, by, &days, &calendar.offsets(now), now);
    let mut groups: BTreeMap<GroupKey, Grouped> = BTreeMap::new();
    for row in db.connection().query_all(&query).await? {
        let key = key(&row, by)?;
        let group = groups.entry(key.clone()).or_insert_with(|| Grouped { key, counts: ClaimCounts::default() });
        add(group, &row)?;
    }
    Ok(groups.into_values().collect())
}

/// The same from the counts that the projection keeps, if it has them. The few claims whose clock has run out are counted by
/// themselves.
pub(in crate::store) async fn projected(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    by: StatisticsGroup,
    calendar: &Calendar<'_>,
    now: Timestamp,
) -> Result<Option<Vec<Grouped>>, StoreError> {
    if !is_projected(caller, filter) {
        return Ok(None);
    }
    let groups = match by {
        StatisticsGroup::Month => ClaimGrouping::Periods(Period::Month),
        StatisticsGroup::Week => ClaimGrouping::Periods(Period::Week),
        StatisticsGroup::Partner => ClaimGrouping::Of(Group::Partner),
        StatisticsGroup::Product => ClaimGrouping::Of(Group::Product),
        StatisticsGroup::Reviewer => ClaimGrouping::Of(Group::Reviewer),
        StatisticsGroup::RejectionReason => ClaimGrouping::Of(Group::RejectionReason),
        StatisticsGroup::SolutionArea => ClaimGrouping::Areas,
    };
    let Some(found) = projection::group_statistics(db, filter, groups, calendar).await? else { return Ok(None) };
    let mut late = late::counts(db, caller, filter, by, calendar, now).await?;
    let named = |(key, counts): (ProjectedGroupKey, ClaimCounts)| {
        let key = match key {
            ProjectedGroupKey::Period(first) => GroupKey::Period(first),
            ProjectedGroupKey::Name(name) => match groups {
                ClaimGrouping::Of(Group::Partner | Group::Product) => {
                    GroupKey::Id(name.parse().map_err(|_| StoreError::Corrupt("claim_figures", name))?)
                }
                _ => GroupKey::Word(name),
            },
        };
        let mut counts = counts;
        counts.overdue = late.remove(&key).unwrap_or_default();
        Ok(Grouped { key, counts })
    };
    let mut groups = found.into_iter().map(named).collect::<Result<Vec<_>, StoreError>>()?;
    groups.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(Some(groups))
}

/// Whether the projection's counts have what the filter asks for.
fn is_projected(caller: &Caller, filter: &ClaimFilter) -> bool {
    let others = ClaimFilter { status: None, solution_area: None, ..filter.clone() };
    caller.reviews() && others == ClaimFilter::default()
}

/// The statistics over all claims that the caller sees and the filter leaves, from the counts that the projection keeps, if it has
/// them.
///
/// # Errors
/// As [`grouped()`].
pub async fn overall(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    calendar: &Calendar<'_>,
    now: Timestamp,
) -> Result<Option<ClaimCounts>, StoreError> {
    if !is_projected(caller, filter) {
        return Ok(None);
    }
    let found = projection::group_statistics(db, filter, ClaimGrouping::Of(Group::All), calendar).await?;
    let Some(mut counts) = found.and_then(|groups| groups.into_values().next()) else { return Ok(None) };
    let late = ClaimFilter { overdue: Some((true, now)), ..filter.clone() };
    counts.overdue = keyset::count(db, seen(db, caller, &late)).await?;
    Ok(Some(counts))
}

/// Who reviews a claim and why it was rejected is kept from others (A3).
const fn is_hidden(by: StatisticsGroup, caller: &Caller) -> bool {
    match by {
        StatisticsGroup::Reviewer => !matches!(caller.side, domain::caller::Side::Vendor),
        StatisticsGroup::RejectionReason => hides_clocks(caller),
        _ => false,
    }
}

pub(super) const fn period(by: StatisticsGroup) -> Option<Period> {
    match by {
        StatisticsGroup::Month => Some(Period::Month),
        StatisticsGroup::Week => Some(Period::Week),
        _ => None,
    }
}

/// The vendor's days, as JSON: the number of each, the number of its business day, and the number of the first day of its period.
async fn days(db: &Db, calendar: &Calendar<'_>, period: Option<Period>, now: Timestamp) -> Result<String, StoreError> {
    /// Some 270 years: no more days are looked up.
    const MOST: i32 = 100_000;
    let Some(first) = first_submitted(db, None).await? else { return Ok("[]".to_owned()) };
    let (first, last) = (calendar.date(first), calendar.date(now));
    let number = |day: Date| i64::from((day - EPOCH).get_days()) + DAY_ZERO;
    let span =
        first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).take(MOST.unsigned_abs() as usize);
    let row = |day: Date| {
        let first_of_period = period.map_or(0, |period| number(period.first_day(day)));
        (number(day), calendar.business_day_number(day), first_of_period)
    };
    let rows: Vec<(i64, i64, i64)> = span.map(row).collect();
    serde_json::to_string(&rows).map_err(|_| StoreError::Corrupt("claim", "days".to_owned()))
}

/// When the first of all claims was submitted, or the first of those in a status; whatever a caller may see.
///
/// # Errors
/// As [`grouped()`].
pub async fn first_submitted(db: &Db, status: Option<ClaimStatus>) -> Result<Option<Timestamp>, StoreError> {
    let order = ClaimOrder { field: ClaimOrderField::SubmittedAt, descending: false };
    let in_status = status.map(|status| is_one_of("claim", "status", [status.as_str()]));
    let first: Vec<(Option<i64>,)> = Rows::<Entity>::all()
        .column(Column::SubmittedAt)
        .filter(Column::DeletedAt.is_null())
        .filter(Expr::cust("\"claim\".\"status\" <> 'EDITING'"))
        .filter(Condition::all().add_option(in_status))
        .order_by_asc(order.key())
        .order_by_asc(Column::Id)
        .limit(1)
        .tuples(db.connection())
        .await?;
    Ok(first.first().and_then(|(at,)| *at).and_then(|micros| Timestamp::from_micros(micros).ok()))
}

const EPOCH: Date = date(1970, 1, 1);

/// The days as a table.
fn calendar_table(days: &str, is_postgres: bool) -> SelectStatement {
    let column = |place: usize| {
        Expr::cust(if is_postgres { format!("(c.value->>{place})::bigint") } else { format!("c.value->>{place}") })
    };
    let (function, text) = if is_postgres { ("json_array_elements", "CAST($1 AS json)") } else { ("json_each", "?") };
    let mut query = Query::select();
    for (place, name) in ["day", "number", "period"].into_iter().enumerate() {
        query.expr_as(column(place), Alias::new(name));
    }
    query.from_function(Func::cust(function).arg(Expr::cust_with_values(text, [days])), Alias::new("c"));
    query
}

/// Counts the claims by key, status and business days.
fn statement(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    by: StatisticsGroup,
    days: &str,
    offsets: &[(Option<Timestamp>, i64)],
    now: Timestamp,
) -> SelectStatement {
    let late = if hides_clocks(caller) {
        Expr::cust("0")
    } else {
        Expr::case(overdue(now), Expr::cust("1")).finally(Expr::cust("0")).into()
    };
    let claims = COLUMNS.iter().fold(seen(db, caller, filter), |query, column| query.column(*column));
    let claims = claims.expr_as(late, "late").into_query();
    let key = key_of(by);
    let took = Expr::cust(
        "CASE WHEN claim.submitted_at IS NULL OR claim.decided_at IS NULL THEN NULL \
         WHEN decided.number > submitted.number THEN decided.number - submitted.number ELSE 0 END",
    );
    let mut query = Query::select().from_subquery(claims, Alias::new("claim")).take();
    for (name, column) in [("submitted", "claim.submitted_at"), ("decided", "claim.decided_at")] {
        let on = Expr::cust(format!("{name}.day")).eq(day(column, offsets));
        query.join_subquery(JoinType::LeftJoin, calendar_table(days, db.is_postgres()), Alias::new(name), on);
    }
    query.join(JoinType::LeftJoin, Alias::new("claim_origin"), Expr::cust(ASKED));
    if by == StatisticsGroup::Product {
        products(&mut query, caller.reviews() && !filter.is_selective());
    }
    query
        .expr(Expr::cust(key))
        .expr(Expr::cust("claim.status"))
        .expr(took.clone())
        .expr(Expr::col(Asterisk).count())
        .expr(Expr::cust("SUM(claim.late)"))
        .expr(Expr::cust(format!("SUM(CASE WHEN {FIRST_PASS} THEN 1 ELSE 0 END)")))
        .and_where(Expr::cust(format!("{key} IS NOT NULL")))
        .add_group_by([Expr::cust(key), Expr::cust("claim.status"), took]);
    if by == StatisticsGroup::RejectionReason {
        query.and_where(Expr::cust("claim.status = 'REJECTED'"));
    }
    query
}

/// Joins the products of each claim, each once.
fn products(query: &mut SelectStatement, of_most_claims: bool) {
    let (of_claim, lines) = (Expr::cust("claim_line.claim_id = claim.id"), Alias::new("claim_line"));
    if of_most_claims {
        // An index has the pairs in their order: those that come twice are found by reading it.
        let pairs = Query::select()
            .distinct()
            .columns([claim_line::Column::SkuId, claim_line::Column::ClaimId])
            .from(claim_line::Entity)
            .take();
        query.join_subquery(JoinType::InnerJoin, pairs, lines, of_claim);
    } else {
        // The first of a claim's lines for a product stands for all of them.
        let is_first = Expr::cust(
            "NOT EXISTS (SELECT 1 FROM claim_line AS other \
             WHERE other.claim_id = claim_line.claim_id AND other.sku_id = claim_line.sku_id AND other.id < claim_line.id)",
        );
        query.join(JoinType::InnerJoin, lines, of_claim.and(is_first));
    }
}

/// What is read of each claim: all of it is in one index.
const COLUMNS: [Column; 8] = [
    Column::Id,
    Column::Status,
    Column::PartnerId,
    Column::SolutionArea,
    Column::ReviewerSubject,
    Column::RejectionReason,
    Column::SubmittedAt,
    Column::DecidedAt,
];

pub(super) const fn key_of(by: StatisticsGroup) -> &'static str {
    match by {
        StatisticsGroup::Month | StatisticsGroup::Week => "submitted.period",
        StatisticsGroup::Partner => "claim.partner_id",
        StatisticsGroup::Product => "claim_line.sku_id",
        StatisticsGroup::Reviewer => "claim.reviewer_subject",
        StatisticsGroup::RejectionReason => "claim.rejection_reason",
        StatisticsGroup::SolutionArea => "claim.solution_area",
    }
}

/// The key of a row that begins with it.
pub(super) fn key(row: &QueryResult, by: StatisticsGroup) -> Result<GroupKey, StoreError> {
    Ok(match by {
        StatisticsGroup::Month | StatisticsGroup::Week => {
            let number: i64 = row.try_get_by_index(0)?;
            let day = EPOCH.checked_add(jiff::Span::new().days(number - DAY_ZERO));
            GroupKey::Period(day.map_err(|_| StoreError::Corrupt("claim", format!("day {number}")))?)
        }
        StatisticsGroup::Partner | StatisticsGroup::Product => GroupKey::Id(row.try_get_by_index(0)?),
        _ => GroupKey::Word(row.try_get_by_index(0)?),
    })
}

fn add(group: &mut Grouped, row: &QueryResult) -> Result<(), StoreError> {
    let word: String = row.try_get_by_index(1)?;
    let status: ClaimStatus = word.parse().map_err(|_| StoreError::Corrupt("claim", format!("status {word:?}")))?;
    let claims = natural(row.try_get_by_index(3)?);
    group.counts.add(status, claims);
    if let Some(days) = row.try_get_by_index::<Option<i64>>(2)? {
        group.counts.add_decided(days, claims);
    }
    group.counts.overdue += natural(row.try_get_by_index(4)?);
    group.counts.first_pass += natural(row.try_get_by_index(5)?);
    Ok(())
}

/// How many of the approved claims that the caller sees and the filter leaves were never asked to act before.
///
/// # Errors
/// As [`grouped()`].
pub async fn first_pass(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Result<u64, StoreError> {
    let filter = search::narrowed(db, caller, filter).await?;
    let mut approved = seen(db, caller, &filter).filter(Expr::cust(FIRST_PASS));
    QueryTrait::query(&mut approved).join(JoinType::LeftJoin, Alias::new("claim_origin"), Expr::cust(ASKED));
    keyset::count(db, approved).await
}
