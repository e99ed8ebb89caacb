//! What is read depends on what is asked for; what is answered does not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{
    Backend, Caller, Settings, World, both,
    directory::{ALPINE, BOREAL, CONTOSO, FABRIKAM},
    ids,
};

/// Without the limits of size: every field of every claim is asked for at once.
fn unlimited() -> Settings {
    let mut settings = Settings::default();
    settings.limits.max_cost = usize::MAX;
    settings.limits.max_document_bytes = usize::MAX;
    settings
}

both!(
    unlimited() =>
    a_field_is_the_same_alone_and_with_all_others,
    a_field_below_a_claim_is_the_same_alone_and_with_all_others,
    a_page_without_page_info_has_the_same_items,
    everybody_sees_the_rows_of_their_scope_and_no_other,
    a_claim_with_its_neighbors_takes_one_statement,
    a_page_with_four_nested_lists_takes_four_statements,
);

/// Every field of a claim, as it is asked for.
const FIELDS: [&str; 37] = [
    "number",
    "name",
    "externalReference",
    "version",
    "status",
    "partner { id name }",
    "location { id mpnId name country enrolledPrograms }",
    "customer { id tenantId name domain }",
    "solutionArea",
    "activities",
    "programs",
    "lines { id product { id name skuPartNumber } subscriptionId subscription { subscriptionId status } outcome association { id official } }",
    "customerContact { name title email phone }",
    "technicalContact { name email }",
    "partnerContact { name email }",
    "solutionSeller",
    "partnerSolution",
    "proofOfExecution { id name size }",
    "comments(last: 3) { nodes { id body author { kind name } visibility createdAt } }",
    "history(last: 3) { nodes { id action actor { name } at changes { field before after } comment { id } note hash } }",
    "deadline { kind dueAt state businessDaysLeft }",
    "decisionDueAt",
    "problems { code field }",
    "actionRequest { reasons message requestedAt respondBy }",
    "rejection { reason detail rejectedAt disputableUntil }",
    "dispute { status justification openedAt answerBy }",
    "consent { status requestedAt declineUntil }",
    "evaluation { status sentAt programs }",
    "reviewer { subject name }",
    "availableActions",
    "unavailableActions { action reason { code message remedy params { name value } } }",
    "domain",
    "createdAt updatedAt submittedAt decidedAt",
    "lastActivityAt",
    "createdBy { kind name }",
    "submittedBy { kind name }",
    "arbitrations { id status claims { id number } winner { id } }",
];

/// Claims in every status, of two partners on two customers, in and out of arbitration, with comments of both kinds.
async fn crowd(world: &World) {
    world.draft_on(&world.partner, 1).await;
    let submitted = world.submitted_on(&world.partner, 2).await;
    world.lead.comment(submitted.id(), "Between us.", "INTERNAL").await.claim();
    world.partner.comment(submitted.id(), "A question.", "SHARED").await.claim();
    let (mine, theirs) = world.incumbent().await;
    world.lead.comment(mine.id(), "Who is right?", "INTERNAL").await.claim();
    world.reviewer.comment(theirs.id(), "Please wait.", "SHARED").await.claim();
    let asked = world.review(&world.submitted_on(&world.partner, 3).await).await;
    let input = json!({ "reasons": ["OTHER"], "message": "Please add the date." });
    world.reviewer.act("requestPartnerAction", &asked, input).await.done();
    let rejected = world.review(&world.submitted_on(&world.partner, 4).await).await;
    let input = json!({ "reason": "INSUFFICIENT_POE", "detail": "The customer is not named." });
    let rejected = world.reviewer.act("rejectClaim", &rejected, input).await.done();
    world.dispute(&rejected).await;
}

fn callers(world: &World) -> [&Caller; 8] {
    [
        &world.partner,
        &world.user,
        &world.rival,
        &world.reviewer,
        &world.lead,
        &world.auditor,
        &world.customer,
        &world.other_customer,
    ]
}

async fn a_field_is_the_same_alone_and_with_all_others(world: &World) {
    crowd(world).await;
    let ask = |fields: String| format!("{{ claims(first: 100) {{ nodes {{ {fields} }} }} }}");
    for caller in callers(world) {
        let all = caller.query(&ask(FIELDS.join(" "))).await["claims"]["nodes"].clone();
        let all = all.as_array().unwrap();
        for field in FIELDS {
            let alone = caller.query(&ask(field.to_owned())).await["claims"]["nodes"].clone();
            let keys = alone.get(0).and_then(Value::as_object).map(|one| one.keys().cloned().collect::<Vec<_>>());
            let keys = keys.unwrap_or_default();
            let picked = |claim: &Value| keys.iter().map(|key| (key.clone(), claim[key].clone())).collect();
            let picked: Vec<Value> = all.iter().map(|claim| Value::Object(picked(claim))).collect();
            assert_eq!(alone, Value::Array(picked), "{field} for {}", caller.subject);
        }
    }
}

/// Where objects are read in part, with `$` for their fields, and the fields.
const BELOW: [(&str, &[&str]); 11] = [
    ("customer { $ }", &["id", "tenantId", "name", "domain", "domains", "claims(first: 9) { nodes { number } }"]),
    ("partner { $ }", &["id", "name", "locations { mpnId }"]),
    ("location { $ }", &["id", "mpnId", "name", "country", "enrolledPrograms"]),
    (
        "lines { $ }",
        &["id", "subscriptionId", "outcome", "association { official }", "product { id }", "subscription { id }"],
    ),
    ("lines { product { $ } }", &["id", "skuId", "name", "skuPartNumber", "solutionArea"]),
    (
        "lines { subscription { $ } }",
        &[
            "id",
            "subscriptionId",
            "customer { name }",
            "product { name }",
            "channel",
            "status",
            "seats",
            "startsAt",
            "endsAt",
        ],
    ),
    (
        "proofOfExecution { $ }",
        &["id", "name", "mediaType", "size", "sha256", "uploadedAt", "url", "uploadedBy { kind name }"],
    ),
    (
        "comments(last: 3) { nodes { $ } }",
        &["id", "body", "visibility", "createdAt", "author { kind }", "author { name }", "claim { number }"],
    ),
    ("comments(first: 3) { edges { cursor node { $ } } }", &["body", "createdAt"]),
    (
        "history(last: 4) { nodes { $ } }",
        &[
            "id",
            "position",
            "action",
            "actor { kind }",
            "actor { name }",
            "at",
            "fromStatus",
            "toStatus",
            "note",
            "hash",
            "changes { field before after }",
            "comment { body }",
            "claim { number }",
        ],
    ),
    ("history(first: 4) { edges { cursor node { $ } } }", &["at", "note"]),
];

/// Whether one answer says nothing but what the other says, too.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|other| is_part(value, other)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        _ => part == whole,
    }
}

async fn a_field_below_a_claim_is_the_same_alone_and_with_all_others(world: &World) {
    crowd(world).await;
    for caller in callers(world) {
        for (place, fields) in BELOW {
            let ask =
                |fields: &str| format!("{{ claims(first: 100) {{ nodes {{ {} }} }} }}", place.replace('$', fields));
            let all = caller.query(&ask(&fields.join(" "))).await;
            for field in fields {
                let alone = caller.query(&ask(field)).await;
                assert!(is_part(&alone, &all), "{place} {field} for {}: {alone} of {all}", caller.subject);
            }
        }
    }
    // The same objects at the root, and a claim by itself, which comes with its lines.
    let lead = &world.lead;
    let all = lead.query("{ claims(first: 100) { nodes { id lines { id product { name } outcome } } } }").await;
    for claim in all["claims"]["nodes"].as_array().unwrap() {
        let query = format!("{{ claim(id: {}) {{ lines {{ product {{ name }} }} }} }}", claim["id"]);
        let alone = lead.query(&query).await["claim"].clone();
        assert!(is_part(&alone, claim), "{alone} of {claim}");
    }
    for (list, fields) in [("comments", &["body", "createdAt"][..]), ("history", &["at", "hash", "position"])] {
        let ask = |fields: &str| format!("{{ {list}(first: 100) {{ nodes {{ {fields} }} }} }}");
        let all = lead.query(&ask(&fields.join(" "))).await;
        for field in fields {
            let alone = lead.query(&ask(field)).await;
            assert!(is_part(&alone, &all), "{list} {field}");
        }
    }
}

async fn a_page_without_page_info_has_the_same_items(world: &World) {
    crowd(world).await;
    for arguments in ["first: 2", "last: 2", "first: 100"] {
        let ask = |rest: &str| {
            format!(
                "{{ claims({arguments}) {{ nodes {{ id history({arguments}) {{ nodes {{ id }} {rest} }} }} {rest} }} }}"
            )
        };
        let with = world.lead.query(&ask("pageInfo { hasNextPage hasPreviousPage }")).await;
        let without = world.lead.query(&ask("")).await;
        assert!(is_part(&without, &with), "{arguments}");
        assert_eq!(with["claims"]["pageInfo"]["hasNextPage"], json!(arguments == "first: 2"));
    }
}

/// The ids of the rows that the statement finds, grouped by claim, as global ids.
async fn rows(world: &World, kind: &str, sql: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in world.server.database.read(sql).await {
        let (claim, id) = pair.split_once(' ').unwrap();
        found.entry(ids::of_uuid("Claim", claim)).or_default().push(ids::of_uuid(kind, id));
    }
    found
}

/// What a caller sees, in the words of the rule book (A3, A4, H1, K1), for the whole table and without any index.
struct Scope<'a> {
    caller: &'a Caller,
    claims: String,
    children: &'static str,
}

fn scopes(world: &World) -> Vec<Scope<'_>> {
    let id = |key: &str| match world.server.database.backend {
        Backend::Sqlite => format!("x'{}'", key.replace('-', "")),
        Backend::Postgres => format!("'{key}'"),
    };
    let partner = |key| format!("partner_id = {}", id(key));
    let customer = |key| format!("tenant_id = {} AND approved_at IS NOT NULL", id(key));
    let reviewers = "status <> 'EDITING'".to_owned();
    let (shared, all, none) = ("visibility = 'SHARED'", "1 = 1", "1 = 0");
    [
        (&world.partner, partner(ALPINE), shared),
        (&world.user, partner(ALPINE), shared),
        (&world.rival, partner(BOREAL), shared),
        (&world.reviewer, reviewers.clone(), all),
        (&world.lead, reviewers.clone(), all),
        (&world.auditor, reviewers, all),
        (&world.customer, customer(CONTOSO), none),
        (&world.other_customer, customer(FABRIKAM), none),
    ]
    .map(|(caller, claims, children)| Scope { caller, claims, children })
    .into()
}

fn listed(claims: &Value, field: &str) -> BTreeMap<String, Vec<String>> {
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    let children = |claim: &Value| claim[field]["nodes"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
    let claims = claims["claims"]["nodes"].as_array().unwrap().iter();
    claims.map(|claim| (id(claim), children(claim))).filter(|(_, children)| !children.is_empty()).collect()
}

async fn everybody_sees_the_rows_of_their_scope_and_no_other(world: &World) {
    crowd(world).await;
    let text = match world.server.database.backend {
        Backend::Sqlite => "lower(hex(claim_id)) || ' ' || lower(hex(id))",
        Backend::Postgres => "claim_id || ' ' || id",
    };
    for Scope { caller, claims, children } in scopes(world) {
        let seen = format!("SELECT id FROM claim WHERE deleted_at IS NULL AND {claims}");
        for (kind, field, order) in [("Comment", "comments", "id"), ("HistoryEntry", "history", "seq")] {
            let table = if field == "comments" { "comment" } else { "history" };
            let sql = format!("SELECT {text} FROM {table} WHERE {children} AND claim_id IN ({seen}) ORDER BY {order}");
            let whole = rows(world, kind, &sql).await;
            for (page, size) in [("first", 100), ("first", 2), ("last", 2), ("last", 1)] {
                let query = format!(
                    "{{ claims(first: 100) {{ nodes {{ id {field}({page}: {size}) {{ nodes {{ id }} }} }} }} }}"
                );
                let cut = |all: &Vec<String>| {
                    let from = if page == "last" { all.len().saturating_sub(size) } else { 0 };
                    all[from..].iter().take(size).cloned().collect::<Vec<_>>()
                };
                let expected: BTreeMap<_, _> = whole.iter().map(|(claim, all)| (claim.clone(), cut(all))).collect();
                assert_eq!(listed(&caller.query(&query).await, field), expected, "{query} for {}", caller.subject);
            }
        }
        let count = format!("SELECT CAST(count(*) AS text) FROM claim WHERE deleted_at IS NULL AND {claims}");
        let count: usize = world.server.database.read(&count).await[0].parse().unwrap();
        let answer = caller.query("{ claims(first: 100) { totalCount nodes { id } } }").await;
        assert_eq!(answer["claims"]["totalCount"], json!(count), "{}", caller.subject);
        assert_eq!(answer["claims"]["nodes"].as_array().unwrap().len(), count, "{}", caller.subject);
    }
}

/// How many statements a query takes.
async fn statements(world: &World, caller: &Caller, query: &str, variables: Value) -> usize {
    world.server.statements();
    caller.graphql(query, variables).await.data();
    world.server.statements().len()
}

async fn a_claim_with_its_neighbors_takes_one_statement(world: &World) {
    let claim = world.submitted_on(&world.partner, 1).await;
    let query = "query($id: ID!) { claim(id: $id) { number status deadline { dueAt } rejection { reason } availableActions \
        customer { name domain } partner { name } location { mpnId } lines { product { name } subscription { status } } } }";
    for caller in [&world.partner, &world.lead] {
        assert_eq!(statements(world, caller, query, json!({ "id": claim.id() })).await, 1, "{}", caller.subject);
    }
}

async fn a_page_with_four_nested_lists_takes_four_statements(world: &World) {
    for number in 1..=3 {
        let claim = world.submitted_on(&world.partner, number).await;
        world.partner.comment(claim.id(), "One.", "SHARED").await.claim();
    }
    let query = "{ claims(first: 50, orderBy: { field: SUBMITTED_AT, direction: DESC }) { nodes { id customer { name } \
        lines { product { name } } comments(last: 5) { nodes { body author { name } } } history(last: 5) { nodes { action actor { name } } } } } }";
    for caller in [&world.partner, &world.lead] {
        assert_eq!(statements(world, caller, query, json!({})).await, 4, "{}", caller.subject);
    }
}
