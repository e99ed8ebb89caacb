//! When something last happened on a claim, as each side sees it (L17), and when the claim itself last changed.
//!
//! The database keeps both beside `claim`, so that a comment writes none of its indexes: `claim_activity` on both databases,
//! `claim_change` on PostgreSQL.

use domain::caller::{Caller, Side};
use entity::claim::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, ExprTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Alias, Asterisk, Expr, Query, SelectStatement, SubQueryStatement},
};

use super::{ClaimFilter, ClaimOrderField, TimeRange, first::Reading};
use crate::store::rows::Rows;

/// Whose view of a claim's activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActivityView {
    /// Every entry of the history counts.
    OfVendor,
    /// All but internal entries count.
    OfPartner,
    /// Changes of the status count: a customer sees no history (A3), and is sent no other event.
    OfCustomer,
}

impl ActivityView {
    /// As this caller sees it.
    #[must_use]
    pub const fn seen_by(caller: &Caller) -> Self {
        match caller.side {
            Side::Vendor => Self::OfVendor,
            Side::Partner(_) => Self::OfPartner,
            Side::Customer(_) => Self::OfCustomer,
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::OfVendor => "at",
            Self::OfPartner => "shared_at",
            Self::OfCustomer => "moved_at",
        }
    }

    /// The time, read with a claim's row.
    pub(super) fn of_row(self) -> Expr {
        Expr::cust(format!(
            "(SELECT activity.{} FROM claim_activity AS activity WHERE activity.claim_id = \"claim\".\"id\")",
            self.column()
        ))
    }

    /// The time in a statement that [`join`] has joined it to.
    pub(super) fn joined(self) -> Expr {
        Expr::cust(format!("claim_activity.{}", self.column()))
    }
}

/// Joins what the order is read from, if that is not in `claim`.
pub(super) fn join(
    query: &mut Rows<Entity>,
    caller: &Caller,
    order: ClaimOrderField,
    backend: DbBackend,
) -> Option<[Expr; 2]> {
    let (table, key) = match order {
        ClaimOrderField::LastActivityAt => ("claim_activity", ActivityView::seen_by(caller).joined()),
        ClaimOrderField::UpdatedAt if changes_are_apart(caller, backend) => {
            ("claim_change", Expr::cust("claim_change.updated_at"))
        }
        _ => return None,
    };
    let id = Expr::cust(format!("{table}.claim_id"));
    let of_claim = id.clone().equals(Column::Id.as_column_ref());
    QueryTrait::query(query).join(JoinType::InnerJoin, Alias::new(table), of_claim);
    Some([key, id])
}

/// Selects the claims with the time in the range, if the database keeps that time apart from `claim`: without the caller's scope.
pub(super) fn range_apart(
    caller: &Caller,
    (field, range): (ClaimOrderField, TimeRange),
    reading: Reading,
    backend: DbBackend,
) -> Option<SelectStatement> {
    let (table, key) = match field {
        ClaimOrderField::LastActivityAt => ("claim_activity", ActivityView::seen_by(caller).joined()),
        ClaimOrderField::UpdatedAt if changes_are_apart(caller, backend) => {
            ("claim_change", Expr::cust("claim_change.updated_at"))
        }
        _ => return None,
    };
    let mut query = Query::select();
    query
        .expr(Expr::cust(format!("{table}.claim_id")))
        .from(Alias::new(table))
        .cond_where(reading.in_range(field, range.holds_key(&key)));
    Some(query.take())
}

/// Counts the claims of a reviewer's filter that is nothing but a range of such a time: all that have it, and, to be subtracted,
/// those of them that reviewers do not see. These are few, and have an index of their own.
pub(super) fn count(caller: &Caller, filter: &ClaimFilter, backend: DbBackend) -> Option<SelectStatement> {
    let (field, range) = match (filter.updated_at, filter.last_activity_at) {
        (Some(range), None) => (ClaimOrderField::UpdatedAt, range),
        (None, Some(range)) => (ClaimOrderField::LastActivityAt, range),
        _ => return None,
    };
    let alone = ClaimFilter { updated_at: None, last_activity_at: None, ..filter.clone() };
    if !caller.reviews() || alone != ClaimFilter::default() {
        return None;
    }
    let claims = range_apart(caller, (field, range), Reading::default(), backend)?;
    let counted = |query: SelectStatement| {
        let all = Query::select().expr(Expr::col(Asterisk).count()).from_subquery(query, Alias::new("part")).take();
        Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(all)))
    };
    let hidden = Rows::<Entity>::all()
        .column(Column::Id)
        .filter(Expr::cust("(\"claim\".\"deleted_at\" IS NOT NULL OR \"claim\".\"status\" = 'EDITING')"))
        .filter(Column::Id.in_subquery(claims.clone()));
    Some(Query::select().expr(counted(claims)).expr(counted(hidden.into_query())).take())
}

/// Where a reviewers' list in the order of such a time begins: a claim last changed after whatever the filter asks of it, so what
/// lies before need not be read.
fn since(filter: &ClaimFilter, caller: &Caller, reading: Reading, backend: DbBackend) -> Option<Expr> {
    let is_by_activity = reading.is_by(ClaimOrderField::LastActivityAt);
    if !caller.reviews() || !(is_by_activity || reading.is_by(ClaimOrderField::UpdatedAt)) {
        return None;
    }
    let changed = filter.updated_at.filter(|_| is_by_activity);
    let ranges = [filter.created_at, filter.submitted_at, filter.decided_at, changed];
    let from = ranges.into_iter().flatten().filter_map(|range| range.from).max()?;
    let key = if is_by_activity {
        ActivityView::seen_by(caller).joined()
    } else if changes_are_apart(caller, backend) {
        Expr::cust("claim_change.updated_at")
    } else {
        Expr::col(Column::UpdatedAt.as_column_ref())
    };
    Some(key.gte(from.micros()))
}

/// Whether a list of this caller is read by `claim_change`: the others see few claims, and read the column of `claim`.
const fn changes_are_apart(caller: &Caller, backend: DbBackend) -> bool {
    matches!((caller.side, backend), (Side::Vendor, DbBackend::Postgres))
}

/// The filter's ranges of these times, and its states of clocks, in a list of this order if it is one.
pub(super) fn of_order(filter: &ClaimFilter, caller: &Caller, reading: Reading, backend: DbBackend) -> Condition {
    let apart = |field, range| range_apart(caller, (field, range), reading, backend);
    let holds = |field: ClaimOrderField, range: TimeRange, key: Expr| match apart(field, range) {
        // Of the few claims of a partner or customer, each is looked up.
        Some(_) if caller.side != Side::Vendor && !reading.is_by(field) => {
            range.holds_key(&ActivityView::seen_by(caller).of_row())
        }
        Some(claims) if !reading.is_by(field) => {
            Condition::all().add(Expr::col(Column::Id.as_column_ref()).in_subquery(claims))
        }
        Some(_) => range.holds_key(&key),
        None => {
            let key = Expr::col(Column::UpdatedAt.as_column_ref());
            reading.in_range(field, range.holds_key(&key))
        }
    };
    let changed = |range| holds(ClaimOrderField::UpdatedAt, range, Expr::cust("claim_change.updated_at"));
    let active = |range| holds(ClaimOrderField::LastActivityAt, range, ActivityView::seen_by(caller).joined());
    let states = filter.deadline_state.as_ref();
    Condition::all()
        .add_option(filter.updated_at.map(changed))
        .add_option(filter.last_activity_at.map(active))
        .add_option(states.map(|states| states.condition(caller, reading)))
        .add_option(since(filter, caller, reading, backend))
}
