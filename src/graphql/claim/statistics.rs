//! Statistics of claims (S1, S2).

use async_graphql::{Context, Enum, Object, SimpleObject};
use domain::{kinds::ClaimStatus as Status, statistics::ClaimCounts};

use super::{ClaimFilter, enums::ClaimStatus};
use crate::{
    app::statistics::{Asked, Group, Key},
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        loader::{Reader, ask},
        page::total,
        scalar::DateTime,
    },
};

/// What statistics are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::StatisticsGroup")]
pub enum StatisticsGroup {
    /// The month of submission, in the time zone of the server's policy.
    Month,
    /// The ISO week of submission, which starts on Monday, in the time zone of the server's policy.
    Week,
    /// The partner that created the claim.
    Partner,
    /// The product; a claim with several products is in several groups.
    Product,
    /// The assigned reviewer. Empty for everyone but the vendor.
    Reviewer,
    /// The reason of the rejection. Empty for customers.
    RejectionReason,
    /// The area in which the claim is made.
    SolutionArea,
}

/// How many claims are in a status.
#[derive(Clone, Debug, SimpleObject)]
pub struct StatusCount {
    /// One of the six statuses.
    pub status: ClaimStatus,
    /// The number of claims in the status.
    pub count: i32,
}

/// Counts and rates over the claims that the caller sees.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimStatistics {
    /// The number of claims counted.
    pub total: i32,
    /// The number of claims in each status, including statuses with 0.
    pub by_status: Vec<StatusCount>,
    /// The number of claims whose deadline is `OVERDUE`; 0 for customers.
    pub overdue: i32,
    /// The median number of business days from submission to decision; null if nothing was decided.
    pub median_business_days_to_decision: Option<f64>,
    /// The 90th percentile, by nearest rank, of the business days from submission to decision; null if nothing was
    /// decided.
    pub p90_business_days_to_decision: Option<f64>,
    /// Approved claims divided by approved and rejected claims, from 0 to 1; null if there are none.
    pub approval_rate: Option<f64>,
    /// Approved claims without a request for action divided by approved claims, from 0 to 1; null if there are none, and for
    /// customers.
    pub first_pass_rate: Option<f64>,
    /// The same figures for each group, if `groupBy` is given; otherwise empty. Months and weeks are sorted by time, other
    /// groups by label. A claim without a value to group by, such as a draft (it has no month), is in no group.
    pub groups: Vec<ClaimStatisticsGroup>,
}

/// Counts and rates over a group of claims.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimStatisticsGroup {
    /// What the claims have in common: a month (`2026-03`), a week (`2026-W10`), the global id of a partner or product, a
    /// reviewer's subject, a `RejectionReason` or a `SolutionArea`.
    pub key: String,
    /// The key for people, in English.
    pub label: String,
    /// The start of the month or week; null for every other group.
    pub from: Option<DateTime>,
    /// The number of claims counted.
    pub total: i32,
    /// The number of claims in each status, including statuses with 0.
    pub by_status: Vec<StatusCount>,
    /// Approved claims divided by approved and rejected claims, from 0 to 1; null if there are none.
    pub approval_rate: Option<f64>,
    /// The median number of business days from submission to decision; null if nothing was decided.
    pub median_business_days_to_decision: Option<f64>,
    /// The 90th percentile, by nearest rank, of the business days from submission to decision; null if nothing was decided.
    pub p90_business_days_to_decision: Option<f64>,
    /// Approved claims without a request for action divided by approved claims, from 0 to 1; null if there are none, and for
    /// customers.
    pub first_pass_rate: Option<f64>,
    /// The number of claims whose deadline is `OVERDUE`; 0 for customers.
    pub overdue: i32,
}

fn by_status(counts: &ClaimCounts) -> Vec<StatusCount> {
    let count = |status: &Status| StatusCount { status: (*status).into(), count: total(counts.count(*status)) };
    Status::ALL.iter().map(count).collect()
}

/// Customers do not see requests for action, so they do not see this rate either (A3).
fn first_pass_rate(counts: &ClaimCounts, is_customer: bool) -> Option<f64> {
    counts.first_pass_rate().filter(|_| !is_customer)
}

impl ClaimStatisticsGroup {
    fn of(group: Group, is_customer: bool) -> Self {
        let Group { key, label, from, counts } = group;
        let key = match key {
            Key::Word(word) => word,
            Key::Partner(id) => global_id::encode(Kind::Partner, id).0,
            Key::Product(id) => global_id::encode(Kind::Product, id).0,
        };
        Self {
            key,
            label,
            from: from.map(Into::into),
            total: total(counts.total()),
            by_status: by_status(&counts),
            approval_rate: counts.approval_rate(),
            median_business_days_to_decision: counts.median_business_days(),
            p90_business_days_to_decision: counts.percentile_business_days(90),
            first_pass_rate: first_pass_rate(&counts, is_customer),
            overdue: total(counts.overdue),
        }
    }
}

/// The statistics at the root.
#[derive(Default)]
pub struct StatisticsQuery;

#[Object(guard = "Root")]
impl StatisticsQuery {
    /// Counts and rates over the claims that the caller sees, and over groups of them. Needs the scope `claims:read`.
    async fn claim_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the claims; by default all.")] filter: Option<ClaimFilter>,
        #[graphql(desc = "What the claims are grouped by for `groups`; by default there are no groups.")]
        group_by: Option<StatisticsGroup>,
    ) -> Result<ClaimStatistics, ApiError> {
        let reader = Reader::of(ctx)?;
        let is_customer = reader.is_customer();
        let filter = filter.unwrap_or_default().at(reader.app.now(), reader.app.policy())?;
        let selected = |field: &str| ctx.look_ahead().field(field).exists();
        let asked = Asked {
            group_by: group_by.map(Into::into).filter(|_| selected("groups")),
            first_pass: selected("firstPassRate") && !is_customer,
        };
        let found =
            ask(ctx, move |reader| async move { reader.app.statistics(&reader.caller, &filter, asked).await }).await?;
        let counts = found.all;
        Ok(ClaimStatistics {
            total: total(counts.total()),
            by_status: by_status(&counts),
            overdue: total(counts.overdue),
            median_business_days_to_decision: counts.median_business_days(),
            p90_business_days_to_decision: counts.percentile_business_days(90),
            approval_rate: counts.approval_rate(),
            first_pass_rate: first_pass_rate(&counts, is_customer),
            groups: found.groups.into_iter().map(|group| ClaimStatisticsGroup::of(group, is_customer)).collect(),
        })
    }
}
