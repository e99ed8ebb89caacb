//! Statistics of groups, from the counts that the projection keeps (S1, S2).

use std::collections::BTreeMap;

use domain::{
    calendar::Calendar,
    kinds::SolutionArea,
    statistics::{ClaimCounts, Period},
};
use jiff::civil::Date;
use sea_orm::{
    ConnectionTrait, DbBackend, StatementBuilder,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use super::{
    Since,
    counted::{self, CountedClaim},
    counts::{self, Counts, CountsByMember, Group, Member},
    usable,
};
use crate::store::{Db, Reads, StoreError, claims::ClaimFilter};

/// What claims are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum ClaimGrouping {
    /// By what the projection counts them by.
    Of(Group),
    /// By periods of their submission.
    Periods(Period),
    /// By solution area.
    Areas,
}

/// What the claims of a group have in common, as the projection has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum ProjectedGroupKey {
    /// The name of the group.
    Name(String),
    /// The first day of the period.
    Period(Date),
}

impl ClaimGrouping {
    const fn source(self) -> Group {
        match self {
            Self::Of(group) => group,
            Self::Periods(_) => Group::Day,
            Self::Areas => Group::All,
        }
    }
}

/// The statistics of each group of the claims that reviewers see, without the clocks that have run out. The filter may ask for
/// statuses and an area. Nothing if the projection does not have them.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn group_statistics(
    db: &Db,
    filter: &ClaimFilter,
    by: ClaimGrouping,
    calendar: &Calendar<'_>,
) -> Result<Option<BTreeMap<ProjectedGroupKey, ClaimCounts>>, StoreError> {
    let Some(since) = usable(db).await? else { return Ok(None) };
    let Some(counts) = counted(db, since, by.source(), calendar).await? else { return Ok(None) };
    let mut groups: BTreeMap<ProjectedGroupKey, ClaimCounts> = BTreeMap::new();
    let mut add = |key: ProjectedGroupKey, counts: &Counts| counts.add_to(groups.entry(key).or_default(), filter);
    for (member, counts) in counts.iter().filter(|(_, counts)| !counts.is_empty()) {
        match by {
            ClaimGrouping::Of(_) => add(ProjectedGroupKey::Name(member.name.clone()), counts),
            ClaimGrouping::Periods(period) => {
                let day = counts::day_of(&member.name);
                let day = day.ok_or_else(|| StoreError::Corrupt("claim_figures", member.name.clone()))?;
                add(ProjectedGroupKey::Period(period.first_day(day)), counts);
            }
            ClaimGrouping::Areas => {
                for (area, counts) in counts.by_area() {
                    add(ProjectedGroupKey::Name(SolutionArea::to_string(&area)), &counts);
                }
            }
        }
    }
    groups.retain(|key, counts| counts.total() > 0 || *key == ProjectedGroupKey::Name(String::new()));
    Ok(Some(groups))
}

/// The counts of the groups of one kind as they are now; nothing if there are none by this calendar.
async fn counted(
    db: &Db,
    since: Since,
    group: Group,
    calendar: &Calendar<'_>,
) -> Result<Option<CountsByMember>, StoreError> {
    let backend = db.connection().get_database_backend();
    let statement = statement(since, group, &calendar.key(), backend);
    let rows = db.connection().query_all_raw(StatementBuilder::build(&statement, &backend)).await?;
    let mut counts = CountsByMember::new();
    let (mut is_kept, mut before, mut now) = (false, Vec::new(), Vec::new());
    for row in rows {
        match row.try_get_by_index::<i32>(0)? {
            COUNTS => {
                // The group of all claims is there for every calendar that is kept.
                is_kept = true;
                let (kind, name): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                if kind == group.as_str() {
                    let text: String = row.try_get_by_index(3)?;
                    counts.insert(Member { group, name }, Counts::from_text(&text)?);
                }
            }
            BEFORE => before.push(CountedClaim::read(&row, CLAIM)?),
            _ => now.push(CountedClaim::read(&row, CLAIM)?),
        }
    }
    counts::count(&mut counts, &before, -1, Some(group), calendar);
    counts::count(&mut counts, &now, 1, Some(group), calendar);
    Ok(is_kept.then_some(counts))
}

/// Which part of the statement a row is of: the counts; the changed claims as they were counted, and as they are now.
const COUNTS: i32 = 0;
const BEFORE: i32 = 1;
const NOW: i32 = 2;

/// Where the columns of the claim begin.
const CLAIM: usize = 4;

/// One statement: what it reads is of one instant.
fn statement(since: Since, group: Group, calendar: &str, backend: DbBackend) -> SelectStatement {
    let text = |word: &str| Expr::val(word);
    let nothing = |kind: &str| Expr::cust(format!("CAST(NULL AS {kind})"));
    let kinds = [Group::All.as_str(), group.as_str()];
    let mut counts = Query::select();
    counts
        .expr(Expr::cust(COUNTS.to_string()))
        .expr(Expr::cust("kind"))
        .expr(Expr::cust("member"))
        .expr(Expr::cust("figures"))
        .exprs(counted::types(backend).map(nothing))
        .from(Alias::new("claim_figures"))
        .and_where(Expr::cust("calendar").eq(text(calendar)))
        .and_where(Expr::cust("kind").is_in(kinds));
    for (part, table) in [(BEFORE, "claim_counted"), (NOW, "claim_unfolded")] {
        let mut changed = Query::select();
        changed.expr(Expr::cust(part.to_string())).exprs([nothing("text"), nothing("text"), nothing("text")]);
        changed
            .expr(Expr::cust(counted::COLUMNS))
            .from_as(Alias::new(table), Alias::new("claim"))
            .and_where(since.has_changed("claim.id", backend));
        counts.union(UnionType::All, changed);
    }
    counts
}
