//! What a caller may spend, told: rate limits in the head of each answer, the cost of an operation where it is asked for.

use cpor::config::Limits;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use crate::support::{Answer, Settings, Socket, World, both, event_stream::asking};

/// A server with small quotas.
fn limited(set: impl FnOnce(&mut Limits)) -> Settings {
    let mut settings = Settings::default();
    set(&mut settings.limits);
    settings
}

both!(limited(|limits| (limits.requests_per_minute, limits.cost_per_minute) = (4, 60)) =>
    each_answer_tells_what_is_left,
    what_ran_out_is_named,
);

both!(limited(|limits| limits.cost_per_minute = 1_000) =>
    cost_is_told_where_it_is_asked_for,
);

both!(without_limits_nothing_is_told, a_board_is_served);

const VIEWER: &str = "{ viewer { subject } }";

fn head<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

async fn each_answer_tells_what_is_left(world: &World) {
    let quotas = "\"requests\";q=4;w=60, \"cost\";q=60;w=60;qu=\"cost\"";
    let answer = world.partner.graphql(VIEWER, json!({})).await;
    // An object and a value: two points.
    assert_eq!(head(&answer, "ratelimit"), "\"requests\";r=3;t=15, \"cost\";r=58;t=2");
    assert_eq!(head(&answer, "ratelimit-policy"), quotas);
    // A document that is refused was a request all the same.
    let refused = world.partner.graphql("{ nonsense }", json!({})).await;
    assert_eq!(refused.errors(), ["GRAPHQL_VALIDATION_FAILED"]);
    assert!(head(&refused, "ratelimit").starts_with("\"requests\";r=2;t=30"), "{:?}", refused.headers);
    // A stream tells it in its head; each caller has a quota of its own.
    let request = asking(&world.user, "subscription { claimStatusChanged { position } }", json!({}));
    let stream = request.send().await.unwrap();
    assert!(stream.headers()["ratelimit"].to_str().unwrap().starts_with("\"requests\";r=3;t=15"));
    assert_eq!(stream.headers()["ratelimit-policy"], quotas);
    // Whoever has no token has no quota.
    let unknown = world.anonymous.graphql(VIEWER, json!({})).await;
    assert_eq!((unknown.status.as_u16(), head(&unknown, "ratelimit")), (401, ""));
}

async fn what_ran_out_is_named(world: &World) {
    let costly = "{ claims(first: 30) { nodes { id } } products(first: 20) { nodes { id } } }";
    let mut told = Vec::new();
    assert_eq!(world.partner.graphql(costly, json!({})).await.status, 200);
    for (caller, query, times) in [(&world.partner, costly, 1), (&world.user, VIEWER, 5)] {
        let mut last = None;
        for _ in 0..times {
            last = Some(caller.graphql(query, json!({})).await);
        }
        let answer = last.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.errors()),
            (429, vec!["RATE_LIMITED".to_owned()]),
            "{}",
            answer.text
        );
        let extensions = &answer.body["errors"][0]["extensions"];
        let seconds = answer.headers[RETRY_AFTER].to_str().unwrap();
        assert_eq!(extensions["retryAfter"].to_string(), seconds);
        assert!((1..=60).contains(&seconds.parse::<u32>().unwrap()), "{seconds}");
        assert!(extensions["remedy"].as_str().unwrap().contains(seconds), "{extensions}");
        let left = format!("\"{}\";r=", extensions["limit"].as_str().unwrap());
        assert!(head(&answer, "ratelimit").contains(&left), "{:?}", answer.headers);
        told.push((extensions["limit"].clone(), extensions["quota"].clone()));
    }
    assert_eq!(told, [(json!("cost"), json!(60)), (json!("requests"), json!(4))]);
    // More than a minute's quota at once never fits, so it is not told to wait.
    let answer = world.lead.graphql("{ claims(first: 100) { nodes { id } } }", json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.errors()), (429, vec!["RATE_LIMITED".to_owned()]));
    assert!(!answer.headers.contains_key(RETRY_AFTER));
    assert!(answer.body["errors"][0]["extensions"]["remedy"].as_str().unwrap().contains("smaller pages"));
    // A socket has no head; its error tells the same.
    let mut socket = Socket::of(&world.rival).await;
    for _ in 0..5 {
        let id = socket.subscribe(VIEWER, json!({})).await;
        let message = socket.message_of(&id).await;
        if message["type"] == "error" {
            let told = &message["payload"][0]["extensions"];
            assert_eq!((&told["code"], &told["limit"]), (&json!("RATE_LIMITED"), &json!("requests")), "{message}");
            return;
        }
        socket.completed(&id).await;
    }
    panic!("five requests were served where four may be");
}

async fn cost_is_told_where_it_is_asked_for(world: &World) {
    let query = "{ claims(first: 50) { nodes { id number } } }";
    let ask = async |extensions: Value| world.partner.post(&json!({ "query": query, "extensions": extensions })).await;
    for extensions in [Value::Null, json!({}), json!({ "cost": false }), json!({ "cost": 1 }), json!({ "other": true })]
    {
        let answer = ask(extensions).await;
        answer.data();
        assert!(answer.body.get("extensions").is_none(), "{}", answer.text);
        assert_eq!(head(&answer, "ratelimit").matches("\"cost\"").count(), 1);
    }
    let answer = ask(json!({ "cost": true })).await;
    let cost = &answer.body["extensions"]["cost"];
    // A connection, and fifty objects with two values each; six times by now.
    assert_eq!((&cost["requested"], &cost["allowed"]), (&json!(61), &json!(5000)), "{}", answer.text);
    let left = cost["remaining"].as_u64().unwrap();
    assert!((1_000 - 6 * 61..1_000 - 61).contains(&left), "{left}");
    assert!(head(&answer, "ratelimit").contains(&format!("\"cost\";r={left};")), "{:?}", answer.headers);
}

async fn without_limits_nothing_is_told(world: &World) {
    let answer = world
        .partner
        .post(&json!({ "query": "{ claims(first: 50) { nodes { id number } } }", "extensions": { "cost": true } }))
        .await;
    assert_eq!((head(&answer, "ratelimit"), head(&answer, "ratelimit-policy")), ("", ""));
    // A connection, and fifty objects with two values each.
    assert_eq!(answer.body["extensions"], json!({ "cost": { "requested": 61, "allowed": 5000, "remaining": null } }));
    let mut socket = Socket::of(&world.partner).await;
    socket
        .send(
            &json!({ "type": "subscribe", "id": "a", "payload": { "query": VIEWER, "extensions": { "cost": true } } }),
        )
        .await;
    let next = socket.next("a").await;
    assert_eq!(next["extensions"]["cost"]["requested"], 2, "{next}");
    // Errors of fields do not hide it.
    let bare = world.server.caller(json!({ "roles": ["REVIEWER"], "scope": "" }));
    let failed = bare
        .post(&json!({ "query": "{ viewer { subject } claimStatistics { total } }", "extensions": { "cost": true } }))
        .await;
    assert_eq!(failed.errors(), ["FORBIDDEN"]);
    assert_eq!(failed.body["extensions"]["cost"]["requested"], 3, "{}", failed.text);
}

async fn a_board_is_served(world: &World) {
    // Six columns of cards, each with its lines, problems and last comment.
    for number in 0..3 {
        world.draft_on(&world.partner, number).await;
    }
    let claim = world.under_review().await;
    world.lead.comment(claim.id(), "Nearly done.", "SHARED").await.claim();
    let column = |status: &str| {
        format!(
            "{status}: claims(first: 50, filter: {{status: [{status}]}}) {{ nodes {{ id number name status version availableActions \
             customer {{ name }} deadline {{ kind dueAt state }} lines {{ id outcome product {{ name }} }} problems {{ code message }} \
             comments(last: 1) {{ nodes {{ body author {{ name }} }} }} }} pageInfo {{ endCursor hasNextPage }} totalCount }} "
        )
    };
    let statuses = ["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED", "REJECTED"];
    let query = format!("{{ {} }}", statuses.map(column).concat());
    let answer = world.partner.post(&json!({ "query": query, "extensions": { "cost": true } })).await;
    let data = answer.data();
    assert_eq!((&data["EDITING"]["totalCount"], &data["UNDER_REVIEW"]["totalCount"]), (&json!(3), &json!(1)));
    assert_eq!(data["EDITING"]["nodes"][0]["problems"][0]["code"], "PROOF_OF_EXECUTION_REQUIRED");
    assert_eq!(data["UNDER_REVIEW"]["nodes"][0]["comments"]["nodes"][0]["body"], "Nearly done.");
    let cost = answer.body["extensions"]["cost"]["requested"].as_u64().unwrap();
    assert!((1_000..5_000).contains(&cost), "{cost}");
}
