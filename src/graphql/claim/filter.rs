//! Which claims, and in which order.

use async_graphql::{ID, InputObject};
use domain::{deadline, policy::Policy, time::Timestamp};

use super::enums::{
    ClaimOrderField, ClaimStatus, ConsentStatus, DeadlineState, DisputeStatus, EvaluationStatus, RejectionReason,
};
use crate::{
    graphql::{
        directory::{Activity, SolutionArea},
        error::Failure,
        global_id::{self, Kind},
        range::{DateTimeRange, OrderDirection, listed},
    },
    store::claims,
};

/// Which claims are asked for; what is left out leaves everything, and a claim must fit everything that is given. Who
/// filters by what they may not see finds nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ClaimFilter {
    /// Only these; ids that name no visible claim find none. At most 1,000 entries, as every list of a filter.
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
    /// Only with one of these external references; an empty list finds none. For partners; others find none.
    pub external_references: Option<Vec<String>>,
    /// Only those of the location with this MPN id.
    pub mpn_id: Option<String>,
    /// Only those assigned to the reviewer with this subject. For reviewers; others find none.
    pub reviewer_subject: Option<String>,
    /// Only those whose draft the caller created (`true`), or all others (`false`). Only partners create claims.
    pub created_by_me: Option<bool>,
    /// Only those that last changed then.
    pub updated_at: Option<DateTimeRange>,
    /// Only those decided then.
    pub decided_at: Option<DateTimeRange>,
    /// Only those whose `lastActivityAt` is then.
    pub last_activity_at: Option<DateTimeRange>,
    /// Only those whose `deadline` is in one of these states; an empty list finds none, as does `MET`, which no running
    /// deadline is. Customers find none.
    pub deadline_state: Option<Vec<DeadlineState>>,
    /// Only those that are `REJECTED`, the last time for one of these reasons; an empty list finds none. Customers find none.
    pub rejection_reason: Option<Vec<RejectionReason>>,
    /// Only those whose `consent` is in one of these statuses; an empty list finds none.
    pub consent_status: Option<Vec<ConsentStatus>>,
    /// Only those whose last `dispute` is in one of these statuses; an empty list finds none. Customers find none.
    pub dispute_status: Option<Vec<DisputeStatus>>,
    /// Only those whose `evaluation` is in one of these statuses; an empty list finds none. Customers find none.
    pub evaluation_status: Option<Vec<EvaluationStatus>>,
}

impl ClaimFilter {
    /// The filter as the store takes it; what is overdue or at risk is so now.
    ///
    /// # Errors
    /// Malformed input for a list that is too long.
    pub fn at(self, now: Timestamp, policy: &Policy) -> Result<claims::ClaimFilter, Failure> {
        let key = |kind| move |id: ID| global_id::key_or_none(kind, &id);
        let ids = listed(self.ids, |id| global_id::key(Kind::Claim, &id))?;
        let states = listed(self.deadline_state, Into::into)?;
        let judged =
            |states| claims::DeadlineStates { states, now, at_risk_until: deadline::at_risk_until(now, policy) };
        Ok(claims::ClaimFilter {
            ids: ids.map(|ids| ids.into_iter().flatten().collect()),
            number: self.number,
            status: listed(self.status, Into::into)?,
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
            external_references: listed(self.external_references, |text| text)?,
            mpn_id: self.mpn_id,
            reviewer_subject: self.reviewer_subject,
            created_by_me: self.created_by_me,
            updated_at: self.updated_at.map(Into::into),
            decided_at: self.decided_at.map(Into::into),
            last_activity_at: self.last_activity_at.map(Into::into),
            deadline_state: states.map(judged),
            rejection_reason: listed(self.rejection_reason, Into::into)?,
            consent_status: listed(self.consent_status, Into::into)?,
            dispute_status: listed(self.dispute_status, Into::into)?,
            evaluation_status: listed(self.evaluation_status, Into::into)?,
        })
    }
}

/// The order of a list of claims; claims with the same time or name are ordered by id.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimOrder {
    /// By what.
    pub field: ClaimOrderField,
    /// In which direction.
    pub direction: OrderDirection,
}

impl From<ClaimOrder> for claims::ClaimOrder {
    fn from(order: ClaimOrder) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}
