//! GraphQL over HTTP: methods, statuses, media types, tokens, limits; and what lies beside it.

use reqwest::{
    Method, RequestBuilder,
    header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderMap},
};
use serde_json::json;

use crate::support::{Answer, Settings, World, both};

both!(
    the_answer_has_the_media_type_that_is_asked_for,
    statuses_tell_what_went_wrong,
    queries_go_by_get_and_mutations_do_not,
    bodies_must_be_json,
    tokens_are_judged_strictly,
    other_paths_are_not_there,
    health_is_told,
    introspection_is_for_callers,
    several_operations_need_a_name,
    errors_have_codes_and_hide_the_inside,
    large_requests_are_refused,
    bombs_are_refused_at_once,
);

both!(
    Settings { limits: cpor::config::Limits { requests_per_minute: 5, bad_tokens_per_minute: 3, ..Settings::default().limits }, ..Settings::default() } =>
    too_many_requests_are_refused
);

both!(
    Settings { graphiql: true, cors_origins: vec!["https://portal.example".to_owned()], ..Settings::default() } =>
    the_page_loads_from_this_server_alone,
    pages_of_known_origins_may_call
);

const GRAPHQL: &str = "application/graphql-response+json";

fn post(world: &World, body: impl Into<reqwest::Body>) -> RequestBuilder {
    world
        .partner
        .request(Method::POST, "/graphql")
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, GRAPHQL)
        .body(body)
}

async fn send(world: &World, request: RequestBuilder) -> Answer {
    world.partner.send(request).await
}

fn media_type(headers: &HeaderMap) -> &str {
    headers[CONTENT_TYPE].to_str().unwrap().split(';').next().unwrap()
}

async fn the_answer_has_the_media_type_that_is_asked_for(world: &World) {
    let body = json!({ "query": "{ viewer { subject } }" }).to_string();
    for (accept, expected) in [
        (None, "application/json"),
        (Some("*/*"), "application/json"),
        (Some("application/json"), "application/json"),
        (Some(GRAPHQL), GRAPHQL),
        (Some("application/json;q=0.5, application/graphql-response+json"), GRAPHQL),
        (Some("application/graphql-response+json;q=0.1, application/json;q=0.9"), "application/json"),
        (Some("text/html, application/graphql-response+json; charset=utf-8"), GRAPHQL),
    ] {
        let mut request =
            world.partner.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json").body(body.clone());
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        let answer = send(world, request).await;
        assert_eq!((answer.status.as_u16(), media_type(&answer.headers)), (200, expected), "{accept:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    let request = world
        .partner
        .request(Method::POST, "/graphql")
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "text/html")
        .body(body);
    assert_eq!(send(world, request).await.status.as_u16(), 406);
}

async fn statuses_tell_what_went_wrong(world: &World) {
    for (query, status, code) in [
        ("{ viewer { subject }", 400, "GRAPHQL_PARSE_FAILED"),
        ("", 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ claim { id } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ claim(id: 1.5) { id } }", 400, "BAD_USER_INPUT"),
        ("subscription { nonsense }", 406, "SUBSCRIPTION_NEEDS_A_STREAM"),
        ("query($id: ID!) { claim(id: $id) { id } }", 400, "BAD_USER_INPUT"),
        ("fragment F on Query { viewer { subject } }", 400, "GRAPHQL_PARSE_FAILED"),
    ] {
        let answer = send(world, post(world, json!({ "query": query }).to_string())).await;
        assert_eq!(
            (answer.status.as_u16(), answer.errors()),
            (status, vec![code.to_owned()]),
            "{query:?}: {}",
            answer.text
        );
        assert!(answer.body.get("data").is_none(), "nothing was executed: {}", answer.text);
        assert_eq!(media_type(&answer.headers), GRAPHQL);
    }
    // Executed with an error in it: 200 and data.
    let scopeless = world.server.caller(json!({ "roles": ["REVIEWER"] }));
    let answer = scopeless.graphql("{ viewer { subject } customer(id: \"x\") { id } }", json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.errors()), (200, vec!["FORBIDDEN".to_owned()]), "{}", answer.text);
    assert_eq!(answer.body["data"], json!({ "viewer": { "subject": "somebody" }, "customer": null }));
}

async fn queries_go_by_get_and_mutations_do_not(world: &World) {
    let get =
        |query: &str| world.partner.request(Method::GET, "/graphql").query(&[("query", query)]).header(ACCEPT, GRAPHQL);
    let answer = send(world, get("{ viewer { subject } }")).await;
    assert_eq!(answer.data()["viewer"]["subject"], world.partner.subject.as_str());
    let with_variables = get("query($id: ID!) { claim(id: $id) { id } }").query(&[("variables", r#"{"id":"x"}"#)]);
    assert_eq!(send(world, with_variables).await.data(), &json!({ "claim": null }));
    let mutation = send(
        world,
        get("mutation { submitClaim(input: { claimId: \"x\", expectedVersion: 1 }) { problems { code } } }"),
    )
    .await;
    assert_eq!((mutation.status.as_u16(), mutation.headers[ALLOW].to_str().unwrap()), (405, "POST"));
    assert_eq!(send(world, get("{ viewer {")).await.status.as_u16(), 400);
    assert_eq!(send(world, world.partner.request(Method::GET, "/graphql")).await.status.as_u16(), 400);
    assert_eq!(
        send(world, get("{ viewer { subject } }").query(&[("variables", "no json")])).await.status.as_u16(),
        400
    );
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(send(world, world.partner.request(method, "/graphql")).await.status.as_u16(), 405);
    }
}

async fn bodies_must_be_json(world: &World) {
    for body in [
        "",
        "no json",
        "[]",
        "null",
        "1",
        "\"{ viewer { subject } }\"",
        "{}",
        r#"{"query":1}"#,
        r#"{"query":null}"#,
        r#"{"query":"{ viewer { subject } }","variables":[]}"#,
        r#"{"query":"{ viewer { subject } }","operationName":1}"#,
        "{\"query\":\"\u{0}",
    ] {
        let answer = send(world, post(world, body)).await;
        assert_eq!(answer.status.as_u16(), 400, "{body:?}: {}", answer.text);
        assert!(!answer.errors().is_empty());
    }
    // More than is asked for is ignored, null is like nothing.
    let more =
        r#"{"query":"{ viewer { subject } }","variables":null,"operationName":null,"extensions":null,"more":[1]}"#;
    assert!(send(world, post(world, more)).await.data().is_object());
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/graphql", "application/jsonx"]
    {
        let request = world
            .partner
            .request(Method::POST, "/graphql")
            .header(CONTENT_TYPE, content_type)
            .body("{\"query\":\"{ viewer { subject } }\"}");
        assert_eq!(send(world, request).await.status.as_u16(), 415, "{content_type}");
    }
    let none = world.partner.request(Method::POST, "/graphql").body("{\"query\":\"{ viewer { subject } }\"}");
    assert_eq!(send(world, none).await.status.as_u16(), 415);
    let with_charset =
        world.partner.request(Method::POST, "/graphql").header(CONTENT_TYPE, "application/json; charset=utf-8");
    assert!(send(world, with_charset.body("{\"query\":\"{ viewer { subject } }\"}")).await.data().is_object());
}

async fn tokens_are_judged_strictly(world: &World) {
    // A5: exp, iss, aud and sub are required, the algorithm is fixed.
    let good = world.partner.token.clone().unwrap();
    let parts: Vec<_> = good.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let longer = format!("{good}x");
    let mut bad = vec![
        String::new(),
        "x".to_owned(),
        longer,
        format!("{none}.{}.", parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
    ];
    for claims in [
        json!({ "exp": 1_700_000_000 }),
        json!({ "exp": null }),
        json!({ "exp": "4102444800" }),
        json!({ "iss": "other" }),
        json!({ "iss": null }),
        json!({ "aud": "other" }),
        json!({ "aud": null }),
        json!({ "aud": [] }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": "a\u{0}b" }),
        json!({ "nbf": 4_000_000_000_u64 }),
    ] {
        let mut whole = json!({ "roles": ["REVIEWER"] });
        whole.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        bad.push(world.server.caller(whole).token.unwrap());
    }
    for token in bad {
        let answer = world.server.caller_with_token(&token).graphql("{ viewer { subject } }", json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.errors()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{token}");
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    }
    let http = &world.partner.http;
    for header in [format!("Basic {good}"), good.clone(), "Bearer".to_owned(), format!("Bearer {good} {good}")] {
        let request = http
            .post(format!("{}/graphql", world.partner.base))
            .header("authorization", &header)
            .json(&json!({ "query": "{ viewer { subject } }" }));
        assert_eq!(send(world, request).await.status.as_u16(), 401, "{header}");
    }
    let request =
        http.post(format!("{}/graphql", world.partner.base)).header("authorization", format!("bearer {good}"));
    assert!(send(world, request.json(&json!({ "query": "{ viewer { subject } }" }))).await.data().is_object());
}

async fn other_paths_are_not_there(world: &World) {
    for path in ["/", "/nothing", "/graphql/", "/documents", "/documents/", "/metrics/x"] {
        let answer = send(world, world.partner.request(Method::GET, path)).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
    }
}

async fn health_is_told(world: &World) {
    for path in ["/healthz", "/readyz"] {
        let answer = world.anonymous.send(world.anonymous.request(Method::GET, path)).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
    }
}

async fn introspection_is_for_callers(world: &World) {
    let query = "{ __schema { types { name description } queryType { name } } __type(name: \"Claim\") { fields { name type { name } } } }";
    let seen = world.partner.query(query).await;
    assert!(seen["__schema"]["types"].as_array().unwrap().len() > 50);
    assert_eq!(world.anonymous.graphql(query, json!({})).await.errors(), ["UNAUTHENTICATED"]);
    // No scope is needed.
    assert!(world.server.caller(json!({ "roles": ["REVIEWER"] })).graphql(query, json!({})).await.data().is_object());
}

async fn several_operations_need_a_name(world: &World) {
    let query = "query A { viewer { subject } } query B { viewer { roles } }";
    let ask = |name: serde_json::Value| async move {
        world.partner.post(&json!({ "query": query, "operationName": name })).await
    };
    assert_eq!(ask(json!("B")).await.data()["viewer"], json!({ "roles": ["GLOBAL_ADMIN"] }));
    for name in [json!(null), json!("C"), json!("")] {
        assert_eq!(ask(name).await.errors(), ["OPERATION_RESOLUTION_FAILURE"]);
    }
}

async fn errors_have_codes_and_hide_the_inside(world: &World) {
    // Nothing of the database or of the code is in any of these.
    for (query, variables) in [
        ("query($t: UUID!) { customerByTenant(tenantId: $t, domain: \"x\") { id } }", json!({ "t": "no uuid" })),
        (
            "query($f: ClaimFilter) { claims(filter: $f) { totalCount } }",
            json!({ "f": { "createdAt": { "from": "yesterday" } } }),
        ),
        ("query($f: ClaimFilter) { claims(filter: $f) { totalCount } }", json!({ "f": { "status": ["OPEN"] } })),
        ("query($f: ClaimFilter) { claims(filter: $f) { totalCount } }", json!({ "f": { "unknown": 1 } })),
        ("query($n: Int) { claims(first: $n) { totalCount } }", json!({ "n": 1.5 })),
        ("query($n: Int) { claims(first: $n) { totalCount } }", json!({ "n": 99_999_999_999_u64 })),
        ("query($n: Int) { claims(first: $n) { totalCount } }", json!({ "n": "5" })),
    ] {
        let answer = world.partner.graphql(query, variables.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.errors()),
            (400, vec!["BAD_USER_INPUT".to_owned()]),
            "{variables}: {}",
            answer.text
        );
        for inside in ["sqlx", "sea_orm", "panick", "src/", "SELECT", "thread"] {
            assert!(!answer.text.contains(inside), "{}", answer.text);
        }
    }
}

async fn large_requests_are_refused(world: &World) {
    let long = format!("{{ viewer {{ subject }} }} # {}", "x".repeat(25_000));
    assert_eq!(world.partner.graphql(&long, json!({})).await.errors(), ["DOCUMENT_TOO_LARGE"]);
    let body = json!({ "query": "{ viewer { subject } }", "variables": { "x": "y".repeat(1_100_000) } }).to_string();
    assert_eq!(send(world, post(world, body)).await.status.as_u16(), 413);
    let deep = format!(
        "{{ claims {{ nodes {{ {} }} }} }}",
        "customer { claims { nodes { ".repeat(6) + "id" + &"} } }".repeat(6)
    );
    assert_eq!(world.partner.graphql(&deep, json!({})).await.errors(), ["QUERY_TOO_COMPLEX"]);
    let aliases = (0..31).map(|number| format!("a{number}: viewer {{ subject }}")).collect::<Vec<_>>().join(" ");
    assert_eq!(world.partner.graphql(&format!("{{ {aliases} }}"), json!({})).await.errors(), ["QUERY_TOO_COMPLEX"]);
    let costly = "{ claims(first: 100) { nodes { comments(first: 100) { nodes { id body } } } } }";
    assert_eq!(world.partner.graphql(costly, json!({})).await.errors(), ["QUERY_TOO_COMPLEX"]);
}

async fn bombs_are_refused_at_once(world: &World) {
    // Fragments that spread each other twice: small to send, endless to walk.
    let mut bomb = "{ ...F0 }".to_owned();
    for number in 0..40 {
        let next = number + 1;
        bomb = bomb + " " + &format!("fragment F{number} on Query {{ ...F{next} ...F{next} }}");
    }
    bomb.push_str(" fragment F40 on Query { viewer { subject } }");
    let answer = world.partner.graphql(&bomb, json!({})).await;
    assert_eq!(answer.errors(), ["QUERY_TOO_COMPLEX"]);
    let cycle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(world.partner.graphql(cycle, json!({})).await.errors(), ["GRAPHQL_VALIDATION_FAILED"]);
    for deep in [
        "{".repeat(9_000),
        format!("{{ claim(id: {} ) {{ id }} }}", "[".repeat(9_000)),
        "query($x: ".to_owned() + &"[".repeat(5_000),
    ] {
        let answer = world.partner.graphql(&deep, json!({})).await;
        assert!(answer.status.is_client_error() && !answer.errors().is_empty());
    }
}

async fn too_many_requests_are_refused(world: &World) {
    let ask = |caller: &crate::support::Caller| {
        let caller = caller.clone();
        async move { caller.graphql("{ viewer { subject } }", json!({})).await }
    };
    for _ in 0..5 {
        assert_eq!(ask(&world.partner).await.status.as_u16(), 200);
    }
    let answer = ask(&world.partner).await;
    assert_eq!(answer.status.as_u16(), 429, "{}", answer.text);
    assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().is_ok());
    // By subject: others go on.
    assert_eq!(ask(&world.user).await.status.as_u16(), 200);
    // Bad tokens by address.
    let guess = world.server.caller_with_token("guess");
    for _ in 0..3 {
        assert_eq!(ask(&guess).await.status.as_u16(), 401);
    }
    assert_eq!(ask(&guess).await.status.as_u16(), 429);
}

async fn the_page_loads_from_this_server_alone(world: &World) {
    let answer = world.anonymous.send(world.anonymous.request(Method::GET, "/")).await;
    assert_eq!((answer.status.as_u16(), media_type(&answer.headers)), (200, "text/html"));
    // The console or the plain page: both load from this server alone, and neither allows what is inline.
    assert!(answer.text.contains("<script") && !answer.text.contains("://"), "{}", answer.text);
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let people = world.anonymous.send(world.anonymous.request(Method::GET, "/demo/people")).await;
    assert_eq!(people.status, 404, "only a demo has people");
}

async fn pages_of_known_origins_may_call(world: &World) {
    let ask = |origin: &str| {
        let request = world.anonymous.request(Method::OPTIONS, "/graphql").header("origin", origin);
        world.anonymous.send(
            request
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization,content-type"),
        )
    };
    let known = ask("https://portal.example").await;
    assert_eq!(known.headers["access-control-allow-origin"], "https://portal.example");
    assert!(!known.headers.contains_key("access-control-allow-credentials"));
    assert!(!ask("https://evil.example").await.headers.contains_key("access-control-allow-origin"));
}
