//! Figures over claims (S1).

use async_graphql::{Context, Object, SimpleObject};
use domain::{calendar::Calendar, policy::Policy};

use super::{ClaimFilter, enums::ClaimStatus};
use crate::{
    graphql::{
        error::Failure,
        guard::Root,
        loader::{Reader, ask},
        page::total,
    },
    store::{
        StoreError,
        claims::{self, Decided, Statistics},
    },
};

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
    /// Approved claims divided by approved and rejected claims, from 0 to 1; null if there are none.
    pub approval_rate: Option<f64>,
}

impl ClaimStatistics {
    fn of(figures: &Statistics, decided: &[Decided], policy: &Policy) -> Self {
        let calendar = Calendar::new(policy);
        let days = decided
            .iter()
            .map(|group| (calendar.business_days_between(group.submitted_at, group.decided_at), group.claims));
        let counts = figures.by_status.iter();
        Self {
            total: total(figures.total),
            by_status: counts
                .map(|(status, count)| StatusCount { status: (*status).into(), count: total(*count) })
                .collect(),
            overdue: total(figures.overdue),
            median_business_days_to_decision: median(days.collect()),
            approval_rate: rate(figures.approved, figures.rejected),
        }
    }
}

/// The one in the middle, or halfway between the two in the middle. Each value comes with how often it is there.
fn median(mut values: Vec<(i32, u64)>) -> Option<f64> {
    values.sort_unstable();
    let total: u64 = values.iter().map(|(_, times)| times).sum();
    let at = |place: u64| {
        let mut passed = 0;
        let found = values.iter().find(|(_, times)| {
            passed += times;
            place < passed
        });
        found.map(|(value, _)| *value)
    };
    Some(f64::midpoint(at(total.saturating_sub(1) / 2)?.into(), at(total / 2)?.into()))
}

fn rate(approved: u64, rejected: u64) -> Option<f64> {
    let of = f64::from(total(approved)) + f64::from(total(rejected));
    (of > 0.0).then(|| f64::from(total(approved)) / of)
}

/// Figures at the root.
#[derive(Default)]
pub struct StatisticsQuery;

#[Object(guard = "Root")]
impl StatisticsQuery {
    /// Counts and rates over the claims that the caller sees. Needs the scope `claims:read`.
    async fn claim_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the claims; by default all.")] filter: Option<ClaimFilter>,
    ) -> Result<ClaimStatistics, Failure> {
        let app = &Reader::of(ctx)?.app;
        let now = app.now();
        let filter = filter.unwrap_or_default().at(now);
        let (figures, decided) = ask(ctx, |reader| async move {
            let figures = claims::statistics(reader.db(), &reader.caller, &filter, now).await?;
            let calendar = Calendar::new(reader.app.policy());
            let decided = claims::decided(reader.db(), &reader.caller, &filter, &calendar, now).await?;
            Ok::<_, StoreError>((figures, decided))
        })
        .await?;
        Ok(ClaimStatistics::of(&figures, &decided, app.policy()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        // S1
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![(7, 1)]), Some(7.0));
        assert_eq!(median(vec![(9, 1), (1, 1), (2, 1)]), Some(2.0));
        assert_eq!(median(vec![(4, 1), (1, 1)]), Some(2.5));
        assert_eq!(median(vec![(4, 2), (1, 2)]), Some(2.5));
        assert_eq!(median(vec![(4, 3), (1, 2)]), Some(4.0));
    }

    #[test]
    fn the_rate_is_of_what_was_decided() {
        // S1
        assert_eq!(rate(0, 0), None);
        assert_eq!(rate(3, 1), Some(0.75));
        assert_eq!(rate(0, 2), Some(0.0));
    }
}
