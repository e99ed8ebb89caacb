use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn policy(zone: &str, holidays: &[Date]) -> Policy {
    Policy {
        time_zone: TimeZone::get(zone).unwrap(),
        time_zone_name: zone.to_owned(),
        holidays: holidays.iter().copied().collect(),
        ..Policy::default()
    }
}

fn due(policy: &Policy, start: &str, term: Term) -> String {
    Calendar::new(policy).due(at(start), term).to_string()
}

#[test]
fn the_examples_of_the_rule_book() {
    // T: 2026-03-02 was a Monday
    let policy = Policy::default();
    for start in ["2026-03-02T00:00:00Z", "2026-03-02T23:59:59.999999Z"] {
        assert_eq!(due(&policy, start, Term::business(5)), "2026-03-10T00:00:00Z");
    }
    for start in ["2026-03-07T08:00:00Z", "2026-03-08T08:00:00Z"] {
        assert_eq!(due(&policy, start, Term::business(5)), "2026-03-14T00:00:00Z"); // after next Friday
    }
    assert_eq!(due(&policy, "2026-03-07T08:00:00Z", Term::calendar(7)), "2026-03-15T00:00:00Z"); // N1
    assert_eq!(due(&policy, "2026-03-02T08:00:00Z", Term::business(10)), "2026-03-17T00:00:00Z"); // T4
}

#[test]
fn holidays_and_weekends_are_no_business_days() {
    // T; the 28th is a Saturday and is left out once only
    let policy = policy("UTC", &[date(2026, 12, 25), date(2026, 12, 28), date(2026, 11, 28), date(2027, 1, 1)]);
    let calendar = Calendar::new(&policy);
    assert!(!calendar.is_business_day(date(2026, 12, 25)));
    assert!(!calendar.is_business_day(date(2026, 12, 26)));
    assert!(!calendar.is_business_day(date(2026, 12, 27)));
    assert!(calendar.is_business_day(date(2026, 12, 29)));
    // over the end of the year
    assert_eq!(due(&policy, "2026-12-24T10:00:00Z", Term::business(5)), "2027-01-06T00:00:00Z");
    assert_eq!(due(&policy, "2026-12-24T10:00:00Z", Term::calendar(7)), "2027-01-01T00:00:00Z");
    assert_eq!(due(&policy, "2026-11-27T10:00:00Z", Term::business(1)), "2026-12-01T00:00:00Z");
    assert_eq!(calendar.business_days_between(at("2026-12-24T23:00:00Z"), at("2027-01-05T00:00:00Z")), 5);
}

#[test]
fn leap_days_count() {
    // T
    let policy = Policy::default();
    assert_eq!(due(&policy, "2028-02-28T10:00:00Z", Term::business(1)), "2028-03-01T00:00:00Z");
    assert_eq!(due(&policy, "2028-02-01T10:00:00Z", Term::calendar(30)), "2028-03-03T00:00:00Z"); // D1
}

#[test]
fn days_are_those_of_the_time_zone() {
    // T: Monday evening in New York is Tuesday in UTC
    let new_york = policy("America/New_York", &[]);
    assert_eq!(due(&new_york, "2026-01-13T03:00:00Z", Term::business(5)), "2026-01-20T05:00:00Z");
    let tokyo = policy("Asia/Tokyo", &[]);
    assert_eq!(due(&tokyo, "2026-01-12T16:00:00Z", Term::business(5)), "2026-01-20T15:00:00Z");
    let (last, over) = (at("2026-01-20T04:59:59Z"), at("2026-01-20T05:00:00Z"));
    assert_eq!(Calendar::new(&new_york).business_days_left(last, over), 0);
    assert_eq!(Calendar::new(&new_york).business_days_left(over, over), -1);
}

#[test]
fn daylight_saving_moves_the_midnight() {
    // T: forward on 2026-03-08, back on 2026-11-01
    let policy = policy("America/New_York", &[]);
    assert_eq!(due(&policy, "2026-03-02T15:00:00Z", Term::business(5)), "2026-03-10T04:00:00Z");
    assert_eq!(due(&policy, "2026-10-27T15:00:00Z", Term::business(5)), "2026-11-04T05:00:00Z");
    assert_eq!(due(&policy, "2026-03-01T15:00:00Z", Term::calendar(7)), "2026-03-09T04:00:00Z"); // N1
    assert_eq!(due(&policy, "2026-10-25T15:00:00Z", Term::calendar(7)), "2026-11-02T05:00:00Z"); // N1
}

#[test]
fn a_midnight_that_is_skipped_or_comes_twice() {
    // T: the day ends when the next one begins, whatever the clocks show then
    let cases = [
        ("America/Sao_Paulo", "2018-10-27T15:00:00Z", 7, "2018-11-04T03:00:00Z"), // 00:00 -> 01:00
        ("Asia/Beirut", "2024-03-23T15:00:00Z", 7, "2024-03-30T22:00:00Z"),       // 00:00 -> 01:00
        ("Asia/Beirut", "2024-10-19T15:00:00Z", 7, "2024-10-26T22:00:00Z"),       // 00:00 -> 23:00
        ("America/Havana", "2024-10-26T15:00:00Z", 7, "2024-11-03T04:00:00Z"),    // 01:00 -> 00:00
        ("Pacific/Apia", "2011-12-22T15:00:00Z", 7, "2011-12-30T10:00:00Z"),      // no 30th at all
    ];
    for (zone, start, days, expected) in cases {
        let policy = policy(zone, &[]);
        let calendar = Calendar::new(&policy);
        let due = calendar.due(at(start), Term::calendar(days));
        assert_eq!(due.to_string(), expected, "{zone}");
        let just_before = Timestamp::from_micros(due.micros() - 1).unwrap();
        assert!(calendar.date(just_before) < calendar.date(due), "{zone}");
        assert!(calendar.business_days_left(just_before, due) >= 0, "{zone}");
        assert_eq!(calendar.business_days_left(due, due), -1, "{zone}");
    }
}

#[test]
fn overdue_is_negative_on_a_weekend_too() {
    // T: the last day was Friday the 6th
    let policy = Policy::default();
    let left = |now| Calendar::new(&policy).business_days_left(at(now), at("2026-03-07T00:00:00Z"));
    assert_eq!(left("2026-03-06T23:59:59Z"), 0);
    assert_eq!(left("2026-03-07T00:00:00Z"), -1);
    assert_eq!(left("2026-03-08T12:00:00Z"), -1);
    assert_eq!(left("2026-03-09T12:00:00Z"), -1);
    assert_eq!(left("2026-03-10T12:00:00Z"), -2);
    assert_eq!(left("2026-03-05T12:00:00Z"), 1);
}

#[test]
fn time_to_decision_counts_business_days() {
    // S1, T4
    let policy = Policy::default();
    let between = |start, end| Calendar::new(&policy).business_days_between(at(start), at(end));
    assert_eq!(between("2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z"), 0);
    assert_eq!(between("2026-03-02T23:00:00Z", "2026-03-03T01:00:00Z"), 1);
    assert_eq!(between("2026-03-06T09:00:00Z", "2026-03-08T09:00:00Z"), 0);
    assert_eq!(between("2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z"), 1);
    assert_eq!(between("2026-03-02T09:00:00Z", "2026-03-16T09:00:00Z"), 10);
    assert_eq!(between("2026-03-16T09:00:00Z", "2026-03-02T09:00:00Z"), 0);
    assert_eq!(between("1969-12-29T09:00:00Z", "1970-01-06T09:00:00Z"), 6);
}

#[test]
fn the_end_of_time_is_the_last_deadline() {
    // T: no panic at either end
    let end = Timestamp::from(jiff::Timestamp::MAX);
    let beginning = Timestamp::from(jiff::Timestamp::MIN);
    for zone in ["UTC", "Pacific/Kiritimati", "America/New_York"] {
        let policy = policy(zone, &[]);
        let calendar = Calendar::new(&policy);
        for term in [Term::business(5), Term::calendar(5), Term::business(u16::MAX), Term::calendar(u16::MAX)] {
            assert_eq!(calendar.due(end, term), end, "{zone}");
            assert!(calendar.due(beginning, term) > beginning, "{zone}");
        }
        assert_eq!(calendar.business_days_left(end, end), -1, "{zone}");
        assert!(calendar.business_days_left(beginning, end) > 2_600_000, "{zone}");
        assert!(calendar.business_days_left(end, beginning) < -2_600_000, "{zone}");
    }
}

#[test]
fn a_calendar_of_holidays_only_does_not_hang() {
    // T
    let first = date(2026, 1, 1);
    let holidays: Vec<Date> = first.series(jiff::Span::new().days(1)).take(MAX_SEARCH_DAYS as usize + 9).collect();
    let policy = policy("UTC", &holidays);
    let calendar = Calendar::new(&policy);
    assert_eq!(calendar.due(at("2026-01-01T00:00:00Z"), Term::business(1)), end_of_time());
    assert_eq!(calendar.business_days_between(at("2026-01-01T00:00:00Z"), at("2126-01-01T00:00:00Z")), 0);
}

const ZONES: [&str; 7] = [
    "UTC",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Europe/Berlin",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
];

/// A policy in one of the zones, with holidays spread over the years of [`instant`].
fn any_policy() -> impl Strategy<Value = Policy> {
    let holiday = (0..12_000_i32).prop_map(|days| date(2000, 1, 1) + jiff::Span::new().days(days));
    (prop::sample::select(ZONES.to_vec()), prop::collection::vec(holiday, 0..400))
        .prop_map(|(zone, holidays)| policy(zone, &holidays))
}

/// From 2000 to 2030.
fn instant() -> impl Strategy<Value = Timestamp> {
    (946_684_800_000_000..1_893_456_000_000_000_i64).prop_map(|micros| Timestamp::from_micros(micros).unwrap())
}

fn any_term() -> impl Strategy<Value = Term> {
    (0..200_u16, any::<bool>()).prop_map(
        |(days, business)| {
            if business { Term::business(days) } else { Term::calendar(days) }
        },
    )
}

proptest! {
    /// T: what was added is what is left, and the last day is a business day.
    #[test]
    fn adding_then_counting_gives_the_days_back(policy in any_policy(), start in instant(), days in 1..200_u16) {
        let calendar = Calendar::new(&policy);
        let due = calendar.due(start, Term::business(days));
        prop_assert_eq!(calendar.business_days_left(start, due), i32::from(days));
        prop_assert!(calendar.is_business_day(calendar.last_day(due)));
        let last = Timestamp::from_micros(due.micros() - 1).unwrap();
        prop_assert_eq!(calendar.business_days_between(start, last), i32::from(days));
        prop_assert_eq!(calendar.business_days_left(last, due), 0);
        prop_assert!(calendar.business_days_left(due, due) < 0);
    }

    /// T: who starts later, or has longer, is never due earlier; a deadline lies after its start.
    #[test]
    fn due_is_monotone(policy in any_policy(), one in instant(), other in instant(), term in any_term()) {
        let calendar = Calendar::new(&policy);
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(calendar.due(early, term) <= calendar.due(late, term));
        let longer = Term { days: term.days + 1, ..term };
        prop_assert!(calendar.due(early, longer) > calendar.due(early, term));
        prop_assert!(calendar.due(early, term) > early);
    }

    /// T: as time goes by, the days left never grow, and are negative exactly when it is too late.
    #[test]
    fn days_left_never_grow(policy in any_policy(), one in instant(), other in instant(), due in instant()) {
        let calendar = Calendar::new(&policy);
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(calendar.business_days_left(early, due) >= calendar.business_days_left(late, due));
        prop_assert_eq!(calendar.business_days_left(early, due) < 0, early >= due);
    }

    /// S1: the arithmetic agrees with counting day by day.
    #[test]
    fn counting_agrees_with_walking(policy in any_policy(), start in instant(), days in 0..400_i32) {
        let calendar = Calendar::new(&policy);
        let from = calendar.date(start);
        let to = from + jiff::Span::new().days(days);
        let walked = from.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= to);
        let expected = walked.filter(|day| calendar.is_business_day(*day)).count();
        prop_assert_eq!(calendar.count(from, to), i32::try_from(expected).unwrap());
        let numbers = calendar.business_day_number(to) - calendar.business_day_number(from);
        prop_assert_eq!(numbers, i64::try_from(expected).unwrap());
        prop_assert_eq!(calendar.date(calendar.start_of(to)), to);
    }
}
