//! Bodies of requests and answers: their encodings, what is left of them unread, how much may be in them.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::{
    Settings, World, both,
    wire::{Wire, request},
};

both!(
    json_is_read_as_it_is_really_sent,
    a_compressed_body_is_refused_with_its_reason,
    a_refused_request_leaves_its_connection_usable,
    a_long_refused_request_says_that_its_connection_ends,
    an_empty_operation_name_is_none,
    long_lists_are_refused_before_anything_is_done,
    long_answers_are_compressed_for_those_who_take_it,
);

both!(
    Settings { cors_origins: vec!["https://portal.example".to_owned()], ..Settings::default() } =>
    a_preflight_may_be_remembered
);

const QUERY: &str = "{\"query\":\"{ viewer { subject } }\"}";

async fn json_is_read_as_it_is_really_sent(world: &World) {
    let post = async |media_type: &str, body: Vec<u8>| {
        let request = world.partner.request(Method::POST, "/graphql").header(CONTENT_TYPE, media_type).body(body);
        world.partner.send(request).await
    };
    for media_type in ["application/json; charset=utf8", "application/json;charset=\"UTF-8\"", "Application/JSON"] {
        assert_eq!(post(media_type, QUERY.into()).await.status, 200, "{media_type}");
    }
    assert_eq!(post("application/json", [b"\xef\xbb\xbf", QUERY.as_bytes()].concat()).await.status, 200);
    let latin = post("application/json", b"{\"query\":\"{ viewer { subject } } # \xfc\"}".to_vec()).await;
    assert_eq!(latin.status, 400);
    assert!(latin.text.contains("not UTF-8"), "{}", latin.text);
    assert_eq!(post("application/json; charset=iso-8859-1", QUERY.into()).await.status, 415);
}

async fn a_compressed_body_is_refused_with_its_reason(world: &World) {
    for (encoding, status) in [("gzip", 415), ("br", 415), ("identity", 200)] {
        let request = world.partner.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json");
        let answer = world.partner.send(request.header("content-encoding", encoding).body(QUERY)).await;
        assert_eq!(answer.status, status, "{encoding}");
        if status == 415 {
            assert_eq!(answer.headers["accept-encoding"], "identity");
            assert!(answer.text.contains("compressed"), "{}", answer.text);
        }
    }
}

/// Requests that are refused by their head.
fn refused(world: &World, body: &str) -> Vec<(String, u16)> {
    let none = "authorization: Bearer none\r\n";
    let plain = |path: &str, headers: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\nhost: cpor\r\n{headers}content-length: {length}\r\n\r\n{body}")
    };
    vec![
        (request(&world.anonymous, "POST /graphql", "", body), 401),
        (plain("/graphql", &format!("{none}content-type: application/json\r\n")), 401),
        (request(&world.partner, "POST /nowhere", "", body), 404),
        (request(&world.partner, "PUT /graphql", "", body), 405),
        (plain("/graphql", "content-type: text/plain\r\n"), 415),
        (request(&world.partner, "POST /graphql", "accept: text/html\r\n", body), 406),
    ]
}

async fn a_refused_request_leaves_its_connection_usable(world: &World) {
    let body = format!("{{\"query\":\"{{ viewer {{ subject }} }} #{}\"}}", "x".repeat(20_000));
    let mut wire = Wire::to(&world.partner).await;
    for (refused, expected) in refused(world, &body) {
        wire.send(&refused).await.unwrap();
        let (status, head, _) = wire.answer().await;
        assert_eq!(status, expected, "{head}");
        assert!(!head.contains("connection: close"), "{head}");
        wire.send(&request(&world.partner, "POST /graphql", "", QUERY)).await.unwrap();
        let (status, _, text) = wire.answer().await;
        assert_eq!((status, text.contains("subject")), (200, true), "after {expected}");
    }
}

async fn a_long_refused_request_says_that_its_connection_ends(world: &World) {
    let body = format!("{{\"query\":\"{}\"}}", "x".repeat(100_000));
    for (refused, expected) in refused(world, &body) {
        let mut wire = Wire::to(&world.partner).await;
        wire.send(&refused).await.unwrap();
        let (status, head, _) = wire.answer().await;
        assert_eq!(status, expected, "{head}");
        assert!(head.contains("connection: close"), "{head}");
    }
}

async fn an_empty_operation_name_is_none(world: &World) {
    let body = json!({ "query": "{ viewer { subject } }", "operationName": "" });
    assert_eq!(world.partner.post(&body).await.data()["viewer"]["subject"], world.partner.subject.as_str());
    let get = "/graphql?query=%7Bviewer%7Bsubject%7D%7D&operationName=";
    let answer = world.partner.send(world.partner.request(Method::GET, get)).await;
    assert_eq!(answer.data()["viewer"]["subject"], world.partner.subject.as_str());
}

async fn long_lists_are_refused_before_anything_is_done(world: &World) {
    let before = world.server.statements().len();
    for (query, variables) in [
        ("query($l: [ID!]) { claims(filter: { ids: $l }) { totalCount } }", json!({ "l": vec!["x"; 1_001] })),
        (
            "query($l: [ClaimStatus!]) { claims(filter: { status: $l }) { totalCount } }",
            json!({ "l": vec!["EDITING"; 16_390] }),
        ),
        ("query($f: ClaimFilter) { claims(filter: $f) { totalCount } }", json!({ "f": { "ids": vec!["x"; 20_000] } })),
    ] {
        let answer = world.partner.graphql(query, variables).await;
        assert_eq!(answer.errors(), ["BAD_USER_INPUT"], "{query}");
        assert!(answer.text.contains("the limit is 1000"), "{}", answer.text);
    }
    assert_eq!(world.server.statements().len(), before);
    let most = json!({ "l": vec!["x"; 1_000] });
    let answer = world.partner.graphql("query($l: [ID!]) { claims(filter: { ids: $l }) { totalCount } }", most).await;
    assert_eq!(answer.data()["claims"]["totalCount"], 0);
}

async fn long_answers_are_compressed_for_those_who_take_it(world: &World) {
    let long = json!({ "query": "{ __schema { types { name fields { name type { name } } } } }" });
    for encoding in ["gzip", "br", "zstd"] {
        let answer = world.partner.send(world.partner.posted(&long).header("accept-encoding", encoding)).await;
        assert_eq!(answer.headers["content-encoding"], encoding);
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "accept-encoding"));
    }
    // A client that says that it takes nothing gets it as it is.
    let nothing = world.partner.send(world.partner.posted(&long).header("accept-encoding", "identity;q=0")).await;
    assert!(nothing.status == 200 && nothing.data()["__schema"].is_object());
    let plain = world.partner.send(world.partner.posted(&long)).await;
    assert!(!plain.headers.contains_key("content-encoding") && plain.data()["__schema"].is_object());
    let short = json!({ "query": "{ viewer { subject } }" });
    let answer = world.partner.send(world.partner.posted(&short).header("accept-encoding", "gzip")).await;
    assert_eq!((answer.headers.get("content-encoding"), answer.body["errors"].clone()), (None, Value::Null));
}

async fn a_preflight_may_be_remembered(world: &World) {
    let request = world.anonymous.request(Method::OPTIONS, "/graphql").header("origin", "https://portal.example");
    let answer = world.anonymous.send(request.header("access-control-request-method", "POST")).await;
    assert_eq!(answer.headers["access-control-max-age"], "600");
}
