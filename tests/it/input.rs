//! Bad input: a clear problem or error, nothing changed, history unchanged, no 5xx (which every test's end asserts).

use serde_json::{Value, json};

use crate::support::{Claim, World, both, ids, world::PDF};

both!(
    values_of_the_wrong_type_change_nothing,
    strange_texts_change_nothing,
    strange_numbers_change_nothing,
    strange_arguments_are_no_fault,
    unknown_ids_in_inputs_are_refused,
);

/// The claim and its history as they are now.
async fn state(world: &World, claim: &Claim) -> (Claim, Vec<Value>) {
    (world.partner.claim(claim.id()).await.unwrap(), world.history(claim).await)
}

async fn values_of_the_wrong_type_change_nothing(world: &World) {
    let claim = world.draft().await;
    let before = state(world, &claim).await;
    let strange = [
        json!(null),
        json!(1),
        json!(true),
        json!([]),
        json!({}),
        json!([[]]),
        json!({ "x": 1 }),
        json!(1.5),
        json!("ENUM"),
        json!(["x"]),
    ];
    for field in ["claimId", "expectedVersion"] {
        for value in &strange {
            let mut input = json!({ "claimId": claim.id(), "expectedVersion": claim.version(), "name": "Changed" });
            if *value == input[field] {
                continue;
            }
            input[field] = value.clone();
            let answer = world.partner.mutate("updateClaim", input).await;
            let refused = if answer.body["errors"].is_null() { answer.refused() } else { answer.errors() };
            let expected = ["BAD_USER_INPUT", "NOT_FOUND", "VERSION_CONFLICT"];
            assert!(refused.iter().all(|code| expected.contains(&code.as_str())), "{field} = {value}: {}", answer.text);
        }
    }
    for field in ["solutionArea", "activities", "addLines", "customerContact", "tenantId", "removeLineIds"] {
        for value in strange.iter().filter(|value| !value.is_null() && **value != json!([])) {
            let answer = world.partner.act("updateClaim", &claim, json!({ field: value })).await;
            let refused = if answer.body["errors"].is_null() { answer.refused() } else { answer.errors() };
            let expected = ["BAD_USER_INPUT", "INVALID_VALUE", "NOT_FOUND"];
            assert!(refused.iter().all(|code| expected.contains(&code.as_str())), "{field} = {value}: {}", answer.text);
        }
    }
    assert_eq!(state(world, &claim).await, before);
}

async fn strange_texts_change_nothing(world: &World) {
    // L13
    let claim = world.submitted().await;
    let before = state(world, &claim).await;
    let strange = ["\u{0}", "a\u{0}b", "\u{1b}[31m", "\u{85}", "", " ", "\n", &"x".repeat(100_000)];
    for text in strange {
        for (mutation, input) in [
            ("updateClaim", json!({ "name": text })),
            ("updateClaim", json!({ "mpnId": text })),
            ("updateClaim", json!({ "customerContact": { "name": text, "email": "a@b.example" } })),
            ("updateClaim", json!({ "addLines": [{ "productId": text }] })),
            ("withdrawClaim", json!({ "detail": text })),
        ] {
            let answer = world.partner.act(mutation, &claim, input.clone()).await;
            let refused = if answer.body["errors"].is_null() { answer.refused() } else { answer.errors() };
            let expected = ["BAD_USER_INPUT", "INVALID_VALUE", "LOCATION_NOT_YOURS"];
            assert!(
                refused.iter().all(|code| expected.contains(&code.as_str())),
                "{mutation} {text:?}: {}",
                answer.text
            );
        }
        assert_eq!(world.partner.comment(claim.id(), text, "SHARED").await.refused(), ["INVALID_VALUE"]);
        let answer = world.lead.act("assignReviewer", &claim, json!({ "reviewerSubject": text })).await;
        assert_eq!(answer.refused(), ["INVALID_VALUE"], "{text:?}");
    }
    assert_eq!(state(world, &claim).await, before);
}

async fn strange_numbers_change_nothing(world: &World) {
    let claim = world.submitted().await;
    let before = state(world, &claim).await;
    for version in [0_i64, -1, 2_147_483_647, -2_147_483_648] {
        let answer = world
            .partner
            .mutate("withdrawClaim", json!({ "claimId": claim.id(), "expectedVersion": version, "detail": "x" }))
            .await;
        assert_eq!(answer.refused(), ["VERSION_CONFLICT"], "{version}");
    }
    for version in [json!(2_147_483_648_i64), json!(-2_147_483_649_i64), json!(1e30), json!("3")] {
        let answer = world
            .partner
            .mutate("withdrawClaim", json!({ "claimId": claim.id(), "expectedVersion": version, "detail": "x" }))
            .await;
        assert_eq!(answer.errors(), ["BAD_USER_INPUT"], "{version}");
    }
    assert_eq!(state(world, &claim).await, before);
}

async fn strange_arguments_are_no_fault(world: &World) {
    world.submitted().await;
    let texts = [
        "\u{0}",
        "%",
        "_",
        "\\",
        "'",
        "\"; DROP TABLE claim; --",
        "🦀",
        "\u{202e}",
        &"x".repeat(5_000),
        &"x ".repeat(2_000),
    ];
    for text in texts {
        for query in [
            "query($x: String) { claims(filter: { search: $x }) { totalCount } }",
            "query($x: String) { claims(filter: { number: $x }) { totalCount } }",
            "query($x: String) { claims(filter: { externalReference: $x }) { totalCount } }",
            "query($x: String) { customers(search: $x) { totalCount } }",
            "query($x: String) { partners(search: $x) { totalCount } }",
            "query($x: String) { products(filter: { search: $x }) { totalCount } }",
            "query($x: String!) { claimByNumber(number: $x) { id } }",
            "query($x: String!) { customerByTenant(tenantId: \"c0000000-0000-4000-8000-000000000001\", domain: $x) { id } }",
            "query($x: ID!) { claims(filter: { customerId: $x, partnerId: $x, productId: $x, ids: [$x] }) { totalCount } }",
            "query($x: ID!) { subscriptions(filter: { customerId: $x, productId: $x }) { totalCount } }",
            "query($x: ID!) { history(filter: { claimId: $x }) { totalCount } comments(claimId: $x) { totalCount } associations(customerId: $x) { totalCount } }",
        ] {
            for caller in [&world.partner, &world.lead, &world.customer] {
                let answer = caller.graphql(query, json!({ "x": text })).await;
                let fine =
                    answer.body["errors"].is_null() || answer.errors().iter().all(|code| code == "BAD_USER_INPUT");
                assert!(fine, "{query} {text:?}: {}", answer.text);
            }
        }
    }
    // Times at the ends of what there is.
    for time in [
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-03-02T09:00:00.123456789Z",
        "2026-03-02T09:00:00+14:00",
        "2026-06-30T23:59:60Z",
        "now",
        "",
    ] {
        let query = "query($x: DateTime) { claims(filter: { createdAt: { from: $x }, dueAt: { before: $x } }) { totalCount } history(filter: { at: { from: $x } }) { totalCount } }";
        let answer = world.lead.graphql(query, json!({ "x": time })).await;
        let fine = answer.body["errors"].is_null() || answer.errors().iter().all(|code| code == "BAD_USER_INPUT");
        assert!(fine, "{time}: {}", answer.text);
    }
}

async fn unknown_ids_in_inputs_are_refused(world: &World) {
    let claim = world.draft().await;
    let before = state(world, &claim).await;
    for id in ["x".to_owned(), ids::of_nothing("ClaimLine"), ids::of_nothing("Claim")] {
        let answer = world.partner.act("updateClaim", &claim, json!({ "removeLineIds": [id] })).await;
        let code = answer.refused();
        assert!(code == ["INVALID_VALUE"] || code == ["NOT_FOUND"], "{}", answer.text);
    }
    // Another claim's line is not this claim's.
    let other = world.draft_on(&world.partner, 1).await;
    let answer = world.partner.act("updateClaim", &claim, json!({ "removeLineIds": [other.line(0)] })).await;
    assert!(!answer.refused().is_empty());
    for id in ["x".to_owned(), ids::of_nothing("ProofDocument"), ids::of_nothing("Claim")] {
        let answer = world.partner.act("removeProofOfExecution", &claim, json!({ "documentId": id })).await;
        assert_eq!(answer.refused(), ["NOT_FOUND"]);
    }
    assert_eq!(state(world, &claim).await, before);
    assert_eq!(world.partner.attach("x", "a.pdf", PDF).await.refused(), ["NOT_FOUND"]);
}
