//! Connections to the Relay specification: forward, backward, stable under inserts, the same pages whichever way.

use serde_json::{Value, json};

use crate::support::{
    Caller, World, both,
    directory::{ALPINE, CONTOSO},
    ids,
};

both!(
    a_list_is_walked_forward_and_backward,
    ties_are_in_one_order,
    inserts_in_between_disturb_nobody,
    every_order_goes_both_ways,
    pages_have_bounds,
    bad_cursors_are_refused,
    every_list_pages,
    lists_inside_of_lists_page,
    filters_combine,
);

/// Makes so many drafts of Alpine; their ids, oldest first.
async fn drafts(world: &World, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(world.draft().await.id().to_owned());
    }
    ids
}

const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String, $orderBy: ClaimOrder) { \
    claims(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) { \
    totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn page(caller: &Caller, arguments: Value) -> Value {
    caller.graphql(PAGE, arguments).await.data()["claims"].clone()
}

fn ids_of(page: &Value) -> Vec<String> {
    let nodes: Vec<_> =
        page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect();
    let edges: Vec<_> =
        page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(nodes, edges);
    let cursor = |at: Option<&Value>| at.map_or(Value::Null, |edge| edge["cursor"].clone());
    let edges = page["edges"].as_array().unwrap();
    assert_eq!(page["pageInfo"]["startCursor"], cursor(edges.first()));
    assert_eq!(page["pageInfo"]["endCursor"], cursor(edges.last()));
    nodes
}

/// All ids by pages of this size, forward; then the same backward, which must agree.
async fn walk(caller: &Caller, size: usize, order: Value) -> Vec<String> {
    let (mut forward, mut after) = (Vec::new(), Value::Null);
    loop {
        let seen = page(caller, json!({ "first": size, "after": after, "orderBy": order })).await;
        assert_eq!(seen["pageInfo"]["hasPreviousPage"], !forward.is_empty());
        forward.extend(ids_of(&seen));
        after = seen["pageInfo"]["endCursor"].clone();
        if seen["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let (mut backward, mut before) = (Vec::new(), Value::Null);
    loop {
        let seen = page(caller, json!({ "last": size, "before": before, "orderBy": order })).await;
        assert_eq!(seen["pageInfo"]["hasNextPage"], !backward.is_empty());
        let mut ids = ids_of(&seen);
        ids.extend(backward);
        backward = ids;
        before = seen["pageInfo"]["startCursor"].clone();
        if seen["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(forward, backward);
    forward
}

async fn a_list_is_walked_forward_and_backward(world: &World) {
    // Newest first without an order.
    let mut made = Vec::new();
    for _ in 0..7 {
        made.extend(drafts(world, 1).await);
        world.advance(std::time::Duration::from_secs(1));
    }
    made.reverse();
    for size in [1, 2, 3, 7, 100] {
        assert_eq!(walk(&world.partner, size, Value::Null).await, made, "pages of {size}");
    }
    let seen = page(&world.partner, json!({})).await;
    assert_eq!((ids_of(&seen), &seen["totalCount"]), (made.clone(), &json!(7)));
    let seen = page(&world.partner, json!({ "first": 2 })).await;
    assert_eq!(seen["totalCount"], 7);
    // After the end there is nothing.
    let seen = page(
        &world.partner,
        json!({ "first": 2, "after": page(&world.partner, json!({ "last": 1 })).await["pageInfo"]["endCursor"] }),
    )
    .await;
    assert_eq!((ids_of(&seen).len(), &seen["pageInfo"]["hasNextPage"]), (0, &json!(false)));
    // An empty list.
    let seen = page(&world.rival, json!({ "first": 2 })).await;
    let nothing = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null });
    assert_eq!((&seen["pageInfo"], &seen["totalCount"]), (&nothing, &json!(0)));
}

async fn ties_are_in_one_order(world: &World) {
    // The clock stands still: all are created at once.
    let mut made = drafts(world, 5).await;
    let seen = walk(&world.partner, 2, Value::Null).await;
    made.sort();
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(sorted, made);
    assert_eq!(walk(&world.partner, 3, Value::Null).await, seen);
}

async fn inserts_in_between_disturb_nobody(world: &World) {
    let made = drafts(world, 4).await;
    let newest_first: Vec<_> = walk(&world.partner, 10, Value::Null).await;
    let first = page(&world.partner, json!({ "first": 2 })).await;
    world.advance(std::time::Duration::from_secs(1));
    let later = drafts(world, 3).await;
    let second = page(&world.partner, json!({ "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!([ids_of(&first), ids_of(&second)].concat(), newest_first);
    // What the cursor stood on may go away.
    let on = first["nodes"][1]["id"].as_str().unwrap();
    let claim = world.partner.claim(on).await.unwrap();
    world.partner.act("deleteClaimDraft", &claim, json!({})).await.data();
    let again = page(&world.partner, json!({ "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(ids_of(&again), ids_of(&second));
    assert_eq!(page(&world.partner, json!({})).await["totalCount"], made.len() + later.len() - 1);
}

async fn every_order_goes_both_ways(world: &World) {
    // Some are submitted and due, some not: those without a time come last whichever way.
    for number in 1..=3 {
        world.submitted_on(&world.partner, number).await;
        world.advance_days(1);
        drafts(world, 1).await;
    }
    for field in ["CREATED_AT", "UPDATED_AT", "SUBMITTED_AT", "DUE_AT"] {
        let ascending = walk(&world.partner, 2, json!({ "field": field, "direction": "ASC" })).await;
        let descending = walk(&world.partner, 2, json!({ "field": field, "direction": "DESC" })).await;
        assert_eq!((ascending.len(), descending.len()), (6, 6), "{field}");
        if ["CREATED_AT", "UPDATED_AT"].contains(&field) {
            assert_eq!(ascending, descending.iter().rev().cloned().collect::<Vec<_>>(), "{field}");
        } else {
            let dated = |ids: &[String]| ids[..3].to_vec();
            assert_eq!(dated(&ascending), dated(&descending).into_iter().rev().collect::<Vec<_>>(), "{field}");
        }
    }
    // A cursor of one order is none of another.
    let by_due =
        page(&world.partner, json!({ "first": 1, "orderBy": { "field": "DUE_AT", "direction": "ASC" } })).await;
    let answer = world.partner.graphql(PAGE, json!({ "first": 1, "after": by_due["pageInfo"]["endCursor"] })).await;
    assert_eq!(answer.errors(), ["BAD_USER_INPUT"]);
}

async fn pages_have_bounds(world: &World) {
    for arguments in [
        json!({ "first": 0 }),
        json!({ "first": -1 }),
        json!({ "first": 101 }),
        json!({ "last": 0 }),
        json!({ "last": 101 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "first": 2_147_483_647 }),
    ] {
        let answer = world.partner.graphql(PAGE, arguments.clone()).await;
        assert_eq!(answer.errors(), ["BAD_USER_INPUT"], "{arguments}");
    }
    assert!(world.partner.graphql(PAGE, json!({ "first": 100 })).await.data().is_object());
}

async fn bad_cursors_are_refused(world: &World) {
    drafts(world, 2).await;
    let good = page(&world.partner, json!({ "first": 1 })).await["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    let comments = world.submitted().await;
    world.partner.comment(comments.id(), "x", "SHARED").await.claim();
    let other = world.partner.query("{ comments { pageInfo { endCursor } } }").await;
    let other = other["comments"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    let mut altered = good.clone().into_bytes();
    altered[0] ^= 1;
    for cursor in [
        "",
        "x",
        "!!!!",
        "AAAA",
        "null",
        "\u{0}",
        &good[1..],
        &format!("{good}="),
        &format!("{good}AA"),
        &other,
        &"A".repeat(5000),
        &String::from_utf8_lossy(&altered),
    ] {
        for argument in ["after", "before"] {
            let answer = world.partner.graphql(PAGE, json!({ argument: cursor })).await;
            assert_eq!(answer.errors(), ["BAD_USER_INPUT"], "{cursor:?}");
        }
    }
}

async fn every_list_pages(world: &World) {
    // One after the other, each list of the root, in pages of one.
    for number in 1..=2 {
        let claim = world.submitted_on(&world.partner, number).await;
        world.partner.comment(claim.id(), "A word.", "SHARED").await.claim();
        world.approve(&world.review(&claim).await).await;
    }
    for (list, caller) in [
        ("claims", &world.lead),
        ("comments", &world.lead),
        ("history", &world.lead),
        ("associations", &world.lead),
        ("customers", &world.lead),
        ("subscriptions", &world.lead),
        ("partners", &world.lead),
    ] {
        let query = format!(
            "query($first: Int, $after: String, $last: Int, $before: String) {{ {list}(first: $first, after: $after, last: $last, before: $before) {{ \
             totalCount nodes {{ id }} edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let whole = caller.graphql(&query, json!({ "first": 100 })).await.data()[list].clone();
        let all = ids_of(&whole);
        assert_eq!(whole["totalCount"], all.len(), "{list}");
        assert!(all.len() > 1, "{list}");
        let (mut forward, mut after) = (Vec::new(), Value::Null);
        while forward.len() < all.len() {
            let seen = caller.graphql(&query, json!({ "first": 1, "after": after })).await.data()[list].clone();
            forward.extend(ids_of(&seen));
            after = seen["pageInfo"]["endCursor"].clone();
            assert_eq!(seen["pageInfo"]["hasNextPage"], forward.len() < all.len(), "{list}");
        }
        assert_eq!(forward, all, "{list}");
        let last = caller.graphql(&query, json!({ "last": 1 })).await.data()[list].clone();
        assert_eq!(ids_of(&last), all[all.len() - 1..], "{list}");
    }
}

async fn lists_inside_of_lists_page(world: &World) {
    for number in 1..=2 {
        let claim = world.submitted_on(&world.partner, number).await;
        for word in ["one", "two", "three"] {
            world.partner.comment(claim.id(), word, "SHARED").await.claim();
        }
    }
    let query = "query($after: String) { claims(first: 2) { nodes { comments(first: 2, after: $after) { totalCount nodes { body } \
        pageInfo { hasNextPage endCursor } } history(last: 1) { nodes { action } pageInfo { hasPreviousPage } } } } }";
    let seen = world.partner.graphql(query, json!({})).await.data()["claims"]["nodes"].clone();
    for claim in seen.as_array().unwrap() {
        assert_eq!(claim["comments"]["nodes"], json!([{ "body": "one" }, { "body": "two" }]));
        assert_eq!(
            (&claim["comments"]["totalCount"], &claim["comments"]["pageInfo"]["hasNextPage"]),
            (&json!(3), &json!(true))
        );
        assert_eq!(
            claim["history"],
            json!({ "nodes": [{ "action": "COMMENTED" }], "pageInfo": { "hasPreviousPage": true } })
        );
    }
    let customers = "{ customers(first: 5) { nodes { claims(first: 1) { totalCount nodes { id } } subscriptions(first: 1) { totalCount nodes { id } } } } }";
    let seen = world.lead.query(customers).await["customers"]["nodes"].clone();
    let count = |list: &str| -> i64 {
        seen.as_array().unwrap().iter().map(|customer| customer[list]["totalCount"].as_i64().unwrap()).sum()
    };
    assert_eq!((count("claims"), count("subscriptions")), (2, 16));
}

async fn filters_combine(world: &World) {
    let (one, two) = (world.submitted_on(&world.partner, 1).await, world.submitted_on(&world.rival, 2).await);
    world.advance_days(20);
    let three = world.review(&world.submitted_on(&world.partner, 3).await).await;
    let draft = world.draft().await;
    let count = |caller: &Caller, filter: Value| {
        let caller = caller.clone();
        async move {
            let answer = caller
                .graphql(
                    "query($f: ClaimFilter) { claims(filter: $f) { totalCount nodes { id } } }",
                    json!({ "f": filter }),
                )
                .await;
            let mut ids: Vec<_> = answer.data()["claims"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["id"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(answer.data()["claims"]["totalCount"], ids.len());
            ids.sort();
            ids
        }
    };
    let sorted = |claims: &[&crate::support::Claim]| {
        let mut ids: Vec<_> = claims.iter().map(|claim| claim.id().to_owned()).collect();
        ids.sort();
        ids
    };
    let cases = [
        (json!({ "status": ["SUBMITTED"] }), sorted(&[&one, &two])),
        (json!({ "status": ["SUBMITTED", "UNDER_REVIEW"] }), sorted(&[&one, &two, &three])),
        (json!({ "partnerId": ids::of_uuid("Partner", ALPINE) }), sorted(&[&one, &three])),
        (json!({ "ids": [one.id(), draft.id(), "nonsense"] }), sorted(&[&one])),
        (json!({ "number": three.field("number") }), sorted(&[&three])),
        (json!({ "customerId": ids::of_customer(CONTOSO) }), Vec::new()),
        (json!({ "productId": ids::of_product(crate::support::directory::SALES) }), sorted(&[&one, &two, &three])),
        (json!({ "solutionArea": "MICROSOFT_365" }), Vec::new()),
        (json!({ "activity": "PRESALES" }), sorted(&[&one, &two, &three])),
        (json!({ "assignedToMe": true }), sorted(&[&three])),
        (json!({ "unassigned": true }), sorted(&[&one, &two])),
        (json!({ "overdue": true }), sorted(&[&one, &two])),
        (json!({ "overdue": true, "partnerId": ids::of_uuid("Partner", ALPINE) }), sorted(&[&one])),
        (
            json!({ "submittedAt": { "from": "2026-03-02T09:00:00Z", "before": "2026-03-02T09:00:01Z" } }),
            sorted(&[&one, &two]),
        ),
        (json!({ "createdAt": { "from": "2026-03-03T00:00:00Z" } }), sorted(&[&three])),
        (json!({ "dueAt": { "before": "2026-03-12T00:00:00Z" } }), sorted(&[&one, &two])),
        (json!({ "inArbitration": true }), Vec::new()),
        (json!({}), sorted(&[&one, &two, &three])),
    ];
    for (filter, expected) in cases {
        assert_eq!(count(&world.reviewer, filter.clone()).await, expected, "{filter}");
    }
    assert_eq!(count(&world.partner, json!({ "status": ["EDITING"] })).await, sorted(&[&draft]));
    // S1: the statistics count by the same filter.
    let query = "query($f: ClaimFilter) { claimStatistics(filter: $f) { total overdue byStatus { status count } } }";
    let answer = world.reviewer.graphql(query, json!({ "f": { "partnerId": ids::of_uuid("Partner", ALPINE) } })).await;
    let seen = &answer.data()["claimStatistics"];
    assert_eq!((&seen["total"], &seen["overdue"]), (&json!(2), &json!(1)), "{}", answer.text);
}
