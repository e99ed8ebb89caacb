//! Counts of the claims of one group, from which its statistics are computed (S1, S2).

use std::{collections::BTreeMap, fmt::Display};

use domain::{
    calendar::Calendar,
    kinds::{ClaimStatus, SolutionArea},
    statistics::ClaimCounts,
};
use jiff::civil::{Date, date};

use super::counted::CountedClaim;
use crate::store::{StoreError, claims::ClaimFilter};

/// The kinds of groups whose counts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) enum Group {
    /// One group with all claims.
    All,
    /// The claims that were submitted on the same day of the vendor's.
    Day,
    /// A partner's.
    Partner,
    /// With this product.
    Product,
    /// Assigned to this reviewer.
    Reviewer,
    /// Rejected for this reason.
    RejectionReason,
}

impl Group {
    const ALL: [Self; 6] = [Self::All, Self::Day, Self::Partner, Self::Product, Self::Reviewer, Self::RejectionReason];

    pub(in crate::store) const fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Day => "DAY",
            Self::Partner => "PARTNER",
            Self::Product => "PRODUCT",
            Self::Reviewer => "REVIEWER",
            Self::RejectionReason => "REJECTION_REASON",
        }
    }
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) struct Member {
    pub(in crate::store) group: Group,
    pub(in crate::store) name: String,
}

const EPOCH: Date = date(1970, 1, 1);

impl Member {
    pub(super) fn of(group: Group, name: impl Display) -> Self {
        Self { group, name: name.to_string() }
    }

    /// The group that is stored so.
    pub(in crate::store) fn read(kind: &str, name: String) -> Option<Self> {
        let group = Group::ALL.into_iter().find(|group| group.as_str() == kind)?;
        Some(Self { group, name })
    }

    /// The group of all claims.
    pub(in crate::store) fn all() -> Self {
        Self::of(Group::All, "")
    }

    pub(super) fn day(day: Date) -> Self {
        Self::of(Group::Day, (day - EPOCH).get_days())
    }
}

/// The day of a [`Group::Day`] with this name.
pub(super) fn day_of(name: &str) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(name.parse::<i64>().ok()?).ok()?).ok()
}

/// What claims are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) area: SolutionArea,
    pub(super) status: ClaimStatus,
    /// The business days from its submission to its decision.
    pub(super) days: Option<i32>,
}

/// How many claims there are of each kind, and how many of these nobody had asked to act before their approval.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Counts(BTreeMap<Cell, (i64, i64)>);

/// A cell as it is stored: days, claims, first passes.
type Stored = BTreeMap<SolutionArea, BTreeMap<ClaimStatus, Vec<(Option<i32>, i64, i64)>>>;

impl Counts {
    /// Adds a claim so many times: 1, or -1 to take it away.
    pub(super) fn add(&mut self, cell: Cell, passed_first: bool, times: i64) {
        let (claims, first_passes) = self.0.entry(cell).or_default();
        *claims += times;
        *first_passes += if passed_first { times } else { 0 };
        if (*claims, *first_passes) == (0, 0) {
            self.0.remove(&cell);
        }
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds other counts to these.
    pub(in crate::store) fn merge(&mut self, other: &Self) {
        for (cell, (claims, first_passes)) in &other.0 {
            let mine = self.0.entry(*cell).or_default();
            *mine = (mine.0 + claims, mine.1 + first_passes);
            if *mine == (0, 0) {
                self.0.remove(cell);
            }
        }
    }

    /// As they are stored.
    pub(in crate::store) fn to_text(&self) -> Result<String, StoreError> {
        let mut stored = Stored::new();
        for (Cell { area, status, days }, (claims, first_passes)) in &self.0 {
            stored.entry(*area).or_default().entry(*status).or_default().push((*days, *claims, *first_passes));
        }
        serde_json::to_string(&stored).map_err(|_| corrupt("counts"))
    }

    /// Reads what [`Self::to_text`] wrote.
    pub(in crate::store) fn from_text(text: &str) -> Result<Self, StoreError> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| corrupt(text))?;
        let mut counts = BTreeMap::new();
        for (area, by_status) in stored {
            for (status, by_days) in by_status {
                for (days, claims, first_passes) in by_days {
                    counts.insert(Cell { area, status, days }, (claims, first_passes));
                }
            }
        }
        Ok(Self(counts))
    }

    /// Adds what the filter leaves to the counts of a group; it may ask for statuses and an area.
    pub(super) fn add_to(&self, counts: &mut ClaimCounts, filter: &ClaimFilter) {
        let natural = super::super::keyset::natural;
        for (cell, (claims, first_passes)) in &self.0 {
            let is_left = filter.status.as_ref().is_none_or(|statuses| statuses.contains(&cell.status))
                && filter.solution_area.is_none_or(|area| area == cell.area);
            if is_left {
                counts.add(cell.status, natural(*claims));
                if let Some(days) = cell.days {
                    counts.add_decided(days.into(), natural(*claims));
                }
                counts.first_pass += natural(*first_passes);
            }
        }
    }

    /// The same by area.
    pub(super) fn by_area(&self) -> BTreeMap<SolutionArea, Self> {
        let mut parts: BTreeMap<SolutionArea, Self> = BTreeMap::new();
        for (cell, counted) in &self.0 {
            parts.entry(cell.area).or_default().0.insert(*cell, *counted);
        }
        parts
    }
}

/// Counts by group.
pub(in crate::store) type CountsByMember = BTreeMap<Member, Counts>;

/// Adds the claims to their groups so many times: those of one kind, or of every kind.
pub(in crate::store) fn count<'a>(
    counts: &mut CountsByMember,
    claims: impl IntoIterator<Item = &'a CountedClaim>,
    times: i64,
    of: Option<Group>,
    calendar: &Calendar<'_>,
) {
    for claim in claims {
        for member in claim.members(of, calendar) {
            counts.entry(member).or_default().add(claim.cell(calendar), claim.passed_first(), times);
        }
    }
}

fn corrupt(text: &str) -> StoreError {
    StoreError::Corrupt("claim_figures", text.chars().take(200).collect())
}
