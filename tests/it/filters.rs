//! Every filter and order of claims against a model: the claims as their reader sees them, filtered and sorted by plain Rust.

use domain::text;
use serde_json::{Value, json};

use crate::support::{
    Caller, World, both,
    directory::{ALPINE_ENROLLED, BOREAL_ENROLLED, CONTOSO},
    ids,
};

both!(
    filters_and_orders_are_those_of_a_model_for_every_side,
    activity_moves_with_what_its_reader_may_see,
    a_claim_names_who_made_and_submitted_it,
    a_deputy_finds_the_reviews_of_the_absent_one,
    lists_of_filters_have_bounds,
    a_partner_lists_its_claims,
    history_comments_and_arbitrations_are_found_by_customer,
);

const FIELDS: &str = "id number name externalReference status location { mpnId } reviewer { subject } deadline { state dueAt } \
    rejection { reason } consent { status } dispute { status } evaluation { status } \
    createdAt updatedAt submittedAt decidedAt lastActivityAt createdBy { kind name } submittedBy { name }";

/// Claims in every stage, of both partners, over some weeks.
async fn many(world: &World) {
    let draft = world.draft().await;
    let input = json!({ "name": "Éclair", "externalReference": "REF-1" });
    world.partner.act("updateClaim", &draft, input).await.claim();
    let mut input = world.input_of(&world.partner);
    input["name"] = json!("apple");
    input["externalReference"] = json!("REF-2");
    world.user.mutate("createClaim", input).await.claim();
    world.advance_days(1);
    let quiet = world.submitted_on(&world.partner, 1).await;
    world.reviewer.comment(quiet.id(), "A note among us", "INTERNAL").await.claim();
    world.advance_days(3);
    let rival = world.submitted_on(&world.rival, 2).await;
    world.second_reviewer.act("startReview", &rival, json!({})).await.done();
    world.advance_days(2);
    let asked = world.ask(&world.review(&world.submitted_on(&world.partner, 3).await).await).await;
    let answered = world.respond(&asked).await;
    world.approve(&answered).await;
    let rejected = world.reject(&world.review(&world.submitted_on(&world.partner, 4).await).await).await;
    world.partner.act("disputeClaim", &rejected, json!({ "justification": "It is shown." })).await.done();
    world.advance_days(9);
    // The consent of the first has lapsed by now.
    world.server.app.settle().await.unwrap();
    let contoso = world.approve(&world.review(&world.submitted().await).await).await;
    world.reject(&world.review(&world.submitted_on(&world.partner, 5).await).await).await;
    let withdrawn = world.submitted_on(&world.partner, 6).await;
    world.partner.act("withdrawClaim", &withdrawn, json!({ "detail": "Wrong location." })).await.done();
    world.advance_days(1);
    world.partner.comment(contoso.id(), "Thank you", "SHARED").await.claim();
    world.review(&world.submitted_on(&world.partner, 7).await).await;
    world.advance_days(4);
}

/// What a filter leaves of the claims as they are seen.
type Holds = fn(&Value) -> bool;

fn is_one_of(value: &Value, words: &[&str]) -> bool {
    words.iter().any(|word| value == word)
}

fn within(value: &Value) -> bool {
    value.as_str().is_some_and(|at| ("2026-03-06T00:00:00Z".."2026-03-18T00:00:00Z").contains(&at))
}

const RANGE: &str = "{ from: \"2026-03-06T00:00:00Z\", before: \"2026-03-18T00:00:00Z\" }";

/// Filters, with what they leave for whoever sees the field. Fields that are hidden are null, and so nothing is found by them.
fn filters() -> Vec<(String, Holds)> {
    let plain: [(&str, Holds); 19] = [
        ("", |_| true),
        ("deadlineState: [ON_TRACK]", |one| one["deadline"]["state"] == "ON_TRACK"),
        ("deadlineState: [AT_RISK, OVERDUE]", |one| is_one_of(&one["deadline"]["state"], &["AT_RISK", "OVERDUE"])),
        ("deadlineState: [EXTENDED, MET]", |one| is_one_of(&one["deadline"]["state"], &["EXTENDED", "MET"])),
        ("deadlineState: []", |_| false),
        ("rejectionReason: [INSUFFICIENT_POE, OTHER]", |one| {
            one["status"] == "REJECTED" && one["rejection"]["reason"] == "INSUFFICIENT_POE"
        }),
        ("rejectionReason: [PARTNER_REQUEST]", |one| {
            one["status"] == "REJECTED" && one["rejection"]["reason"] == "PARTNER_REQUEST"
        }),
        ("consentStatus: [PENDING]", |one| one["consent"]["status"] == "PENDING"),
        ("consentStatus: [GRANTED_BY_LAPSE, DECLINED]", |one| one["consent"]["status"] == "GRANTED_BY_LAPSE"),
        ("consentStatus: [PENDING, GRANTED_BY_LAPSE]", |one| !one["consent"].is_null()),
        ("disputeStatus: [OPEN]", |one| one["dispute"]["status"] == "OPEN"),
        ("evaluationStatus: [SENT]", |one| one["evaluation"]["status"] == "SENT"),
        ("evaluationStatus: [WAITING_FOR_CONSENT]", |one| one["evaluation"]["status"] == "WAITING_FOR_CONSENT"),
        ("reviewerSubject: \"rita@vendor.example\"", |one| one["reviewer"]["subject"] == "rita@vendor.example"),
        ("reviewerSubject: \"RITA\"", |_| false),
        ("externalReferences: [\"REF-2\", \" REF-1\", \"REF-3\"]", |one| {
            is_one_of(&one["externalReference"], &["REF-1", "REF-2"])
        }),
        ("externalReferences: []", |_| false),
        ("rejectionReason: [PARTNER_REQUEST], status: SUBMITTED", |_| false),
        ("status: [APPROVED, REJECTED], reviewerSubject: \"rita@vendor.example\"", |one| {
            is_one_of(&one["status"], &["APPROVED", "REJECTED"]) && one["reviewer"]["subject"] == "rita@vendor.example"
        }),
    ];
    let ranges: [(&str, Holds); 4] = [
        ("updatedAt", |one| within(&one["updatedAt"])),
        ("decidedAt", |one| within(&one["decidedAt"])),
        ("lastActivityAt", |one| within(&one["lastActivityAt"])),
        ("submittedAt", |one| within(&one["submittedAt"])),
    ];
    let mut filters: Vec<(String, Holds)> = plain.map(|(filter, holds)| (filter.to_owned(), holds)).to_vec();
    filters.extend(ranges.map(|(field, holds)| (format!("{field}: {RANGE}"), holds)));
    filters.push((format!("mpnId: \"{ALPINE_ENROLLED}\""), |one| one["location"]["mpnId"] == ALPINE_ENROLLED));
    filters.push((format!("mpnId: \"{BOREAL_ENROLLED}\""), |one| one["location"]["mpnId"] == BOREAL_ENROLLED));
    filters.push(("mpnId: \"no such id\"".to_owned(), |_| false));
    filters
}

const ORDERS: [&str; 8] =
    ["CREATED_AT", "UPDATED_AT", "SUBMITTED_AT", "DUE_AT", "NAME", "NUMBER", "DECIDED_AT", "LAST_ACTIVITY_AT"];

/// The key of a claim in an order: whether it has none, and then the key.
fn key(one: &Value, order: &str) -> (bool, String) {
    let value = match order {
        "CREATED_AT" => &one["createdAt"],
        "UPDATED_AT" => &one["updatedAt"],
        "SUBMITTED_AT" => &one["submittedAt"],
        "DUE_AT" => &one["deadline"]["dueAt"],
        "NUMBER" => &one["number"],
        "DECIDED_AT" => &one["decidedAt"],
        "LAST_ACTIVITY_AT" => &one["lastActivityAt"],
        _ => return (false, text::sort_key(one["name"].as_str().unwrap())),
    };
    (value.is_null(), value.as_str().unwrap_or_default().to_owned())
}

/// The ids of a list, whole, in pages of three.
async fn listed(caller: &Caller, filter: &str, order: &str, way: &str) -> (Vec<String>, u64) {
    let query = format!(
        "query($after: String) {{ claims(first: 3, after: $after, filter: {{ {filter} }}, orderBy: {{ field: {order}, direction: {way} }}) \
         {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = caller.graphql(&query, json!({ "after": after })).await;
        let page = &answer.data()["claims"];
        ids.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return (ids, page["totalCount"].as_u64().unwrap());
        }
    }
}

async fn filters_and_orders_are_those_of_a_model_for_every_side(world: &World) {
    // L14, L17, A3, A4
    many(world).await;
    for caller in [&world.partner, &world.rival, &world.reviewer, &world.customer, &world.sync] {
        let query = format!("{{ claims(first: 100) {{ nodes {{ {FIELDS} }} }} }}");
        let seen = caller.query(&query).await["claims"]["nodes"].as_array().unwrap().clone();
        let is_customer = caller.subject == world.customer.subject;
        for (filter, holds) in filters() {
            // A customer's own deadline is the consent's, and it filters by none.
            let hidden = is_customer && filter.starts_with("deadlineState");
            let kept: Vec<&Value> = seen.iter().filter(|one| !hidden && holds(one)).collect();
            let orders = if filter.is_empty() {
                &ORDERS[..]
            } else {
                &["CREATED_AT", "NAME", "LAST_ACTIVITY_AT", "UPDATED_AT"][..]
            };
            for order in orders.iter().filter(|order| !(is_customer && **order == "DUE_AT")) {
                for way in ["ASC", "DESC"] {
                    let (found, total) = listed(caller, &filter, order, way).await;
                    let mut sorted: Vec<&str> = found.iter().map(String::as_str).collect();
                    sorted.sort_unstable();
                    let mut wanted: Vec<&str> = kept.iter().map(|one| one["id"].as_str().unwrap()).collect();
                    wanted.sort_unstable();
                    assert_eq!(sorted, wanted, "{filter} by {order} for {}", caller.subject);
                    assert_eq!(total, wanted.len() as u64, "{filter} for {}", caller.subject);
                    let keys: Vec<(bool, String)> = found
                        .iter()
                        .map(|id| key(kept.iter().find(|one| one["id"] == id.as_str()).unwrap(), order))
                        .collect();
                    let follows = |pair: &[(bool, String)]| match (&pair[0], &pair[1]) {
                        ((false, one), (false, other)) => {
                            if way == "ASC" {
                                one <= other
                            } else {
                                one >= other
                            }
                        }
                        ((without, _), (later_without, _)) => without <= later_without,
                    };
                    assert!(keys.windows(2).all(follows), "{order} {way} for {}: {keys:?}", caller.subject);
                }
            }
        }
        // Who made a claim.
        for (filter, mine) in [("createdByMe: true", true), ("createdByMe: false", false)] {
            let name = if caller.subject == world.partner.subject { "Ann of Alpine" } else { "Bea of Boreal" };
            let creates = [&world.partner, &world.rival].iter().any(|one| one.subject == caller.subject);
            let is_mine = |one: &&Value| (one["createdBy"]["name"] == name && creates) == mine;
            let wanted = seen.iter().filter(is_mine).count();
            let (found, total) = listed(caller, filter, "CREATED_AT", "DESC").await;
            assert_eq!((found.len(), total), (wanted, wanted as u64), "{filter} for {}", caller.subject);
        }
    }
}

async fn last_activity(caller: &Caller, id: &str) -> (String, String) {
    let query = "query($id: ID!) { claim(id: $id) { lastActivityAt updatedAt } }";
    let answer = caller.graphql(query, json!({ "id": id })).await;
    let claim = &answer.data()["claim"];
    (claim["lastActivityAt"].as_str().unwrap().to_owned(), claim["updatedAt"].as_str().unwrap().to_owned())
}

async fn activity_moves_with_what_its_reader_may_see(world: &World) {
    // L17
    let claim = world.approved().await;
    let approved = world.server.clock.now().to_string();
    for caller in [&world.partner, &world.reviewer, &world.customer] {
        assert_eq!(last_activity(caller, claim.id()).await, (approved.clone(), approved.clone()), "{}", caller.subject);
    }
    world.advance_days(1);
    let shared = world.server.clock.now().to_string();
    // The answer of the mutation has it, too.
    let document = "mutation($i: AddCommentInput!) { addComment(input: $i) { claim { lastActivityAt updatedAt } } }";
    let input = json!({ "claimId": claim.id(), "body": "Hello", "visibility": "SHARED" });
    let answer = world.partner.graphql(document, json!({ "i": input })).await;
    assert_eq!(answer.data()["addComment"]["claim"], json!({ "lastActivityAt": shared, "updatedAt": approved }));
    world.advance_days(1);
    let internal = world.server.clock.now().to_string();
    world.reviewer.comment(claim.id(), "Among us", "INTERNAL").await.claim();
    // A partner sees no internal comment, a customer none at all (A3, K1).
    for (caller, at) in [(&world.partner, &shared), (&world.auditor, &internal), (&world.customer, &approved)] {
        assert_eq!(last_activity(caller, claim.id()).await, (at.clone(), approved.clone()), "{}", caller.subject);
        let filter = |from: &str| format!("lastActivityAt: {{ from: \"{from}\" }}");
        assert_eq!(listed(caller, &filter(at), "LAST_ACTIVITY_AT", "DESC").await.1, 1, "{}", caller.subject);
        let later = if at == &internal { "2027-01-01T00:00:00Z" } else { &internal };
        assert_eq!(listed(caller, &filter(later), "CREATED_AT", "DESC").await.1, 0, "{}", caller.subject);
    }
}

async fn a_claim_names_who_made_and_submitted_it(world: &World) {
    // A3, H1
    let draft = world.user.mutate("createClaim", world.input_of(&world.partner)).await.claim();
    let query = "query($id: ID!) { claim(id: $id) { createdBy { kind name } submittedBy { kind name } } }";
    let seen = async |caller: &Caller| caller.graphql(query, json!({ "id": draft.id() })).await.data()["claim"].clone();
    let by = |name: &str| json!({ "kind": "PARTNER", "name": name });
    assert_eq!(seen(&world.partner).await, json!({ "createdBy": by("Ulf of Alpine"), "submittedBy": null }));
    let submitted = world.submit(&world.partner, &world.prove(&world.user, &draft).await).await;
    world.approve(&world.review(&submitted).await).await;
    let both = json!({ "createdBy": by("Ulf of Alpine"), "submittedBy": by("Ann of Alpine") });
    assert_eq!((seen(&world.partner).await, seen(&world.reviewer).await), (both.clone(), both));
    // A customer learns of no person of the partner.
    let partner = world.customer.query("{ claims { nodes { partner { name } } } }").await;
    let company = partner["claims"]["nodes"][0]["partner"]["name"].as_str().unwrap();
    assert_eq!(seen(&world.customer).await, json!({ "createdBy": by(company), "submittedBy": by(company) }));
}

async fn a_deputy_finds_the_reviews_of_the_absent_one(world: &World) {
    // R4
    let claim = world.under_review().await;
    let input = json!({ "reviewerSubject": world.reviewer.subject, "from": "2026-03-02T00:00:00Z", "until": "2026-04-02T00:00:00Z",
        "deputySubject": world.second_reviewer.subject });
    world.lead.mutate("setReviewerAbsence", input).await.data();
    let filter = format!("reviewerSubject: \"{}\"", world.reviewer.subject);
    let (found, total) = listed(&world.second_reviewer, &filter, "DUE_AT", "ASC").await;
    assert_eq!((found, total), (vec![claim.id().to_owned()], 1));
    assert_eq!(listed(&world.partner, &filter, "DUE_AT", "ASC").await.1, 0);
}

async fn lists_of_filters_have_bounds(world: &World) {
    let many = |count: usize| vec!["x"; count];
    let claims = "query($ids: [ID!], $refs: [String!]) { claims(filter: { ids: $ids, externalReferences: $refs }) { totalCount } }";
    for (variables, fits) in [
        (json!({ "ids": many(1_000) }), true),
        (json!({ "ids": many(1_001) }), false),
        (json!({ "refs": many(1_000) }), true),
        (json!({ "refs": many(1_001) }), false),
    ] {
        let answer = world.partner.graphql(claims, variables).await;
        if fits {
            assert_eq!(answer.data()["claims"]["totalCount"], 0);
        } else {
            assert_eq!(answer.errors(), ["BAD_USER_INPUT"]);
        }
    }
    let others = [
        ("query($l: [HistoryAction!]) { history(filter: { actions: $l }) { totalCount } }", "CREATED"),
        ("query($l: [SubscriptionStatus!]) { subscriptions(filter: { status: $l }) { totalCount } }", "ACTIVE"),
        ("query($l: [ClaimStatus!]) { claimStatistics(filter: { status: $l }) { total } }", "SUBMITTED"),
        ("query($l: [RejectionReason!]) { claims(filter: { rejectionReason: $l }) { totalCount } }", "OTHER"),
    ];
    for (query, word) in others {
        let answer = world.lead.graphql(query, json!({ "l": vec![word; 1_001] })).await;
        assert_eq!(answer.errors(), ["BAD_USER_INPUT"], "{query}");
        world.lead.graphql(query, json!({ "l": vec![word; 1_000] })).await.data();
    }
}

async fn a_partner_lists_its_claims(world: &World) {
    // A3, A4
    for number in 1..=2 {
        world.submitted_on(&world.partner, number).await;
        world.submitted_on(&world.rival, number + 2).await;
    }
    world.approved().await;
    world.draft_on(&world.partner, 9).await;
    let query = "{ partners(first: 9) { nodes { name claims(first: 2, orderBy: { field: LAST_ACTIVITY_AT, direction: DESC }) { totalCount \
        nodes { id partner { name } lastActivityAt } pageInfo { hasNextPage } } } } }";
    let count = async |caller: &Caller| -> Vec<(u64, u64)> {
        let answer = caller.query(query).await;
        let partners = answer["partners"]["nodes"].as_array().unwrap().clone();
        let mut counts = Vec::new();
        for one in &partners {
            let nodes = one["claims"]["nodes"].as_array().unwrap();
            assert!(nodes.iter().all(|node| node["partner"]["name"] == one["name"]));
            counts.push((one["claims"]["totalCount"].as_u64().unwrap(), nodes.len() as u64));
        }
        counts.sort_unstable();
        counts.retain(|(total, _)| *total > 0);
        counts
    };
    assert_eq!(count(&world.reviewer).await, [(2, 2), (3, 2)]);
    assert_eq!(count(&world.partner).await, [(4, 2)]);
    assert_eq!(count(&world.customer).await, [(1, 1)]);
    let unscoped = json!({ "sub": "rita@vendor.example", "roles": ["REVIEWER"], "scope": "directory:read" });
    assert_eq!(world.server.caller(unscoped).graphql(query, json!({})).await.errors()[0], "FORBIDDEN");
}

async fn history_comments_and_arbitrations_are_found_by_customer(world: &World) {
    // A4, X
    let ours = world.submitted().await;
    let elsewhere = world.submitted_on(&world.partner, 1).await;
    let rival = world.submitted_by(&world.rival).await;
    for claim in [&ours, &elsewhere] {
        world.reviewer.comment(claim.id(), "Hello", "SHARED").await.claim();
    }
    let (contoso, alpine) = (ids::of_customer(CONTOSO), ours.field("partner")["id"].clone());
    let query = "query($c: ID, $p: ID, $s: ID) { history(first: 100, filter: { customerId: $c, partnerId: $p }) { totalCount nodes { claim { id } } } \
        comments(customerId: $c) { totalCount nodes { claim { id } } } \
        arbitrations(customerId: $c, productId: $s) { totalCount nodes { product { id } customer { id } } } }";
    let claims = |list: &Value| -> Vec<String> {
        let nodes = list["nodes"].as_array().unwrap();
        assert_eq!(list["totalCount"], nodes.len());
        let mut ids: Vec<String> = nodes.iter().map(|one| one["claim"]["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let sorted = |ids: &[&str]| -> Vec<String> {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        ids.sort();
        ids
    };
    let sales = ids::of_product(crate::support::directory::SALES);
    let answer = world.reviewer.graphql(query, json!({ "c": contoso, "s": sales })).await;
    let seen = answer.data();
    assert_eq!(claims(&seen["history"]), sorted(&[ours.id(), rival.id()]));
    assert_eq!(claims(&seen["comments"]).len(), 2, "the arbitration is told to both");
    assert_eq!(seen["arbitrations"]["nodes"], json!([{ "product": { "id": sales }, "customer": { "id": contoso } }]));
    let answer = world.reviewer.graphql(query, json!({ "p": alpine, "s": ids::of_customer(CONTOSO) })).await;
    assert_eq!(claims(&answer.data()["history"]), sorted(&[ours.id(), elsewhere.id()]));
    assert_eq!(answer.data()["arbitrations"]["totalCount"], 0);
    let answer = world.partner.graphql(query, json!({ "c": contoso })).await;
    assert_eq!(claims(&answer.data()["history"]), [ours.id()]);
    assert_eq!(answer.data()["arbitrations"]["totalCount"], 1);
    // By who acted, and as the counters have it.
    let by_kind = "query($k: ActorKind) { history(first: 100, filter: { actorKind: $k }) { totalCount nodes { actor { kind } } } }";
    for caller in [&world.reviewer, &world.partner, &world.rival] {
        for kind in ["PARTNER", "REVIEWER", "SYSTEM", "CUSTOMER"] {
            let answer = caller.graphql(by_kind, json!({ "k": kind })).await;
            let nodes = answer.data()["history"]["nodes"].as_array().unwrap();
            assert!(nodes.iter().all(|one| one["actor"]["kind"] == kind));
            assert_eq!(answer.data()["history"]["totalCount"], nodes.len(), "{kind} for {}", caller.subject);
            assert_eq!(
                nodes.is_empty(),
                kind == "CUSTOMER" || (kind == "REVIEWER" && caller.subject.starts_with("bea")),
                "{kind}"
            );
        }
    }
}
