//! A claim from the first draft to the decision, and every way that is barred on it.

use serde_json::{Value, json};

use crate::support::{Claim, World, both, caller::codes, directory::*, ids};

both!(
    a_draft_is_submitted,
    a_review_asks_and_is_answered,
    an_approval_begins_the_association,
    every_step_to_an_approval_is_in_the_history_once,
    a_draft_is_the_partners_own_until_it_is_submitted,
    submitting_needs_eligibility_and_proof,
    only_the_assigned_reviewer_or_a_lead_goes_on,
    assigning,
    asking_the_partner_needs_reasons_and_words,
    a_response_must_bring_something,
    approval_looks_at_the_subscriptions_again,
    a_rejection_says_why,
    withdrawing,
    every_action_is_refused_where_it_is_not_open,
    what_is_offered_can_be_done,
    versions_rise_by_one,
    numbers_tell_nothing,
);

/// One input for every mutation on a claim that names its version, good in itself.
fn input_for(action: &str) -> (&'static str, Value) {
    match action {
        "EDIT" => ("updateClaim", json!({ "name": "Another name" })),
        "DELETE_DRAFT" => ("deleteClaimDraft", json!({})),
        "SUBMIT" => ("submitClaim", json!({})),
        "START_REVIEW" => ("startReview", json!({})),
        "ASSIGN" => ("assignReviewer", json!({ "reviewerSubject": "rita@vendor.example" })),
        "REQUEST_PARTNER_ACTION" => {
            ("requestPartnerAction", json!({ "reasons": ["OTHER"], "message": "Please explain." }))
        }
        "RESPOND" => ("respondToReview", json!({ "message": "It is explained." })),
        "APPROVE" => ("approveClaim", json!({})),
        "REJECT" => ("rejectClaim", json!({ "reason": "OTHER", "detail": "No." })),
        "WITHDRAW" => ("withdrawClaim", json!({ "detail": "No longer ours." })),
        other => panic!("no input for {other}"),
    }
}

const WITH_VERSION: [&str; 10] = [
    "EDIT",
    "DELETE_DRAFT",
    "SUBMIT",
    "START_REVIEW",
    "ASSIGN",
    "REQUEST_PARTNER_ACTION",
    "RESPOND",
    "APPROVE",
    "REJECT",
    "WITHDRAW",
];

const STATUSES: [&str; 6] = ["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED", "REJECTED"];

async fn a_draft_is_submitted(world: &World) {
    // L1, L2
    let draft = world.draft().await;
    assert_eq!((draft.status(), draft.version()), ("EDITING", 1));
    assert_eq!(draft.field("programs"), &json!(["OSA_SELL", "OSU_BUSINESS_APPLICATIONS"]));
    assert_eq!(draft.field("createdAt"), "2026-03-02T09:00:00Z");
    assert!(draft.field("submittedAt").is_null() && draft.field("deadline").is_null());
    let proven = world.prove(&world.partner, &draft).await;
    assert_eq!(proven.problems(), Vec::<String>::new());
    let submitted = world.submit(&world.partner, &proven).await;
    assert_eq!((submitted.status(), submitted.field("submittedAt")), ("SUBMITTED", &json!("2026-03-02T09:00:00Z")));
    let deadline = submitted.field("deadline");
    assert_eq!((&deadline["kind"], &deadline["dueAt"]), (&json!("START_REVIEW"), &json!("2026-03-10T00:00:00Z")));
}

async fn a_review_asks_and_is_answered(world: &World) {
    // L3
    let reviewed = world.review(&world.submitted().await).await;
    assert_eq!(reviewed.status(), "UNDER_REVIEW");
    assert_eq!(reviewed.field("reviewer"), &json!({ "subject": "rita@vendor.example", "name": "Rita Reviewer" }));
    assert_eq!(reviewed.field("deadline")["kind"], "DECIDE");
    // L4
    let asked = world.ask(&reviewed).await;
    assert_eq!(asked.status(), "PARTNER_ACTION_REQUIRED");
    assert_eq!(asked.field("actionRequest")["reasons"], json!(["MISSING_PARTNER_SOLUTION"]));
    assert_eq!(asked.field("deadline")["kind"], "PARTNER_RESPONSE");
    // L5: the same reviewer.
    let answered = world.respond(&asked).await;
    assert_eq!(answered.status(), "UNDER_REVIEW");
    let seen = world.reviewer.claim(answered.id()).await.unwrap();
    assert_eq!(seen.field("reviewer")["subject"], "rita@vendor.example");
}

async fn an_approval_begins_the_association(world: &World) {
    // L6
    let approved = world.approve(&world.under_review().await).await;
    assert_eq!((approved.status(), approved.field("decidedAt")), ("APPROVED", &json!("2026-03-02T09:00:00Z")));
    let association = &approved.field("lines")[0]["association"];
    assert_eq!((&association["official"], &association["endedAt"]), (&json!(false), &Value::Null));
}

async fn every_step_to_an_approval_is_in_the_history_once(world: &World) {
    // H1
    let asked = world.ask(&world.under_review().await).await;
    let approved = world.approve(&world.respond(&asked).await).await;
    let history = world.history(&approved).await;
    let actions: Vec<_> = history.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in [
        "CREATED",
        "PROOF_ATTACHED",
        "SUBMITTED",
        "REVIEW_STARTED",
        "ACTION_REQUESTED",
        "RESPONDED",
        "APPROVED",
        "ASSOCIATION_STARTED",
    ] {
        assert_eq!(actions.iter().filter(|seen| **seen == action).count(), 1, "{action} in {actions:?}");
    }
}

async fn a_draft_is_the_partners_own_until_it_is_submitted(world: &World) {
    // A4: reviewers see no draft. L1: only a draft can be deleted, and then it is gone for its partner too.
    let draft = world.proven().await;
    assert!(world.lead.claim(draft.id()).await.is_none());
    let answer = world.partner.act("deleteClaimDraft", &draft, json!({})).await;
    assert_eq!(answer.payload()["deletedClaimId"], draft.id(), "{}", answer.text);
    assert!(world.partner.claim(draft.id()).await.is_none());
    assert_eq!(world.partner.act("deleteClaimDraft", &draft, json!({})).await.refused(), ["NOT_FOUND"]);
    let submitted = world.submitted().await;
    assert_eq!(world.partner.act("deleteClaimDraft", &submitted, json!({})).await.refused(), ["WRONG_STATUS"]);
    // L12: the number of the deleted one is not given again.
    assert_ne!(submitted.field("number"), draft.field("number"));
}

async fn submitting_needs_eligibility_and_proof(world: &World) {
    // L2
    let draft = world.draft().await;
    let answer = world.partner.act("submitClaim", &draft, json!({})).await;
    assert_eq!(answer.refused(), ["PROOF_OF_EXECUTION_REQUIRED"]);
    let proven = world.prove(&world.partner, &draft).await;
    // A subscription that was suspended meanwhile (E8).
    world
        .load("upsertSubscriptions", vec![subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "SUSPENDED")])
        .await;
    assert_eq!(world.partner.act("submitClaim", &proven, json!({})).await.refused(), ["SUBSCRIPTION_NOT_ACTIVE"]);
    let unchanged = world.partner.claim(proven.id()).await.unwrap();
    assert_eq!((unchanged.status(), unchanged.version()), ("EDITING", proven.version()));
}

async fn only_the_assigned_reviewer_or_a_lead_goes_on(world: &World) {
    // L3
    let claim = world.under_review().await;
    for action in ["REQUEST_PARTNER_ACTION", "APPROVE", "REJECT", "ASSIGN"] {
        let (mutation, input) = input_for(action);
        let answer = world.second_reviewer.act(mutation, &claim, input).await;
        assert_eq!(answer.refused(), ["NOT_ALLOWED"], "{action}");
    }
    assert!(!world.second_reviewer.claim(claim.id()).await.unwrap().actions().contains(&"APPROVE"));
    assert_eq!(
        world.lead.act("approveClaim", &claim, json!({ "note": "Done for Rita." })).await.done().status(),
        "APPROVED"
    );
}

async fn assigning(world: &World) {
    // L3: an unassigned one to oneself; anyone's to any subject by a lead.
    let claim = world.submitted().await;
    let to_ravi = json!({ "reviewerSubject": "ravi@vendor.example" });
    assert_eq!(world.reviewer.act("assignReviewer", &claim, to_ravi.clone()).await.refused(), ["NOT_ALLOWED"]);
    let claim = world.second_reviewer.act("assignReviewer", &claim, to_ravi).await.done();
    assert_eq!((claim.status(), &claim.field("reviewer")["subject"]), ("SUBMITTED", &json!("ravi@vendor.example")));
    assert_eq!(world.reviewer.act("startReview", &claim, json!({})).await.refused(), ["NOT_ALLOWED"]);
    let to_rita = json!({ "reviewerSubject": "rita@vendor.example" });
    let claim = world.lead.act("assignReviewer", &claim, to_rita).await.done();
    assert_eq!(world.review(&claim).await.status(), "UNDER_REVIEW");
}

async fn asking_the_partner_needs_reasons_and_words(world: &World) {
    // L4, L13
    let claim = world.under_review().await;
    for input in [json!({ "reasons": [], "message": "Please." }), json!({ "reasons": ["OTHER"], "message": "  " })] {
        assert_eq!(world.reviewer.act("requestPartnerAction", &claim, input).await.refused(), ["INVALID_VALUE"]);
    }
    let claim = world.ask(&claim).await;
    // The message is posted as a comment, which the partner reads.
    let query = "query($id: ID!) { claim(id: $id) { comments(first: 5) { nodes { body author { kind name } } } } }";
    let seen = world.partner.graphql(query, json!({ "id": claim.id() })).await;
    assert_eq!(seen.data()["claim"]["comments"]["nodes"][0]["body"], "Please describe the work.");
    assert_eq!(claim.field("actionRequest")["respondBy"], claim.field("deadline")["dueAt"]);
}

async fn a_response_must_bring_something(world: &World) {
    // L5
    let claim = world.action_requested().await;
    for nothing in [json!({}), json!({ "message": null }), json!({ "message": " " })] {
        assert_eq!(
            world.partner.act("respondToReview", &claim, nothing.clone()).await.refused(),
            ["INVALID_VALUE"],
            "{nothing}"
        );
    }
    world.partner.comment(claim.id(), "We are on it.", "SHARED").await.claim();
    let claim = world.partner.act("respondToReview", &claim, json!({})).await.done();
    let claim = world
        .reviewer
        .act("requestPartnerAction", &claim, json!({ "reasons": ["OTHER"], "message": "And now?" }))
        .await
        .done();
    // The comment of before does not count twice.
    assert_eq!(world.partner.act("respondToReview", &claim, json!({})).await.refused(), ["INVALID_VALUE"]);
    let claim = world.prove(&world.partner, &claim).await;
    let claim = world.partner.act("respondToReview", &claim, json!({})).await.done();
    let claim = world
        .reviewer
        .act("requestPartnerAction", &claim, json!({ "reasons": ["OTHER"], "message": "More." }))
        .await
        .done();
    let claim = world.partner.act("updateClaim", &claim, json!({ "name": "Better" })).await.done();
    // E: a response while an eligibility problem stands is refused.
    world.load("upsertSubscriptions", vec![subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "EXPIRED")]).await;
    assert_eq!(world.partner.act("respondToReview", &claim, json!({})).await.refused(), ["SUBSCRIPTION_NOT_ACTIVE"]);
}

async fn approval_looks_at_the_subscriptions_again(world: &World) {
    // L6: E3-E8 by now.
    let claim = world.under_review().await;
    let row = |channel: &str, status: &str| vec![subscription(CONTOSO_SALES, CONTOSO, SALES, channel, status)];
    world.load("upsertSubscriptions", row("WEB_DIRECT", "EXPIRED")).await;
    assert_eq!(world.reviewer.act("approveClaim", &claim, json!({})).await.refused(), ["SUBSCRIPTION_NOT_ACTIVE"]);
    world.load("upsertSubscriptions", row("CSP", "ACTIVE")).await;
    assert_eq!(
        world.reviewer.act("approveClaim", &claim, json!({})).await.refused(),
        ["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE"]
    );
    world.load("upsertSubscriptions", row("WEB_DIRECT", "IN_GRACE")).await;
    assert_eq!(world.approve(&claim).await.status(), "APPROVED");
}

async fn a_rejection_says_why(world: &World) {
    // L7: reasons that are set by what happened are no reviewer's to choose.
    let claim = world.under_review().await;
    for reason in ["NO_PARTNER_RESPONSE", "PARTNER_REQUEST", "CUSTOMER_DECLINED", "ARBITRATION_LOST"] {
        let answer = world.reviewer.act("rejectClaim", &claim, json!({ "reason": reason, "detail": "x" })).await;
        assert_eq!(answer.refused(), ["INVALID_VALUE"], "{reason}");
        assert!(answer.problem("INVALID_VALUE")["field"].to_string().contains("reason"));
    }
    let answer = world.reviewer.act("rejectClaim", &claim, json!({ "reason": "OTHER", "detail": " \n" })).await;
    assert_eq!(answer.refused(), ["INVALID_VALUE"]);
    let claim = world.reject(&claim).await;
    assert_eq!((claim.status(), &claim.field("rejection")["reason"]), ("REJECTED", &json!("INSUFFICIENT_POE")));
    let seen = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!(seen.field("rejection")["detail"], "The work is not shown.");
}

async fn withdrawing(world: &World) {
    // L9
    for status in ["SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED"] {
        let claim = world.in_status(status).await;
        let claim = world.partner.act("withdrawClaim", &claim, json!({ "detail": "Wrong location." })).await.done();
        assert_eq!(
            (claim.status(), &claim.field("rejection")["reason"]),
            ("REJECTED", &json!("PARTNER_REQUEST")),
            "{status}"
        );
        assert_eq!(claim.field("rejection")["disputableUntil"], Value::Null);
        let association = &claim.field("lines")[0]["association"];
        assert_eq!(association.is_null(), status != "APPROVED");
        assert_eq!(association["endedAt"].is_null(), status != "APPROVED");
    }
}

async fn every_action_is_refused_where_it_is_not_open(world: &World) {
    // L10: the status it is in, the statuses it would need, what can be done instead; and nothing is changed.
    for status in STATUSES {
        let claim = world.in_status(status).await;
        for action in WITH_VERSION {
            let caller = if ["START_REVIEW", "ASSIGN", "REQUEST_PARTNER_ACTION", "APPROVE", "REJECT"].contains(&action)
            {
                &world.reviewer
            } else {
                &world.partner
            };
            let seen = caller.claim(claim.id()).await;
            if seen.as_ref().is_some_and(|seen| seen.actions().contains(&action)) {
                continue;
            }
            let (mutation, input) = input_for(action);
            let answer = caller.act(mutation, &claim, input).await;
            let expected = match (&seen, action, status) {
                (None, ..) => "NOT_FOUND",
                // L3: the one who is assigned may not give it away.
                (_, "ASSIGN", "UNDER_REVIEW" | "PARTNER_ACTION_REQUIRED") => "NOT_ALLOWED",
                _ => "WRONG_STATUS",
            };
            assert_eq!(answer.refused(), [expected], "{action} in {status}");
            if expected == "WRONG_STATUS" {
                let problem = answer.problem(expected);
                assert!(problem["message"].as_str().unwrap().contains(status), "{problem}");
                assert!(problem["remedy"].as_str().is_some_and(|remedy| remedy.len() > 10), "{problem}");
            }
        }
        let still = world.partner.claim(claim.id()).await.unwrap();
        assert_eq!((still.status(), still.version()), (status, claim.version()));
        clear(world, &still).await;
    }
}

async fn what_is_offered_can_be_done(world: &World) {
    // L11: the offers and the guards are one table. Each offer is taken up on a claim of its own.
    for status in STATUSES {
        let first = world.in_status(status).await;
        let offers: Vec<_> =
            [&world.partner, &world.user, &world.reviewer, &world.second_reviewer, &world.lead].into_iter().collect();
        let mut open = Vec::new();
        for caller in offers {
            if let Some(seen) = caller.claim(first.id()).await {
                open.extend(seen.actions().into_iter().map(|action| (caller, action.to_owned())));
            }
        }
        clear(world, &first).await;
        for (caller, action) in open.into_iter().filter(|(_, action)| WITH_VERSION.contains(&action.as_str())) {
            let claim = world.in_status(status).await;
            let (mutation, mut input) = input_for(&action);
            if action == "ASSIGN" {
                input = json!({ "reviewerSubject": caller.subject });
            }
            let answer = caller.act(mutation, &claim, input).await;
            assert!(
                answer.problems().is_empty(),
                "{} was offered {action} in {status}: {}",
                caller.subject,
                answer.text
            );
            if let Some(left) = world.partner.claim(claim.id()).await {
                clear(world, &left).await;
            }
        }
    }
}

/// Takes a claim out of the way, so that its subject can be claimed again (E9).
async fn clear(world: &World, claim: &Claim) {
    match claim.status() {
        "EDITING" => drop(world.partner.act("deleteClaimDraft", claim, json!({})).await),
        "REJECTED" => {}
        _ => drop(world.partner.act("withdrawClaim", claim, json!({ "detail": "Clearing up." })).await.done()),
    }
}

async fn versions_rise_by_one(world: &World) {
    // L11b: one mutation, one version; comments none, proof one. The wrong version does nothing.
    let draft = world.draft().await;
    let proven = world.prove(&world.partner, &draft).await;
    assert_eq!(proven.version(), 2);
    let stale = world.partner.act("submitClaim", &draft, json!({})).await;
    assert_eq!(stale.refused(), ["VERSION_CONFLICT"]);
    let claim = world.submit(&world.partner, &proven).await;
    assert_eq!(claim.version(), 3);
    assert_eq!(world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim().version(), 3);
    let claim = world.approve(&world.review(&claim).await).await;
    assert_eq!(claim.version(), 5);
    // VERSION_CONFLICT comes before WRONG_STATUS.
    assert_eq!(world.partner.act("submitClaim", &draft, json!({})).await.refused(), ["VERSION_CONFLICT"]);
}

async fn numbers_tell_nothing(world: &World) {
    // L12: for people, unique, not counting.
    let mut numbers = Vec::new();
    for _ in 0..5 {
        let claim = world.draft().await;
        let number = claim.field("number").as_str().unwrap().to_owned();
        let parts: Vec<_> = number.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [4, 4, 4], "{number}");
        let by_number = world
            .partner
            .graphql("query($n: String!) { claimByNumber(number: $n) { id } }", json!({ "n": number }))
            .await;
        assert_eq!(by_number.data()["claimByNumber"]["id"], claim.id());
        numbers.push(number);
    }
    let distinct: std::collections::BTreeSet<_> = numbers.iter().map(|number| &number[5..7]).collect();
    assert!(distinct.len() > 1, "numbers that count: {numbers:?}");
    let nothing = world
        .rival
        .graphql("query($n: String!) { claimByNumber(number: $n) { id } }", json!({ "n": numbers[0] }))
        .await;
    assert_eq!(nothing.data()["claimByNumber"], Value::Null);
    // The problems of a draft are its own affair: none are told once it is submitted.
    let submitted = world.submitted().await;
    assert_eq!(codes(submitted.field("problems")), Vec::<String>::new());
    assert_eq!(submitted.field("lines")[0]["product"]["id"], ids::of_product(SALES));
}
