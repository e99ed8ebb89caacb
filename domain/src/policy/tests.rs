use serde_json::json;

use super::*;

fn read(file: serde_json::Value) -> Result<Policy, String> {
    let file: PolicyFile = serde_json::from_value(file).map_err(|error| error.to_string())?;
    Policy::try_from(file).map_err(|error| error.to_string())
}

#[test]
fn an_empty_file_is_the_rule_book() {
    let policy = read(json!({})).unwrap();
    assert_eq!(policy, Policy::default());
    assert_eq!((policy.time_zone_name.as_str(), policy.holidays.len()), ("UTC", 0)); // T
    let term = |kind| policy.deadlines.term(kind);
    assert_eq!(term(DeadlineKind::StartReview), Term::business(5)); // T1
    assert_eq!(term(DeadlineKind::Decide), Term::business(5)); // T2
    assert_eq!(term(DeadlineKind::PartnerResponse), Term::business(5)); // T3
    assert_eq!(policy.deadlines.decision_target, Term::business(10)); // T4
    assert_eq!(term(DeadlineKind::Consent), Term::calendar(7)); // N1
    assert_eq!(term(DeadlineKind::DisputeWindow), Term::calendar(30)); // D1
    assert_eq!(term(DeadlineKind::AnswerDispute), Term::business(5)); // D2
    assert_eq!(policy.documents.max_size_bytes(), 26_214_400); // P1
    assert_eq!(policy.documents.max_per_claim, 20); // P1
}

#[test]
fn a_file_changes_what_it_names_and_nothing_else() {
    let policy = read(json!({
        "time_zone": "europe/berlin",
        "holidays": ["2026-12-25", { "$__toml_private_datetime": "2026-12-26" }, "2026-12-25"],
        "deadlines": {
            "consent": { "days": 5, "kind": "business" }, // N1: the older overview's
            "decide": { "days": 3 },
            "dispute_window": { "kind": "business" },
        },
        "documents": { "max_per_claim": 1000 },
    }))
    .unwrap();
    assert_eq!(policy.time_zone_name, "Europe/Berlin");
    assert_eq!(policy.time_zone.iana_name(), Some("Europe/Berlin"));
    let holidays: Vec<String> = policy.holidays.iter().map(ToString::to_string).collect();
    assert_eq!(holidays, ["2026-12-25", "2026-12-26"]);
    let expected = Deadlines {
        consent: Term::business(5),
        decide: Term::business(3),
        dispute_window: Term::business(30),
        ..Deadlines::default()
    };
    assert_eq!(policy.deadlines, expected);
    assert_eq!(policy.documents, DocumentPolicy { max_size_mib: 25, max_per_claim: 1000 });
}

#[test]
fn the_bounds_are_inclusive() {
    for (days, max_size_mib, max_per_claim) in [(1, 1, 1), (3660, 1024, 1000)] {
        let policy = read(json!({
            "deadlines": { "start_review": { "days": days } },
            "documents": { "max_size_mib": max_size_mib, "max_per_claim": max_per_claim },
        }))
        .unwrap();
        assert_eq!(policy.deadlines.start_review.days, days);
        assert_eq!(policy.documents, DocumentPolicy { max_size_mib, max_per_claim });
    }
}

#[test]
fn a_wrong_value_is_named_with_its_key() {
    let cases = [
        (json!({ "time_zone": "Mars/Olympus" }), "time_zone: \"Mars/Olympus\" is not a known"),
        (json!({ "time_zone": "" }), "time_zone: \"\" is not a known"),
        (json!({ "time_zone": "Etc/Unknown" }), "time_zone: \"Etc/Unknown\" is not a known"),
        (
            json!({ "deadlines": { "consent": { "days": 0 } } }),
            "deadlines.consent.days: 0 is out of range; use 1 to 3660",
        ),
        (json!({ "deadlines": { "decide": { "days": 3661 } } }), "deadlines.decide.days: 3661 is out of range"),
        (json!({ "deadlines": { "decide": { "days": -1 } } }), "deadlines.decide.days: -1 is out of range"),
        (json!({ "deadlines": { "decide": { "days": i64::MAX } } }), "is out of range; use 1 to 3660"),
        (json!({ "documents": { "max_size_mib": 0 } }), "documents.max_size_mib: 0 is out of range; use 1 to 1024"),
        (json!({ "documents": { "max_size_mib": 1025 } }), "documents.max_size_mib: 1025"),
        (json!({ "documents": { "max_per_claim": 0 } }), "documents.max_per_claim: 0"),
        (
            json!({ "documents": { "max_per_claim": 1001 } }),
            "documents.max_per_claim: 1001 is out of range; use 1 to 1000",
        ),
        (json!({ "deadlines": { "decide": { "days": 5, "kind": "working" } } }), "unknown variant `working`"),
        (json!({ "deadlines": { "decide": 5 } }), "expected a table like { days = 5, kind = \"business\" }"),
        (json!({ "deadlines": { "decision": {} } }), "unknown field `decision`"),
        (json!({ "timezone": "UTC" }), "unknown field `timezone`"),
        (json!({ "deadlines": { "decide": { "day": 5 } } }), "unknown field `day`"),
        (json!({ "documents": { "max": 5 } }), "unknown field `max`"),
    ];
    for (file, expected) in cases {
        let error = read(file.clone()).unwrap_err();
        assert!(error.contains(expected), "{file}: {error}");
    }
}

#[test]
fn a_holiday_is_a_plain_date() {
    for text in ["2026-02-29", "2026-1-1", "2026-W53-1", "2026-12-25T10:00:00", "25.12.2026", "+2026-1-01", ""] {
        for holiday in [json!(text), json!({ "$__toml_private_datetime": text })] {
            let error = read(json!({ "holidays": [holiday] })).unwrap_err();
            assert!(error.contains("is not a date like 2026-12-25"), "{text}: {error}");
        }
    }
    for holiday in [json!(20_261_225), json!({ "date": "2026-12-25" }), json!({})] {
        assert!(read(json!({ "holidays": [holiday] })).unwrap_err().contains("a date like 2026-12-25"));
    }
}
