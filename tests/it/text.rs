//! Text and identifiers: what is blank, what is found, and the one form of what people type (L13-L15).

use serde_json::{Value, json};

use crate::support::{
    Answer, Caller, World, both,
    directory::{CONTOSO, CONTOSO_FINANCE, FINANCE},
    ids,
};

both!(
    what_nobody_can_see_is_blank,
    every_required_text_refuses_what_nobody_can_see,
    a_blank_text_brings_nothing,
    text_that_reads_other_than_it_is_is_refused,
    customers_are_found_however_their_names_are_typed,
    claims_are_found_by_a_folded_name,
    older_texts_get_the_forms_of_this_release,
    a_domain_is_the_same_in_every_spelling,
    a_claims_number_is_the_same_in_every_spelling,
    a_reference_is_the_same_in_every_spelling,
    a_tenant_is_named_in_every_spelling_of_its_id,
    a_customer_keeps_its_domains_when_none_are_given,
);

/// Characters that leave nothing to be seen.
const UNSEEN: [&str; 7] = ["\u{2060}", "\u{feff}", "\u{200b}", "\u{200d}\u{200c}", "\u{3164}", "\u{2800}", " \u{ad} "];

async fn what_nobody_can_see_is_blank(world: &World) {
    // L13
    let draft = world.draft().await;
    let rejected = world.rejected().await;
    for blank in UNSEEN {
        for field in ["name", "mpnId"] {
            world.partner.act("updateClaim", &draft, json!({ field: blank })).await.refused_for("INVALID_VALUE");
        }
        let contact = json!({ "customerContact": { "name": blank, "email": "ana@contoso.example" } });
        world.partner.act("updateClaim", &draft, contact).await.refused_for("INVALID_VALUE");
        world.partner.comment(rejected.id(), blank, "SHARED").await.refused_for("INVALID_VALUE");
        let dispute = json!({ "justification": blank });
        world.partner.act("disputeClaim", &rejected, dispute).await.refused_for("INVALID_VALUE");
        let mut input = world.input_of(&world.partner);
        input["idempotencyKey"] = json!(blank);
        let answer = world.partner.mutate("createClaim", input).await;
        assert!(answer.text.contains("idempotency key"), "{}", answer.text);
    }
}

/// The input types with texts that are required: for each of its `String!` fields the refusal of a blank one is tried.
const REQUIRED: [(&str, &[&str]); 14] = [
    ("AddCommentInput", &["body"]),
    ("AwardArbitrationInput", &["rationale"]),
    ("ClaimEligibilityInput", &["domain", "mpnId"]),
    ("ContactInput", &["email", "name"]),
    ("CreateClaimInput", &["domain", "mpnId", "name"]),
    ("CustomerRow", &["domain", "name"]),
    ("PartnerLocationRow", &["country", "mpnId", "name"]),
    ("PartnerRow", &["name"]),
    ("ProductRow", &["name", "skuPartNumber"]),
    ("ReassignReviewsInput", &["fromSubject"]),
    ("RejectClaimInput", &["detail"]),
    ("RequestPartnerActionInput", &["message"]),
    ("ReviewerRow", &["name", "subject"]),
    ("WithdrawClaimInput", &["detail"]),
];

#[test]
fn the_required_texts_are_those_of_the_schema() {
    // L13
    let schema = crate::support::source::read("schema.graphql");
    for (name, fields) in REQUIRED {
        let start = schema.find(&format!("input {name} {{")).unwrap_or_else(|| panic!("{name}"));
        let text = &schema[start..];
        let lines = text[..text.find("\n}").unwrap()].lines();
        let found: Vec<&str> = lines.filter_map(|line| line.trim().strip_suffix(": String!")).collect();
        // What a nullable field takes, the server may still require.
        assert!(found.iter().all(|field| fields.contains(field)), "{name}: {found:?}");
    }
}

/// The input of a mutation with one text in place of another; the path is that of the problem's field.
fn with(mut input: Value, path: &[&str], text: &str) -> Value {
    let place = path.iter().fold(&mut input, |value, step| match step.parse::<usize>() {
        Ok(index) => &mut value[index],
        Err(_) => &mut value[*step],
    });
    *place = json!(text);
    input
}

async fn every_required_text_refuses_what_nobody_can_see(world: &World) {
    // L13
    let review = world.under_review().await;
    let at = |claim: &crate::support::Claim| json!({ "claimId": claim.id(), "expectedVersion": claim.version() });
    let rival = world.submitted_by(&world.rival).await;
    let arbitration = world.lead.claim(rival.id()).await.unwrap().arbitrations()[0].0.to_owned();
    let award = json!({ "arbitrationId": arbitration, "winnerClaimId": rival.id(), "rationale": "x" });
    let mut reject = at(&review);
    reject["reason"] = json!("INSUFFICIENT_POE");
    let mut ask = at(&review);
    ask["reasons"] = json!(["OTHER"]);
    let location = json!({ "mpnId": "7", "name": "x", "country": "CH", "enrolledPrograms": [] });
    let partner = json!({ "partnerId": "a0000000-0000-4000-8000-0000000000ff", "name": "x", "locations": [location] });
    let customer = json!({ "tenantId": "c0000000-0000-4000-8000-0000000000ff", "name": "x", "domain": "x.example" });
    let product = json!({ "skuId": "c0000000-0000-4000-8000-0000000000ff", "skuPartNumber": "x", "name": "x", "solutionArea": "MICROSOFT_365" });
    let reviewer = json!({ "subject": "x", "name": "x", "lead": false, "active": true });
    let create = world.input_of(&world.partner);
    let cases: [(&Caller, &str, Value, &[&str]); 23] = [
        (&world.partner, "addComment", json!({ "claimId": review.id(), "visibility": "SHARED" }), &["body"]),
        (&world.lead, "awardArbitration", award, &["rationale"]),
        (&world.partner, "createClaim", create.clone(), &["name"]),
        (&world.partner, "createClaim", create.clone(), &["domain"]),
        (&world.partner, "createClaim", create.clone(), &["mpnId"]),
        (&world.partner, "createClaim", create.clone(), &["customerContact", "name"]),
        (&world.partner, "createClaim", create.clone(), &["technicalContact", "email"]),
        (&world.partner, "createClaim", create, &["partnerContact", "name"]),
        (&world.partner, "withdrawClaim", at(&review), &["detail"]),
        (&world.reviewer, "rejectClaim", reject, &["detail"]),
        (&world.reviewer, "requestPartnerAction", ask, &["message"]),
        (&world.lead, "reassignReviews", json!({}), &["fromSubject"]),
        (&world.lead, "setReviewerAbsence", json!({}), &["reviewerSubject"]),
        (&world.sync, "upsertCustomers", json!({ "rows": [customer] }), &["rows", "0", "name"]),
        (&world.sync, "upsertCustomers", json!({ "rows": [customer] }), &["rows", "0", "domain"]),
        (&world.sync, "upsertPartners", json!({ "rows": [partner] }), &["rows", "0", "name"]),
        (&world.sync, "upsertPartners", json!({ "rows": [partner] }), &["rows", "0", "locations", "0", "name"]),
        (&world.sync, "upsertPartners", json!({ "rows": [partner] }), &["rows", "0", "locations", "0", "mpnId"]),
        (&world.sync, "upsertPartners", json!({ "rows": [partner] }), &["rows", "0", "locations", "0", "country"]),
        (&world.sync, "upsertProducts", json!({ "rows": [product] }), &["rows", "0", "name"]),
        (&world.sync, "upsertProducts", json!({ "rows": [product] }), &["rows", "0", "skuPartNumber"]),
        (&world.sync, "upsertReviewers", json!({ "rows": [reviewer] }), &["rows", "0", "name"]),
        (&world.sync, "upsertReviewers", json!({ "rows": [reviewer] }), &["rows", "0", "subject"]),
    ];
    for (caller, mutation, input, path) in cases {
        let in_row: Vec<&str> = path.iter().skip(if path[0] == "rows" { 2 } else { 0 }).copied().collect();
        for blank in UNSEEN {
            let answer = caller.mutate(mutation, with(input.clone(), path, blank)).await;
            let problems = answer.payload()["problems"].as_array().unwrap();
            let of = |problem: &Value| if path[0] == "rows" { problem["problem"].clone() } else { problem.clone() };
            let is_refused = problems
                .iter()
                .map(of)
                .any(|problem| problem["field"] == json!(in_row) && problem["code"] != "NOT_FOUND");
            assert!(is_refused, "{mutation} {path:?} {blank:?}: {}", answer.text);
        }
    }
    let query = "query($input: ClaimEligibilityInput!) { claimEligibility(input: $input) { problems { field } } }";
    let input = json!({ "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "MICROSOFT_365", "activities": ["USAGE"],
        "mpnId": "1000001", "lines": [] });
    for field in ["domain", "mpnId"] {
        for blank in UNSEEN {
            let answer = world.partner.graphql(query, json!({ "input": with(input.clone(), &[field], blank) })).await;
            assert_eq!(answer.payload()["problems"][0], json!({ "field": [field] }), "{field} {blank:?}");
        }
    }
}

/// A rejected claim on a customer of its own.
async fn rejected_on(world: &World, number: u32) -> crate::support::Claim {
    let claim = world.submitted_on(&world.partner, number).await;
    world.reject(&world.review(&claim).await).await
}

async fn a_blank_text_brings_nothing(world: &World) {
    // L5, L13, D1: where one of several things is needed, what nobody can see is none of them.
    let asked = world.action_requested().await;
    let rejected = rejected_on(world, 3).await;
    for blank in UNSEEN {
        world.partner.act("respondToReview", &asked, json!({ "message": blank })).await.refused_for("INVALID_VALUE");
        world
            .partner
            .act("disputeClaim", &rejected, json!({ "justification": blank }))
            .await
            .refused_for("INVALID_VALUE");
    }
    // In an optional field it is as if it had been left out.
    let draft = world.draft_on(&world.partner, 4).await;
    let set = world
        .partner
        .act("updateClaim", &draft, json!({ "solutionSeller": "\u{2060}", "externalReference": "\u{feff}" }))
        .await;
    assert_eq!(
        (set.claim().field("solutionSeller"), set.claim().field("externalReference")),
        (&Value::Null, &Value::Null)
    );
}

async fn text_that_reads_other_than_it_is_is_refused(world: &World) {
    // L13
    let draft = world.draft().await;
    for turned in ["a\u{202e}b", "\u{202d}x"] {
        world.partner.act("updateClaim", &draft, json!({ "name": turned })).await.refused_for("INVALID_VALUE");
    }
    let isolated = "Claim \u{2067}שלום\u{2069} 1";
    let changed = world.partner.act("updateClaim", &draft, json!({ "name": isolated })).await.claim();
    assert_eq!(changed.field("name"), isolated);
}

const TENANTS: [(&str, &str, &str); 3] = [
    ("c7000000-0000-4000-8000-000000000001", "İstanbul Işık Sanayi", "isik.example"),
    ("c7000000-0000-4000-8000-000000000002", "Gy\u{151}r Aut\u{f3}", "gyor-auto.example"),
    ("c7000000-0000-4000-8000-000000000003", "Åkerströms Måleri", "akerstroms.example"),
];

/// Names as people type them, and the customer that they mean.
const TYPED: [(&str, usize); 13] = [
    ("istanbul", 0),
    ("ISTANBUL", 0),
    ("İSTANBUL", 0),
    ("IŞIK", 0),
    ("ışık", 0),
    ("isik sanayi", 0),
    ("gyor", 1),
    ("GYŐR", 1),
    ("Gyo\u{30b}r", 1),
    ("auto\u{301}", 1),
    ("akerstroms", 2),
    ("ÅKERSTRÖMS måleri", 2),
    ("A\u{30a}kerstro\u{308}ms", 2),
];

async fn load_tenants(world: &World) {
    let row =
        |(tenant, name, domain): (&str, &str, &str)| json!({ "tenantId": tenant, "name": name, "domain": domain });
    world.load("upsertCustomers", TENANTS.map(row).to_vec()).await;
}

async fn customers_are_found_however_their_names_are_typed(world: &World) {
    // L14
    load_tenants(world).await;
    let query = "query($s: String!) { customers(search: $s) { nodes { name } } }";
    for (typed, place) in TYPED {
        let found = world.lead.graphql(query, json!({ "s": typed })).await;
        assert_eq!(found.data()["customers"]["nodes"], json!([{ "name": TENANTS[place].1 }]), "{typed}");
    }
}

async fn found(of: &Caller, search: &str) -> Vec<Value> {
    let query = "query($s: String!) { claims(filter: { search: $s }) { nodes { id } } }";
    of.graphql(query, json!({ "s": search })).await.data()["claims"]["nodes"].as_array().unwrap().clone()
}

async fn claims_are_found_by_a_folded_name(world: &World) {
    // L14: by the claim's own name, by its customer's, for each side.
    let claim = world.submitted().await;
    let claim = world.partner.act("updateClaim", &claim, json!({ "name": "Çağrı Merkezi – İZMİR" })).await.done();
    world
        .load(
            "upsertCustomers",
            vec![json!({
                "tenantId": CONTOSO, "name": "Contoso Işık Győr", "domain": "contoso.example",
            })],
        )
        .await;
    for typed in ["cagri", "ÇAĞRI merkezi", "izmir", "-", "ışık", "GYOR contoso"] {
        for caller in [&world.partner, &world.reviewer] {
            assert_eq!(found(caller, typed).await, [json!({ "id": claim.id() })], "{typed} for {}", caller.subject);
        }
    }
}

async fn older_texts_get_the_forms_of_this_release(world: &World) {
    // L14, L15: as a release before this one wrote them.
    load_tenants(world).await;
    let claim = world.submitted().await;
    let claim =
        world.partner.act("updateClaim", &claim, json!({ "name": "Çağrı", "externalReference": "PO 1" })).await.done();
    let database = &world.server.database;
    for sql in [
        "UPDATE customer SET search_text = 'i\u{307}stanbul ışık sanayi' WHERE name LIKE '%Sanayi'",
        "UPDATE claim SET search_text = 'çağrı', external_reference = 'PO  1'",
        "UPDATE customer SET domain = 'xn--mnchen-3ya.example' WHERE name LIKE '%Sanayi'",
        "UPDATE customer_domain SET domain = 'xn--mnchen-3ya.example' WHERE domain = 'isik.example'",
        "DELETE FROM setting WHERE name = 'text_forms'",
    ] {
        assert!(database.tamper(sql).await > 0, "{sql}");
    }
    assert_eq!(found(&world.reviewer, "cagri").await, Vec::<Value>::new());
    world.server.app.db().migrate_up().await.unwrap();
    assert_eq!(found(&world.reviewer, "cagri").await, [json!({ "id": claim.id() })]);
    let customers = world.lead.query("{ customers(search: \"ISIK\") { nodes { domain domains } } }").await;
    let one = json!([{ "domain": "münchen.example", "domains": ["münchen.example"] }]);
    assert_eq!(customers["customers"]["nodes"], one);
    let reference = world.partner.query("{ claims(filter: { externalReference: \"PO 1\" }) { totalCount } }").await;
    assert_eq!(reference["claims"]["totalCount"], 1);
}

async fn a_domain_is_the_same_in_every_spelling(world: &World) {
    // L15
    let tenant = "c7000000-0000-4000-8000-000000000009";
    let row = json!({ "tenantId": tenant, "name": "München", "domain": "MÜNCHEN.example", "domains": ["xn--bcher-kva.example"] });
    world.load("upsertCustomers", vec![row]).await;
    let find = "query($t: UUID!, $d: String!) { customerByTenant(tenantId: $t, domain: $d) { domain domains } }";
    let expected = json!({ "domain": "münchen.example", "domains": ["bücher.example", "münchen.example"] });
    for typed in [
        "münchen.example",
        "XN--mnchen-3ya.EXAMPLE",
        " mu\u{308}nchen.example\u{200b}",
        "bücher.example",
        "xn--bcher-kva.example",
    ] {
        let answer = world.lead.graphql(find, json!({ "t": tenant, "d": typed })).await;
        assert_eq!(answer.data()["customerByTenant"], expected, "{typed}");
    }
    let mut input = world.input_of(&world.partner);
    input["tenantId"] = json!(tenant);
    input["domain"] = json!("xn--mnchen-3ya.example");
    input["lines"] = json!([]);
    let answer = world.partner.mutate("createClaim", input).await;
    assert!(!answer.text.contains("DOMAIN_TENANT_MISMATCH"), "{}", answer.text);
}

async fn a_claims_number_is_the_same_in_every_spelling(world: &World) {
    // L12, L15
    let claim = world.draft().await;
    let number = claim.field("number").as_str().unwrap().to_owned();
    let find = "query($n: String!) { claimByNumber(number: $n) { id } claims(filter: { number: $n }) { totalCount } }";
    for typed in [
        number.clone(),
        number.to_lowercase(),
        format!(" {number}\n"),
        number.replace('-', ""),
        number.replace('-', " "),
        number.replace('-', "\u{2011}"),
        number.replace('-', "–"),
        number.replacen("CPOR-", "", 1),
        number.replace('0', "O"),
        number.replace("CPOR", "СРОR"),
    ] {
        let answer = world.partner.graphql(find, json!({ "n": typed })).await;
        assert_eq!(answer.data()["claimByNumber"], json!({ "id": claim.id() }), "{typed:?}");
        assert_eq!(answer.data()["claims"]["totalCount"], 1, "{typed:?}");
    }
}

async fn a_reference_is_the_same_in_every_spelling(world: &World) {
    // L12, L15
    let claim = world.draft().await;
    let set = |reference: &str| json!({ "externalReference": reference });
    let named = world.partner.act("updateClaim", &claim, set(" Gyo\u{30b}r \u{a0} 4711\u{200b}")).await.claim();
    assert_eq!(named.field("externalReference"), "Győr 4711");
    let find = "query($r: String!) { claims(filter: { externalReference: $r }) { nodes { id } } }";
    for typed in ["Győr 4711", "Gyo\u{30b}r 4711", "Győr  4711 ", "\u{feff}Győr\u{a0}4711"] {
        let answer = world.partner.graphql(find, json!({ "r": typed })).await;
        assert_eq!(answer.data()["claims"]["nodes"], json!([{ "id": claim.id() }]), "{typed:?}");
        let other = other_draft(world, typed).await;
        other.refused_for("INVALID_VALUE");
    }
}

/// A second draft with this reference.
async fn other_draft(world: &World, reference: &str) -> Answer {
    let mut input = world.input_of(&world.partner);
    input["externalReference"] = json!(reference);
    input["lines"] = json!([{ "productId": ids::of_uuid("Product", FINANCE), "subscriptionId": CONTOSO_FINANCE }]);
    world.partner.mutate("createClaim", input).await
}

async fn a_tenant_is_named_in_every_spelling_of_its_id(world: &World) {
    // L15
    let find = "query($t: UUID!) { customerByTenant(tenantId: $t, domain: \"contoso.example\") { name } }";
    let tenant = CONTOSO;
    for typed in [
        tenant.to_uppercase(),
        format!(" {tenant}\n"),
        tenant.replace('-', "\u{2011}"),
        tenant.replace('-', "–"),
        format!("\u{feff}{tenant}"),
    ] {
        let answer = world.partner.graphql(find, json!({ "t": typed })).await;
        assert_eq!(answer.data()["customerByTenant"]["name"], "Contoso", "{typed:?}");
    }
}

async fn a_customer_keeps_its_domains_when_none_are_given(world: &World) {
    // L12
    let tenant = "c7000000-0000-4000-8000-000000000008";
    let upsert = async |rest: Value| {
        let mut row = json!({ "tenantId": tenant, "name": "Kept", "domain": "kept.example" });
        row.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        let answer = world.sync.mutate("upsertCustomers", json!({ "rows": [row] })).await;
        let domains = world.lead.query("{ customers(search: \"kept\") { nodes { domains } } }").await;
        (answer.payload()["unchanged"].clone(), domains["customers"]["nodes"][0]["domains"].clone())
    };
    assert_eq!(upsert(json!({ "domains": ["b.example"] })).await, (json!(0), json!(["b.example", "kept.example"])));
    assert_eq!(upsert(json!({})).await, (json!(1), json!(["b.example", "kept.example"])));
    assert_eq!(upsert(json!({ "name": "Kept 2" })).await, (json!(0), json!(["b.example", "kept.example"])));
    let moved = json!({ "domain": "new-kept.example" });
    assert_eq!(upsert(moved).await, (json!(0), json!(["b.example", "kept.example", "new-kept.example"])));
    assert_eq!(upsert(json!({ "domains": null })).await, (json!(0), json!(["kept.example"])));
    assert_eq!(upsert(json!({ "domains": [] })).await, (json!(1), json!(["kept.example"])));
}
