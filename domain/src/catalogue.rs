//! What can be claimed for: activities, programs and channels by solution area, as one table (C2, C3, C4, C4b).

use crate::kinds::{
    Activity::{self, Presales, RevenueAssociation, Usage},
    IncentiveProgram::{self, OsaSell, OsuBusinessApplications, OsuMicrosoft365},
    SolutionArea::{self, BusinessApplications, Microsoft365},
    SubscriptionChannel::{self, VolumeLicensing, WebDirect},
};

/// An activity that is open in a solution area, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityOption {
    /// The solution area.
    pub solution_area: SolutionArea,
    /// The activity.
    pub activity: Activity,
    /// What the partner does, in one sentence.
    pub description: &'static str,
    /// The program that evaluates it (C4); none pays for revenue association.
    pub program: Option<IncentiveProgram>,
    /// The channels through which the customer must have bought (C3).
    pub channels: Vec<SubscriptionChannel>,
    /// Whether an incentive is paid (C2).
    pub pays_incentive: bool,
}

/// One row of the table: area, activity, program and description.
type Row = (SolutionArea, Activity, Option<IncentiveProgram>, &'static str);

/// Every activity that is open, area by area (C2, C4).
const TABLE: &[Row] = &[
    (
        BusinessApplications,
        Presales,
        Some(OsaSell),
        "The partner influenced the customer's decision to buy the product.",
    ),
    (
        BusinessApplications,
        Usage,
        Some(OsuBusinessApplications),
        "The partner drives the customer's adoption and use of the product.",
    ),
    (
        BusinessApplications,
        RevenueAssociation,
        None,
        "The partner influenced the selection as a business influencer. The revenue is recorded; no incentive is paid.",
    ),
    (Microsoft365, Usage, Some(OsuMicrosoft365), "The partner drives the customer's adoption and use of the workload."),
];

/// The channels that count in a solution area (C3).
#[must_use]
pub const fn channels(area: SolutionArea) -> &'static [SubscriptionChannel] {
    match area {
        BusinessApplications => &[VolumeLicensing, WebDirect],
        Microsoft365 => SubscriptionChannel::ALL,
    }
}

fn row(area: SolutionArea, activity: Activity) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.0 == area && row.1 == activity)
}

/// Whether one claim may have this set of activities in the area; order and repetitions do not matter (C4b).
#[must_use]
pub fn allowed(area: SolutionArea, activities: &[Activity]) -> bool {
    let alone = activities.iter().all(|activity| *activity == RevenueAssociation);
    !activities.is_empty()
        && activities.iter().all(|activity| row(area, *activity).is_some())
        && (alone || !activities.contains(&RevenueAssociation))
}

/// The program of one activity (C4); none where it pays nothing or is not open in the area.
#[must_use]
pub fn program(area: SolutionArea, activity: Activity) -> Option<IncentiveProgram> {
    row(area, activity).and_then(|row| row.2)
}

/// The programs of a claim, in the order of the table, each once (C4b).
#[must_use]
pub fn programs(area: SolutionArea, activities: &[Activity]) -> Vec<IncentiveProgram> {
    TABLE.iter().filter(|row| row.0 == area && activities.contains(&row.1)).filter_map(|row| row.2).collect()
}

/// What a partner may choose from, in one area or in all.
#[must_use]
pub fn options(area: Option<SolutionArea>) -> Vec<ActivityOption> {
    let chosen = TABLE.iter().filter(|row| area.is_none_or(|area| row.0 == area));
    let option = |&(solution_area, activity, program, description): &Row| ActivityOption {
        solution_area,
        activity,
        description,
        program,
        channels: channels(solution_area).to_vec(),
        pays_incentive: program.is_some(),
    };
    chosen.map(option).collect()
}

/// The area as people call it.
#[must_use]
pub const fn area_name(area: SolutionArea) -> &'static str {
    match area {
        BusinessApplications => "Business Applications",
        Microsoft365 => "Microsoft 365",
    }
}

/// The program as people call it.
#[must_use]
pub const fn program_name(program: IncentiveProgram) -> &'static str {
    match program {
        OsaSell => "OSA Sell",
        OsuBusinessApplications => "OSU Business Applications",
        OsuMicrosoft365 => "OSU Microsoft 365",
    }
}

/// What may be claimed together in an area, in words, for refusals.
#[must_use]
pub const fn activities_in_words(area: SolutionArea) -> &'static str {
    match area {
        BusinessApplications => "Presales, Usage or both, or Revenue association alone",
        Microsoft365 => "Usage",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of activities, as the bits of a number.
    fn sets() -> impl Iterator<Item = Vec<Activity>> {
        (0..8_usize).map(|bits| {
            Activity::ALL
                .iter()
                .enumerate()
                .filter(|(place, _)| bits >> place & 1 == 1)
                .map(|(_, activity)| *activity)
                .collect()
        })
    }

    #[test]
    fn only_the_sets_of_the_rule_book_are_allowed() {
        // C4b
        let open = |area| sets().filter(|set| allowed(area, set)).collect::<Vec<_>>();
        assert_eq!(open(Microsoft365), [vec![Usage]]);
        assert_eq!(
            open(BusinessApplications),
            [vec![Presales], vec![Usage], vec![Presales, Usage], vec![RevenueAssociation]]
        );
        assert!(allowed(BusinessApplications, &[Usage, Presales, Usage]));
        assert!(allowed(BusinessApplications, &[RevenueAssociation, RevenueAssociation]));
    }

    #[test]
    fn programs_follow_from_area_and_activity() {
        // C4
        assert_eq!(programs(BusinessApplications, &[Usage, Presales, Usage]), [OsaSell, OsuBusinessApplications]);
        assert_eq!(programs(BusinessApplications, &[RevenueAssociation]), []);
        assert_eq!(programs(Microsoft365, &[Usage, Presales]), [OsuMicrosoft365]);
        assert_eq!(program(Microsoft365, Presales), None);
        assert_eq!(program(BusinessApplications, Presales), Some(OsaSell));
    }

    #[test]
    fn options_tell_channels_and_pay() {
        // C2, C3
        let all = options(None);
        assert_eq!(all.len(), 4);
        assert_eq!(options(Some(Microsoft365)), all[3..]);
        for option in &all {
            assert_eq!(option.pays_incentive, option.activity != RevenueAssociation);
            assert_eq!(option.channels.contains(&SubscriptionChannel::Csp), option.solution_area == Microsoft365);
            assert!(option.channels.contains(&VolumeLicensing) && option.channels.contains(&WebDirect));
        }
    }
}
