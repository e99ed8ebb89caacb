//! After approval: the customer's consent (N), the evaluation (I1), subscriptions that end (I2), and what the customer sees
//! (A3).

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Caller, Claim, World, both, directory::*, ids};

both!(
    approval_asks_the_customer,
    the_customer_declines,
    a_declined_claim_is_rejected_with_all_that_hung_on_it,
    a_declined_claim_is_not_disputed_but_made_anew,
    only_the_customer_declines,
    declining_needs_the_current_version_and_a_readable_reason_on_an_approved_claim,
    a_claim_is_declined_once,
    silence_is_consent,
    at_the_last_instant_it_is_too_late,
    microsoft_365_is_evaluated_by_tenant,
    revenue_is_recorded_and_not_sent,
    what_was_sent_stays_as_it_was_sent,
    a_claim_that_ends_in_the_window_is_never_sent,
    the_customer_sees_its_own_and_nobody_elses_business,
    an_expired_subscription_ends_its_association,
    a_subscription_ends_by_its_date,
    an_end_within_the_window_leaves_nothing_to_send,
);

/// When the seven days from the Monday are over.
const TUESDAY: &str = "2026-03-10T00:00:00Z";

fn association(claim: &Claim) -> &Value {
    &claim.field("lines")[0]["association"]
}

async fn approval_asks_the_customer(world: &World) {
    // N1, N2, I1
    let claim = world.approved().await;
    let asked = json!({ "status": "PENDING", "requestedAt": "2026-03-02T09:00:00Z", "declineUntil": TUESDAY, "settledAt": null });
    assert_eq!((claim.status(), claim.field("consent")), ("APPROVED", &asked));
    assert_eq!(
        (&claim.field("deadline")["kind"], &claim.field("deadline")["dueAt"]),
        (&json!("CONSENT"), &json!(TUESDAY))
    );
    let evaluation = claim.field("evaluation");
    assert_eq!((&evaluation["status"], &evaluation["sentAt"]), (&json!("WAITING_FOR_CONSENT"), &Value::Null));
    assert_eq!(association(&claim)["official"], false);
    assert_eq!(world.told(&claim, "CONSENT_REQUESTED").await.len(), 1);
    let notices = world.notices(&claim).await;
    // M1: the customer is asked, the partner told of the decision.
    assert_eq!(notices.len(), 2, "{notices:?}");
    for word in ["CUSTOMER: ", claim.field("number").as_str().unwrap(), "declineConsent", TUESDAY] {
        assert!(notices[0].contains(word), "{word} in {notices:?}");
    }
    let seen = world.customer.claim(claim.id()).await.unwrap();
    assert_eq!((seen.field("consent"), seen.actions()), (&asked, vec!["DECLINE_CONSENT"]));
}

/// An approved claim, and the same declined by its customer three days later.
async fn declined(world: &World) -> (Claim, Claim) {
    let claim = world.approved().await;
    world.later("P3D").await;
    let answer = world.customer.act("declineConsent", &claim, json!({ "reason": "We do not know them." })).await;
    (claim, answer.done())
}

async fn the_customer_declines(world: &World) {
    // N3
    let (claim, declined) = declined(world).await;
    assert_eq!((declined.status(), declined.version()), ("REJECTED", claim.version() + 1));
    let consent = declined.field("consent");
    assert_eq!((&consent["status"], &consent["settledAt"]), (&json!("DECLINED"), &json!("2026-03-05T09:00:00Z")));
    // A3: what a mutation answers is what the customer sees anyway.
    assert_eq!((declined.field("rejection"), declined.field("evaluation")), (&Value::Null, &Value::Null));
    assert_eq!(world.told(&claim, "CONSENT_DECLINED").await[0]["actor"]["kind"], "CUSTOMER");
}

async fn a_declined_claim_is_rejected_with_all_that_hung_on_it(world: &World) {
    // N3
    let (claim, _) = declined(world).await;
    let seen = world.partner.claim(claim.id()).await.unwrap();
    let rejection = seen.field("rejection");
    assert_eq!((&rejection["reason"], &rejection["disputableUntil"]), (&json!("CUSTOMER_DECLINED"), &Value::Null));
    assert_eq!(rejection["detail"], "We do not know them.");
    assert_eq!((&seen.field("evaluation")["status"], seen.field("deadline")), (&json!("CANCELLED"), &Value::Null));
    assert_eq!(association(&seen)["endedAt"], "2026-03-05T09:00:00Z");
    assert!(world.live_associations().await.is_empty());
    // Nothing lapses afterwards.
    world.later("P30D").await;
    assert!(world.told(&claim, "CONSENT_LAPSED").await.is_empty());
}

async fn a_declined_claim_is_not_disputed_but_made_anew(world: &World) {
    // N3, D3
    let (claim, _) = declined(world).await;
    let seen = world.partner.claim(claim.id()).await.unwrap();
    let refused = world.partner.act("disputeClaim", &seen, json!({ "justification": "Please." })).await;
    assert_eq!(refused.refused(), ["NOT_DISPUTABLE"]);
    assert!(refused.problem("NOT_DISPUTABLE")["remedy"].as_str().unwrap().contains("new claim"), "{}", refused.text);
    assert!(world.notices(&claim).await[2].contains("new claim"));
    world.later("P30D").await;
    assert_eq!(world.approved().await.status(), "APPROVED");
}

async fn only_the_customer_declines(world: &World) {
    // N3, A3, A4
    let claim = world.approved().await;
    for caller in [&world.partner, &world.rival, &world.reviewer, &world.lead, &world.auditor] {
        assert_eq!(caller.act("declineConsent", &claim, json!({})).await.errors(), ["FORBIDDEN"], "{}", caller.subject);
    }
    assert_eq!(world.other_customer.act("declineConsent", &claim, json!({})).await.refused(), ["NOT_FOUND"]);
    let reader =
        world.server.caller(json!({ "roles": ["CUSTOMER_ADMIN"], "scope": "claims:read", "tenant_id": CONTOSO }));
    assert_eq!(reader.act("declineConsent", &claim, json!({})).await.errors(), ["FORBIDDEN"]);
}

async fn declining_needs_the_current_version_and_a_readable_reason_on_an_approved_claim(world: &World) {
    // N3, L11, L13, A3
    let claim = world.approved().await;
    let stale = Claim(json!({ "id": claim.id(), "version": claim.version() - 1 }));
    assert_eq!(world.customer.act("declineConsent", &stale, json!({})).await.refused(), ["VERSION_CONFLICT"]);
    assert_eq!(
        world.customer.act("declineConsent", &claim, json!({ "reason": "bell\u{7}" })).await.refused(),
        ["INVALID_VALUE"]
    );
    // One that is not approved yet is not there.
    let waiting = world.submitted_by(&world.rival).await;
    assert_eq!(world.customer.act("declineConsent", &waiting, json!({})).await.refused(), ["NOT_FOUND"]);
}

async fn a_claim_is_declined_once(world: &World) {
    // N3, J1: the same again is the same answer; without the key it is too late.
    let claim = world.approved().await;
    let keyed = json!({ "idempotencyKey": "decline-1" });
    let first = world.customer.act("declineConsent", &claim, keyed.clone()).await.done();
    assert_eq!(world.customer.act("declineConsent", &claim, keyed).await.done().version(), first.version());
    assert_eq!(world.customer.act("declineConsent", &first, json!({})).await.refused(), ["WRONG_STATUS"]);
}

async fn silence_is_consent(world: &World) {
    // N4, I1
    let claim = world.approved().await;
    world.later("P60D").await;
    let lapsed = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!(lapsed.status(), "APPROVED");
    let consent = lapsed.field("consent");
    assert_eq!((&consent["status"], &consent["settledAt"]), (&json!("GRANTED_BY_LAPSE"), &json!(TUESDAY)));
    assert_eq!((&association(&lapsed)["official"], lapsed.field("deadline")), (&json!(true), &Value::Null));
    let sent = json!({ "status": "SENT", "programs": ["OSA_SELL", "OSU_BUSINESS_APPLICATIONS"], "sentAt": TUESDAY,
        "tenantId": null, "subscriptionIds": [CONTOSO_SALES] });
    assert_eq!(lapsed.field("evaluation"), &sent);
    for action in ["CONSENT_LAPSED", "SENT_FOR_EVALUATION"] {
        let told = world.told(&claim, action).await;
        assert_eq!(told.len(), 1, "{action}");
        assert_eq!((&told[0]["at"], &told[0]["actor"]["kind"]), (&json!(TUESDAY), &json!("SYSTEM")), "{action}");
    }
    // The record that can be exported is one row, whatever happens to the claim.
    world.partner.comment(claim.id(), "Thank you.", "SHARED").await.claim();
    let records = "SELECT status || ' ' || programs || ' ' || subscription_ids FROM evaluation";
    assert_eq!(
        world.server.database.read(records).await,
        [format!("SENT OSA_SELL OSU_BUSINESS_APPLICATIONS {CONTOSO_SALES}")]
    );
    assert_eq!(world.customer.act("declineConsent", &lapsed, json!({})).await.refused(), ["CONSENT_WINDOW_CLOSED"]);
    assert_eq!(world.customer.claim(claim.id()).await.unwrap().actions(), Vec::<&str>::new());
}

async fn at_the_last_instant_it_is_too_late(world: &World) {
    // N1, N4: at `declineUntil` it is too late, also before the server has come to write it down.
    let claim = world.approved().await;
    assert_eq!(world.later("P7DT14H59M59S").await, "2026-03-09T23:59:59Z");
    assert_eq!(world.customer.claim(claim.id()).await.unwrap().actions(), ["DECLINE_CONSENT"]);
    world.advance(Duration::from_secs(1));
    assert_eq!(world.customer.claim(claim.id()).await.unwrap().actions(), Vec::<&str>::new());
    let refused = world.customer.act("declineConsent", &claim, json!({})).await;
    assert_eq!(refused.refused(), ["CONSENT_WINDOW_CLOSED"]);
    assert!(refused.problem("CONSENT_WINDOW_CLOSED")["remedy"].as_str().is_some());
}

fn microsoft_365(world: &World, caller: &Caller) -> Value {
    let mut input = world.input_of(caller);
    input["solutionArea"] = json!("MICROSOFT_365");
    input["activities"] = json!(["USAGE"]);
    input["lines"] =
        json!([{ "productId": ids::of_product(EXCHANGE_2) }, { "productId": ids::of_product(EXCHANGE_1) }]);
    input
}

async fn microsoft_365_is_evaluated_by_tenant(world: &World) {
    // I1, C4
    let claim = world.submit_input(&world.partner, microsoft_365(world, &world.partner)).await;
    let claim = world.approve(&world.review(&claim).await).await;
    world.later("P8D").await;
    let sent = json!({ "status": "SENT", "programs": ["OSU_MICROSOFT_365"], "sentAt": TUESDAY, "tenantId": CONTOSO, "subscriptionIds": [] });
    assert_eq!(world.partner.claim(claim.id()).await.unwrap().field("evaluation"), &sent);
    assert_eq!(world.live_associations().await.len(), 2);
    // I2 is about Dynamics: a workload does not hang on one subscription.
    world
        .load(
            "upsertSubscriptions",
            vec![subscription(CONTOSO_EXCHANGE_2, CONTOSO, EXCHANGE_2, "WEB_DIRECT", "EXPIRED")],
        )
        .await;
    assert_eq!(world.live_associations().await.len(), 2);
}

async fn revenue_is_recorded_and_not_sent(world: &World) {
    // I1, C4b
    let mut input = world.input_of(&world.partner);
    input["activities"] = json!(["REVENUE_ASSOCIATION"]);
    input["solutionSeller"] = json!("Sam Seller");
    input["partnerSolution"] = json!("Ledger");
    let claim = world.submit_input(&world.partner, input).await;
    let claim = world.approve(&world.review(&claim).await).await;
    world.later("P8D").await;
    let evaluation = world.partner.claim(claim.id()).await.unwrap().field("evaluation").clone();
    assert_eq!(
        (&evaluation["status"], &evaluation["programs"], &evaluation["sentAt"]),
        (&json!("REVENUE_ONLY"), &json!([]), &Value::Null)
    );
    assert_eq!(evaluation["subscriptionIds"], json!([CONTOSO_SALES]));
}

async fn what_was_sent_stays_as_it_was_sent(world: &World) {
    // I1: the partner finds the payment by it, whatever became of the association.
    let claim = world.approved().await;
    world.later("P8D").await;
    let sent = world.partner.claim(claim.id()).await.unwrap();
    world.withdraw(&world.partner, &sent).await;
    assert!(world.live_associations().await.is_empty());
    assert_eq!(world.partner.claim(claim.id()).await.unwrap().field("evaluation"), sent.field("evaluation"));
}

async fn a_claim_that_ends_in_the_window_is_never_sent(world: &World) {
    // N4, I1, L9
    let claim = world.approved().await;
    let gone = world.withdraw(&world.partner, &claim).await;
    assert_eq!(gone.field("evaluation")["status"], "CANCELLED");
    world.later("P30D").await;
    for action in ["CONSENT_LAPSED", "SENT_FOR_EVALUATION"] {
        assert!(world.told(&claim, action).await.is_empty(), "{action}");
    }
    assert_eq!(world.seen(&claim).await.field("evaluation")["sentAt"], Value::Null);
    assert_eq!(world.customer.act("declineConsent", &gone, json!({})).await.refused(), ["WRONG_STATUS"]);
}

async fn the_customer_sees_its_own_and_nobody_elses_business(world: &World) {
    // A3: from approval on, with consent; no arbitration, no outcome, no evaluation, no deadline but its own.
    let (mine, theirs) = world.incumbent().await;
    let asked = json!({ "reasons": ["OTHER"], "message": "A word to the incumbent." });
    let mine = world.reviewer.act("requestPartnerAction", &mine, asked).await.done();
    let seen = world.customer.claim(mine.id()).await.unwrap();
    assert_eq!((seen.field("consent"), seen.field("arbitrations")), (mine.field("consent"), &json!([])));
    for field in
        ["evaluation", "dispute", "rejection", "actionRequest", "reviewer", "decisionDueAt", "externalReference"]
    {
        assert_eq!(seen.field(field), &Value::Null, "{field}");
    }
    assert_eq!(seen.field("deadline")["kind"], "CONSENT");
    assert!(world.customer.claim(theirs.id()).await.is_none());
    assert!(world.arbitrations(&world.customer).await.is_empty());
    let arbitration = world.open_arbitration(&mine).await;
    let node = world.customer.graphql("query($id: ID!) { node(id: $id) { id } }", json!({ "id": arbitration })).await;
    assert_eq!(node.data()["node"], Value::Null);
    let lists = "{ claims(filter: { inArbitration: true }) { totalCount } all: claims { totalCount } }";
    let counts = world.customer.query(lists).await;
    assert_eq!((&counts["claims"]["totalCount"], &counts["all"]["totalCount"]), (&json!(0), &json!(1)));
    // Won or lost, it shows PENDING, and stays in sight.
    world.award(&arbitration, &theirs).await.data();
    let seen = world.customer.claim(mine.id()).await.unwrap();
    assert_eq!((seen.status(), seen.outcome(0), seen.field("rejection")), ("REJECTED", "PENDING", &Value::Null));
    let theirs = world.seen(&theirs).await;
    let theirs = world.approve(&theirs).await;
    assert_eq!(theirs.outcome(0), "WON");
    assert_eq!(world.customer.claim(theirs.id()).await.unwrap().outcome(0), "PENDING");
}

fn row(status: &str) -> Vec<Value> {
    vec![subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", status)]
}

async fn an_expired_subscription_ends_its_association(world: &World) {
    // I2
    let claim = world.approved().await;
    world.later("P8D").await;
    world.load("upsertSubscriptions", row("SUSPENDED")).await;
    assert_eq!(association(&world.seen(&claim).await)["endedAt"], Value::Null, "suspended is no end");
    world.load("upsertSubscriptions", row("EXPIRED")).await;
    let seen = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!((seen.status(), &association(&seen)["endedAt"]), ("APPROVED", &json!("2026-03-10T09:00:00Z")));
    let told = world.told(&claim, "ASSOCIATION_ENDED").await;
    assert_eq!((told.len(), &told[0]["actor"]["kind"]), (1, &json!("SYSTEM")));
    let comments = world.comments(&world.partner, &claim).await;
    let (who, body) = comments.last().unwrap();
    assert!(who == "SYSTEM" && body.contains(CONTOSO_SALES), "{comments:?}");
    // Back again, the association stays ended; the subject is free for anybody, without a contest.
    world.load("upsertSubscriptions", row("ACTIVE")).await;
    assert!(world.live_associations().await.is_empty());
    let theirs = world.submitted_by(&world.rival).await;
    assert!(theirs.arbitrations().is_empty() && world.seen(&claim).await.arbitrations().is_empty());
    let theirs = world.approve(&world.review(&theirs).await).await;
    assert_eq!(world.live_associations().await.len(), 1);
    // And for the same partner, once it is free again (E9).
    world.withdraw(&world.rival, &theirs).await;
    assert_eq!(world.approved().await.status(), "APPROVED");
}

async fn a_subscription_ends_by_its_date(world: &World) {
    // I2, T5
    let claim = world.approved().await;
    let mut row = subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "ACTIVE");
    row["endsAt"] = json!("2026-04-01T10:20:30Z");
    world.load("upsertSubscriptions", vec![row.clone()]).await;
    world.later("P20D").await;
    assert_eq!(world.live_associations().await.len(), 1);
    world.later("P30D").await;
    let seen = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!((seen.status(), &association(&seen)["endedAt"]), ("APPROVED", &json!("2026-04-01T10:20:30Z")));
    assert_eq!(seen.field("evaluation")["subscriptionIds"], json!([CONTOSO_SALES]));
    let told = world.told(&claim, "ASSOCIATION_ENDED").await;
    assert_eq!((told.len(), &told[0]["at"]), (1, &json!("2026-04-01T10:20:30Z")));
    // Loading the same again tells nothing again.
    row["seats"] = json!(26);
    world.load("upsertSubscriptions", vec![row]).await;
    assert_eq!(world.told(&claim, "ASSOCIATION_ENDED").await.len(), 1);
}

async fn an_end_within_the_window_leaves_nothing_to_send(world: &World) {
    // I1, I2, N4
    let claim = world.approved().await;
    world.later("P1D").await;
    world.load("upsertSubscriptions", row("EXPIRED")).await;
    world.later("P30D").await;
    let seen = world.seen(&claim).await;
    assert_eq!((seen.status(), &seen.field("evaluation")["status"]), ("APPROVED", &json!("CANCELLED")));
    assert!(world.told(&claim, "SENT_FOR_EVALUATION").await.is_empty());
    assert_eq!(association(&seen)["official"], false);
}
