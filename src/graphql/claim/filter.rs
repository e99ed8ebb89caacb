//! Which claims, and in which order.

use async_graphql::{ID, InputObject};
use domain::{deadline, policy::Policy, time::Timestamp};

use super::enums::{
    ClaimOrderField, ClaimStatus, ConsentStatus, DeadlineState, DisputeStatus, EvaluationStatus, RejectionReason,
};
use crate::{
    graphql::{
        directory::{Activity, SolutionArea},
        error::ApiError,
        global_id::{self, Kind},
        range::{DateTimeRange, OrderDirection, listed},
    },
    store::claims,
};

/// Restricts a list of claims. Conditions are combined with AND; one that is omitted matches everything. A condition on
/// something that the caller may not see matches nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ClaimFilter {
    /// Only claims with one of these global ids; an id that names no visible claim matches nothing. At most 1,000
    /// entries, like every list in a filter.
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
    /// Only claims with one of these external references; an empty list matches nothing. Matches nothing for callers who
    /// are not partners.
    pub external_references: Option<Vec<String>>,
    /// Only claims of the location with this MPN id.
    pub mpn_id: Option<String>,
    /// Only claims assigned to the reviewer with this subject. Matches nothing for callers who are not reviewers.
    pub reviewer_subject: Option<String>,
    /// Only claims whose draft the caller created (`true`), or all others (`false`). Only partners create claims.
    pub created_by_me: Option<bool>,
    /// Only claims whose latest change is in this range.
    pub updated_at: Option<DateTimeRange>,
    /// Only claims decided in this range.
    pub decided_at: Option<DateTimeRange>,
    /// Only claims whose `lastActivityAt` is in this range.
    pub last_activity_at: Option<DateTimeRange>,
    /// Only claims whose `deadline` is in one of these states; an empty list matches nothing, and so does `MET`, which is not
    /// the state of a running deadline. Matches nothing for customers.
    pub deadline_state: Option<Vec<DeadlineState>>,
    /// Only claims that are `REJECTED` for one of these reasons; an empty list matches nothing. Matches nothing for
    /// customers.
    pub rejection_reason: Option<Vec<RejectionReason>>,
    /// Only claims whose `consent` has one of these statuses; an empty list matches nothing.
    pub consent_status: Option<Vec<ConsentStatus>>,
    /// Only claims whose latest `dispute` has one of these statuses; an empty list matches nothing. Matches nothing for
    /// customers.
    pub dispute_status: Option<Vec<DisputeStatus>>,
    /// Only claims whose `evaluation` has one of these statuses; an empty list matches nothing. Matches nothing for
    /// customers.
    pub evaluation_status: Option<Vec<EvaluationStatus>>,
}

impl ClaimFilter {
    /// The filter for the store; "overdue" and "at risk" are decided by the current time.
    ///
    /// # Errors
    /// Malformed input if a list is too long.
    pub fn at(self, now: Timestamp, policy: &Policy) -> Result<claims::ClaimFilter, ApiError> {
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

/// The sort order of a list of claims. Claims with equal times or names are sorted by id.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimOrder {
    /// The field to sort by.
    pub field: ClaimOrderField,
    /// Whether the earliest or the latest claim comes first.
    pub direction: OrderDirection,
}

impl From<ClaimOrder> for claims::ClaimOrder {
    fn from(order: ClaimOrder) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}
