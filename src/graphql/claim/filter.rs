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

/// Restricts a list of claims. Conditions are combined with AND; one that is omitted matches everything. A condition on
/// something that the caller may not see matches nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ClaimFilter {
    /// Only claims with one of these global ids; an id that names no visible claim matches nothing.
    pub ids: Option<Vec<ID>>,
    /// Only the claim with this number; case is ignored.
    pub number: Option<String>,
    /// Only items with one of these statuses; an empty list matches nothing.
    pub status: Option<Vec<ClaimStatus>>,
    /// Only claims on this customer.
    pub customer_id: Option<ID>,
    /// Only claims of this partner.
    pub partner_id: Option<ID>,
    /// Only claims with a line for this product.
    pub product_id: Option<ID>,
    /// Only the claim with exactly this external reference. Matches nothing for callers who are not partners.
    pub external_reference: Option<String>,
    /// Only claims in this solution area.
    pub solution_area: Option<SolutionArea>,
    /// Only claims that include this activity.
    pub activity: Option<Activity>,
    /// Only claims assigned to the caller (`true`), or all others (`false`). Matches nothing for callers who are not
    /// reviewers.
    pub assigned_to_me: Option<bool>,
    /// Only claims without a reviewer (`true`), or with one (`false`). Matches nothing for callers who are not
    /// reviewers.
    pub unassigned: Option<bool>,
    /// Only claims whose deadline is `OVERDUE` (`true`), or all others (`false`). A deadline that an arbitration has
    /// `EXTENDED` is not overdue. Matches nothing for customers.
    pub overdue: Option<bool>,
    /// Only claims with a product in an open arbitration (`true`), or all others (`false`). Matches nothing for
    /// customers.
    pub in_arbitration: Option<bool>,
    /// Only claims submitted in this range.
    pub submitted_at: Option<DateTimeRange>,
    /// Only claims created in this range.
    pub created_at: Option<DateTimeRange>,
    /// Only claims whose running deadline is due in this range. Matches nothing for customers.
    pub due_at: Option<DateTimeRange>,
    /// Only claims that contain all these words in the number, the name, the customer's name or domains or, for
    /// partners, the external reference. Case and accents are ignored. A word may also be the tenant id, the MPN id, or
    /// the subscription id of a line.
    pub search: Option<String>,
}

impl ClaimFilter {
    /// The filter for the store; "overdue" is decided by the current time.
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

/// The sort order of a list of claims. Claims with equal times are sorted by id.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimOrder {
    /// The time to sort by.
    pub field: ClaimOrderField,
    /// Whether the earliest or the latest claim comes first.
    pub direction: OrderDirection,
}

impl From<ClaimOrder> for claims::ClaimOrder {
    fn from(order: ClaimOrder) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}
