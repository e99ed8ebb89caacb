//! Statistics of claims (S1, S2): counts by status and by the days to decision, and the rates, medians and percentiles that
//! follow from them.

use std::collections::BTreeMap;

use jiff::civil::{Date, ISOWeekDate};

use crate::{kinds::ClaimStatus, time::Timestamp};

/// The counts of some claims, from which their rates, median and percentiles follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimCounts {
    statuses: BTreeMap<ClaimStatus, u64>,
    /// How many decided claims took so many business days from their submission to their decision.
    days: BTreeMap<i64, u64>,
    /// How many have a clock that has run out.
    pub overdue: u64,
    /// How many are approved and were never asked to act before.
    pub first_pass: u64,
}

impl ClaimCounts {
    /// The counts of claims of which so many have a clock that has run out; the claims are yet to be added.
    #[must_use]
    pub fn with_overdue(overdue: u64) -> Self {
        Self { overdue, ..Self::default() }
    }

    /// Adds claims in a status.
    pub fn add(&mut self, status: ClaimStatus, claims: u64) {
        *self.statuses.entry(status).or_default() += claims;
    }

    /// Adds decided claims that took so many business days.
    pub fn add_decided(&mut self, business_days: i64, claims: u64) {
        *self.days.entry(business_days).or_default() += claims;
    }

    /// How many claims there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// How many are in the status.
    #[must_use]
    pub fn count(&self, status: ClaimStatus) -> u64 {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// Approved claims as a part of the approved and the rejected ones (S1).
    #[must_use]
    pub fn approval_rate(&self) -> Option<f64> {
        let (approved, rejected) = (self.count(ClaimStatus::Approved), self.count(ClaimStatus::Rejected));
        rate(approved, approved + rejected)
    }

    /// Those of the approved claims that were never asked to act before (S2).
    #[must_use]
    pub fn first_pass_rate(&self) -> Option<f64> {
        rate(self.first_pass, self.count(ClaimStatus::Approved))
    }

    /// The median of the business days to decision: the one in the middle, or halfway between the two in the middle (S1).
    #[must_use]
    pub fn median_business_days(&self) -> Option<f64> {
        let total: u64 = self.days.values().sum();
        let (low, high) = (self.ranked(total.div_ceil(2))?, self.ranked(total / 2 + 1)?);
        Some(f64::midpoint(float(low), float(high)))
    }

    /// The percentile of the business days to decision, by nearest rank (S2).
    #[must_use]
    pub fn percentile_business_days(&self, percent: u64) -> Option<f64> {
        let total: u64 = self.days.values().sum();
        self.ranked((total * percent).div_ceil(100).max(1)).map(float)
    }

    /// The days of the claim with this rank, counted from 1.
    fn ranked(&self, rank: u64) -> Option<i64> {
        let mut passed = 0;
        let found = self.days.iter().find(|(_, claims)| {
            passed += **claims;
            rank <= passed
        });
        found.map(|(days, _)| *days)
    }
}

#[expect(clippy::cast_precision_loss, reason = "days are far below 2^52")]
const fn float(days: i64) -> f64 {
    days as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of claims are far below 2^52")]
fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Whether a claim is a first pass: it is approved, and no reviewer had asked its partner to act before the decision (S2). An
/// approved claim may be asked later, when it is in an arbitration (X3).
#[must_use]
pub fn is_first_pass(status: ClaimStatus, decided_at: Option<Timestamp>, asked_at: Option<Timestamp>) -> bool {
    let not_before = |asked| decided_at.is_some_and(|decided| decided <= asked);
    status == ClaimStatus::Approved && asked_at.is_none_or(not_before)
}

/// A stretch of days that statistics are grouped by (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A month of the calendar.
    Month,
    /// A week from Monday to Sunday, as ISO 8601 numbers weeks.
    Week,
}

impl Period {
    /// The first day of the period that the day is in.
    #[must_use]
    pub fn first_day(self, day: Date) -> Date {
        match self {
            Self::Month => day.first_of_month(),
            Self::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(jiff::Span::new().days(since_monday)).unwrap_or(Date::MIN)
            }
        }
    }

    /// The short name of the period that begins on this day, which sorts by time: `2026-03`, `2026-W10`.
    #[must_use]
    pub fn key(self, first: Date) -> String {
        match self {
            Self::Month => format!("{:04}-{:02}", first.year(), first.month()),
            Self::Week => {
                let week = ISOWeekDate::from(first);
                format!("{:04}-W{:02}", week.year(), week.week())
            }
        }
    }

    /// Its name for people: `March 2026`, `Week 10, 2026`.
    #[must_use]
    pub fn label(self, first: Date) -> String {
        match self {
            Self::Month => first.strftime("%B %Y").to_string(),
            Self::Week => {
                let week = ISOWeekDate::from(first);
                format!("Week {}, {}", week.week(), week.year())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn of_days(days: &[i64]) -> ClaimCounts {
        let mut counts = ClaimCounts::default();
        for days in days {
            counts.add_decided(*days, 1);
        }
        counts
    }

    #[test]
    fn the_median_is_in_the_middle() {
        // S1
        for (days, median) in [
            (&[][..], None),
            (&[7], Some(7.0)),
            (&[9, 1, 2], Some(2.0)),
            (&[4, 1], Some(2.5)),
            (&[4, 4, 1, 1], Some(2.5)),
            (&[4, 4, 4, 1, 1], Some(4.0)),
        ] {
            assert_eq!(of_days(days).median_business_days(), median, "{days:?}");
        }
    }

    #[test]
    fn the_percentile_is_the_one_at_the_nearest_rank() {
        // S2
        assert_eq!(of_days(&[]).percentile_business_days(90), None);
        assert_eq!(of_days(&[3]).percentile_business_days(90), Some(3.0));
        assert_eq!(of_days(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).percentile_business_days(90), Some(9.0));
        assert_eq!(of_days(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).percentile_business_days(90), Some(10.0));
        assert_eq!(of_days(&[1, 30]).percentile_business_days(90), Some(30.0));
    }

    #[test]
    fn rates_are_of_what_there_is() {
        // S1, S2
        let mut counts = ClaimCounts::default();
        assert_eq!((counts.approval_rate(), counts.first_pass_rate()), (None, None));
        counts.add(ClaimStatus::Rejected, 2);
        assert_eq!((counts.approval_rate(), counts.first_pass_rate()), (Some(0.0), None));
        counts.add(ClaimStatus::Approved, 6);
        counts.first_pass = 3;
        assert_eq!((counts.approval_rate(), counts.first_pass_rate(), counts.total()), (Some(0.75), Some(0.5), 8));
    }

    #[test]
    fn a_first_pass_is_approved_and_was_not_asked_before() {
        // S2, X3
        let at = |micros| Timestamp::from_micros(micros).ok();
        assert!(is_first_pass(ClaimStatus::Approved, at(5), None));
        assert!(!is_first_pass(ClaimStatus::Approved, at(5), at(4)));
        assert!(is_first_pass(ClaimStatus::Approved, at(5), at(5)));
        assert!(is_first_pass(ClaimStatus::Approved, at(5), at(6)));
        for status in ClaimStatus::ALL.iter().filter(|status| **status != ClaimStatus::Approved) {
            assert!(!is_first_pass(*status, at(5), None));
        }
    }

    #[test]
    fn periods_are_those_of_the_calendar() {
        // S2: the week of a year's first days may be the year's before, or the year's after.
        let cases = [
            (date(2026, 3, 31), "2026-03", "March 2026", "2026-W14", "Week 14, 2026"),
            (date(2027, 1, 3), "2027-01", "January 2027", "2026-W53", "Week 53, 2026"),
            (date(2024, 12, 30), "2024-12", "December 2024", "2025-W01", "Week 1, 2025"),
        ];
        for (day, month, month_label, week, week_label) in cases {
            let (of_month, of_week) = (Period::Month.first_day(day), Period::Week.first_day(day));
            assert_eq!((Period::Month.key(of_month).as_str(), Period::Week.key(of_week).as_str()), (month, week));
            assert_eq!(Period::Month.label(of_month), month_label);
            assert_eq!(Period::Week.label(of_week), week_label);
        }
        assert_eq!(Period::Week.first_day(date(2027, 1, 3)), date(2026, 12, 28));
    }

    proptest! {
        #[test]
        fn median_and_percentile_are_those_of_the_sorted_list(mut days in prop::collection::vec(0_i64..40, 1..60)) {
            // S1, S2
            let counts = of_days(&days);
            days.sort_unstable();
            let rank = (days.len() * 90).div_ceil(100);
            prop_assert_eq!(counts.percentile_business_days(90), Some(float(days[rank - 1])));
            let middle = f64::midpoint(float(days[(days.len() - 1) / 2]), float(days[days.len() / 2]));
            prop_assert_eq!(counts.median_business_days(), Some(middle));
        }
    }
}
