//! Disputes of a rejection (D), and what the partner is told of it.

use serde_json::{Value, json};

use crate::support::{Claim, World, both, directory::*, ids, world::PDF};

both!(
    a_dispute_opens_the_claim_again,
    only_its_partners_admin_disputes_a_rejection_and_once,
    another_reviewer_upholds_it,
    a_dismissal_is_final,
    a_review_lead_may_decide_its_own,
    a_dispute_brings_something,
    the_window_closes,
    after_the_window_nothing_is_disputed_or_proven,
    what_cannot_be_disputed,
    a_newer_claim_stands_in_the_way,
    a_late_answer_is_overdue,
    asking_during_a_dispute,
    the_notice_says_why_and_how,
);

async fn a_dispute_opens_the_claim_again(world: &World) {
    // D1, D2
    let claim = world.rejected().await;
    assert_eq!(claim.field("rejection")["disputableUntil"], "2026-04-02T00:00:00Z");
    world.later("P2D").await;
    let disputed = world.dispute(&claim).await;
    assert_eq!((disputed.status(), disputed.version()), ("UNDER_REVIEW", claim.version() + 1));
    let expected = json!({ "status": "OPEN", "justification": "The work is on page three.", "openedAt": "2026-03-04T09:00:00Z",
        "answerBy": "2026-03-12T00:00:00Z", "answeredAt": null });
    assert_eq!(disputed.field("dispute"), &expected);
    let seen = world.seen(&claim).await;
    assert_eq!((seen.field("reviewer"), &seen.field("deadline")["kind"]), (&Value::Null, &json!("ANSWER_DISPUTE")));
    assert_eq!(seen.field("deadline")["dueAt"], "2026-03-12T00:00:00Z");
    let told = world.told(&claim, "DISPUTED").await;
    assert_eq!(
        (&told[0]["fromStatus"], &told[0]["toStatus"], &told[0]["note"]),
        (&json!("REJECTED"), &json!("UNDER_REVIEW"), &json!("The work is on page three."))
    );
}

async fn only_its_partners_admin_disputes_a_rejection_and_once(world: &World) {
    // D1, A2, A4
    let claim = world.rejected().await;
    let why = || json!({ "justification": "x" });
    assert_eq!(world.partner.claim(claim.id()).await.unwrap().actions(), ["ATTACH_PROOF", "DISPUTE", "COMMENT"]);
    assert_eq!(world.user.act("disputeClaim", &claim, why()).await.errors(), ["FORBIDDEN"]);
    assert_eq!(world.rival.act("disputeClaim", &claim, why()).await.refused(), ["NOT_FOUND"]);
    assert_eq!(world.lead.act("disputeClaim", &claim, why()).await.errors(), ["FORBIDDEN"]);
    let disputed = world.dispute(&claim).await;
    assert_eq!(world.partner.act("disputeClaim", &disputed, why()).await.refused(), ["WRONG_STATUS"]);
}

async fn another_reviewer_upholds_it(world: &World) {
    // D2: the one who rejected it may take it, not decide it.
    let disputed = world.dispute(&world.rejected().await).await;
    for caller in [&world.reviewer, &world.second_reviewer] {
        assert_eq!(
            caller.act("approveClaim", &disputed, json!({})).await.refused(),
            ["NOT_ALLOWED"],
            "nobody is assigned"
        );
    }
    let mine = world
        .reviewer
        .act("assignReviewer", &disputed, json!({ "reviewerSubject": world.reviewer.subject }))
        .await
        .done();
    assert!(!mine.actions().contains(&"APPROVE") && !mine.actions().contains(&"REJECT"));
    let reject = json!({ "reason": "OTHER", "detail": "Still no." });
    assert_eq!(world.reviewer.act("rejectClaim", &mine, reject).await.refused(), ["NOT_ALLOWED"]);
    assert_eq!(world.reviewer.act("approveClaim", &mine, json!({})).await.refused(), ["NOT_ALLOWED"]);
    let theirs = world
        .lead
        .act("assignReviewer", &mine, json!({ "reviewerSubject": world.second_reviewer.subject }))
        .await
        .done();
    world.later("P1D").await;
    let approved = world.second_reviewer.act("approveClaim", &theirs, json!({})).await.done();
    let dispute = approved.field("dispute");
    assert_eq!(
        (approved.status(), &dispute["status"], &dispute["answeredAt"]),
        ("APPROVED", &json!("UPHELD"), &json!("2026-03-03T09:00:00Z"))
    );
    assert_eq!((approved.field("rejection"), &approved.field("consent")["status"]), (&Value::Null, &json!("PENDING")));
    assert_eq!(world.told(&approved, "DISPUTE_ANSWERED").await.len(), 1);
}

async fn a_dismissal_is_final(world: &World) {
    // D2, D3
    let disputed = world.taken(&world.dispute(&world.rejected().await).await).await;
    let input = json!({ "reason": "MISSING_PRODUCTS", "detail": "Page three is blank." });
    let dismissed = world.second_reviewer.act("rejectClaim", &disputed, input).await.done();
    assert_eq!((dismissed.status(), &dismissed.field("dispute")["status"]), ("REJECTED", &json!("DISMISSED")));
    assert_eq!(
        (&dismissed.field("rejection")["disputableUntil"], dismissed.field("deadline")),
        (&Value::Null, &Value::Null)
    );
    let again = world.partner.act("disputeClaim", &dismissed, json!({ "justification": "But still." })).await;
    assert_eq!(again.refused(), ["NOT_DISPUTABLE"]);
    assert!(again.problem("NOT_DISPUTABLE")["remedy"].as_str().unwrap().contains("new claim"), "{}", again.text);
    assert_eq!(world.partner.attach(dismissed.id(), "a.pdf", PDF).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(world.partner.claim(dismissed.id()).await.unwrap().actions(), ["COMMENT"]);
    // Only claimed anew.
    assert_eq!(world.under_review().await.status(), "UNDER_REVIEW");
}

async fn a_review_lead_may_decide_its_own(world: &World) {
    // D2
    let claim = world.under_review().await;
    let rejected = world.lead.act("rejectClaim", &claim, json!({ "reason": "OTHER", "detail": "No." })).await.done();
    let disputed = world.dispute(&rejected).await;
    assert_eq!(world.lead.act("approveClaim", &disputed, json!({})).await.done().status(), "APPROVED");
}

async fn a_dispute_brings_something(world: &World) {
    // D1, L8
    let claim = world.rejected().await;
    for nothing in [json!({}), json!({ "justification": null }), json!({ "justification": " \n " })] {
        assert_eq!(
            world.partner.act("disputeClaim", &claim, nothing.clone()).await.refused(),
            ["INVALID_VALUE"],
            "{nothing}"
        );
    }
    // New proof will do; an incentives user may attach it (A1). A comment alone will not.
    world.partner.comment(claim.id(), "More is coming.", "SHARED").await.claim();
    assert_eq!(world.partner.act("disputeClaim", &claim, json!({})).await.refused(), ["INVALID_VALUE"]);
    let proven = world.prove(&world.user, &claim).await;
    assert_eq!((proven.status(), proven.version()), ("REJECTED", claim.version() + 1));
    let disputed = world.partner.act("disputeClaim", &proven, json!({})).await.done();
    assert_eq!((disputed.status(), &disputed.field("dispute")["justification"]), ("UNDER_REVIEW", &Value::Null));
    assert_eq!(
        world.partner.attach(claim.id(), "b.pdf", PDF).await.refused(),
        ["WRONG_STATUS"],
        "under review nothing is attached"
    );
}

async fn the_window_closes(world: &World) {
    // D1, D3
    let claim = world.rejected().await;
    assert_eq!(claim.field("deadline")["kind"], "DISPUTE_WINDOW");
    assert_eq!(world.later("P30DT14H59M59S").await, "2026-04-01T23:59:59Z");
    assert!(world.partner.claim(claim.id()).await.unwrap().actions().contains(&"DISPUTE"));
    let entries = world.history(&claim).await.len();
    world.later("PT1S").await;
    let seen = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!((seen.actions(), seen.field("deadline")), (vec!["COMMENT"], &Value::Null));
    assert_eq!(world.history(&claim).await.len(), entries, "a window closes without an entry");
    // Each rejection has its own window.
    let other = world.rejected().await;
    assert_eq!(world.dispute(&other).await.status(), "UNDER_REVIEW");
}

async fn after_the_window_nothing_is_disputed_or_proven(world: &World) {
    // D1, D3
    let claim = world.rejected().await;
    world.later("P30DT15H").await;
    let late = world.partner.act("disputeClaim", &claim, json!({ "justification": "Better late." })).await;
    assert_eq!(late.refused(), ["DISPUTE_WINDOW_CLOSED"]);
    let problem = late.problem("DISPUTE_WINDOW_CLOSED");
    assert!(problem["message"].as_str().unwrap().contains("2026-04-02"), "{problem}");
    assert!(problem["remedy"].as_str().unwrap().contains("new claim"), "{problem}");
    assert_eq!(world.partner.attach(claim.id(), "a.pdf", PDF).await.refused(), ["WRONG_STATUS"]);
}

async fn what_cannot_be_disputed(world: &World) {
    // D3; the decline of a customer is in `consent.rs`.
    let withdrawn = world.withdraw(&world.partner, &world.under_review().await).await;
    let refused =
        world.partner.act("disputeClaim", &withdrawn, json!({ "justification": "We changed our mind." })).await;
    assert_eq!(refused.refused(), ["NOT_DISPUTABLE"]);
    assert!(
        refused.problem("NOT_DISPUTABLE")["remedy"].as_str().unwrap().contains("new claim with updated proof"),
        "{}",
        refused.text
    );
    for status in ["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED"] {
        let claim = world.in_status(status).await;
        assert_eq!(
            world.partner.act("disputeClaim", &claim, json!({ "justification": "x" })).await.refused(),
            ["WRONG_STATUS"],
            "{status}"
        );
        if status != "EDITING" {
            world.withdraw(&world.partner, &claim).await;
        }
    }
}

async fn a_newer_claim_stands_in_the_way(world: &World) {
    // D2, E9, E15
    let old = world.rejected().await;
    let new = world.submitted().await;
    let refused = world.partner.act("disputeClaim", &old, json!({ "justification": "Both." })).await;
    assert_eq!(refused.refused(), ["SUBSCRIPTION_ALREADY_CLAIMED"]);
    let unchanged = world.partner.claim(old.id()).await.unwrap();
    assert_eq!((unchanged.status(), unchanged.version()), ("REJECTED", old.version()));
    world.withdraw(&world.partner, &new).await;
    let old = world.dispute(&old).await;
    // The other way round: while the dispute is open, the subject is claimed.
    let draft = world.proven().await;
    assert_eq!(world.partner.act("submitClaim", &draft, json!({})).await.refused(), ["SUBSCRIPTION_ALREADY_CLAIMED"]);
    assert_eq!(world.seen(&old).await.status(), "UNDER_REVIEW");
    let mut input = world.input_of(&world.partner);
    input["solutionArea"] = json!("MICROSOFT_365");
    input["activities"] = json!(["USAGE"]);
    input["lines"] = json!([{ "productId": ids::of_product(EXCHANGE_2) }]);
    let workload = world.submit_input(&world.partner, input.clone()).await;
    let rejected = world.reject(&world.review(&workload).await).await;
    world.submit_input(&world.partner, input).await;
    let refused = world.partner.act("disputeClaim", &rejected, json!({ "justification": "Both." })).await;
    assert_eq!(refused.refused(), ["DUPLICATE_CLAIM"]);
}

async fn a_late_answer_is_overdue(world: &World) {
    // D2, T1
    let disputed = world.dispute(&world.rejected().await).await;
    world.later("P8D").await;
    let seen = world.seen(&disputed).await;
    assert_eq!((seen.status(), &seen.field("deadline")["state"]), ("UNDER_REVIEW", &json!("OVERDUE")));
    let told = world.told(&disputed, "DEADLINE_MISSED").await;
    assert_eq!((told.len(), &told[0]["at"]), (1, &json!("2026-03-10T00:00:00Z")));
    assert_eq!(
        world.lead.query("{ claims(filter: { overdue: true }) { totalCount } }").await["claims"]["totalCount"],
        1
    );
}

async fn asking_during_a_dispute(world: &World) {
    // D2, L4, L5, T3
    let disputed = world.taken(&world.dispute(&world.rejected().await).await).await;
    let ask = json!({ "reasons": ["OTHER"], "message": "Which page?" });
    let asked = world.second_reviewer.act("requestPartnerAction", &disputed, ask.clone()).await.done();
    assert_eq!((asked.status(), &asked.field("dispute")["status"]), ("PARTNER_ACTION_REQUIRED", &json!("OPEN")));
    let answered = world.respond(&asked).await;
    assert_eq!(answered.field("deadline")["kind"], "ANSWER_DISPUTE");
    let asked = world.second_reviewer.act("requestPartnerAction", &answered, ask).await.done();
    world.later("P10D").await;
    let seen = world.seen(&asked).await;
    assert_eq!((seen.status(), &seen.field("rejection")["reason"]), ("REJECTED", &json!("NO_PARTNER_RESPONSE")));
    assert_eq!(
        (&seen.field("dispute")["status"], &seen.field("rejection")["disputableUntil"]),
        (&json!("DISMISSED"), &Value::Null)
    );
}

async fn notice(world: &World, claim: &Claim) -> String {
    let notices = world.notices(claim).await;
    notices.last().unwrap_or_else(|| panic!("nobody was told of {}", claim.id())).clone()
}

async fn the_notice_says_why_and_how(world: &World) {
    // D4, D3
    let claim = world.rejected().await;
    let told = notice(world, &claim).await;
    let number = claim.field("number").as_str().unwrap();
    for word in [
        "PARTNER: ",
        number,
        "INSUFFICIENT_POE",
        "The work is not shown.",
        "disputeClaim",
        "justification",
        "2026-04-02",
    ] {
        assert!(told.contains(word), "{word} in {told}");
    }
    // By the clock as well as by hand.
    let silent = world.action_requested().await;
    world.later("P8D").await;
    let told = notice(world, &silent).await;
    assert!(told.contains("NO_PARTNER_RESPONSE") && told.contains("2026-04-10"), "{told}");
    // Where it is no use, it does not invite to it.
    let withdrawn = world.withdraw(&world.partner, &world.submitted().await).await;
    let told = notice(world, &withdrawn).await;
    assert!(told.contains("PARTNER_REQUEST") && told.contains("new claim") && !told.contains("disputeClaim"), "{told}");
}
