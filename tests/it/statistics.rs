//! Statistics by group (S2), against a model: the claims as they are listed, grouped and counted by plain Rust.

use std::collections::BTreeMap;

use domain::{calendar::Calendar, policy::Policy, time::Timestamp};
use serde_json::{Value, json};

use crate::support::{Backend, Caller, Settings, World, both, program};

both!(
    groups_are_those_of_a_model_for_every_side,
    groups_that_tell_too_much_are_empty,
    a_first_pass_is_an_approval_that_nobody_asked_before,
    the_report_prints_the_same_figures,
);

both!(Settings { policy: far_east(), ..Settings::default() } => the_calendar_can_be_read);

/// A policy with a time zone and a holiday.
fn far_east() -> Policy {
    Policy {
        time_zone: jiff::tz::TimeZone::get("Pacific/Auckland").unwrap(),
        time_zone_name: "Pacific/Auckland".to_owned(),
        holidays: ["2026-12-25".parse().unwrap()].into(),
        ..Policy::default()
    }
}

async fn the_calendar_can_be_read(world: &World) {
    // T: by any token, since everybody has deadlines.
    for caller in [&world.partner, &world.reviewer, &world.customer, &world.sync] {
        let calendar = &caller.query("{ calendar { timeZone holidays } }").await["calendar"];
        assert_eq!(calendar, &json!({ "timeZone": "Pacific/Auckland", "holidays": ["2026-12-25"] }));
    }
}

/// Claims in every stage, submitted over some months.
async fn many(world: &World) {
    world.draft().await;
    for number in 1..=3 {
        let claim = world.review(&world.submitted_on(&world.partner, number).await).await;
        world.advance_days(u64::from(number) * 3);
        world.approve(&claim).await;
    }
    let asked = world.ask(&world.review(&world.submitted_on(&world.partner, 4).await).await).await;
    world.advance_days(2);
    world.approve(&world.respond(&asked).await).await;
    world.advance_days(23);
    let rival = world.submitted_on(&world.rival, 5).await;
    world.second_reviewer.act("startReview", &rival, json!({})).await.done();
    world.reject(&world.review(&world.submitted_on(&world.partner, 6).await).await).await;
    world.approved().await;
    world.advance_days(8);
    let withdrawn = world.submitted_on(&world.rival, 7).await;
    world.rival.act("withdrawClaim", &withdrawn, json!({ "detail": "Wrong location." })).await.done();
    world.submitted_on(&world.partner, 8).await;
    world.advance_days(9);
}

const GROUPS: [&str; 7] = ["MONTH", "WEEK", "PARTNER", "PRODUCT", "REVIEWER", "REJECTION_REASON", "SOLUTION_AREA"];

const FIGURES: &str =
    "total overdue approvalRate medianBusinessDaysToDecision p90BusinessDaysToDecision byStatus { status count }";

/// What a claim is grouped by.
fn keys(claim: &Value, by: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned).into_iter().collect::<Vec<_>>();
    let day = || claim["submittedAt"].as_str().map(|at| at[..10].parse::<jiff::civil::Date>().unwrap());
    match by {
        "MONTH" => day().map(|day| format!("{:04}-{:02}", day.year(), day.month())).into_iter().collect(),
        "WEEK" => {
            let week = day().map(jiff::civil::ISOWeekDate::from);
            week.map(|week| format!("{:04}-W{:02}", week.year(), week.week())).into_iter().collect()
        }
        "PARTNER" => text(&claim["partner"]["id"]),
        "PRODUCT" => {
            let lines = claim["lines"].as_array().unwrap();
            let mut ids: Vec<String> = lines.iter().flat_map(|line| text(&line["product"]["id"])).collect();
            ids.sort();
            ids.dedup();
            ids
        }
        "REVIEWER" => text(&claim["reviewer"]["subject"]),
        "REJECTION_REASON" => text(&claim["rejection"]["reason"]),
        _ => text(&claim["solutionArea"]),
    }
}

/// The figures over claims, as the API shows them.
fn figures(claims: &[&Value]) -> Value {
    let policy = Policy::default();
    let calendar = Calendar::new(&policy);
    let count = |status: &str| claims.iter().filter(|claim| claim["status"] == status).count();
    let at = |value: &Value| value.as_str().map(|at| at.parse::<Timestamp>().unwrap());
    let mut days: Vec<f64> = claims
        .iter()
        .filter_map(|claim| at(&claim["submittedAt"]).zip(at(&claim["decidedAt"])))
        .map(|(from, to)| calendar.business_days_between(from, to).into())
        .collect();
    days.sort_by(f64::total_cmp);
    let middle = |place: usize| days.get(place).copied();
    let median = middle(days.len().saturating_sub(1) / 2).zip(middle(days.len() / 2));
    let p90 = (days.len() * 90).div_ceil(100).checked_sub(1).and_then(middle);
    let (approved, rejected) = (count("APPROVED"), count("REJECTED"));
    #[expect(clippy::cast_precision_loss, reason = "a few claims")]
    let rate = (approved + rejected > 0).then(|| approved as f64 / (approved + rejected) as f64);
    let statuses = ["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED", "REJECTED"];
    let by_status: Vec<Value> =
        statuses.iter().map(|status| json!({ "status": status, "count": count(status) })).collect();
    json!({
        "total": claims.len(),
        "overdue": claims.iter().filter(|claim| claim["deadline"]["state"] == "OVERDUE").count(),
        "approvalRate": rate,
        "medianBusinessDaysToDecision": median.map(|(low, high)| f64::midpoint(low, high)),
        "p90BusinessDaysToDecision": p90,
        "byStatus": by_status,
    })
}

async fn groups_are_those_of_a_model_for_every_side(world: &World) {
    // S1, S2
    many(world).await;
    for caller in [&world.partner, &world.rival, &world.lead, &world.customer, &world.sync] {
        let claims = "{ claims(first: 100) { nodes { status submittedAt decidedAt solutionArea partner { id } lines { product { id } } \
            reviewer { subject } rejection { reason } deadline { state } } } }";
        let seen = caller.query(claims).await["claims"]["nodes"].as_array().unwrap().clone();
        for by in GROUPS {
            let query =
                format!("{{ claimStatistics(groupBy: {by}) {{ {FIGURES} groups {{ key label from {FIGURES} }} }} }}");
            let answer = caller.query(&query).await["claimStatistics"].clone();
            let mut expected: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
            for claim in &seen {
                for key in keys(claim, by) {
                    expected.entry(key).or_default().push(claim);
                }
            }
            let groups = answer["groups"].as_array().unwrap();
            let found: BTreeMap<String, &Value> =
                groups.iter().map(|group| (group["key"].as_str().unwrap().to_owned(), group)).collect();
            let (names, wanted): (Vec<_>, Vec<_>) = (found.keys().collect(), expected.keys().collect());
            assert_eq!(names, wanted, "{by} for {}", caller.subject);
            for (key, claims) in &expected {
                let mut group = (*found[key]).clone();
                let label = group["label"].take();
                assert!(!label.as_str().unwrap().is_empty(), "{key}");
                assert_eq!(group["from"].is_null(), !["MONTH", "WEEK"].contains(&by), "{key}");
                for field in ["key", "label", "from"] {
                    group.as_object_mut().unwrap().remove(field);
                }
                assert_eq!(group, figures(claims), "{by} {key} for {}", caller.subject);
            }
            let mut whole = answer.clone();
            whole.as_object_mut().unwrap().remove("groups");
            assert_eq!(whole, figures(&seen.iter().collect::<Vec<_>>()), "{by} for {}", caller.subject);
        }
    }
    // Periods begin at midnight and are in the order of time; a filter counts.
    let query =
        "{ claimStatistics(filter: { status: APPROVED }, groupBy: MONTH) { total groups { key label from total } } }";
    let answer = world.lead.query(query).await;
    assert_eq!(
        answer["claimStatistics"],
        json!({ "total": 5, "groups": [
            { "key": "2026-03", "label": "March 2026", "from": "2026-03-01T00:00:00Z", "total": 4 },
            { "key": "2026-04", "label": "April 2026", "from": "2026-04-01T00:00:00Z", "total": 1 },
        ] })
    );
}

async fn groups_that_tell_too_much_are_empty(world: &World) {
    // S2, A3
    world.rejected().await;
    let approved = world.submitted_on(&world.partner, 1).await;
    world.approve(&world.review(&approved).await).await;
    let groups = async |caller: &Caller, by: &str| {
        let query = format!("{{ claimStatistics(groupBy: {by}) {{ firstPassRate groups {{ firstPassRate }} }} }}");
        let answer = caller.query(&query).await["claimStatistics"].clone();
        (answer["groups"].as_array().unwrap().len(), answer["firstPassRate"].clone())
    };
    assert_eq!(groups(&world.reviewer, "REVIEWER").await, (1, json!(1.0)));
    assert_eq!(groups(&world.partner, "REVIEWER").await, (0, json!(1.0)));
    assert_eq!(groups(&world.customer, "REVIEWER").await, (0, Value::Null));
    assert_eq!(groups(&world.customer, "REJECTION_REASON").await.0, 0);
    assert_eq!(groups(&world.partner, "REJECTION_REASON").await.0, 1);
    assert_eq!(groups(&world.sync, "MONTH").await, (0, Value::Null));
    // Without groupBy there are no groups.
    let answer = world.reviewer.query("{ claimStatistics { groups { key } } }").await;
    assert_eq!(answer["claimStatistics"]["groups"], json!([]));
}

async fn a_first_pass_is_an_approval_that_nobody_asked_before(world: &World) {
    // S2
    let query = "{ claimStatistics(groupBy: SOLUTION_AREA) { firstPassRate groups { firstPassRate } } }";
    let rate = async || {
        let answer = world.lead.query(query).await["claimStatistics"].clone();
        let group = answer["groups"].as_array().unwrap().first().map(|group| group["firstPassRate"].clone());
        assert!(group.is_none_or(|group| group == answer["firstPassRate"]));
        answer["firstPassRate"].clone()
    };
    assert_eq!(rate().await, Value::Null);
    world.approved().await;
    assert_eq!(rate().await, json!(1.0));
    let asked = world.ask(&world.review(&world.submitted_on(&world.partner, 1).await).await).await;
    world.advance_days(1);
    let answered = world.respond(&asked).await;
    assert_eq!(rate().await, json!(1.0), "it is not approved yet");
    world.approve(&answered).await;
    assert_eq!(rate().await, json!(0.5));
    // X3: an incumbent is asked after its approval.
    world.advance_days(1);
    world.submitted_by(&world.rival).await;
    let incumbent =
        world.lead.query("{ claims(filter: { inArbitration: true, status: APPROVED }) { nodes { id } } }").await;
    let incumbent = incumbent["claims"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    let incumbent = world.lead.claim(&incumbent).await.unwrap();
    let input = json!({ "reasons": ["OTHER"], "message": "What do you say?" });
    world.lead.act("requestPartnerAction", &incumbent, input).await.done();
    assert_eq!(rate().await, json!(0.5));
}

async fn the_report_prints_the_same_figures(world: &World) {
    // S2, B4
    many(world).await;
    let database = &world.server.database;
    let report = |options: &[&str]| program::on(database, &[&["report"], options].concat());
    let whole = report(&[]);
    let lines: Vec<&str> = whole.done().lines().collect();
    assert_eq!(lines.len(), 2, "{whole:?}");
    assert!(lines[0].starts_with("key  label") && lines[1].starts_with("all  All claims"), "{whole:?}");
    let csv = report(&["--group-by", "month", "--format", "csv"]);
    let rows: Vec<Vec<&str>> = csv.done().lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][..4], ["key", "label", "total", "submitted"]);
    let query = "{ claimStatistics(groupBy: MONTH) { groups { key label total } } }";
    let answer = world.auditor.query(query).await;
    let groups = answer["claimStatistics"]["groups"].as_array().unwrap();
    assert_eq!(rows.len(), groups.len() + 1);
    for (row, group) in rows[1..].iter().zip(groups) {
        assert_eq!(json!([row[0], row[1], row[2]]), json!([group["key"], group["label"], group["total"].to_string()]));
    }
    let json: Value = serde_json::from_str(report(&["--group-by", "partner", "--format", "json"]).done()).unwrap();
    let query = "{ claimStatistics(groupBy: PARTNER) { total firstPassRate groups { label total firstPassRate approvalRate } } }";
    let answer = world.auditor.query(query).await["claimStatistics"].clone();
    assert_eq!((&json["total"], &json["firstPassRate"]), (&answer["total"], &answer["firstPassRate"]));
    assert_eq!(json["groups"].as_array().unwrap().len(), answer["groups"].as_array().unwrap().len());
    for (printed, group) in json["groups"].as_array().unwrap().iter().zip(answer["groups"].as_array().unwrap()) {
        for field in ["label", "total", "firstPassRate", "approvalRate"] {
            assert_eq!(printed[field], group[field], "{field}");
        }
    }
    assert!(report(&["--group-by", "colour"]).failed(2).contains("month"));
}

/// Months and weeks go by the policy's time zone, in which a claim of the last evening of a month may be of the next.
async fn periods_follow_the_time_zone(backend: Backend) {
    // S2
    let world = World::start(backend, Settings { policy: far_east(), ..Settings::default() }).await;
    // 2026-03-31T09:00Z is still March in Auckland; three hours later it is April.
    world.advance_days(29);
    world.submitted_on(&world.partner, 1).await;
    world.advance(std::time::Duration::from_hours(3));
    world.submitted_on(&world.partner, 2).await;
    let query = "{ claimStatistics(groupBy: MONTH) { groups { key from total } } }";
    let answer = world.lead.query(query).await;
    assert_eq!(
        answer["claimStatistics"]["groups"],
        json!([
            { "key": "2026-03", "from": "2026-02-28T11:00:00Z", "total": 1 },
            { "key": "2026-04", "from": "2026-03-31T11:00:00Z", "total": 1 },
        ])
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn periods_follow_the_time_zone_on_sqlite() {
    periods_follow_the_time_zone(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn periods_follow_the_time_zone_on_postgres() {
    periods_follow_the_time_zone(Backend::Postgres).await;
}
