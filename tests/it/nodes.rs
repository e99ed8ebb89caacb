//! Global ids: every object that has one is found again by it, and nothing else is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{World, both, directory::*, ids, schema, source::read};

both!(every_node_is_found_by_its_id, ids_are_read_strictly, nodes_answers_in_order);

const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } }";

async fn every_node_is_found_by_its_id(world: &World) {
    let (claim, _) = world.incumbent().await;
    world.partner.comment(claim.id(), "A word.", "SHARED").await.claim();
    let query = "query($id: ID!) { claim(id: $id) { id partner { id locations { id } } location { id } customer { id } \
        lines { id product { id } subscription { id } association { id } } proofOfExecution { id } \
        comments { nodes { id } } history(first: 1) { nodes { id } } } }";
    let seen = world.partner.graphql(query, json!({ "id": claim.id() })).await.data()["claim"].clone();
    let admin = world.server.caller(json!({
        "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE,
        "scope": "claims:read webhooks:read webhooks:write",
    }));
    let endpoint = json!({ "url": "https://192.0.32.7/", "events": ["COMMENT_ADDED"] });
    let endpoint = admin.mutate("createWebhookEndpoint", endpoint).await.payload()["endpoint"]["id"].clone();
    let line = &seen["lines"][0];
    let arbitration = json!(world.open_arbitration(&claim).await);
    let reviewers = world.lead.query("{ reviewers(first: 1) { nodes { id } } }").await;
    let notices = world.partner.query("{ notices(first: 1) { nodes { id } } }").await;
    let found = [
        ("Notice", &notices["notices"]["nodes"][0]["id"]),
        ("Reviewer", &reviewers["reviewers"]["nodes"][0]["id"]),
        ("Arbitration", &arbitration),
        ("Claim", &seen["id"]),
        ("Partner", &seen["partner"]["id"]),
        ("PartnerLocation", &seen["location"]["id"]),
        ("Customer", &seen["customer"]["id"]),
        ("Product", &line["product"]["id"]),
        ("CustomerSubscription", &line["subscription"]["id"]),
        ("Association", &line["association"]["id"]),
        ("ProofDocument", &seen["proofOfExecution"][0]["id"]),
        ("Comment", &seen["comments"]["nodes"][0]["id"]),
        ("HistoryEntry", &seen["history"]["nodes"][0]["id"]),
        ("WebhookEndpoint", &endpoint),
    ];
    for (kind, id) in found {
        // Only the vendor sees reviewers.
        let caller = match kind {
            "Reviewer" => &world.lead,
            "WebhookEndpoint" => &admin,
            _ => &world.partner,
        };
        let node = caller.graphql(NODE, json!({ "id": id })).await;
        assert_eq!(node.data()["node"], json!({ "__typename": kind, "id": id }));
    }
    // Every type that calls itself a node is among them.
    let built = schema::elements(&read("schema.graphql"));
    let nodes = built.keys().filter_map(|coordinate| coordinate.strip_suffix(" implements Node"));
    // Deliveries need a server that sends webhooks: `webhooks::log` finds one.
    for kind in nodes.filter(|kind| *kind != "WebhookDelivery") {
        assert!(found.iter().any(|(name, _)| *name == kind), "no test finds a {kind}");
    }
    // The ids that tests make themselves are those of the server.
    assert_eq!(seen["customer"]["id"], ids::of_customer(CONTOSO));
    assert_eq!(line["product"]["id"], ids::of_product(SALES));
    assert_eq!(seen["location"]["id"], ids::of_location(ALPINE_ENROLLED));
    // A line has an id and is no node.
    let node = world.partner.graphql(NODE, json!({ "id": line["id"] })).await;
    assert_eq!(node.data()["node"], Value::Null);
}

async fn ids_are_read_strictly(world: &World) {
    // One spelling for each; anything else is not there.
    let claim = world.draft().await;
    let bytes = URL_SAFE_NO_PAD.decode(claim.id()).unwrap();
    let spelled = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let other_kind = {
        let mut other = bytes.clone();
        other[0] = 200;
        other
    };
    for id in [
        String::new(),
        "x".to_owned(),
        "====".to_owned(),
        "\u{0}".to_owned(),
        format!("{}=", claim.id()),
        format!("{} ", claim.id()),
        claim.id().to_lowercase(),
        spelled(&bytes[..bytes.len() - 1]),
        spelled(&[&bytes[..], b"x"].concat()),
        spelled(&other_kind),
        "QUJD".repeat(2000),
        uuid::Uuid::from_slice(&bytes[1..]).unwrap().to_string(),
    ] {
        let answer = world.partner.graphql(NODE, json!({ "id": id })).await;
        assert_eq!(answer.data()["node"], Value::Null, "{id:?}");
        let answer = world
            .partner
            .graphql("query($id: ID!) { claim(id: $id) { id } customer(id: $id) { id } }", json!({ "id": id }))
            .await;
        assert_eq!(answer.data(), &json!({ "claim": null, "customer": null }), "{id:?}");
    }
    // An id of another kind is no claim's.
    let answer = world
        .partner
        .graphql("query($id: ID!) { claim(id: $id) { id } }", json!({ "id": ids::of_product(SALES) }))
        .await;
    assert_eq!(answer.data()["claim"], Value::Null);
}

async fn nodes_answers_in_order(world: &World) {
    let claim = world.draft().await;
    let asked = [
        ids::of_product(SALES),
        "nonsense".to_owned(),
        claim.id().to_owned(),
        ids::of_nothing("Claim"),
        ids::of_product(SALES),
    ];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let answer = world.partner.graphql(query, json!({ "ids": asked })).await;
    let product = json!({ "__typename": "Product", "id": asked[0] });
    let expected = json!([product, null, { "__typename": "Claim", "id": asked[2] }, null, product]);
    assert_eq!(answer.data()["nodes"], expected);
    assert_eq!(world.partner.graphql(query, json!({ "ids": [] })).await.data()["nodes"], json!([]));
    let many = vec![asked[0].clone(); 101];
    assert_eq!(world.partner.graphql(query, json!({ "ids": many })).await.errors(), ["BAD_USER_INPUT"]);
}
