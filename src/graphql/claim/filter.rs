//! Which claims, and in which order.

use async_graphql::{ID, InputObject};
use domain::time::Timestamp;

use super::enums::{ClaimOrderField, ClaimStatus};
use crate::{
    graphql::{
        directory::{Activity, SolutionArea},
        global_id::{self, Kind},
        range::{DateTimeRange, OrderDirection},
    },
    store::claims,
};

/// Which claims are asked for; what is left out leaves everything, and a claim must fit everything that is given. Who
/// filters by what they may not see finds nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ClaimFilter {
    /// Only these; ids that name no visible claim find none.
    pub ids: Option<Vec<ID>>,
    /// Only the claim with this number, in whatever case.
    pub number: Option<String>,
    /// Only in one of these statuses; an empty list finds none.
    pub status: Option<Vec<ClaimStatus>>,
    /// Only on this customer.
    pub customer_id: Option<ID>,
    /// Only of this partner.
    pub partner_id: Option<ID>,
    /// Only with a line for this product.
    pub product_id: Option<ID>,
    /// Only with exactly this external reference. For partners; others find none.
    pub external_reference: Option<String>,
    /// Only in this solution area.
    pub solution_area: Option<SolutionArea>,
    /// Only with this among the activities.
    pub activity: Option<Activity>,
    /// Only those assigned to the caller (`true`), or all others (`false`). For reviewers; others find none.
    pub assigned_to_me: Option<bool>,
    /// Only those assigned to nobody (`true`) or to somebody (`false`). For reviewers; others find none.
    pub unassigned: Option<bool>,
    /// Only those whose deadline is `OVERDUE` (`true`), or all others (`false`); one that is `EXTENDED` by an arbitration
    /// is not overdue. Customers find none.
    pub overdue: Option<bool>,
    /// Only those with a product in an open arbitration (`true`), or all others (`false`). Customers find none.
    pub in_arbitration: Option<bool>,
    /// Only those submitted then.
    pub submitted_at: Option<DateTimeRange>,
    /// Only those made then.
    pub created_at: Option<DateTimeRange>,
    /// Only those whose deadline is due then. Customers find none.
    pub due_at: Option<DateTimeRange>,
    /// Only those that have all these words in number, name, the customer's name or domains, and for partners in the
    /// external reference; case and accents do not matter. A word may also be the tenant id, the MPN id, or the subscription
    /// id of a line.
    pub search: Option<String>,
}

impl ClaimFilter {
    /// The filter as the store takes it; what is overdue is so now.
    #[must_use]
    pub fn at(self, now: Timestamp) -> claims::ClaimFilter {
        let key = |kind| move |id: ID| global_id::key_or_none(kind, &id);
        claims::ClaimFilter {
            ids: self.ids.map(|ids| ids.iter().filter_map(|id| global_id::key(Kind::Claim, id)).collect()),
            number: self.number,
            status: self.status.map(|statuses| statuses.into_iter().map(Into::into).collect()),
            tenant_id: self.customer_id.map(key(Kind::Customer)),
            partner_id: self.partner_id.map(key(Kind::Partner)),
            sku_id: self.product_id.map(key(Kind::Product)),
            external_reference: self.external_reference,
            solution_area: self.solution_area.map(Into::into),
            activity: self.activity.map(Into::into),
            assigned_to_me: self.assigned_to_me,
            unassigned: self.unassigned,
            overdue: self.overdue.map(|overdue| (overdue, now)),
            in_arbitration: self.in_arbitration,
            submitted_at: self.submitted_at.map(Into::into),
            created_at: self.created_at.map(Into::into),
            due_at: self.due_at.map(Into::into),
            search: self.search,
        }
    }
}

/// The order of a list of claims; claims with the same time are ordered by id.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimOrder {
    /// By which time.
    pub field: ClaimOrderField,
    /// In which direction.
    pub direction: OrderDirection,
}

impl From<ClaimOrder> for claims::ClaimOrder {
    fn from(order: ClaimOrder) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}
