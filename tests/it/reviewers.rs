//! The vendor's reviewers (R1-R4): known, assigned, relieved, absent.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Caller, Claim, World, both};

both!(
    reviewers_are_loaded_or_learned,
    a_review_is_assigned_to_an_active_reviewer_only,
    an_own_review_is_handed_back,
    all_reviews_of_one_reviewer_move_at_once,
    while_a_reviewer_is_absent_the_deputy_acts,
    only_the_vendor_sees_reviewers,
);

const REVIEWERS: &str = "query($active: Boolean, $search: String) { reviewers(active: $active, search: $search) \
    { totalCount nodes { id subject name email active lead openReviews absence { deputy { subject } } } } }";

async fn reviewers(caller: &Caller, variables: Value) -> Value {
    caller.graphql(REVIEWERS, variables).await.data()["reviewers"].clone()
}

fn subjects(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().unwrap().iter().map(|node| node["subject"].as_str().unwrap()).collect()
}

async fn assign(caller: &Caller, claim: &Claim, subject: Option<&str>) -> crate::support::Answer {
    caller.act("assignReviewer", claim, json!({ "reviewerSubject": subject })).await
}

/// The subject of the reviewer who is assigned, as the lead sees it.
async fn assigned(world: &World, claim: &Claim) -> Value {
    let query = "query($id: ID!) { claim(id: $id) { reviewer { subject name active openReviews } } }";
    world.lead.graphql(query, json!({ "id": claim.id() })).await.data()["claim"]["reviewer"].clone()
}

async fn load(world: &World, subject: &str, active: bool) {
    let row = json!({ "subject": subject, "name": subject, "lead": false, "active": active });
    world.load("upsertReviewers", vec![row]).await;
}

async fn reviewers_are_loaded_or_learned(world: &World) {
    // R1
    let known = reviewers(&world.lead, json!({})).await;
    assert_eq!(subjects(&known), ["lena@vendor.example", "ravi@vendor.example", "rita@vendor.example"]);
    assert_eq!((&known["totalCount"], &known["nodes"][0]["lead"]), (&json!(3), &json!(true)));
    let newcomer = world.server.caller(json!({ "sub": "nora@vendor.example", "name": "Nora", "roles": ["REVIEWER"] }));
    newcomer.query("{ viewer { subject } }").await;
    let found = reviewers(&world.lead, json!({ "search": "nora" })).await;
    assert_eq!((&found["nodes"][0]["name"], &found["nodes"][0]["active"]), (&json!("Nora"), &json!(true)));
    // An auditor is none, and the directory has the last word.
    world.auditor.query("{ viewer { subject } }").await;
    assert_eq!(reviewers(&world.lead, json!({})).await["totalCount"], 4);
    let rows = json!([
        { "subject": "nora@vendor.example", "name": "Nora North", "email": "nora@vendor.example", "locale": "sv", "lead": false, "active": false },
        { "subject": "new@vendor.example", "name": "New", "lead": true, "active": true },
        { "subject": "bad@vendor.example", "name": "Bad", "email": "nowhere", "lead": true, "active": true },
        { "subject": "bad@vendor.example", "name": "Bad", "locale": "s v", "lead": true, "active": true },
    ]);
    let loaded = world.sync.mutate("upsertReviewers", json!({ "rows": rows })).await.payload().clone();
    assert_eq!((&loaded["inserted"], &loaded["updated"]), (&json!(1), &json!(1)), "{loaded}");
    assert_eq!(loaded["problems"].as_array().unwrap().len(), 2, "{loaded}");
    let again = world
        .sync
        .mutate(
            "upsertReviewers",
            json!({ "rows": [
        { "subject": "nora@vendor.example", "name": "Nora North", "lead": false, "active": false }] }),
        )
        .await;
    assert_eq!(again.payload()["unchanged"], 1, "what is left out stays: {}", again.text);
    newcomer.query("{ viewer { subject } }").await;
    let idle = reviewers(&world.lead, json!({ "active": false })).await;
    assert_eq!(
        (subjects(&idle), &idle["nodes"][0]["email"]),
        (vec!["nora@vendor.example"], &json!("nora@vendor.example"))
    );
    let id = idle["nodes"][0]["id"].clone();
    let node = "query($id: ID!) { node(id: $id) { id ... on Reviewer { name } } }";
    let named = world.lead.graphql(node, json!({ "id": id })).await.data().clone();
    assert_eq!(named["node"], json!({ "id": id, "name": "Nora North" }));
    assert!(world.partner.graphql(node, json!({ "id": id })).await.data()["node"].is_null(), "A4");
}

async fn a_review_is_assigned_to_an_active_reviewer_only(world: &World) {
    // R2
    let claim = world.submitted().await;
    load(world, "left@vendor.example", false).await;
    for unfit in ["adam@vendor.example", "rita@vendor.exmple", "left@vendor.example", "ann@alpine.example"] {
        let answer = assign(&world.lead, &claim, Some(unfit)).await;
        assert_eq!(answer.problem("INVALID_VALUE")["field"], json!(["reviewerSubject"]), "{unfit}");
    }
    let claim = assign(&world.lead, &claim, Some("ravi@vendor.example")).await.done();
    let ravi = json!({ "subject": "ravi@vendor.example", "name": "Ravi Reviewer", "active": true, "openReviews": 1 });
    assert_eq!(assigned(world, &claim).await, ravi);
    let claim = assign(&world.lead, &claim, None).await.done();
    assert_eq!(assigned(world, &claim).await, Value::Null);
    assign(&world.lead, &claim, None).await.refused_for("INVALID_VALUE");
}

async fn an_own_review_is_handed_back(world: &World) {
    // R2
    let claim = world.submitted().await;
    let claim = assign(&world.reviewer, &claim, Some("rita@vendor.example")).await.done();
    assert_eq!(assign(&world.second_reviewer, &claim, None).await.refused(), ["NOT_ALLOWED"]);
    assert_eq!(assign(&world.reviewer, &claim, Some("ravi@vendor.example")).await.refused(), ["NOT_ALLOWED"]);
    let claim = assign(&world.reviewer, &claim, None).await.done();
    assert_eq!(assigned(world, &claim).await, Value::Null);
    assert_eq!(assign(&world.reviewer, &claim, None).await.refused(), ["INVALID_VALUE"]);
}

async fn all_reviews_of_one_reviewer_move_at_once(world: &World) {
    // R3
    let mut claims = Vec::new();
    for number in 1..=3 {
        let claim = world.submitted_on(&world.partner, number).await;
        claims.push(world.reviewer.act("startReview", &claim, json!({})).await.done());
    }
    // Rita gave the rejection that is disputed: she may not decide it (D2).
    let rejected = json!({ "reason": "INSUFFICIENT_POE", "detail": "No signature." });
    let disputed = world.reviewer.act("rejectClaim", &claims.remove(0), rejected).await.done();
    let disputed =
        world.partner.act("disputeClaim", &disputed, json!({ "justification": "It is there." })).await.done();
    let disputed = assign(&world.lead, &disputed, Some("ravi@vendor.example")).await.done();
    let input =
        json!({ "fromSubject": "rita@vendor.example", "toSubject": "ravi@vendor.example", "idempotencyKey": "k" });
    assert_eq!(world.reviewer.mutate("reassignReviews", input.clone()).await.errors(), ["FORBIDDEN"]);
    let moved = world.lead.mutate("reassignReviews", input.clone()).await;
    assert_eq!(moved.payload()["moved"].as_array().unwrap().len(), 2, "{}", moved.text);
    // J1
    assert_eq!(world.lead.mutate("reassignReviews", input).await.payload(), moved.payload());
    for claim in &claims {
        assert_eq!(assigned(world, claim).await["subject"], "ravi@vendor.example");
        let history =
            "query($id: ID!) { claim(id: $id) { history(last: 1) { nodes { action changes { field after } } } } }";
        let last = world.lead.graphql(history, json!({ "id": claim.id() })).await.data()["claim"]["history"]["nodes"]
            [0]
        .clone();
        assert_eq!(
            (&last["action"], &last["changes"][0]["after"]),
            (&json!("ASSIGNED"), &json!("ravi@vendor.example"))
        );
    }
    let back = json!({ "fromSubject": "ravi@vendor.example", "toSubject": "rita@vendor.example" });
    let back = world.lead.mutate("reassignReviews", back).await.payload().clone();
    assert_eq!((back["moved"].as_array().unwrap().len(), &back["left"][0]["claim"]["id"]), (2, &json!(disputed.id())));
    assert_eq!(back["left"][0]["problem"]["code"], "NOT_ALLOWED");
    let nobody = json!({ "fromSubject": "ravi@vendor.example" });
    assert_eq!(world.lead.mutate("reassignReviews", nobody).await.payload()["moved"].as_array().unwrap().len(), 1);
    assert_eq!(assigned(world, &disputed).await, Value::Null);
    for (to, field) in [("rita@vendor.example", "toSubject"), ("nobody", "toSubject")] {
        let refused = world
            .lead
            .mutate("reassignReviews", json!({ "fromSubject": "rita@vendor.example", "toSubject": to }))
            .await;
        assert_eq!(refused.payload()["problems"][0]["field"], json!([field]), "{to}");
    }
}

async fn while_a_reviewer_is_absent_the_deputy_acts(world: &World) {
    // R4
    let claim = world.submitted_on(&world.partner, 1).await;
    let ritas = world.reviewer.act("startReview", &claim, json!({})).await.done();
    let ask = json!({ "reasons": ["OTHER"], "message": "Please sign it." });
    world.second_reviewer.act("requestPartnerAction", &ritas, ask.clone()).await.refused_for("NOT_ALLOWED");
    let absence = json!({ "reviewerSubject": "rita@vendor.example", "from": "2026-03-02T00:00:00Z",
        "until": "2026-03-05T00:00:00Z", "deputySubject": "ravi@vendor.example" });
    world.second_reviewer.mutate("setReviewerAbsence", absence.clone()).await.refused_for("NOT_ALLOWED");
    let set = world.reviewer.mutate("setReviewerAbsence", absence).await;
    assert_eq!(set.payload()["reviewer"]["absence"]["deputy"]["subject"], "ravi@vendor.example", "{}", set.text);
    // What would be assigned to Rita goes to Ravi, and history says for whom; the partner learns of neither.
    let fresh = world.submitted_on(&world.partner, 2).await;
    let fresh = assign(&world.lead, &fresh, Some("rita@vendor.example")).await.done();
    assert_eq!(assigned(world, &fresh).await["subject"], "ravi@vendor.example");
    let history =
        "query($id: ID!) { claim(id: $id) { history(last: 1) { nodes { action changes { field after } note } } } }";
    let last = async |caller: &Caller, claim: &Claim| {
        caller.graphql(history, json!({ "id": claim.id() })).await.data()["claim"]["history"]["nodes"][0].clone()
    };
    let told = json!({ "field": "actingFor", "after": "Rita Reviewer" });
    assert!(last(&world.lead, &fresh).await["changes"].as_array().unwrap().contains(&told));
    assert_eq!(last(&world.partner, &fresh).await["changes"], json!([]));
    // The deputy acts on what Rita has.
    let asked = world.second_reviewer.act("requestPartnerAction", &ritas, ask.clone()).await.done();
    assert!(last(&world.lead, &asked).await["changes"].as_array().unwrap().contains(&told));
    // An absent deputy's own deputy is not asked.
    let ravis = json!({ "reviewerSubject": "ravi@vendor.example", "from": "2026-03-02T00:00:00Z",
        "until": "2026-03-04T00:00:00Z", "deputySubject": "lena@vendor.example" });
    assert_eq!(world.lead.mutate("setReviewerAbsence", ravis).await.payload()["problems"], json!([]));
    let third = world.submitted_on(&world.partner, 3).await;
    let third = assign(&world.lead, &third, Some("rita@vendor.example")).await.done();
    assert_eq!(assigned(world, &third).await, Value::Null);
    for (input, field) in [
        (json!({ "from": "2026-03-05T00:00:00Z", "until": "2026-03-04T00:00:00Z" }), "until"),
        (json!({ "from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z" }), "until"),
        (json!({ "from": "2026-03-05T00:00:00Z" }), "from"),
        (json!({ "deputySubject": "ravi@vendor.example" }), "from"),
        (
            json!({ "from": "2026-03-02T00:00:00Z", "until": "2026-03-05T00:00:00Z", "deputySubject": "rita@vendor.example" }),
            "deputySubject",
        ),
        (
            json!({ "from": "2026-03-02T00:00:00Z", "until": "2026-03-05T00:00:00Z", "deputySubject": "nobody" }),
            "deputySubject",
        ),
    ] {
        let mut whole = input.clone();
        whole["reviewerSubject"] = json!("rita@vendor.example");
        let refused = world.reviewer.mutate("setReviewerAbsence", whole).await;
        assert_eq!(refused.problem("INVALID_VALUE")["field"], json!([field]), "{input}");
    }
    // It is over by itself, or when Rita is back.
    let responded = world.partner.act("respondToReview", &asked, json!({ "message": "Signed." })).await.done();
    world.server.clock.advance(Duration::from_hours(72));
    world.second_reviewer.act("requestPartnerAction", &responded, ask).await.refused_for("NOT_ALLOWED");
    let back = world.reviewer.mutate("setReviewerAbsence", json!({ "reviewerSubject": "rita@vendor.example" })).await;
    assert_eq!(back.payload()["reviewer"]["absence"], Value::Null, "{}", back.text);
}

async fn only_the_vendor_sees_reviewers(world: &World) {
    // A4
    for caller in [&world.partner, &world.customer] {
        let seen = reviewers(caller, json!({})).await;
        assert_eq!((&seen["totalCount"], &seen["nodes"]), (&json!(0), &json!([])));
        let refused = caller.mutate("reassignReviews", json!({ "fromSubject": "rita@vendor.example" })).await;
        assert_eq!(refused.errors(), ["FORBIDDEN"]);
        let refused = caller.mutate("setReviewerAbsence", json!({ "reviewerSubject": "rita@vendor.example" })).await;
        assert_eq!(refused.errors(), ["FORBIDDEN"]);
    }
}
