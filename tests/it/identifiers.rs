//! Whatever people type as an identifier is stored, filtered and looked up in one form (L15), and found by a search where it
//! names a claim (L14).

use serde_json::{Value, json};

use crate::support::{
    Caller, World, both,
    directory::{ALPINE_ENROLLED, CONTOSO, CONTOSO_SALES, FABRIKAM, FABRIKAM_SALES},
};

both!(
    every_kind_of_identifier_has_one_form,
    a_claim_is_found_by_the_ids_that_it_names,
    ids_are_searched_within_sight_only,
    a_subject_that_only_looks_like_another_is_refused,
    an_idempotency_key_has_one_form,
);

/// Spellings of an identifier that mean the same: what pasting adds, other dashes, no case where the kind has none.
fn spellings(canonical: &str, has_case: bool) -> Vec<String> {
    let mut all = vec![
        canonical.to_owned(),
        format!("  {canonical}\n"),
        format!("\u{feff}{canonical}\u{200b}"),
        format!("\u{a0}{canonical}\u{2060}"),
    ];
    if !has_case {
        all.extend([canonical.to_uppercase(), canonical.to_lowercase()]);
    }
    all
}

fn with_dashes(spellings: &[String]) -> Vec<String> {
    let dashed = |text: &String| {
        ['\u{2011}', '\u{2013}', '\u{2212}', '\u{ff0d}'].map(|dash| text.replace('-', &dash.to_string()))
    };
    spellings.iter().flat_map(|text| dashed(text).into_iter().chain([text.clone()])).collect()
}

async fn every_kind_of_identifier_has_one_form(world: &World) {
    // L15: stored in one spelling, found in every other, and shown as it was meant. Numbers, domains, references and tenant ids
    // have tests of their own in `text`.
    for typed in spellings("ALP-7_x", true).into_iter().chain(["ALP\u{2011}7_x".to_owned(), "ＡＬＰ-7_x".to_owned()])
    {
        let row = json!({ "partnerId": "a0000000-0000-4000-8000-00000000000a", "name": "Alpine Cloud",
            "locations": [{ "mpnId": typed, "name": "Basel", "country": "ch", "enrolledPrograms": ["OSA_SELL"] }] });
        world.load("upsertPartners", vec![row]).await;
        let partners = world.partner.query("{ partners { nodes { locations { mpnId } } } }").await;
        let ids = partners["partners"]["nodes"][0]["locations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["mpnId"] == "ALP-7_x");
        assert_eq!(ids.count(), 1, "{typed:?}");
        let mut input = world.input_of(&world.partner);
        input["mpnId"] = json!(typed);
        let claim = world.partner.mutate("createClaim", input).await.claim();
        assert_eq!(claim.field("location")["mpnId"], "ALP-7_x", "{typed:?}");
    }
    for typed in with_dashes(&spellings(CONTOSO_SALES, false)) {
        let mut input = world.input_of(&world.partner);
        input["lines"][0]["subscriptionId"] = json!(typed);
        let claim = world.partner.mutate("createClaim", input).await.claim();
        assert_eq!(claim.field("lines")[0]["subscription"]["subscriptionId"], CONTOSO_SALES, "{typed:?}");
        world.partner.act("deleteClaimDraft", &claim, json!({})).await.payload();
    }
    let draft = world.draft().await;
    for typed in spellings("Ana.B@contoso.com", true)
        .into_iter()
        .chain(["Ana.B@CONTOSO.com".to_owned(), "Ana.B@ｃｏｎｔｏｓｏ.com".to_owned()])
    {
        let now = world.partner.claim(draft.id()).await.unwrap();
        let contact = json!({ "customerContact": { "name": "Ana", "email": typed } });
        let claim = world.partner.act("updateClaim", &now, contact).await.claim();
        assert_eq!(claim.field("customerContact")["email"], "Ana.B@contoso.com", "{typed:?}");
    }
    // Subjects: loaded, assigned, away, a deputy, relieved, revoked.
    let mut submitted = world.submitted().await;
    for typed in spellings("Zo\u{eb}|7", true).into_iter().chain(["Zoe\u{308}|7".to_owned()]) {
        let row = json!({ "subject": typed, "name": "Zoë", "lead": false, "active": true });
        world.load("upsertReviewers", vec![row]).await;
        let found = world.lead.query("{ reviewers(search: \"zoe\") { nodes { subject } } }").await;
        assert_eq!(found["reviewers"]["nodes"], json!([{ "subject": "Zoë|7" }]), "{typed:?}");
        submitted = world.lead.act("assignReviewer", &submitted, json!({ "reviewerSubject": typed })).await.claim();
        assert_eq!(submitted.field("reviewer")["subject"], "Zoë|7", "{typed:?}");
        let moved = world
            .lead
            .mutate("reassignReviews", json!({ "fromSubject": typed, "toSubject": world.reviewer.subject }))
            .await;
        assert_eq!(moved.payload()["moved"].as_array().unwrap().len(), 1, "{typed:?}: {}", moved.text);
        let away = json!({ "reviewerSubject": typed, "from": "2026-03-02T00:00:00Z", "until": "2026-03-09T00:00:00Z",
            "deputySubject": world.reviewer.subject });
        let away = world.lead.mutate("setReviewerAbsence", away).await;
        assert_eq!(away.payload()["reviewer"]["subject"], "Zoë|7", "{typed:?}");
        let back = world.lead.mutate("setReviewerAbsence", json!({ "reviewerSubject": typed })).await;
        assert_eq!(back.payload()["reviewer"]["absence"], Value::Null, "{typed:?}");
        submitted = world.partner.claim(submitted.id()).await.unwrap();
    }
}

/// The claims that a search finds, and how many the list says there are.
async fn found(caller: &Caller, search: &str) -> Vec<Value> {
    let query = "query($s: String!) { claims(filter: { search: $s }) { totalCount nodes { id } } }";
    let claims = caller.graphql(query, json!({ "s": search })).await.payload().clone();
    let mut ids: Vec<Value> = claims["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
    assert_eq!(claims["totalCount"], ids.len(), "{search}");
    ids.sort_by_key(Value::to_string);
    ids
}

async fn a_claim_is_found_by_the_ids_that_it_names(world: &World) {
    // L14: for each side, also together with words.
    let claim = world.approved().await;
    let other = world.submitted_on(&world.partner, 7).await;
    let both_claims = {
        let mut ids = vec![json!(claim.id()), json!(other.id())];
        ids.sort_by_key(Value::to_string);
        ids
    };
    for caller in [&world.partner, &world.reviewer, &world.customer] {
        let only = vec![json!(claim.id())];
        for id in [CONTOSO, CONTOSO_SALES] {
            for typed in with_dashes(&spellings(id, false)) {
                assert_eq!(found(caller, &typed).await, only, "{typed:?} for {}", caller.subject);
            }
            assert_eq!(found(caller, &format!("sales {id}")).await, only);
            assert_eq!(found(caller, &format!("{id} {ALPINE_ENROLLED} contoso")).await, only);
            assert_eq!(found(caller, &format!("{id} fabrikam")).await, Vec::<Value>::new());
        }
        let own = if caller.subject == world.customer.subject { only } else { both_claims.clone() };
        for typed in spellings(ALPINE_ENROLLED, true) {
            assert_eq!(found(caller, &typed).await, own, "{typed:?} for {}", caller.subject);
        }
        for nothing in [FABRIKAM, FABRIKAM_SALES, "1000009", "100000"] {
            assert_eq!(found(caller, nothing).await, Vec::<Value>::new(), "{nothing} for {}", caller.subject);
        }
    }
    // A partner finds a draft by the subscription as it was typed.
    let mut input = world.input_of(&world.partner);
    input["lines"][0]["subscriptionId"] = json!(FABRIKAM_SALES.to_uppercase());
    let draft = world.partner.mutate("createClaim", input).await.claim();
    assert_eq!(found(&world.partner, FABRIKAM_SALES).await, [json!(draft.id())]);
    assert_eq!(found(&world.reviewer, FABRIKAM_SALES).await, Vec::<Value>::new());
}

async fn ids_are_searched_within_sight_only(world: &World) {
    // A4, L14
    let draft = world.draft().await;
    for caller in [&world.rival, &world.reviewer, &world.customer] {
        for id in [CONTOSO, CONTOSO_SALES, ALPINE_ENROLLED] {
            assert_eq!(found(caller, id).await, Vec::<Value>::new(), "{id} for {}", caller.subject);
        }
    }
    assert_eq!(found(&world.partner, CONTOSO).await, [json!(draft.id())]);
    let submitted = world.submit(&world.partner, &world.prove(&world.partner, &draft).await).await;
    assert_eq!(found(&world.reviewer, CONTOSO_SALES).await, [json!(submitted.id())]);
    assert_eq!(found(&world.rival, CONTOSO_SALES).await, Vec::<Value>::new());
}

async fn an_idempotency_key_has_one_form(world: &World) {
    // J1, L15: a repeat is known by every spelling of its key.
    let mut claims = Vec::new();
    for typed in spellings("Schl\u{fc}ssel-1", true).into_iter().chain(["Schlu\u{308}ssel-1".to_owned()]) {
        let mut input = world.input_of(&world.partner);
        input["idempotencyKey"] = json!(typed);
        claims.extend((!typed.contains('\n')).then(|| input.clone()));
    }
    let mut ids = Vec::new();
    for input in claims {
        ids.push(world.partner.mutate("createClaim", input).await.claim().id().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

async fn a_subject_that_only_looks_like_another_is_refused(world: &World) {
    // A7, L15
    for sub in ["\u{200b}rita@vendor.example", "rita@vendor.example ", "Zoe\u{308}"] {
        let caller = world.server.caller(json!({ "sub": sub, "roles": ["REVIEWER"], "scope": "claims:read" }));
        assert_eq!(caller.graphql("{ viewer { subject } }", json!({})).await.status, 401, "{sub:?}");
    }
}
