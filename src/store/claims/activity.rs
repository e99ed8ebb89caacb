//! When something last happened on a claim, as each side sees it (L17), and when the claim itself last changed.
//!
//! The database keeps both beside `claim`, so that a comment writes none of its indexes: `claim_activity` on both databases,
//! `claim_change` on PostgreSQL.

use domain::caller::{Caller, Side};
use entity::claim::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, ExprTrait, JoinType, QueryTrait,
    sea_query::{Alias, Expr, Query},
};

use super::{ClaimFilter, ClaimOrderField, TimeRange};
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

/// Whether a list of this caller is read by `claim_change`: the others see few claims, and read the column of `claim`.
const fn changes_are_apart(caller: &Caller, backend: DbBackend) -> bool {
    matches!((caller.side, backend), (Side::Vendor, DbBackend::Postgres))
}

/// The filter's ranges of these times, and its states of clocks, in a list of this order if it is one.
pub(super) fn of_order(
    filter: &ClaimFilter,
    caller: &Caller,
    order: Option<ClaimOrderField>,
    backend: DbBackend,
) -> Condition {
    let apart = |range: TimeRange, of: ClaimOrderField, table: &'static str, key: Expr| {
        if order == Some(of) {
            return range.holds_key(&key);
        }
        let claims = Query::select()
            .expr(Expr::cust(format!("{table}.claim_id")))
            .from(Alias::new(table))
            .cond_where(range.holds_key(&key))
            .take();
        Condition::all().add(Expr::col(Column::Id.as_column_ref()).in_subquery(claims))
    };
    let changed = |range: TimeRange| {
        if changes_are_apart(caller, backend) {
            apart(range, ClaimOrderField::UpdatedAt, "claim_change", Expr::cust("claim_change.updated_at"))
        } else {
            range.holds(Column::UpdatedAt)
        }
    };
    let active = |range| {
        let key = ActivityView::seen_by(caller).joined();
        apart(range, ClaimOrderField::LastActivityAt, "claim_activity", key)
    };
    let states = filter.deadline_state.as_ref();
    Condition::all()
        .add_option(filter.updated_at.map(changed))
        .add_option(filter.last_activity_at.map(active))
        .add_option(states.map(|states| states.condition(caller, order)))
}
