//! What may be edited when, patches, texts, and finding claims again.

use serde_json::{Value, json};

use crate::support::{World, both, directory::*, ids};

both!(
    a_patch_changes_what_it_names,
    what_is_fixed_at_submission,
    an_edit_after_submission_must_leave_no_problem,
    a_reference_is_unique_to_its_partner,
    texts_are_trimmed_and_bounded,
    contacts_are_checked,
    words_find_claims,
);

async fn a_patch_changes_what_it_names(world: &World) {
    // L12: left out stays, null clears.
    let mut input = world.input_of(&world.partner);
    input["externalReference"] = json!("CRM-1");
    let claim = world.partner.mutate("createClaim", input).await.claim();
    let claim = world.partner.act("updateClaim", &claim, json!({ "name": "New" })).await.claim();
    assert_eq!((claim.field("name"), claim.field("externalReference")), (&json!("New"), &json!("CRM-1")));
    assert!(claim.field("customerContact").is_object());
    let claim = world
        .partner
        .act("updateClaim", &claim, json!({ "externalReference": null, "customerContact": null }))
        .await
        .claim();
    assert!(claim.field("externalReference").is_null() && claim.field("customerContact").is_null());
    assert!(claim.field("partnerContact").is_object());
    // A variable of its own that is not sent is left out, too: the library would have read null.
    let document = "mutation($id: ID!, $v: Int!, $name: String, $contact: ContactInput) { \
        updateClaim(input: { claimId: $id, expectedVersion: $v, name: $name, partnerContact: $contact }) { claim { name version partnerContact { name } } problems { code } } }";
    let sent = json!({ "id": claim.id(), "v": claim.version(), "name": "Newer" });
    let answer = world.partner.graphql(document, sent).await;
    let after = &answer.data()["updateClaim"]["claim"];
    assert_eq!((&after["name"], after["partnerContact"].is_object()), (&json!("Newer"), true), "{}", answer.text);
    // Sent as null it clears.
    let sent = json!({ "id": claim.id(), "v": after["version"], "contact": null });
    let answer = world.partner.graphql(document, sent).await;
    assert_eq!(answer.data()["updateClaim"]["claim"]["partnerContact"], Value::Null, "{}", answer.text);
    // A name cannot be cleared.
    let now = world.partner.claim(claim.id()).await.unwrap();
    assert_eq!(world.partner.act("updateClaim", &now, json!({ "name": null })).await.refused(), ["INVALID_VALUE"]);
}

async fn what_is_fixed_at_submission(world: &World) {
    // L8
    let claim = world.submitted().await;
    let fixed = [
        ("tenantId", json!(FABRIKAM)),
        ("domain", json!("contoso-group.example")),
        ("solutionArea", json!("MICROSOFT_365")),
        ("activities", json!(["USAGE"])),
        ("solutionSeller", json!("Sam")),
        ("partnerSolution", json!("Ledger")),
    ];
    for (field, value) in fixed {
        let answer = world.partner.act("updateClaim", &claim, json!({ field: value })).await;
        assert_eq!(answer.refused(), ["FIELD_NOT_EDITABLE"], "{field}");
        assert!(answer.problem("FIELD_NOT_EDITABLE")["field"].to_string().contains(field), "{}", answer.text);
    }
    let open = json!({ "name": "Later", "externalReference": "CRM-9", "mpnId": ALPINE_ENROLLED,
        "addLines": [{ "productId": ids::of_product(FINANCE), "subscriptionId": CONTOSO_FINANCE }],
        "customerContact": { "name": "Other", "email": "other@contoso.example" } });
    let claim = world.partner.act("updateClaim", &claim, open).await.done();
    assert_eq!(claim.field("lines").as_array().unwrap().len(), 2);
    // An uploaded document stays (P1, L8); more may come.
    let document = claim.field("proofOfExecution")[0]["id"].clone();
    let answer = world.partner.act("removeProofOfExecution", &claim, json!({ "documentId": document })).await;
    assert_eq!(answer.refused(), ["WRONG_STATUS"]);
    let claim = world.prove(&world.partner, &claim).await;
    // Under review nothing is open but comments.
    let claim = world.review(&claim).await;
    assert_eq!(world.partner.act("updateClaim", &claim, json!({ "name": "No" })).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(world.partner.attach(claim.id(), "a.pdf", crate::support::world::PDF).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(world.partner.comment(claim.id(), "Yes", "SHARED").await.problems(), Vec::<String>::new());
}

async fn an_edit_after_submission_must_leave_no_problem(world: &World) {
    // E, L8
    let claim = world.submitted().await;
    let csp = json!({ "addLines": [{ "productId": ids::of_product(SUPPLY_CHAIN) }] });
    assert_eq!(world.partner.act("updateClaim", &claim, csp).await.refused(), ["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE"]);
    let empty = json!({ "removeLineIds": [claim.line(0)] });
    assert_eq!(world.partner.act("updateClaim", &claim, empty).await.refused(), ["PRODUCTS_REQUIRED"]);
    let unenrolled = json!({ "mpnId": ALPINE_SELLS });
    assert_eq!(world.partner.act("updateClaim", &claim, unenrolled).await.refused(), ["LOCATION_NOT_ENROLLED"]);
    let nobody = json!({ "customerContact": null });
    assert_eq!(world.partner.act("updateClaim", &claim, nobody).await.refused(), ["CUSTOMER_CONTACT_REQUIRED"]);
    assert_eq!(world.partner.claim(claim.id()).await.unwrap().version(), claim.version());
}

async fn a_reference_is_unique_to_its_partner(world: &World) {
    // L12
    let with_reference = |caller| {
        let mut input = world.input_of(caller);
        input["externalReference"] = json!("CRM-77");
        input
    };
    let claim = world.partner.mutate("createClaim", with_reference(&world.partner)).await.claim();
    let answer = world.partner.mutate("createClaim", with_reference(&world.partner)).await;
    answer.refused_for("INVALID_VALUE");
    assert!(answer.problem("INVALID_VALUE")["field"].to_string().contains("externalReference"), "{}", answer.text);
    // Another partner's is its own affair (A4).
    world.rival.mutate("createClaim", with_reference(&world.rival)).await.claim();
    let find = "{ claims(filter: { externalReference: \"CRM-77\" }) { totalCount nodes { id } } }";
    let found = world.partner.query(find).await;
    assert_eq!(found["claims"], json!({ "totalCount": 1, "nodes": [{ "id": claim.id() }] }));
    // A draft that is deleted gives it free.
    world.partner.act("deleteClaimDraft", &claim, json!({})).await.data();
    world.partner.mutate("createClaim", with_reference(&world.partner)).await.claim();
}

async fn texts_are_trimmed_and_bounded(world: &World) {
    // L13
    let claim = world.submitted().await;
    let trimmed = world.partner.act("updateClaim", &claim, json!({ "name": "  Ünïcödé \n" })).await.done();
    assert_eq!(trimmed.field("name"), "Ünïcödé");
    let longest = "ä".repeat(200);
    let claim = world.partner.act("updateClaim", &trimmed, json!({ "name": longest })).await.done();
    assert_eq!(claim.field("name"), longest.as_str());
    for bad in [format!("{longest}x"), "   ".to_owned(), String::new(), "nul\u{0}".to_owned(), "bell\u{7}".to_owned()] {
        let answer = world.partner.act("updateClaim", &claim, json!({ "name": bad })).await;
        assert_eq!(answer.refused(), ["INVALID_VALUE"], "{bad:?}");
        assert!(answer.problem("INVALID_VALUE")["field"].to_string().contains("name"));
    }
    let body = "line\nbreak\tand tab ".repeat(500);
    assert!(world.partner.comment(claim.id(), body.trim(), "SHARED").await.problems().is_empty());
    for bad in ["x".repeat(10_001), " \n ".to_owned(), "nul\u{0}".to_owned()] {
        assert_eq!(world.partner.comment(claim.id(), &bad, "SHARED").await.refused(), ["INVALID_VALUE"]);
    }
}

async fn contacts_are_checked(world: &World) {
    // L13
    let claim = world.draft().await;
    for email in ["", "kim", "kim@", "@contoso.example", "kim contoso@x.example", "kim@contoso.example\u{0}"] {
        let input = json!({ "customerContact": { "name": "Kim", "email": email } });
        let answer = world.partner.act("updateClaim", &claim, input).await;
        assert_eq!(answer.refused(), ["INVALID_VALUE"], "{email:?}");
        assert!(answer.problem("INVALID_VALUE")["field"].to_string().contains("email"), "{}", answer.text);
    }
    let input = json!({ "customerContact": { "name": " ", "email": "kim@contoso.example" } });
    assert_eq!(world.partner.act("updateClaim", &claim, input).await.refused(), ["INVALID_VALUE"]);
}

async fn words_find_claims(world: &World) {
    // L14
    let named = |name: &str, reference: Option<&str>| {
        let mut input = world.input_of(&world.partner);
        input["name"] = json!(name);
        input["externalReference"] = json!(reference);
        input
    };
    let one = world.partner.mutate("createClaim", named("Grüne 100% Wiese", Some("Ref_42"))).await.claim();
    let two = world.partner.mutate("createClaim", named("Rote 100 Wiese", None)).await.claim();
    let search = |text: String| async move {
        let found = world
            .partner
            .graphql("query($s: String!) { claims(filter: { search: $s }) { nodes { id } } }", json!({ "s": text }))
            .await;
        let mut ids: Vec<_> = found.data()["claims"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let mut both = [one.id().to_owned(), two.id().to_owned()];
    both.sort();
    assert_eq!(search("WIESE".to_owned()).await, both);
    assert_eq!(search("wiese grüne".to_owned()).await, [one.id()]);
    assert_eq!(search("GRÜNE".to_owned()).await, [one.id()]);
    assert_eq!(search("100%".to_owned()).await, [one.id()]);
    assert_eq!(search("ref_4".to_owned()).await, [one.id()]);
    assert!(search("ref__".to_owned()).await.is_empty() && search("%".to_owned()).await == [one.id()]);
    assert_eq!(search("contoso-GROUP".to_owned()).await, both);
    assert_eq!(search(two.field("number").as_str().unwrap().to_lowercase()).await, [two.id()]);
    assert!(search("wiese blau".to_owned()).await.is_empty());
    // The vendor does not find by the partner's own reference.
    let submitted = world.submit(&world.partner, &world.prove(&world.partner, &one).await).await;
    let query = |text: &str| format!("{{ claims(filter: {{ search: \"{text}\" }}) {{ nodes {{ id }} }} }}");
    assert_eq!(world.lead.query(&query("ref_42")).await["claims"]["nodes"], json!([]));
    assert_eq!(world.lead.query(&query("grüne")).await["claims"]["nodes"], json!([{ "id": submitted.id() }]));
}
