//! Many claims in one call: `createClaims`, `submitClaims`, and the claim by its external reference (B1, B2, L12).

mod submissions;

use serde_json::{Value, json};

use crate::support::{
    Answer, Caller, Claim, World, both,
    caller::codes,
    directory::{CONTOSO_SALES, SALES},
    ids,
};

both!(
    rows_are_judged_as_single_mutations_judge_them,
    a_refused_row_stops_all_or_nothing,
    a_dry_run_writes_nothing,
    what_exists_is_refused_or_skipped,
    a_draft_that_exists_becomes_what_the_row_says,
    a_submitted_claim_is_not_updated,
    a_reference_comes_once_a_call,
    a_repeat_gives_the_first_answer,
    a_call_that_was_cut_short_goes_on,
    five_hundred_rows_fit_one_call,
    statements_do_not_grow_with_new_drafts,
    a_claim_is_found_by_its_external_reference,
);

/// A row that lacks only proof: Sales at Contoso, under this reference.
fn row(world: &World, reference: &str) -> Value {
    let mut row = world.input_of(&world.partner);
    row["externalReference"] = json!(reference);
    row
}

/// The same with some fields of its own.
fn row_with(world: &World, reference: &str, mut fields: Value) -> Value {
    let mut row = row(world, reference);
    row.as_object_mut().unwrap().append(fields.as_object_mut().unwrap());
    row
}

async fn create(caller: &Caller, rows: Vec<Value>, policy: &str, more: Value) -> Answer {
    let mut input = json!({ "rows": rows, "policy": policy });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.mutate("createClaims", input).await
}

/// The outcome of each row; the rows are numbered in their order.
#[track_caller]
fn outcomes(answer: &Answer) -> Vec<String> {
    let results = answer.payload()["results"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result["index"], index, "{}", answer.text);
    }
    results.iter().map(|result| result["outcome"].as_str().unwrap().to_owned()).collect()
}

fn result(answer: &Answer, index: usize) -> &Value {
    &answer.payload()["results"][index]
}

/// `created`, `updated`, `skipped`, `refused`.
fn counts(answer: &Answer) -> [i64; 4] {
    ["created", "updated", "skipped", "refused"].map(|name| answer.payload()[name].as_i64().unwrap())
}

async fn total(caller: &Caller) -> i64 {
    caller.query("{ claims { totalCount } }").await["claims"]["totalCount"].as_i64().unwrap()
}

/// What any write would show in.
async fn rows_of_all_tables(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["claim", "claim_line", "history", "idempotency", "notice", "comment"] {
        all.extend(world.server.database.read(&format!("SELECT CAST(count(*) AS text) FROM {table}")).await);
    }
    all.extend(world.server.database.read("SELECT CAST(coalesce(sum(version), 0) AS text) FROM claim").await);
    all
}

async fn rows_are_judged_as_single_mutations_judge_them(world: &World) {
    // B1
    let bad = [
        json!({ "domain": "fabrikam.example" }),
        json!({ "mpnId": "2000001" }),
        json!({ "name": " ", "customerContact": { "name": "x", "email": "nobody" } }),
        json!({ "lines": [{ "productId": ids::of_product(SALES) }, { "productId": "x" }] }),
        json!({ "activities": ["REVENUE_ASSOCIATION", "USAGE"] }),
    ];
    let mut rows = vec![row(world, "good")];
    rows.extend(bad.iter().enumerate().map(|(n, fields)| row_with(world, &format!("bad-{n}"), fields.clone())));
    let answer = create(&world.partner, rows.clone(), "KEEP_GOOD", json!({})).await;
    assert_eq!(
        outcomes(&answer),
        ["CREATED", "REFUSED", "REFUSED", "REFUSED", "REFUSED", "CREATED"],
        "{}",
        answer.text
    );
    assert_eq!((counts(&answer), answer.problems()), ([2, 0, 0, 4], vec![]));
    for (index, row) in rows.iter().enumerate() {
        let mut input = row.clone();
        input["externalReference"] = json!(format!("single-{index}"));
        let single = world.partner.mutate("createClaim", input).await;
        let single = single.payload();
        let result = result(&answer, index);
        assert_eq!(result["claim"].is_null(), single["claim"].is_null(), "{}", answer.text);
        let paths = |problems: &Value, prefix: &[&str]| -> Vec<(String, Vec<String>)> {
            let path = |problem: &Value| -> Vec<String> {
                let field = problem["field"].as_array().into_iter().flatten();
                prefix
                    .iter()
                    .map(|step| (*step).to_owned())
                    .chain(field.map(|s| s.as_str().unwrap().to_owned()))
                    .collect()
            };
            let all = problems.as_array().unwrap().iter();
            all.map(|problem| (problem["code"].as_str().unwrap().to_owned(), path(problem))).collect()
        };
        let place = index.to_string();
        assert_eq!(paths(&result["problems"], &[]), paths(&single["problems"], &["rows", &place]), "row {index}");
    }
    assert_eq!(result(&answer, 1)["problems"][0]["field"], json!(["rows", "1", "domain"]));
    let history = world.history(&Claim(result(&answer, 0)["claim"].clone())).await;
    assert_eq!((history.len(), &history[0]["action"]), (1, &json!("CREATED")));
    let too_many = vec![row(world, "x"); 501];
    assert_eq!(create(&world.partner, too_many, "KEEP_GOOD", json!({})).await.errors(), ["BAD_USER_INPUT"]);
}

async fn a_refused_row_stops_all_or_nothing(world: &World) {
    // B1
    let before = rows_of_all_tables(world).await;
    let rows = vec![row(world, "a"), row_with(world, "b", json!({ "domain": "fabrikam.example" })), row(world, "c")];
    let key = json!({ "idempotencyKey": "all" });
    let answer = create(&world.partner, rows.clone(), "ALL_OR_NOTHING", key.clone()).await;
    assert_eq!(outcomes(&answer), ["NOT_DONE", "REFUSED", "NOT_DONE"]);
    assert_eq!(counts(&answer), [0, 0, 0, 1]);
    assert_eq!(answer.problem("INVALID_VALUE")["field"], json!(["rows"]));
    assert!(result(&answer, 0)["claim"].is_null());
    assert_eq!(rows_of_all_tables(world).await, before);
    // J1: a refused try is not remembered.
    let good = vec![row(world, "a"), row(world, "b"), row(world, "c")];
    let answer = create(&world.partner, good, "ALL_OR_NOTHING", key).await;
    assert_eq!((counts(&answer), answer.problems()), ([3, 0, 0, 0], vec![]), "{}", answer.text);
}

async fn a_dry_run_writes_nothing(world: &World) {
    // B1
    create(&world.partner, vec![row(world, "there")], "KEEP_GOOD", json!({})).await;
    let proven = world.prove(&world.partner, &world.draft_on(&world.partner, 1).await).await;
    let before = rows_of_all_tables(world).await;
    let rows = vec![
        row(world, "new"),
        row_with(world, "there", json!({ "name": "Another" })),
        row_with(world, "bad", json!({ "domain": "fabrikam.example" })),
    ];
    let dry = json!({ "dryRun": true, "onExisting": "UPDATE_DRAFT", "idempotencyKey": "dry" });
    let answer = create(&world.partner, rows.clone(), "KEEP_GOOD", dry).await;
    assert_eq!(outcomes(&answer), ["CREATED", "UPDATED", "REFUSED"]);
    assert_eq!(counts(&answer), [1, 1, 0, 1]);
    assert!(result(&answer, 0)["claim"].is_null() && result(&answer, 1)["claim"].is_null(), "{}", answer.text);
    let submitted = submissions::submit(&world.partner, &[&proven], "ALL_OR_NOTHING", json!({ "dryRun": true })).await;
    assert_eq!(outcomes(&submitted), ["SUBMITTED"], "{}", submitted.text);
    assert_eq!(rows_of_all_tables(world).await, before);
    // The key is still free, and what the dry run said is what is done.
    let wet = json!({ "onExisting": "UPDATE_DRAFT", "idempotencyKey": "dry" });
    let answer = create(&world.partner, rows, "KEEP_GOOD", wet).await;
    assert_eq!(counts(&answer), [1, 1, 0, 1], "{}", answer.text);
}

async fn what_exists_is_refused_or_skipped(world: &World) {
    // B2
    let rows = || vec![row(world, "PO 1"), row(world, "PO 2")];
    let first = create(&world.partner, rows(), "KEEP_GOOD", json!({})).await;
    assert_eq!(counts(&first), [2, 0, 0, 0]);
    let before = rows_of_all_tables(world).await;
    // L15: another spelling is the same reference.
    let again = vec![row_with(world, " PO\u{a0}1 ", json!({ "name": "Another" })), row(world, "PO 2")];
    let refused = create(&world.partner, again.clone(), "KEEP_GOOD", json!({})).await;
    assert_eq!((outcomes(&refused), counts(&refused)), (vec!["REFUSED".into(), "REFUSED".into()], [0, 0, 0, 2]));
    assert_eq!(codes(&result(&refused, 0)["problems"]), ["INVALID_VALUE"]);
    assert_eq!(result(&refused, 0)["problems"][0]["field"], json!(["rows", "0", "externalReference"]));
    let skipped = create(&world.partner, again, "ALL_OR_NOTHING", json!({ "onExisting": "SKIP" })).await;
    assert_eq!((outcomes(&skipped), counts(&skipped)), (vec!["SKIPPED".into(), "SKIPPED".into()], [0, 0, 2, 0]));
    assert_eq!(result(&skipped, 0)["claim"]["id"], result(&first, 0)["claim"]["id"]);
    let updated = create(&world.partner, rows(), "KEEP_GOOD", json!({ "onExisting": "UPDATE_DRAFT" })).await;
    assert_eq!(counts(&updated), [0, 0, 2, 0], "a job that runs again changes nothing: {}", updated.text);
    assert_eq!(rows_of_all_tables(world).await, before);
    // Another partner's reference is nobody else's business (A4).
    let mut theirs = world.input_of(&world.rival);
    theirs["externalReference"] = json!("PO 1");
    assert_eq!(counts(&create(&world.rival, vec![theirs], "KEEP_GOOD", json!({})).await), [1, 0, 0, 0]);
}

async fn a_draft_that_exists_becomes_what_the_row_says(world: &World) {
    // B2 L12
    let update = json!({ "onExisting": "UPDATE_DRAFT" });
    let first = create(&world.partner, vec![row(world, "a"), row(world, "b")], "KEEP_GOOD", json!({})).await;
    let id = result(&first, 0)["claim"]["id"].as_str().unwrap();
    let mut changed =
        row_with(world, "a", json!({ "name": "Renamed", "technicalContact": null, "solutionSeller": "Sam" }));
    changed.as_object_mut().unwrap().remove("customerContact");
    changed["lines"] = json!([{ "productId": ids::of_product(SALES), "subscriptionId": CONTOSO_SALES }]);
    let bad = row_with(world, "b", json!({ "lines": [{ "productId": ids::of_product(SALES) }, { "productId": "x" }] }));
    let answer = create(&world.partner, vec![changed.clone(), bad], "KEEP_GOOD", update.clone()).await;
    assert_eq!((outcomes(&answer), counts(&answer)), (vec!["UPDATED".into(), "REFUSED".into()], [0, 1, 0, 1]));
    assert_eq!(
        result(&answer, 1)["problems"][0]["field"],
        json!(["rows", "1", "lines", "1", "productId"]),
        "{}",
        answer.text
    );
    let claim = world.partner.claim(id).await.unwrap();
    assert_eq!((claim.version(), claim.field("name")), (2, &json!("Renamed")));
    assert_eq!(claim.field("solutionSeller"), "Sam");
    assert!(claim.field("technicalContact").is_null(), "an explicit null clears it");
    assert_eq!(claim.field("customerContact")["name"], "Kim Kontakt", "what is left out stays");
    assert_eq!(claim.field("lines")[0]["subscriptionId"], CONTOSO_SALES);
    let history = world.history(&claim).await;
    assert_eq!((history.len(), &history[1]["action"]), (2, &json!("EDITED")));
    let again = create(&world.partner, vec![changed], "KEEP_GOOD", update).await;
    assert_eq!(counts(&again), [0, 0, 1, 0], "{}", again.text);
    assert_eq!(world.partner.claim(id).await.unwrap().version(), 2);
}

async fn a_submitted_claim_is_not_updated(world: &World) {
    // B2 L10
    let update = json!({ "onExisting": "UPDATE_DRAFT" });
    let first = create(&world.partner, vec![row(world, "a")], "KEEP_GOOD", json!({})).await;
    let draft = Claim(result(&first, 0)["claim"].clone());
    world.submit(&world.partner, &world.prove(&world.partner, &draft).await).await;
    let same = create(&world.partner, vec![row(world, "a")], "KEEP_GOOD", update.clone()).await;
    assert_eq!(outcomes(&same), ["SKIPPED"], "it says nothing new: {}", same.text);
    let other = create(&world.partner, vec![row_with(world, "a", json!({ "name": "X" }))], "KEEP_GOOD", update).await;
    assert_eq!(outcomes(&other), ["REFUSED"]);
    assert_eq!(codes(&result(&other, 0)["problems"]), ["WRONG_STATUS"]);
    assert_eq!(world.partner.claim(draft.id()).await.unwrap().field("name"), draft.field("name"));
}

async fn a_reference_comes_once_a_call(world: &World) {
    // B2 L15
    let rows = vec![row(world, "twice"), row(world, "once"), row(world, "twice "), row(world, "twice")];
    for on_existing in ["REFUSE", "SKIP", "UPDATE_DRAFT"] {
        let answer = create(&world.partner, rows.clone(), "KEEP_GOOD", json!({ "onExisting": on_existing })).await;
        for index in [2, 3] {
            let problem = &result(&answer, index)["problems"][0];
            assert_eq!(problem["field"], json!(["rows", index.to_string(), "externalReference"]), "{}", answer.text);
            assert_eq!(problem["params"], json!([{ "name": "row", "value": "0" }]));
        }
    }
    assert_eq!(total(&world.partner).await, 2);
}

async fn a_repeat_gives_the_first_answer(world: &World) {
    // B1 J1
    let mut rows = vec![row_with(world, "0", json!({ "domain": "fabrikam.example" }))];
    let plain = |name: &str| {
        let mut row = world.input_of(&world.partner);
        row["name"] = json!(name);
        row
    };
    rows.extend([plain("one"), plain("two")]);
    let key = json!({ "idempotencyKey": "job" });
    let first = create(&world.partner, rows.clone(), "KEEP_GOOD", key.clone()).await;
    let again = create(&world.partner, rows.clone(), "KEEP_GOOD", key.clone()).await;
    assert_eq!(first.payload(), again.payload());
    assert_eq!(total(&world.partner).await, 2);
    rows.pop();
    let other = create(&world.partner, rows, "KEEP_GOOD", key).await;
    assert_eq!((other.problems(), &other.payload()["results"]), (vec!["IDEMPOTENCY_KEY_REUSED".into()], &json!([])));
}

async fn a_call_that_was_cut_short_goes_on(world: &World) {
    // B1 J1: rows without a reference, of which the first hundred were stored before the server ended.
    let rows: Vec<Value> = (0..150)
        .map(|number| {
            let mut row = world.input_of(&world.partner);
            row["name"] = json!(format!("Row {number}"));
            row
        })
        .collect();
    let key = json!({ "idempotencyKey": "cut" });
    let first = create(&world.partner, rows.clone(), "KEEP_GOOD", key.clone()).await;
    let ids = |answer: &Answer| -> Vec<Value> {
        answer.payload()["results"].as_array().unwrap().iter().map(|result| result["claim"]["id"].clone()).collect()
    };
    let whole = world.server.database.read("SELECT answer FROM idempotency WHERE key = 'cut'").await.remove(0);
    let mut answer: Value = serde_json::from_str(&whole).unwrap();
    answer["rows"].as_array_mut().unwrap().truncate(100);
    let cut = answer.to_string().replace('\'', "''");
    world.server.database.tamper(&format!("UPDATE idempotency SET answer = '{cut}' WHERE key = 'cut'")).await;
    let again = create(&world.partner, rows, "KEEP_GOOD", key).await;
    assert_eq!(ids(&again)[..100], ids(&first)[..100]);
    assert!(ids(&again)[100..].iter().all(|id| id.is_string() && !ids(&first).contains(id)));
    assert_eq!(total(&world.partner).await, 200);
}

async fn five_hundred_rows_fit_one_call(world: &World) {
    // B1: within the request timeout, and again by reference.
    let rows: Vec<Value> = (0..500).map(|number| row(world, &format!("R-{number}"))).collect();
    for (policy, on_existing, expected) in [
        ("ALL_OR_NOTHING", "REFUSE", [500, 0, 0, 0]),
        ("KEEP_GOOD", "UPDATE_DRAFT", [0, 0, 500, 0]),
        ("KEEP_GOOD", "REFUSE", [0, 0, 0, 500]),
    ] {
        let answer = create(&world.partner, rows.clone(), policy, json!({ "onExisting": on_existing })).await;
        assert_eq!(counts(&answer), expected, "{policy} {on_existing}");
    }
    let renamed = rows.into_iter().map(|mut row| {
        row["name"] = json!("Renamed");
        row
    });
    let update = json!({ "onExisting": "UPDATE_DRAFT" });
    let answer = create(&world.partner, renamed.collect(), "ALL_OR_NOTHING", update).await;
    assert_eq!(counts(&answer), [0, 500, 0, 0]);
    assert_eq!(total(&world.partner).await, 500);
}

async fn statements_do_not_grow_with_new_drafts(world: &World) {
    // B1
    let cost = async |name: &str, count: usize| {
        let rows = (0..count).map(|number| row(world, &format!("{name}-{number}"))).collect();
        world.server.statements();
        let answer = create(&world.partner, rows, "KEEP_GOOD", json!({})).await;
        assert_eq!(answer.payload()["created"], count, "{}", answer.text);
        world.server.statements().len()
    };
    let few = cost("few", 2).await;
    // SQLite takes rows in batches of a power of two.
    assert_eq!(cost("many", 64).await, few);
    assert!(cost("uneven", 100).await <= few + 6);
    assert!(few < 15, "{few} statements");
}

async fn a_claim_is_found_by_its_external_reference(world: &World) {
    // L12 L15 A4
    let first = create(&world.partner, vec![row(world, "PO 4711")], "KEEP_GOOD", json!({})).await;
    let mut theirs = world.input_of(&world.rival);
    theirs["externalReference"] = json!("PO 4711");
    let theirs = world.rival.mutate("createClaim", theirs).await.claim();
    let find = async |caller: &Caller, reference: &str| {
        let query =
            "query($r: String!) { claimByExternalReference(externalReference: $r) { id lines { product { name } } } }";
        let answer = caller.graphql(query, json!({ "r": reference })).await;
        answer.data()["claimByExternalReference"]["id"].as_str().map(str::to_owned)
    };
    let mine = result(&first, 0)["claim"]["id"].as_str().map(str::to_owned);
    assert_eq!(find(&world.partner, "PO 4711").await, mine);
    assert_eq!(find(&world.partner, "  PO\u{a0}4711\u{200b}").await, mine);
    assert_eq!(find(&world.rival, "PO 4711").await.as_deref(), Some(theirs.id()));
    for (caller, reference) in [
        (&world.partner, "po 4711"),
        (&world.partner, ""),
        (&world.partner, "PO\u{0}4711"),
        // References are the partner's own: a reviewer sees none, and so finds nothing by them.
        (&world.lead, "PO 4711"),
        (&world.customer, "PO 4711"),
    ] {
        assert_eq!(find(caller, reference).await, None, "{} {reference:?}", caller.subject);
    }
    world.rival.act("deleteClaimDraft", &theirs, json!({})).await;
    assert_eq!(find(&world.rival, "PO 4711").await, None);
}
