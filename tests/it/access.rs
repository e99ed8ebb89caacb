//! What is not yours is not there: another partner's claim, in every query, mutation, edge, count and cursor, answers like
//! one that never was (A4). And what customers, roles and scopes may (A1-A3, A5, A6).

use serde_json::{Value, json};

use crate::support::{Answer, Caller, Claim, World, both, directory::*, ids, world::SCOPES};

both!(
    another_partners_claim_is_as_unknown_as_none,
    another_partners_claim_cannot_be_acted_on,
    a_reviewer_cannot_act_on_a_draft,
    an_id_that_is_none_is_not_found,
    another_partners_claim_is_in_no_list_and_no_count,
    partners_see_only_what_they_work_with,
    a_customer_sees_approved_claims_and_little_of_them,
    a_customer_begins_to_see_a_claim_with_its_approval,
    a_customer_changes_nothing_of_a_claim,
    a_customer_sees_no_other_tenant,
    an_incentives_user_prepares_and_does_not_send,
    an_auditor_reads_and_changes_nothing,
    directory_sync_sees_no_claims,
    neither_side_learns_who_the_other_is,
);

/// Everything that hangs on a claim of Alpine's: the type and the id of each.
async fn belongings(world: &World) -> (Claim, Vec<(&'static str, String)>) {
    let claim = world.approved().await;
    world.partner.comment(claim.id(), "A word.", "SHARED").await.claim();
    let query = "query($id: ID!) { claim(id: $id) { proofOfExecution { id } comments(first: 1) { nodes { id } } \
        history(first: 1) { nodes { id } } lines { association { id } } } }";
    let answer = world.partner.graphql(query, json!({ "id": claim.id() })).await;
    let seen = &answer.data()["claim"];
    let id = |value: &Value| value["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
    let all = vec![
        ("Claim", claim.id().to_owned()),
        ("ProofDocument", id(&seen["proofOfExecution"][0])),
        ("Comment", id(&seen["comments"]["nodes"][0])),
        ("HistoryEntry", id(&seen["history"]["nodes"][0])),
        ("Association", id(&seen["lines"][0]["association"])),
        ("Customer", ids::of_customer(CONTOSO)),
        ("CustomerSubscription", ids::of_uuid("CustomerSubscription", CONTOSO_SALES)),
        ("Partner", ids::of_uuid("Partner", ALPINE)),
        ("PartnerLocation", ids::of_location(ALPINE_ENROLLED)),
    ];
    (claim, all)
}

/// Asserts that both ids get the same answer, byte by byte but for the ids themselves.
async fn alike(caller: &Caller, query: &str, real: &str, never: &str) -> Answer {
    let one = caller.graphql(query, json!({ "id": real })).await;
    let other = caller.graphql(query, json!({ "id": never })).await;
    assert_eq!(one.status, other.status, "{query}");
    assert_eq!(one.text.replace(real, "ID"), other.text.replace(never, "ID"), "{query}");
    one
}

async fn another_partners_claim_is_as_unknown_as_none(world: &World) {
    // A4
    let (claim, all) = belongings(world).await;
    for (kind, id) in &all {
        let never = match *kind {
            "PartnerLocation" => ids::of_location("7777777"),
            kind => ids::of_nothing(kind),
        };
        let answer = alike(&world.rival, "query($id: ID!) { node(id: $id) { __typename id } }", id, &never).await;
        assert_eq!(answer.data()["node"], Value::Null, "{kind}");
        alike(&world.rival, "query($id: ID!) { nodes(ids: [$id]) { id } }", id, &never).await;
    }
    let never = ids::of_nothing("Claim");
    for query in [
        "query($id: ID!) { claim(id: $id) { id } }",
        "query($id: ID!) { claims(filter: { ids: [$id] }) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }",
        "query($id: ID!) { comments(claimId: $id) { totalCount nodes { id } } }",
        "query($id: ID!) { history(filter: { claimId: $id }) { totalCount nodes { id } } }",
        "query($id: ID!) { claimStatistics(filter: { ids: [$id] }) { total overdue } }",
    ] {
        alike(&world.rival, query, claim.id(), &never).await;
    }
    let customer = (ids::of_customer(CONTOSO), ids::of_nothing("Customer"));
    for query in [
        "query($id: ID!) { customer(id: $id) { id } }",
        "query($id: ID!) { claims(filter: { customerId: $id }) { totalCount nodes { id } } }",
        "query($id: ID!) { subscriptions(filter: { customerId: $id }) { totalCount nodes { id } } }",
        "query($id: ID!) { associations(customerId: $id) { totalCount nodes { id } } }",
    ] {
        alike(&world.rival, query, &customer.0, &customer.1).await;
    }
    let partner = (ids::of_uuid("Partner", ALPINE), ids::of_nothing("Partner"));
    alike(
        &world.rival,
        "query($id: ID!) { claims(filter: { partnerId: $id }) { totalCount } }",
        &partner.0,
        &partner.1,
    )
    .await;
    // The document's content, too.
    let document = &all[1].1;
    let get = |id: &str| world.rival.request(reqwest::Method::GET, &format!("/documents/{id}"));
    let (real, none) =
        (world.rival.send(get(document)).await, world.rival.send(get(&ids::of_nothing("ProofDocument"))).await);
    assert_eq!(
        (real.status, real.text.replace(document, "ID")),
        (none.status, none.text.replace(&ids::of_nothing("ProofDocument"), "ID"))
    );
    assert_eq!(real.status, 404);
}

async fn another_partners_claim_cannot_be_acted_on(world: &World) {
    // A4: in every mutation NOT_FOUND, as for an id that never was, whatever the version.
    let (claim, all) = belongings(world).await;
    let document = &all[1].1;
    let inputs = [
        ("updateClaim", json!({ "name": "Mine" })),
        ("deleteClaimDraft", json!({})),
        ("submitClaim", json!({})),
        ("respondToReview", json!({ "message": "Hello" })),
        ("withdrawClaim", json!({ "detail": "Away" })),
        ("removeProofOfExecution", json!({ "documentId": document })),
    ];
    let never = Claim(json!({ "id": ids::of_nothing("Claim"), "version": claim.version() }));
    for (mutation, input) in inputs {
        let real = world.rival.act(mutation, &claim, input.clone()).await;
        let none = world.rival.act(mutation, &never, input).await;
        assert_eq!(real.refused(), ["NOT_FOUND"], "{mutation}");
        assert_eq!(real.text.replace(claim.id(), "ID"), none.text.replace(never.id(), "ID"), "{mutation}");
    }
    assert_eq!(world.rival.comment(claim.id(), "Hello", "SHARED").await.refused(), ["NOT_FOUND"]);
    assert_eq!(world.rival.attach(claim.id(), "a.pdf", crate::support::world::PDF).await.refused(), ["NOT_FOUND"]);
}

async fn a_reviewer_cannot_act_on_a_draft(world: &World) {
    // A3, A4
    let draft = world.draft_of(&world.rival).await;
    assert_eq!(world.reviewer.act("startReview", &draft, json!({})).await.refused(), ["NOT_FOUND"]);
    assert_eq!(world.lead.comment(draft.id(), "Hello", "INTERNAL").await.refused(), ["NOT_FOUND"]);
}

async fn an_id_that_is_none_is_not_found(world: &World) {
    // A4
    let claim = world.draft().await;
    for id in ["", "x", "Y2xhaW06MQ==", &ids::of_nothing("Customer"), &format!("{}=", claim.id())] {
        let nonsense = Claim(json!({ "id": id, "version": 1 }));
        assert_eq!(world.partner.act("submitClaim", &nonsense, json!({})).await.refused(), ["NOT_FOUND"], "{id}");
    }
}

async fn another_partners_claim_is_in_no_list_and_no_count(world: &World) {
    // A4
    let (claim, _) = belongings(world).await;
    let lists = "{ claims { totalCount nodes { id } } comments { totalCount nodes { id } } history { totalCount nodes { id } } \
        associations { totalCount nodes { id } } customers { totalCount nodes { id } } subscriptions { totalCount nodes { id } } \
        claimStatistics { total approvalRate } }";
    let seen = world.rival.query(lists).await;
    for list in ["claims", "comments", "history", "associations", "customers", "subscriptions"] {
        assert_eq!(seen[list], json!({ "totalCount": 0, "nodes": [] }), "{list}");
    }
    assert_eq!(seen["claimStatistics"], json!({ "total": 0, "approvalRate": null }));
    // A cursor is a place in an order and opens nothing.
    let edges = world.partner.query("{ claims { edges { cursor } } }").await;
    let cursor = edges["claims"]["edges"][0]["cursor"].clone();
    for place in ["first: 5, after", "last: 5, before"] {
        let page = format!(
            "query($c: String!) {{ claims({place}: $c) {{ totalCount nodes {{ id }} pageInfo {{ startCursor endCursor }} }} }}"
        );
        let answer = world.rival.graphql(&page, json!({ "c": cursor })).await;
        let nothing = json!({ "totalCount": 0, "nodes": [], "pageInfo": { "startCursor": null, "endCursor": null } });
        assert_eq!(answer.data()["claims"], nothing);
    }
    // The rival's own claim on the same subject: each sees its own only, the vendor both.
    let own = world.submitted_by(&world.rival).await;
    assert_eq!(world.rival.query("{ claims { nodes { id } } }").await["claims"]["nodes"], json!([{ "id": own.id() }]));
    let through_customer = "query($id: ID!) { customer(id: $id) { claims { totalCount nodes { id } } } }";
    let answer = world.rival.graphql(through_customer, json!({ "id": ids::of_customer(CONTOSO) })).await;
    assert_eq!(answer.data()["customer"]["claims"], json!({ "totalCount": 1, "nodes": [{ "id": own.id() }] }));
    assert_eq!(world.lead.query("{ claims { totalCount } }").await["claims"]["totalCount"], 2);
    assert_ne!(own.id(), claim.id());
}

async fn partners_see_only_what_they_work_with(world: &World) {
    // A4: of partners only itself.
    let partners = world
        .partner
        .query("{ partners { totalCount nodes { name locations { mpnId } } } viewer { partner { name } } }")
        .await;
    assert_eq!(partners["partners"]["totalCount"], 1);
    assert_eq!(partners["partners"]["nodes"][0]["locations"].as_array().unwrap().len(), 3);
    assert_eq!(partners["viewer"]["partner"]["name"], "Alpine Advisers");
    // A6: a customer by what one must know already, and then its name and domain only.
    let look = "query($t: UUID!, $d: String!) { customerByTenant(tenantId: $t, domain: $d) { name domain domains subscriptions { totalCount } } }";
    let find = |caller: &Caller, tenant: &str, domain: &str| {
        let (caller, variables) = (caller.clone(), json!({ "t": tenant, "d": domain }));
        async move { caller.graphql(look, variables).await.data()["customerByTenant"].clone() }
    };
    assert_eq!(find(&world.partner, CONTOSO, "fabrikam.example").await, Value::Null);
    assert_eq!(find(&world.partner, "c9999999-0000-4000-8000-000000000000", "contoso.example").await, Value::Null);
    let found = find(&world.partner, CONTOSO, "CONTOSO-group.example").await;
    assert_eq!(
        found,
        json!({ "name": "Contoso", "domain": "contoso.example", "domains": ["contoso.example"], "subscriptions": { "totalCount": 0 } })
    );
    assert_eq!(world.partner.query("{ customers { totalCount } }").await["customers"]["totalCount"], 0);
    // After association it reads the subscriptions of the claimed products, of no others.
    let claim = world.approved().await;
    let seen = world.partner.query("{ customers { nodes { name } } subscriptions { nodes { subscriptionId } } }").await;
    assert_eq!(seen["customers"]["nodes"], json!([{ "name": "Contoso" }]));
    assert_eq!(seen["subscriptions"]["nodes"], json!([{ "subscriptionId": CONTOSO_SALES }]));
    world.partner.act("withdrawClaim", &claim, json!({ "detail": "Over." })).await.done();
    assert_eq!(world.partner.query("{ subscriptions { totalCount } }").await["subscriptions"]["totalCount"], 0);
}

const ALL_OF_A_CLAIM: &str = "query($id: ID!) { claim(id: $id) { status activities partner { name locations { mpnId } } \
    lines { outcome product { skuId } } externalReference customerContact { name } technicalContact { name } partnerContact { name } \
    solutionSeller partnerSolution proofOfExecution { id } comments { totalCount nodes { id } } history { totalCount nodes { id } } \
    rejection { reason } actionRequest { message } reviewer { subject } problems { code } decisionDueAt availableActions } }";

async fn a_customer_sees_approved_claims_and_little_of_them(world: &World) {
    // A3
    let claim = world.under_review().await;
    world.partner.comment(claim.id(), "Between us.", "SHARED").await.claim();
    let claim = world.approve(&claim).await;
    let answer = world.customer.graphql(ALL_OF_A_CLAIM, json!({ "id": claim.id() })).await;
    let seen = &answer.data()["claim"];
    assert_eq!((&seen["status"], &seen["partner"]["name"]), (&json!("APPROVED"), &json!("Alpine Advisers")));
    assert_eq!(seen["lines"], json!([{ "outcome": "PENDING", "product": { "skuId": SALES } }]));
    for field in [
        "externalReference",
        "customerContact",
        "technicalContact",
        "partnerContact",
        "solutionSeller",
        "partnerSolution",
        "rejection",
        "actionRequest",
        "reviewer",
        "decisionDueAt",
    ] {
        assert_eq!(seen[field], Value::Null, "{field}");
    }
    for field in ["proofOfExecution", "problems"] {
        assert_eq!(seen[field], json!([]), "{field}");
    }
    assert_eq!(seen["availableActions"], json!(["DECLINE_CONSENT"]));
    let nothing = json!({ "totalCount": 0, "nodes": [] });
    assert_eq!((&seen["comments"], &seen["history"], &seen["partner"]["locations"]), (&nothing, &nothing, &json!([])));
}

async fn a_customer_begins_to_see_a_claim_with_its_approval(world: &World) {
    // A3: and keeps seeing it after a rejection, without the reason.
    let claim = world.under_review().await;
    assert!(world.customer.claim(claim.id()).await.is_none());
    assert_eq!(world.customer.query("{ claims { totalCount } }").await["claims"]["totalCount"], 0);
    let claim = world.approve(&claim).await;
    let claim = world.partner.act("withdrawClaim", &claim, json!({ "detail": "Our secret." })).await.done();
    let answer = world.customer.graphql(ALL_OF_A_CLAIM, json!({ "id": claim.id() })).await;
    assert_eq!(answer.data()["claim"]["status"], "REJECTED");
    assert!(!answer.text.contains("secret") && answer.data()["claim"]["rejection"].is_null());
}

async fn a_customer_changes_nothing_of_a_claim(world: &World) {
    // A2, A3
    let claim = world.approved().await;
    for (mutation, input) in [
        ("withdrawClaim", json!({ "detail": "x" })),
        ("approveClaim", json!({})),
        ("updateClaim", json!({ "name": "x" })),
    ] {
        assert_eq!(world.customer.act(mutation, &claim, input).await.errors(), ["FORBIDDEN"], "{mutation}");
    }
    assert_eq!(world.customer.comment(claim.id(), "Hello", "SHARED").await.errors(), ["FORBIDDEN"]);
}

async fn a_customer_sees_no_other_tenant(world: &World) {
    // A3, A4
    let (claim, _) = belongings(world).await;
    alike(&world.other_customer, "query($id: ID!) { claim(id: $id) { id } }", claim.id(), &ids::of_nothing("Claim"))
        .await;
    let lists = "{ claims { totalCount } customers { nodes { name } } associations { totalCount } partners { totalCount } \
        subscriptions { nodes { subscriptionId } } comments { totalCount } history { totalCount } }";
    let seen = world.other_customer.query(lists).await;
    assert_eq!(seen["customers"]["nodes"], json!([{ "name": "Fabrikam" }]));
    for list in ["claims", "associations", "partners", "comments", "history"] {
        assert_eq!(seen[list]["totalCount"], 0, "{list}");
    }
    assert_eq!(seen["subscriptions"]["nodes"].as_array().unwrap().len(), 2);
    let of_contoso = world.customer.query(lists).await;
    assert_eq!(
        (&of_contoso["claims"]["totalCount"], &of_contoso["associations"]["totalCount"]),
        (&json!(1), &json!(1))
    );
    assert_eq!((&of_contoso["comments"]["totalCount"], &of_contoso["history"]["totalCount"]), (&json!(0), &json!(0)));
}

async fn an_incentives_user_prepares_and_does_not_send(world: &World) {
    // A1
    let draft = world.user.mutate("createClaim", world.input_of(&world.partner)).await.claim();
    let draft = world.user.act("updateClaim", &draft, json!({ "name": "Prepared" })).await.claim();
    let draft = world.prove(&world.user, &draft).await;
    assert_eq!(draft.actions(), ["EDIT", "ATTACH_PROOF", "REMOVE_PROOF"]);
    for mutation in ["submitClaim", "deleteClaimDraft"] {
        assert_eq!(world.user.act(mutation, &draft, json!({})).await.errors(), ["FORBIDDEN"], "{mutation}");
    }
    for role in ["BILLING_ADMIN", "INCENTIVES_ADMIN"] {
        let claims = json!({ "roles": [role], "scope": SCOPES, "partner_id": ALPINE });
        let seen = world.server.caller(claims).claim(draft.id()).await.unwrap();
        assert!(seen.actions().contains(&"SUBMIT") && seen.actions().contains(&"DELETE_DRAFT"), "{role}");
    }
    let claim = world.ask(&world.review(&world.submit(&world.partner, &draft).await).await).await;
    assert!(world.user.comment(claim.id(), "We will.", "SHARED").await.problems().is_empty());
    for (mutation, input) in
        [("respondToReview", json!({ "message": "x" })), ("withdrawClaim", json!({ "detail": "x" }))]
    {
        assert_eq!(world.user.act(mutation, &claim, input).await.errors(), ["FORBIDDEN"], "{mutation}");
    }
}

async fn an_auditor_reads_and_changes_nothing(world: &World) {
    // A2, K1
    let claim = world.under_review().await;
    world.reviewer.comment(claim.id(), "Between us reviewers.", "INTERNAL").await.claim();
    let query = "query($id: ID!) { claim(id: $id) { availableActions comments { nodes { body visibility } } } }";
    let seen = world.auditor.graphql(query, json!({ "id": claim.id() })).await;
    assert_eq!(seen.data()["claim"]["availableActions"], json!([]));
    assert_eq!(seen.data()["claim"]["comments"]["nodes"][0]["visibility"], "INTERNAL");
    for (mutation, input) in
        [("startReview", json!({})), ("approveClaim", json!({})), ("assignReviewer", json!({ "reviewerSubject": "x" }))]
    {
        assert_eq!(world.auditor.act(mutation, &claim, input).await.errors(), ["FORBIDDEN"], "{mutation}");
    }
    assert_eq!(world.auditor.comment(claim.id(), "Hm.", "INTERNAL").await.errors(), ["FORBIDDEN"]);
}

async fn directory_sync_sees_no_claims(world: &World) {
    // A2, C8
    let (claim, all) = belongings(world).await;
    assert!(world.sync.claim(claim.id()).await.is_none());
    let lists = "{ claims { totalCount } comments { totalCount } history { totalCount } associations { totalCount } customers { totalCount } }";
    let seen = world.sync.query(lists).await;
    for list in ["claims", "comments", "history", "associations"] {
        assert_eq!(seen[list]["totalCount"], 0, "{list}");
    }
    assert_eq!(seen["customers"]["totalCount"], 2);
    for (kind, id) in all
        .iter()
        .filter(|(kind, _)| ["Claim", "ProofDocument", "Comment", "HistoryEntry", "Association"].contains(kind))
    {
        let node = world.sync.graphql("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(node.data()["node"], Value::Null, "{kind}");
    }
    assert_eq!(world.sync.mutate("createClaim", world.input_of(&world.partner)).await.errors(), ["FORBIDDEN"]);
    // And nobody else loads the directory.
    for caller in [&world.partner, &world.lead, &world.customer] {
        let answer = caller.mutate("upsertProducts", json!({ "rows": products()[..1] })).await;
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{}", caller.subject);
    }
}

async fn neither_side_learns_who_the_other_is(world: &World) {
    // A4: a partner never learns a reviewer's subject; the vendor never reads the partner's own reference.
    let mut input = world.input_of(&world.partner);
    input["externalReference"] = json!("SECRET-REF");
    let claim = world.partner.mutate("createClaim", input).await.claim();
    let claim = world.submit(&world.partner, &world.prove(&world.partner, &claim).await).await;
    let claim = world.approve(&world.review(&claim).await).await;
    world.reviewer.comment(claim.id(), "Welcome.", "SHARED").await.claim();
    world.reviewer.comment(claim.id(), "A secret of ours.", "INTERNAL").await.claim();
    let query = "query($id: ID!) { claim(id: $id) { externalReference reviewer { subject name } comments { totalCount nodes { body author { kind name } } } \
        history(first: 50) { totalCount nodes { note actor { kind name } changes { field before after } comment { body } } } } }";
    let partner = world.partner.graphql(query, json!({ "id": claim.id() })).await;
    assert!(partner.data()["claim"]["reviewer"].is_null());
    for secret in ["rita@vendor.example", "A secret of ours"] {
        assert!(!partner.text.contains(secret), "{}", partner.text);
    }
    let vendor = world.lead.graphql(query, json!({ "id": claim.id() })).await;
    assert!(!vendor.text.contains("SECRET-REF"), "{}", vendor.text);
    assert_eq!(vendor.data()["claim"]["comments"]["totalCount"], 2);
    assert_eq!(partner.data()["claim"]["comments"]["totalCount"], 1);
    let count = |answer: &Answer| answer.data()["claim"]["history"]["totalCount"].as_i64().unwrap();
    assert_eq!(count(&vendor), count(&partner) + 1);
}
