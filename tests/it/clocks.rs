//! Deadlines as time passes (T), by a clock that the tests move. Every test begins on Monday, 2 March 2026, at nine.

use std::time::Duration;

use cpor::{app::App, documents::Documents, store::Db};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Caller, Claim, World, both, directory::*, ids};

both!(
    a_review_that_does_not_start_is_overdue,
    a_late_decision_is_overdue_and_nothing_else,
    in_arbitration_the_decision_may_take_longer,
    silence_of_the_partner_rejects,
    an_answer_in_the_last_second_counts,
    the_target_moves_nothing,
    the_clock_goes_forward_only,
    anybody_with_a_token_moves_the_clock,
    what_falls_due_on_the_way_happens_in_order_of_time,
    the_queue_is_a_query,
    claims_are_found_by_when_they_are_due,
    a_closed_dispute_window_is_nobodys_work,
    customers_learn_nothing_of_clocks,
    several_servers_fire_a_clock_once,
);

/// When five business days from the Monday are over.
const TUESDAY: &str = "2026-03-10T00:00:00Z";

async fn overdue(world: &World) -> Vec<String> {
    let seen = world
        .lead
        .query("{ claims(filter: { overdue: true }) { totalCount nodes { id } } claimStatistics { overdue } }")
        .await;
    let ids: Vec<_> = seen["claims"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        (&seen["claims"]["totalCount"], &seen["claimStatistics"]["overdue"]),
        (&json!(ids.len()), &json!(ids.len()))
    );
    ids
}

/// The running deadline: its kind, its state, and the business days left.
fn deadline(claim: &Claim) -> (&str, &str, i64) {
    let deadline = claim.field("deadline");
    (
        deadline["kind"].as_str().unwrap(),
        deadline["state"].as_str().unwrap(),
        deadline["businessDaysLeft"].as_i64().unwrap(),
    )
}

/// Asserts that exactly this entry was written by the clock, and when.
async fn fired_once(world: &World, claim: &Claim, action: &str, at: &str) {
    let told = world.told(claim, action).await;
    assert_eq!(told.len(), 1, "{action}: {told:?}");
    assert_eq!((&told[0]["at"], &told[0]["actor"]["kind"]), (&json!(at), &json!("SYSTEM")), "{action}");
}

async fn a_review_that_does_not_start_is_overdue(world: &World) {
    // T1
    let claim = world.submitted().await;
    assert_eq!(deadline(&claim), ("START_REVIEW", "ON_TRACK", 5));
    world.later("P4D").await;
    assert_eq!(deadline(&world.seen(&claim).await), ("START_REVIEW", "AT_RISK", 1));
    world.later("P3DT14H59M59S").await;
    assert_eq!(deadline(&world.seen(&claim).await), ("START_REVIEW", "AT_RISK", 0));
    assert!(overdue(world).await.is_empty() && world.told(&claim, "DEADLINE_MISSED").await.is_empty());
    // At `dueAt` it is too late.
    assert_eq!(world.later("PT1S").await, TUESDAY);
    let late = world.seen(&claim).await;
    assert_eq!(deadline(&late), ("START_REVIEW", "OVERDUE", -1));
    assert_eq!((late.status(), late.version()), ("SUBMITTED", claim.version()));
    assert_eq!(overdue(world).await, [claim.id()]);
    world.later("P30D").await;
    fired_once(world, &claim, "DEADLINE_MISSED", TUESDAY).await;
    // Begun late, the next clock starts from now and can be missed in its turn.
    let reviewed = world.review(&claim).await;
    assert_eq!(deadline(&reviewed), ("DECIDE", "ON_TRACK", 5));
    assert!(overdue(world).await.is_empty());
    world.later("P10D").await;
    assert_eq!(world.told(&claim, "DEADLINE_MISSED").await.len(), 2);
}

async fn a_late_decision_is_overdue_and_nothing_else(world: &World) {
    // T2
    let claim = world.under_review().await;
    world.later("P8D").await;
    let late = world.seen(&claim).await;
    assert_eq!(deadline(&late), ("DECIDE", "OVERDUE", -1));
    assert_eq!((late.status(), late.version()), ("UNDER_REVIEW", claim.version()));
    assert_eq!(overdue(world).await, [claim.id()]);
    fired_once(world, &claim, "DEADLINE_MISSED", TUESDAY).await;
    // The partner sees it, too; a customer sees no clocks.
    assert_eq!(deadline(&world.partner.claim(claim.id()).await.unwrap()).1, "OVERDUE");
    assert_eq!(world.approve(&late).await.status(), "APPROVED");
    assert!(overdue(world).await.is_empty());
}

async fn in_arbitration_the_decision_may_take_longer(world: &World) {
    // T2, X4
    let (mine, theirs) = world.contested().await;
    assert_eq!(mine.field("decisionDueAt"), "2026-03-17T00:00:00Z");
    world.later("P9D").await;
    for claim in [&mine, &theirs] {
        assert_eq!(deadline(&world.seen(claim).await), ("DECIDE", "EXTENDED", -2));
        assert!(world.told(claim, "DEADLINE_MISSED").await.is_empty());
    }
    assert!(overdue(world).await.is_empty());
    let told = world.comments(&world.partner, &mine).await;
    assert!(told.iter().any(|(who, body)| who == "SYSTEM" && body.contains("longer")), "{told:?}");
    // Settled: the reviewers have their five days from now, and the target waits as long as the arbitration did (T4).
    world.withdraw(&world.rival, &theirs).await;
    let mine = world.seen(&mine).await;
    assert_eq!(deadline(&mine), ("DECIDE", "ON_TRACK", 5));
    assert_eq!(mine.field("deadline")["dueAt"], "2026-03-19T00:00:00Z");
    assert_eq!(mine.field("decisionDueAt"), "2026-03-26T00:00:00Z");
    world.later("P8D").await;
    fired_once(world, &mine, "DEADLINE_MISSED", "2026-03-19T00:00:00Z").await;
}

async fn silence_of_the_partner_rejects(world: &World) {
    // T3
    let claim = world.action_requested().await;
    assert_eq!((claim.field("deadline")["dueAt"].as_str(), deadline(&claim).0), (Some(TUESDAY), "PARTNER_RESPONSE"));
    world.later("P20D").await;
    let rejected = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!((rejected.status(), rejected.version()), ("REJECTED", claim.version() + 1));
    let rejection = rejected.field("rejection");
    assert_eq!((&rejection["reason"], &rejection["rejectedAt"]), (&json!("NO_PARTNER_RESPONSE"), &json!(TUESDAY)));
    assert_eq!(rejected.field("decidedAt"), TUESDAY);
    // D1: it may be disputed, for 30 days from then.
    assert_eq!(rejection["disputableUntil"], "2026-04-10T00:00:00Z");
    fired_once(world, &claim, "REJECTED", TUESDAY).await;
    let entry = &world.told(&claim, "REJECTED").await[0];
    assert_eq!((&entry["fromStatus"], &entry["toStatus"]), (&json!("PARTNER_ACTION_REQUIRED"), &json!("REJECTED")));
    assert_eq!(world.dispute(&rejected).await.status(), "UNDER_REVIEW");
}

async fn an_answer_in_the_last_second_counts(world: &World) {
    // T3
    let claim = world.action_requested().await;
    assert_eq!(world.later("P7DT14H59M59S").await, "2026-03-09T23:59:59Z");
    assert_eq!(world.respond(&claim).await.status(), "UNDER_REVIEW");
    world.later("PT2S").await;
    assert_eq!(world.seen(&claim).await.status(), "UNDER_REVIEW");
    assert!(world.told(&claim, "REJECTED").await.is_empty());
}

async fn the_target_moves_nothing(world: &World) {
    // T4
    let claim = world.submitted().await;
    assert_eq!(claim.field("decisionDueAt"), "2026-03-17T00:00:00Z");
    world.later("P10D").await;
    let claim = world.review(&claim).await;
    let entries = world.history(&claim).await.len();
    world.later("P4DT15H").await;
    assert_eq!((world.history(&claim).await.len(), world.seen(&claim).await.status()), (entries, "UNDER_REVIEW"));
    let approved = world.approve(&claim).await;
    assert_eq!(approved.field("decisionDueAt"), "2026-03-17T00:00:00Z");
    // S1: business days from submission to decision, a rate of what was approved.
    let figures = world.lead.query("{ claimStatistics { approvalRate medianBusinessDaysToDecision } }").await;
    assert_eq!(figures["claimStatistics"], json!({ "approvalRate": 1.0, "medianBusinessDaysToDecision": 11.0 }));
}

async fn the_clock_goes_forward_only(world: &World) {
    // T5
    for by in ["", "P0D", "PT0S", "-P1D", "P-1D", "7 days", "a week", "P", "P21Y", "P99999999Y", "\u{0}", "2026-04-01"]
    {
        let answer = world.lead.mutate("advanceClock", json!({ "by": by })).await;
        assert_eq!(answer.problems(), ["INVALID_VALUE"], "{by:?}: {}", answer.text);
        assert_eq!(answer.problem("INVALID_VALUE")["field"], json!(["by"]), "{by:?}");
        assert_eq!(answer.payload()["now"], "2026-03-02T09:00:00Z", "{by:?}");
    }
    for (by, now) in [
        ("PT36H", "2026-03-03T21:00:00Z"),
        ("P1W", "2026-03-10T21:00:00Z"),
        ("P1M", "2026-04-10T21:00:00Z"),
        ("P1DT0.5S", "2026-04-11T21:00:00.5Z"),
        ("P1Y", "2027-04-11T21:00:00.5Z"),
    ] {
        assert_eq!(world.later(by).await, now, "{by}");
    }
}

async fn anybody_with_a_token_moves_the_clock(world: &World) {
    // T5
    for caller in
        [&world.partner, &world.user, &world.reviewer, &world.lead, &world.auditor, &world.sync, &world.customer]
    {
        let answer = caller.mutate("advanceClock", json!({ "by": "PT1H" })).await;
        assert!(answer.problems().is_empty(), "{}", caller.subject);
    }
    let powerless = world.server.caller(json!({ "roles": ["AUDITOR"], "scope": "" }));
    assert_eq!(
        powerless.mutate("advanceClock", json!({ "by": "PT1H" })).await.payload()["now"],
        "2026-03-02T17:00:00Z"
    );
    let nobody = world.anonymous.mutate("advanceClock", json!({ "by": "PT1H" })).await;
    assert_eq!(nobody.errors(), ["UNAUTHENTICATED"]);
}

/// A subscription like Contoso's to Sales, but with an end.
fn ending(at: &str) -> Value {
    let mut row = subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "ACTIVE");
    row["endsAt"] = json!(at);
    row
}

async fn what_falls_due_on_the_way_happens_in_order_of_time(world: &World) {
    // T5, N4, I2: one move over everything; each happened at its own instant.
    let approved = world.approved().await; // consent: 10 March; its subscription ends later
    world.load("upsertSubscriptions", vec![ending("2026-03-20T12:34:56Z")]).await;
    let number = world.review(&world.submitted_on(&world.partner, 1).await).await;
    let silent = world
        .reviewer
        .act("requestPartnerAction", &number, json!({ "reasons": ["OTHER"], "message": "?" }))
        .await
        .done();
    world.later("P1D").await;
    let waiting = world.submitted_on(&world.partner, 2).await; // to be begun by 11 March
    world.later("P1D").await;
    let undecided = world.review(&world.submitted_on(&world.rival, 3).await).await; // to be decided by 12 March
    world.later("P60D").await;
    let query = "{ history(last: 8) { nodes { action at actor { kind } claim { id } } } }";
    let seen = world.auditor.query(query).await;
    let nodes = seen["history"]["nodes"].as_array().unwrap();
    let found: Vec<_> = nodes
        .iter()
        .filter(|node| node["actor"]["kind"] == "SYSTEM")
        .map(|node| {
            (node["claim"]["id"].as_str().unwrap(), node["action"].as_str().unwrap(), node["at"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        found,
        [
            (approved.id(), "CONSENT_LAPSED", TUESDAY),
            (approved.id(), "SENT_FOR_EVALUATION", TUESDAY),
            (silent.id(), "REJECTED", TUESDAY),
            (waiting.id(), "DEADLINE_MISSED", "2026-03-11T00:00:00Z"),
            (undecided.id(), "DEADLINE_MISSED", "2026-03-12T00:00:00Z"),
            (approved.id(), "ASSOCIATION_ENDED", "2026-03-20T12:34:56Z"),
        ]
    );
}

/// The ids of the claims that a query of the caller's lists.
async fn listed(caller: &Caller, query: &str) -> Vec<String> {
    let seen = caller.query(query).await;
    let nodes = seen["claims"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

fn by_due_time(direction: &str) -> String {
    format!("{{ claims(orderBy: {{ field: DUE_AT, direction: {direction} }}) {{ nodes {{ id }} }} }}")
}

/// Three claims whose clocks run out one after the other, and a draft, which has none.
async fn queue(world: &World) -> ([Claim; 3], Claim) {
    let first = world.submitted_on(&world.partner, 1).await;
    let draft = world.draft_on(&world.partner, 2).await;
    world.later("P2D").await;
    let second = world.review(&world.submitted_on(&world.rival, 3).await).await;
    world.later("P1D").await;
    let third = world.submitted_on(&world.partner, 4).await;
    ([first, second, third], draft)
}

async fn the_queue_is_a_query(world: &World) {
    // T1, T2: by what is due first; claims without a clock come last.
    let ([first, second, third], draft) = queue(world).await;
    assert_eq!(listed(&world.lead, &by_due_time("ASC")).await, [first.id(), second.id(), third.id()]);
    assert_eq!(listed(&world.lead, &by_due_time("DESC")).await, [third.id(), second.id(), first.id()]);
    assert_eq!(listed(&world.partner, &by_due_time("ASC")).await, [first.id(), third.id(), draft.id()]);
}

async fn claims_are_found_by_when_they_are_due(world: &World) {
    // T1, T2
    let ([first, second, _], _) = queue(world).await;
    let due = |from: &str, before: &str| {
        format!("{{ claims(filter: {{ dueAt: {{ from: \"{from}\", before: \"{before}\" }} }}) {{ nodes {{ id }} }} }}")
    };
    assert_eq!(listed(&world.lead, &due(TUESDAY, "2026-03-12T00:00:00Z")).await, [first.id()]);
    assert_eq!(listed(&world.lead, &due("2026-03-10T00:00:01Z", "2026-03-12T00:00:01Z")).await, [second.id()]);
}

async fn a_closed_dispute_window_is_nobodys_work(world: &World) {
    // D3, T1: without a clock the claim is last in the queue, and not overdue.
    let ([first, second, third], _) = queue(world).await;
    let rejected = world.reject(&second).await;
    world.later("P60D").await;
    let mut late = overdue(world).await;
    late.sort();
    let mut expected = [first.id().to_owned(), third.id().to_owned()];
    expected.sort();
    assert_eq!(late, expected);
    assert_eq!(world.seen(&rejected).await.field("deadline"), &Value::Null);
    assert_eq!(listed(&world.lead, "{ claims(filter: { overdue: false }) { nodes { id } } }").await, [rejected.id()]);
    assert_eq!(listed(&world.lead, &by_due_time("ASC")).await.last().map(String::as_str), Some(rejected.id()));
}

async fn customers_learn_nothing_of_clocks(world: &World) {
    // A3
    let approved = world.approved().await;
    let customer = &world.customer;
    assert_eq!(listed(customer, "{ claims { nodes { id } } }").await, [approved.id()]);
    let on_time = listed(customer, "{ claims(filter: { overdue: false }) { nodes { id } } }").await;
    assert_eq!(on_time, Vec::<String>::new());
    assert_eq!(
        customer.query("{ claimStatistics { overdue total } }").await["claimStatistics"],
        json!({ "overdue": 0, "total": 1 })
    );
    let contested = format!(
        "{{ claims(filter: {{ productId: \"{}\", inArbitration: false }}) {{ totalCount }} }}",
        ids::of_product(SALES)
    );
    assert_eq!(customer.query(&contested).await["claims"]["totalCount"], 0);
}

async fn several_servers_fire_a_clock_once(world: &World) {
    // T5: eight servers on one database, all at once.
    let mut claims = Vec::new();
    for number in 1..=6 {
        claims.push(world.submitted_on(&world.partner, number).await);
    }
    let silent = world.action_requested().await;
    let approved = world.approve(&world.review(&world.submitted_on(&world.rival, 7).await).await).await;
    let mut servers = Vec::new();
    for _ in 0..8 {
        let db = Db::connect(&world.server.database.url).await.unwrap();
        let documents = Documents::open(&format!("file://{}", world.server.documents.display())).unwrap();
        servers.push(App::new(db, world.server.clock.clone(), world.server.app.policy().clone(), documents, None));
    }
    world.advance(Duration::from_hours(20 * 24));
    let runs = join_all(servers.iter().map(App::settle)).await;
    assert!(runs.iter().all(Result::is_ok), "{runs:?}");
    for claim in &claims {
        assert_eq!(world.told(claim, "DEADLINE_MISSED").await.len(), 1);
    }
    assert_eq!(world.told(&silent, "REJECTED").await.len(), 1);
    assert_eq!(world.seen(&silent).await.version(), silent.version() + 1);
    for action in ["CONSENT_LAPSED", "SENT_FOR_EVALUATION"] {
        assert_eq!(world.told(&approved, action).await.len(), 1, "{action}");
    }
}
