//! The edge over a schema of its own, without a database: every status, header and media type.

mod sockets;
mod support;
mod uploads;

use axum::http::StatusCode;
use serde_json::{Value, json};
use support::{Answer, Server, config};

const GRAPHQL: &str = "application/graphql-response+json";

fn code(answer: &Answer) -> &str {
    answer.json["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

/// Sends a document and gives status, code and whether there is `data`, for both media types.
async fn both(query: &str, variables: Value) -> [(u16, String, bool); 2] {
    let server = Server::new();
    let body = json!({"query": query, "variables": variables});
    let mut seen = Vec::new();
    for accept in ["application/json", GRAPHQL] {
        let answer = server.post(&body).header("accept", accept).send().await;
        assert!(answer.header("content-type").starts_with(accept), "{}", answer.header("content-type"));
        seen.push((answer.status.as_u16(), code(&answer).to_owned(), answer.json.get("data").is_some()));
    }
    seen.try_into().unwrap()
}

#[tokio::test]
async fn operations_are_executed() {
    let server = Server::new();
    let answer = server
        .post(&json!({"query": "query Q($t: String) { echo(text: $t) }", "variables": {"t": "x"}, "other": 1}))
        .send()
        .await;
    assert_eq!((answer.status, &answer.json), (StatusCode::OK, &json!({"data": {"echo": "x"}})));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
    let answer = server.get("/graphql?query=%7Becho(text:%22a%22)%7D&operationName=&extensions=").send().await;
    assert_eq!(answer.json, json!({"data": {"echo": "a"}}));
    let answer =
        server.get("/graphql?query=query($t:String)%7Becho(text:$t)%7D&variables=%7B%22t%22:%22b%22%7D").send().await;
    assert_eq!(answer.json, json!({"data": {"echo": "b"}}));
    let answer = server.post(&json!({"query": "mutation { add(by: 2) }"})).send().await;
    assert_eq!(answer.json, json!({"data": {"add": 2}}));
    let answer = server.post(&json!({"query": "{ echo @skip(if: true) }"})).send().await;
    assert_eq!(answer.json, json!({"data": {}}));
}

#[tokio::test]
async fn refused_requests_have_no_data_and_a_status_by_media_type() {
    for (query, variables, expected) in [
        ("{", json!({}), "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("{ number(of: 1, x: 2) }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("{ number }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("{ number(of: \"x\") }", json!({}), "BAD_USER_INPUT"),
        ("{ number(of: 9999999999) }", json!({}), "BAD_USER_INPUT"),
        ("{ number(of: 99999999999999999999) }", json!({}), "BAD_USER_INPUT"),
        ("query($n: Int!) { number(of: $n) }", json!({}), "BAD_USER_INPUT"),
        ("query($n: Int!) { number(of: $n) }", json!({"n": "1"}), "BAD_USER_INPUT"),
        ("query($n: Nope) { echo(text: $n) }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("query($n: [Int!]!) { echo }", json!({"n": [1]}), "GRAPHQL_VALIDATION_FAILED"),
        ("query($n: Int) { echo }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("query A { echo } query B { echo }", json!({}), "OPERATION_RESOLUTION_FAILURE"),
        (
            "{ a:echo b:echo c:echo d:echo e:echo f:echo g:echo h:echo i:echo j:echo k:echo l:echo m:echo n:echo o:echo p:echo q:echo r:echo s:echo t:echo u:echo }",
            json!({}),
            "QUERY_TOO_COMPLEX",
        ),
    ] {
        let seen = both(query, variables).await;
        assert_eq!(seen, [(200, expected.to_owned(), false), (400, expected.to_owned(), false)], "{query}");
    }
}

#[tokio::test]
async fn errors_of_fields_come_with_data() {
    assert_eq!(
        both("{ echo fails }", json!({})).await,
        [(200, "FORBIDDEN".into(), true), (200, "FORBIDDEN".into(), true)]
    );
    assert_eq!(
        both("{ missing }", json!({})).await,
        [(503, "SERVICE_UNAVAILABLE".into(), true), (503, "SERVICE_UNAVAILABLE".into(), true)]
    );
}

#[tokio::test]
async fn omitted_variables_are_not_null() {
    let server = Server::new();
    let patch = "query($t: String) { patched(patch: {text: $t}) }";
    for (variables, said) in [(json!({}), "kept"), (json!({"t": null}), "cleared"), (json!({"t": "x"}), "set to x")] {
        let answer = server.post(&json!({"query": patch, "variables": variables})).send().await;
        assert_eq!(answer.json, json!({"data": {"patched": said}}));
    }
}

#[tokio::test]
async fn malformed_requests_are_refused_whatever_the_media_type() {
    let server = Server::new();
    for body in [
        "",
        "{",
        "null",
        "7",
        "\"{ echo }\"",
        "{}",
        r#"{"query":null}"#,
        r#"{"query":7}"#,
        r#"{"query":"{echo}","variables":"x"}"#,
        r#"{"query":"{echo}","variables":[]}"#,
        r#"{"query":"{echo}","operationName":{}}"#,
        r#"{"query":"{echo}","extensions":7}"#,
        "[]",
        r#"[{"query":"{echo}"}]"#,
        r#"{"query":"{echo}","variables":{"n":1e999}}"#,
    ] {
        for accept in ["application/json", GRAPHQL] {
            let answer = server.post_text(body).header("accept", accept).send().await;
            assert_eq!((answer.status.as_u16(), code(&answer)), (400, "BAD_REQUEST"), "{body}");
            assert!(answer.json.get("data").is_none());
        }
    }
    let deep = format!(r#"{{"query":"{{echo}}","variables":{{"a":{}{}}}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(server.post_text(&deep).send().await.status, 400);
    assert_eq!(server.post_bytes(b"{\"query\":\"{echo}\",\"x\":\"\xff\"}").send().await.status, 400);
    let apq = server.post(&json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}})).send().await;
    assert_eq!(
        (code(&apq), apq.json["errors"][0]["message"].as_str()),
        ("PERSISTED_QUERY_NOT_SUPPORTED", Some("PersistedQueryNotSupported"))
    );
    for query in ["", "?query=", "?variables=%7B%7D", "?query=a&query=b", "?query=%7Becho%7D&variables=x"] {
        let answer = server.get(&format!("/graphql{query}")).header("accept", GRAPHQL).send().await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[tokio::test]
async fn media_types_and_methods_are_kept() {
    let server = Server::new();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/graphql",
        "",
    ] {
        let answer = server.post(&json!({"query": "{echo}"})).header("content-type", content_type).send().await;
        assert_eq!((answer.status.as_u16(), code(&answer)), (415, "UNSUPPORTED_MEDIA_TYPE"), "{content_type}");
    }
    let answer = server
        .post(&json!({"query": "{echo}"}))
        .header("content-type", "Application/JSON; Charset=\"UTF-8\"")
        .send()
        .await;
    assert_eq!(answer.status, 200);
    let answer = server.post(&json!({"query": "mutation { add(by: 5) }"})).header("accept", "text/html").send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (406, "NOT_ACCEPTABLE"));
    assert_eq!(
        server.post(&json!({"query": "{ total }"})).send().await.json,
        json!({"data": {"total": 0}}),
        "nothing was done"
    );
    let answer = server.get("/graphql?query=mutation%7Badd(by:1)%7D").send().await;
    assert_eq!((answer.status.as_u16(), code(&answer), answer.header("allow")), (405, "METHOD_NOT_ALLOWED", "POST"));
    let answer = server.request("DELETE", "/graphql").send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (405, "METHOD_NOT_ALLOWED"));
    assert!(
        answer.header("allow").contains("POST") && answer.header("allow").contains("GET"),
        "{}",
        answer.header("allow")
    );
    let answer = server.get("/nowhere").send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (404, "NOT_FOUND"));
    assert_eq!(server.get("/").send().await.status, 404, "GraphiQL is off");
}

#[tokio::test]
async fn a_token_is_needed_and_all_bad_ones_get_one_answer() {
    let server = Server::new();
    let none = server.post(&json!({"query": "{echo}"})).header("authorization", "").send().await;
    let mut bodies = vec![none.json.clone()];
    for bad in ["Bearer x", "Basic abc", "Bearer", "Bearer a.b.c"] {
        let answer = server.post(&json!({"query": "{echo}"})).header("authorization", bad).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("www-authenticate"), code(&answer)),
            (
                401,
                "Bearer error=\"invalid_token\", resource_metadata=\"http://localhost/.well-known/oauth-protected-resource\"",
                "UNAUTHENTICATED"
            ),
            "{bad}"
        );
        bodies.push(answer.json);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    let nobody =
        server.post(&json!({"query": "{echo}"})).header("authorization", &support::bearer("u", &[])).send().await;
    assert_eq!((nobody.status.as_u16(), code(&nobody)), (403, "FORBIDDEN"));
    let anonymous = server.post(&json!({"query": "{__typename}"})).anonymous().send().await;
    assert_eq!(anonymous.status, 401);
    assert_eq!(server.get("/documents/x").anonymous().send().await.status, 401);
}

#[tokio::test]
async fn introspection_follows_its_switch() {
    let schema = json!({"query": "{ __schema { queryType { name } } __typename }"});
    let mut config = config();
    let server = Server::with(&config);
    assert_eq!(server.post(&schema).send().await.json["data"]["__schema"]["queryType"]["name"], "Query");
    config.introspection = crate::config::Introspection::Off;
    let server = Server::with(&config);
    assert_eq!(code(&server.post(&schema).send().await), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(
        server.post(&json!({"query": "{ __typename }"})).send().await.json,
        json!({"data": {"__typename": "Query"}})
    );
    config.introspection = crate::config::Introspection::On;
    let server = Server::with(&config);
    assert_eq!(server.post(&schema).anonymous().send().await.json["data"]["__schema"]["queryType"]["name"], "Query");
    for query in
        ["{ echo }", "{ __typename echo }", "mutation { add(by: 1) }", "{", "mutation { __typename add(by: 1) }"]
    {
        let answer = server.post(&json!({"query": query})).anonymous().send().await;
        assert_eq!(answer.status, 401, "{query}");
    }
    assert_eq!(server.post(&json!({"query": "{ total }"})).send().await.json, json!({"data": {"total": 0}}));
}

#[tokio::test]
async fn sizes_and_times_are_limited() {
    let mut config = config();
    config.limits.max_body_bytes = 2_000;
    config.limits.request_timeout = std::time::Duration::from_millis(50);
    let server = Server::with(&config);
    let large = json!({"query": "{echo}", "variables": {"a": "x".repeat(2_000)}});
    for request in [server.post(&large), server.post(&large).chunked()] {
        let answer = request.send().await;
        assert_eq!(
            (answer.status.as_u16(), code(&answer), answer.header("connection")),
            (413, "PAYLOAD_TOO_LARGE", "close")
        );
    }
    let answer = server.post(&json!({"query": "{ sleeps }"})).send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (504, "EXECUTION_TIMEOUT"));
    let answer = server.post(&json!({"query": "{ panics }"})).send().await;
    assert_eq!((answer.status.as_u16(), code(&answer)), (500, "INTERNAL_SERVER_ERROR"));
    assert!(!answer.json.to_string().contains("secret"));
}

#[tokio::test]
async fn rates_are_counted_by_subject_and_address() {
    let mut config = config();
    config.limits.requests_per_minute = 3;
    config.limits.cost_per_minute = 3;
    config.limits.max_root_fields = 30;
    config.limits.bad_tokens_per_minute = 2;
    let server = Server::with(&config);
    let ask = |subject: &str, query: &str| {
        server.post(&json!({"query": query})).header("authorization", &support::bearer(subject, &["REVIEWER"]))
    };
    for _ in 0..3 {
        assert_eq!(ask("one", "{echo}").send().await.status, 200);
    }
    let limited = ask("one", "{echo}").send().await;
    assert_eq!((limited.status.as_u16(), code(&limited)), (429, "RATE_LIMITED"));
    assert!((1..=60).contains(&limited.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(limited.json["errors"][0]["extensions"]["limit"], "requests");
    // 21 values cost three points.
    let values: Vec<_> = (0..21).map(|place| format!("a{place}:echo")).collect();
    let answered = ask("two", &format!("{{ {} }}", values.join(" "))).send().await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    let left = "\"requests\";r=2;t=20, \"cost\";r=0;t=60";
    let quotas = "\"requests\";q=3;w=60, \"cost\";q=3;w=60;qu=\"cost\"";
    assert_eq!((answered.header("ratelimit"), answered.header("ratelimit-policy")), (left, quotas));
    let limited = ask("two", "{echo}").send().await;
    assert_eq!((limited.status.as_u16(), code(&limited)), (429, "RATE_LIMITED"));
    let told = &limited.json["errors"][0]["extensions"];
    assert_eq!((told["limit"].as_str(), told["quota"].as_u64()), (Some("cost"), Some(3)), "{told}");
    assert_eq!(told["retryAfter"].to_string(), limited.header("retry-after"));
    assert!(told["remedy"].as_str().unwrap().contains("smaller pages"), "{told}");
    assert!(
        limited.header("ratelimit").starts_with("\"requests\";r=1;t=40, \"cost\";r=0;t="),
        "{:?}",
        limited.header("ratelimit")
    );
    let bad = || server.post(&json!({"query": "{echo}"})).header("authorization", "Bearer x").send();
    assert_eq!(
        [bad().await.status, bad().await.status, bad().await.status].map(|status| status.as_u16()),
        [401, 401, 429]
    );
    assert_eq!(ask("three", "{echo}").send().await.status, 200, "good tokens from the same address stay good");
}

#[tokio::test]
async fn documents_are_attachments() {
    let server = Server::new();
    let answer = server.get("/documents/known").send().await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "content"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf");
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"));
    let unknown = server.get("/documents/unknown").send().await;
    assert_eq!((unknown.status.as_u16(), code(&unknown)), (404, "NOT_FOUND"));
    assert_eq!(server.get("/documents/%FF").send().await.status, 404);
    assert_eq!(server.get("/documents/broken").send().await.status, 500);
}

#[tokio::test]
async fn a_download_counts_as_a_request() {
    let mut config = config();
    config.limits.requests_per_minute = 1;
    config.limits.cost_per_minute = 0;
    let server = Server::with(&config);
    let first = server.get("/documents/known").send().await;
    assert_eq!(
        (first.status.as_u16(), first.header("ratelimit"), first.header("ratelimit-policy")),
        (200, "\"requests\";r=0;t=60", "\"requests\";q=1;w=60")
    );
    let second = server.get("/documents/known").send().await;
    assert_eq!((second.status.as_u16(), code(&second)), (429, "RATE_LIMITED"));
    assert!(second.header("ratelimit").starts_with("\"requests\";r=0;t="), "{}", second.header("ratelimit"));
}

#[tokio::test]
async fn health_needs_no_token() {
    let server = Server::new();
    assert_eq!(server.get("/healthz").anonymous().send().await.json, json!({"status": "alive"}));
    assert_eq!(server.get("/readyz").anonymous().send().await.json, json!({"status": "ready"}));
}

#[tokio::test]
async fn pages_of_configured_origins_may_call() {
    let preflight = |server: &Server, origin: &str| {
        server
            .request("OPTIONS", "/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .anonymous()
    };
    let closed = Server::new();
    assert_eq!(preflight(&closed, "https://a.example").send().await.header("access-control-allow-origin"), "");
    let mut config = config();
    config.cors_origins = vec!["https://a.example".into()];
    let open = Server::with(&config);
    let answer = preflight(&open, "https://a.example").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "https://a.example"));
    assert_eq!(answer.header("access-control-allow-headers"), "authorization,content-type");
    for origin in ["https://b.example", "null"] {
        assert_eq!(preflight(&open, origin).send().await.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[tokio::test]
async fn the_page_is_served_where_it_is_switched_on() {
    let mut config = config();
    config.graphiql = true;
    let server = Server::with(&config);
    let answer = server.get("/").anonymous().send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(!answer.text.contains("://") && !answer.header("content-security-policy").contains("unsafe"));
    assert_eq!(server.get("/demo/people").anonymous().send().await.status, 404);
    config.people = Some(r#"{"people":[]}"#.into());
    let demo = Server::with(&config);
    assert_eq!(demo.get("/demo/people").anonymous().send().await.text, r#"{"people":[]}"#);
    for (site, status) in [("same-origin", 200), ("same-site", 403), ("cross-site", 403)] {
        let asked = demo.get("/demo/people").header("sec-fetch-site", site).anonymous();
        assert_eq!(asked.send().await.status, status, "{site}");
    }
}
