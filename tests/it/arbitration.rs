//! Competing claims (X): an arbitration opens, joins and settles by itself, and a review lead awards it.

use serde_json::{Value, json};

use crate::support::{Caller, Claim, World, both, directory::*, ids, world::PDF};

both!(
    a_rival_claim_opens_an_arbitration,
    reviewers_see_both_sides_of_an_arbitration,
    each_partner_is_told_of_an_arbitration_and_sees_its_own_side,
    a_third_claim_joins_it,
    what_does_not_compete,
    a_contested_claim_cannot_be_approved,
    an_approved_claim_without_a_rival_is_not_asked,
    an_incumbent_is_asked_and_stays_approved,
    a_document_answers_for_an_incumbent,
    a_comment_answers_for_an_incumbent,
    silence_of_an_incumbent_is_noted,
    the_award,
    an_award_rejects_the_loser_and_the_winner_goes_on,
    both_sides_are_told_of_an_award,
    a_partner_sees_neither_the_winner_nor_the_reason,
    only_a_lead_awards,
    an_award_needs_a_rationale_an_arbitration_and_one_of_its_claims,
    an_award_is_made_once,
    an_incumbent_that_loses,
    an_incumbent_that_wins,
    a_claim_loses_one_line_of_two,
    arbitrations_are_listed,
);

/// How much each of these claims' versions rose since.
pub async fn rises(world: &World, claims: &[&Claim]) -> Vec<i64> {
    let mut rises = Vec::new();
    for claim in claims {
        rises.push(world.seen(claim).await.version() - claim.version());
    }
    rises
}

async fn a_rival_claim_opens_an_arbitration(world: &World) {
    // X0, X1, X4, L11b
    let mine = world.submitted().await;
    assert!(mine.arbitrations().is_empty());
    let theirs = world.submitted_by(&world.rival).await;
    assert_eq!((theirs.status(), theirs.outcome(0)), ("SUBMITTED", "PENDING"));
    let id = world.open_arbitration(&mine).await;
    assert_eq!(theirs.arbitrations(), [(id.as_str(), "OPEN")]);
    assert_eq!(rises(world, &[&mine]).await, [0], "an arbitration that opens raises no rival");
    for claim in [&mine, &theirs] {
        let opened = world.told(claim, "ARBITRATION_OPENED").await;
        assert_eq!((opened.len(), &opened[0]["actor"]["kind"]), (1, &json!("SYSTEM")));
    }
}

async fn reviewers_see_both_sides_of_an_arbitration(world: &World) {
    // X2
    world.submitted().await;
    world.submitted_by(&world.rival).await;
    let all = world.arbitrations(&world.lead).await;
    let [seen] = &all[..] else { panic!("{all:?}") };
    assert_eq!(
        (&seen["openedAt"], &seen["settledAt"], &seen["winner"]),
        (&json!("2026-03-02T09:00:00Z"), &Value::Null, &Value::Null)
    );
    assert_eq!(seen["subscription"], json!({ "subscriptionId": CONTOSO_SALES }));
    assert_eq!(
        (&seen["customer"]["id"], &seen["product"]["id"]),
        (&json!(ids::of_customer(CONTOSO)), &json!(ids::of_product(SALES)))
    );
    let names: Vec<_> =
        seen["claims"].as_array().unwrap().iter().map(|claim| claim["partner"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Alpine Advisers", "Boreal Consulting"]);
}

async fn each_partner_is_told_of_an_arbitration_and_sees_its_own_side(world: &World) {
    // X2, X4
    let mine = world.submitted().await;
    let theirs = world.submitted_by(&world.rival).await;
    for (claim, partner) in [(&mine, &world.partner), (&theirs, &world.rival)] {
        let comments = world.comments(partner, claim).await;
        assert_eq!(comments.len(), 1, "{comments:?}");
        assert!(comments[0].0 == "SYSTEM" && comments[0].1.contains("arbitration"), "{comments:?}");
        let own = world.arbitrations(partner).await;
        let claims = own[0]["claims"].as_array().unwrap();
        assert_eq!(claims.iter().map(|claim| claim["id"].as_str().unwrap()).collect::<Vec<_>>(), [claim.id()]);
    }
}

async fn a_third_claim_joins_it(world: &World) {
    // X1, X4: by submission, and by an edit that brings the product in.
    let (mine, theirs) = world.contested().await;
    let third = world.third().await;
    let mut input = world.input_of_third();
    input["lines"] = json!([{ "productId": ids::of_product(FINANCE), "subscriptionId": CONTOSO_FINANCE }]);
    let last = world.submit_input(&third, input).await;
    assert!(last.arbitrations().is_empty());
    let last =
        third.act("updateClaim", &last, json!({ "addLines": [{ "productId": ids::of_product(SALES) }] })).await.done();
    let id = world.open_arbitration(&mine).await;
    assert_eq!(last.arbitrations(), [(id.as_str(), "OPEN")]);
    let parties = world.arbitrations(&world.lead).await[0]["claims"].as_array().unwrap().len();
    assert_eq!((parties, rises(world, &[&mine, &theirs]).await), (3, vec![0, 0]));
    for claim in [&mine, &theirs, &last] {
        assert_eq!(world.told(claim, "ARBITRATION_OPENED").await.len(), 1, "each is told once");
    }
}

async fn what_does_not_compete(world: &World) {
    // X0, X1
    let finance = |caller: &Caller, subscription: &str| {
        let mut input = world.input_of(caller);
        input["lines"] = json!([{ "productId": ids::of_product(FINANCE), "subscriptionId": subscription }]);
        input
    };
    let workload = |caller: &Caller, product: &str| {
        let mut input = world.input_of(caller);
        input["solutionArea"] = json!("MICROSOFT_365");
        input["activities"] = json!(["USAGE"]);
        input["lines"] = json!([{ "productId": ids::of_product(product) }]);
        input
    };
    // Another subscription to the same product, another workload, a draft, a rejected one.
    world.submit_input(&world.partner, finance(&world.partner, CONTOSO_FINANCE)).await;
    world.submit_input(&world.rival, finance(&world.rival, CONTOSO_FINANCE_GRACE)).await;
    world.submit_input(&world.partner, workload(&world.partner, EXCHANGE_1)).await;
    world.submit_input(&world.rival, workload(&world.rival, EXCHANGE_2)).await;
    world.proven().await;
    let gone = world.submitted_by(&world.rival).await;
    world.withdraw(&world.rival, &gone).await;
    world.submitted().await;
    assert!(world.arbitrations(&world.lead).await.is_empty());
    // The same workload does, whatever the subscriptions to it.
    world.submit_input(&world.rival, workload(&world.rival, EXCHANGE_1)).await;
    let seen = world.arbitrations(&world.lead).await;
    assert_eq!((seen.len(), &seen[0]["subscription"]), (1, &Value::Null));
}

async fn a_contested_claim_cannot_be_approved(world: &World) {
    // L6, X2: each side is reviewed on its own proof; only approval waits.
    let (mine, theirs) = world.contested().await;
    for claim in [&mine, &theirs] {
        assert!(!world.reviewer.claim(claim.id()).await.unwrap().actions().contains(&"APPROVE"));
        let refused = world.reviewer.act("approveClaim", claim, json!({})).await;
        assert_eq!(refused.refused(), ["IN_ARBITRATION"]);
        assert!(refused.problem("IN_ARBITRATION")["remedy"].as_str().is_some());
        assert_eq!(world.lead.act("approveClaim", claim, json!({})).await.refused(), ["IN_ARBITRATION"]);
    }
    // X3: either side may be asked for more.
    let asked = world.ask(&mine).await;
    assert_eq!(asked.status(), "PARTNER_ACTION_REQUIRED");
    assert_eq!(world.respond(&asked).await.status(), "UNDER_REVIEW");
    assert!(world.live_associations().await.is_empty());
}

/// What the reviewers ask of an incumbent.
fn newer_document() -> Value {
    json!({ "reasons": ["MISSING_OR_OUTDATED_DATES"], "message": "A newer document, please." })
}

/// An approved claim that a rival has contested since, a day later.
async fn contested_incumbent(world: &World) -> Claim {
    let alone = world.approved().await;
    world.later("P1D").await;
    world.submitted_by(&world.rival).await;
    let mine = world.seen(&alone).await;
    assert_eq!((mine.status(), rises(world, &[&alone]).await), ("APPROVED", vec![0]));
    mine
}

async fn an_approved_claim_without_a_rival_is_not_asked(world: &World) {
    // X3
    let alone = world.approved().await;
    assert_eq!(world.partner.attach(alone.id(), "more.pdf", PDF).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(world.reviewer.act("requestPartnerAction", &alone, newer_document()).await.refused(), ["WRONG_STATUS"]);
}

async fn an_incumbent_is_asked_and_stays_approved(world: &World) {
    // X3
    let mine = contested_incumbent(world).await;
    let asked = world.reviewer.act("requestPartnerAction", &mine, newer_document()).await.done();
    assert_eq!((asked.status(), asked.version()), ("APPROVED", mine.version() + 1));
    assert_eq!(asked.field("actionRequest")["respondBy"], "2026-03-11T00:00:00Z");
    // The earlier of the two clocks: the customer's.
    assert_eq!(asked.field("deadline")["kind"], "CONSENT");
    assert_eq!(world.comments(&world.partner, &mine).await.last().unwrap().1, "A newer document, please.");
    let seen = world.partner.claim(mine.id()).await.unwrap();
    assert_eq!(seen.actions(), ["ATTACH_PROOF", "WITHDRAW", "COMMENT"]);
}

async fn a_document_answers_for_an_incumbent(world: &World) {
    // X3: nothing is missed later.
    let mine = contested_incumbent(world).await;
    let asked = world.reviewer.act("requestPartnerAction", &mine, newer_document()).await.done();
    let proven = world.prove(&world.user, &asked).await;
    assert_eq!((proven.status(), proven.version()), ("APPROVED", asked.version() + 1));
    world.later("P20D").await;
    assert!(world.told(&mine, "DEADLINE_MISSED").await.is_empty());
    let mine = world.seen(&mine).await;
    assert_eq!((mine.status(), mine.field("deadline")), ("APPROVED", &Value::Null));
}

async fn a_comment_answers_for_an_incumbent(world: &World) {
    // X3
    let mine = contested_incumbent(world).await;
    world.later("P20D").await;
    let mine = world.seen(&mine).await;
    let asked = world.reviewer.act("requestPartnerAction", &mine, newer_document()).await.done();
    assert_eq!(asked.field("deadline")["kind"], "PARTNER_RESPONSE");
    world.partner.comment(mine.id(), "It is the newest.", "SHARED").await.claim();
    assert_eq!(world.seen(&mine).await.field("deadline"), &Value::Null);
    world.later("P20D").await;
    assert!(world.told(&mine, "DEADLINE_MISSED").await.is_empty());
}

async fn silence_of_an_incumbent_is_noted(world: &World) {
    // X3, T5: noted once; it never rejects.
    let (mine, _) = world.incumbent().await;
    world.later("P10D").await;
    let ask = json!({ "reasons": ["OTHER"], "message": "Are you there?" });
    let asked = world.reviewer.act("requestPartnerAction", &world.seen(&mine).await, ask).await.done();
    let due = asked.field("deadline")["dueAt"].clone();
    world.later("P30D").await;
    let told = world.told(&mine, "DEADLINE_MISSED").await;
    assert_eq!((told.len(), &told[0]["at"]), (1, &due));
    let seen = world.seen(&mine).await;
    assert_eq!(
        (seen.status(), seen.version(), &seen.field("consent")["status"]),
        ("APPROVED", asked.version(), &json!("GRANTED_BY_LAPSE"))
    );
    assert_eq!(world.live_associations().await.len(), 1);
}

async fn the_award(world: &World) {
    // X5, X6
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.later("P1D").await;
    let answer = world.award(&id, &theirs).await;
    let awarded = &answer.payload()["arbitration"];
    assert_eq!((answer.problems(), &awarded["status"]), (vec![], &json!("AWARDED")));
    assert_eq!(
        (&awarded["winner"]["id"], &awarded["rationale"]),
        (&json!(theirs.id()), &json!("Its proof is the better one."))
    );
    assert_eq!(awarded["settledAt"], "2026-03-03T09:00:00Z");
    assert_eq!(rises(world, &[&mine, &theirs]).await, [1, 1]);
}

async fn an_award_rejects_the_loser_and_the_winner_goes_on(world: &World) {
    // X5, X6
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.later("P1D").await;
    world.award(&id, &theirs).await;
    let (lost, won) = (world.seen(&mine).await, world.seen(&theirs).await);
    assert_eq!(
        (lost.status(), lost.outcome(0), &lost.field("rejection")["reason"]),
        ("REJECTED", "LOST", &json!("ARBITRATION_LOST"))
    );
    assert_eq!(lost.field("rejection")["disputableUntil"], "2026-04-03T00:00:00Z");
    assert_eq!((won.status(), won.outcome(0)), ("UNDER_REVIEW", "WON"));
    let approved = world.approve(&won).await;
    assert_eq!(
        (approved.status(), world.live_associations().await),
        ("APPROVED", vec![format!("subscription:{CONTOSO_SALES}")])
    );
}

async fn both_sides_are_told_of_an_award(world: &World) {
    // X5
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.award(&id, &theirs).await;
    for (claim, partner) in [(&mine, &world.partner), (&theirs, &world.rival)] {
        assert_eq!(world.told(claim, "ARBITRATION_SETTLED").await.len(), 1);
        let comments = world.comments(partner, claim).await;
        let (author, body) = comments.last().unwrap();
        assert!(author == "SYSTEM" && body.contains("is over"), "{comments:?}");
    }
    assert!(world.notices(&mine).await.last().unwrap().contains("ARBITRATION_LOST"));
}

async fn a_partner_sees_neither_the_winner_nor_the_reason(world: &World) {
    // X2, X5: only the outcome of its own line.
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.award(&id, &theirs).await;
    for partner in [&world.partner, &world.rival] {
        let seen = world.arbitrations(partner).await;
        assert_eq!((&seen[0]["status"], &seen[0]["rationale"]), (&json!("AWARDED"), &Value::Null));
    }
    assert_eq!(world.arbitrations(&world.partner).await[0]["winner"], Value::Null);
}

fn award_of(arbitration: &str, winner: &str, rationale: &str) -> Value {
    json!({ "arbitrationId": arbitration, "winnerClaimId": winner, "rationale": rationale })
}

async fn only_a_lead_awards(world: &World) {
    // X5, A2
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    for caller in [&world.reviewer, &world.auditor, &world.partner, &world.customer, &world.sync] {
        let answer = caller.mutate("awardArbitration", award_of(&id, mine.id(), "Ours.")).await;
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{}", caller.subject);
    }
    assert_eq!(rises(world, &[&mine, &theirs]).await, [0, 0]);
}

async fn an_award_needs_a_rationale_an_arbitration_and_one_of_its_claims(world: &World) {
    // X5, L13
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    let elsewhere = world.submitted_on(&world.partner, 1).await;
    let awarded = |input: Value| async move { world.lead.mutate("awardArbitration", input).await.refused() };
    for rationale in ["", "  ", "nul\u{0}"] {
        assert_eq!(awarded(award_of(&id, mine.id(), rationale)).await, ["INVALID_VALUE"], "{rationale:?}");
    }
    for winner in [elsewhere.id(), "x", &ids::of_nothing("Claim"), &id] {
        assert_eq!(awarded(award_of(&id, winner, "So.")).await, ["NOT_FOUND"], "{winner}");
    }
    for arbitration in ["x", mine.id(), &ids::of_nothing("Arbitration")] {
        assert_eq!(awarded(award_of(arbitration, mine.id(), "So.")).await, ["NOT_FOUND"], "{arbitration}");
    }
    assert_eq!(rises(world, &[&mine, &theirs]).await, [0, 0]);
}

async fn an_award_is_made_once(world: &World) {
    // X5, J1
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    let mut keyed = award_of(&id, mine.id(), "So.");
    keyed["idempotencyKey"] = json!("award-1");
    let first = world.lead.mutate("awardArbitration", keyed.clone()).await;
    assert_eq!(world.lead.mutate("awardArbitration", keyed.clone()).await.text, first.text);
    keyed["rationale"] = json!("Otherwise.");
    assert_eq!(world.lead.mutate("awardArbitration", keyed).await.refused(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(world.award(&id, &theirs).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(rises(world, &[&mine, &theirs]).await, [1, 1]);
}

async fn an_incumbent_that_loses(world: &World) {
    // X5, X6
    let (mine, theirs) = world.incumbent().await;
    world.later("P10D").await;
    world.award(&world.open_arbitration(&mine).await, &theirs).await.data();
    let lost = world.seen(&mine).await;
    assert_eq!((lost.status(), &lost.field("rejection")["reason"]), ("REJECTED", &json!("ARBITRATION_LOST")));
    let association = &lost.field("lines")[0]["association"];
    assert_eq!((&association["official"], &association["endedAt"]), (&json!(true), &json!("2026-03-12T09:00:00Z")));
    assert_eq!((lost.version(), world.told(&lost, "ASSOCIATION_ENDED").await.len()), (mine.version() + 1, 1));
    assert!(world.live_associations().await.is_empty(), "ended at the award");
    world.approve(&world.seen(&theirs).await).await;
    assert_eq!(world.live_associations().await.len(), 1);
}

async fn an_incumbent_that_wins(world: &World) {
    // X5
    let (mine, theirs) = world.incumbent().await;
    world.award(&world.open_arbitration(&mine).await, &mine).await.data();
    let (won, lost) = (world.seen(&mine).await, world.seen(&theirs).await);
    assert_eq!(
        (won.status(), won.outcome(0), &won.field("lines")[0]["association"]["endedAt"]),
        ("APPROVED", "WON", &Value::Null)
    );
    assert_eq!((lost.status(), lost.outcome(0)), ("REJECTED", "LOST"));
    assert!(!world.partner.claim(won.id()).await.unwrap().actions().contains(&"ATTACH_PROOF"));
}

async fn a_claim_loses_one_line_of_two(world: &World) {
    // X5, E: a lost line never counts again.
    let mut input = world.input_of(&world.partner);
    input["lines"] = json!([{ "productId": ids::of_product(SALES) }, { "productId": ids::of_product(FINANCE), "subscriptionId": CONTOSO_FINANCE }]);
    let mine = world.review(&world.submit_input(&world.partner, input).await).await;
    let theirs = world.submitted_by(&world.rival).await;
    world.award(&world.open_arbitration(&mine).await, &theirs).await.data();
    let mine = world.seen(&mine).await;
    assert_eq!((mine.status(), mine.outcome(0), mine.outcome(1)), ("UNDER_REVIEW", "LOST", "PENDING"));
    let approved = world.approve(&mine).await;
    assert_eq!(world.live_associations().await, [format!("subscription:{CONTOSO_FINANCE}")]);
    assert_eq!(approved.field("lines")[0]["association"], Value::Null);
    // What it lost, it may claim anew: E9 does not count it.
    let again = world.submitted().await;
    assert_eq!(again.arbitrations().len(), 1);
    let theirs = world.seen(&theirs).await;
    assert_eq!((theirs.outcome(0), theirs.arbitrations().len()), ("PENDING", 2));
}

/// A claim on two products of which Boreal claims the first.
pub async fn on_two_products(world: &World) -> Claim {
    let mut input = world.input_of(&world.partner);
    input["lines"] = json!([{ "productId": ids::of_product(SALES) }, { "productId": ids::of_product(FINANCE), "subscriptionId": CONTOSO_FINANCE }]);
    world.submit_input(&world.partner, input).await
}

async fn arbitrations_are_listed(world: &World) {
    // X2, A4: by pages, by status, by id; a partner sees those of its own claims only.
    let mut open = Vec::new();
    for number in 1..=3 {
        let mine = world.submitted_on(&world.partner, number).await;
        let theirs = world.submitted_on(&world.rival, number).await;
        open.push((world.open_arbitration(&mine).await, mine, theirs));
    }
    world.award(&open[0].0, &open[0].1).await.data();
    world.withdraw(&world.partner, &open[1].1).await;
    let list = |filter: &str| {
        format!("{{ arbitrations{filter} {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}")
    };
    for (filter, expected) in [
        ("", vec![0, 1, 2]),
        ("(status: OPEN)", vec![2]),
        ("(status: AWARDED)", vec![0]),
        ("(status: SETTLED)", vec![1]),
    ] {
        let ids: Vec<_> = expected.iter().map(|place: &usize| json!({ "id": open[*place].0 })).collect();
        for caller in [&world.lead, &world.reviewer, &world.auditor, &world.partner, &world.rival] {
            let seen = caller.query(&list(filter)).await;
            assert_eq!(
                (&seen["arbitrations"]["nodes"], &seen["arbitrations"]["totalCount"]),
                (&json!(ids), &json!(ids.len())),
                "{filter}"
            );
        }
    }
    let page = world.lead.query(&list("(first: 2)")).await["arbitrations"].clone();
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let rest = world.lead.query(&list(&format!("(first: 2, after: {})", page["pageInfo"]["endCursor"]))).await;
    assert_eq!(rest["arbitrations"]["nodes"], json!([{ "id": open[2].0 }]));
    let third = world.third().await;
    for caller in [&third, &world.customer, &world.sync] {
        let seen = caller.query(&list("")).await;
        assert_eq!(seen["arbitrations"]["totalCount"], 0, "{}", caller.subject);
        let node = caller.graphql("query($id: ID!) { node(id: $id) { __typename } }", json!({ "id": open[2].0 })).await;
        assert_eq!(node.data()["node"], Value::Null, "{}", caller.subject);
    }
    let contested = "{ yes: claims(filter: { inArbitration: true }) { totalCount } no: claims(filter: { inArbitration: false }) { totalCount } }";
    let counts = world.lead.query(contested).await;
    assert_eq!((&counts["yes"]["totalCount"], &counts["no"]["totalCount"]), (&json!(2), &json!(4)));
}
