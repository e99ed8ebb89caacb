//! What the log tells, and what it never does: every line is JSON, belongs to its request, and holds nothing that a client
//! sent as a secret or as data (T41).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    crash::Cast,
    support::{
        Backend, Caller,
        database::Database,
        event_stream::EventStream,
        process::{Home, Process},
        socket::Socket,
        world::PDF,
    },
};

/// Stands in everything that must not be logged.
const MARKER: &str = "marker-7f3a9c";

/// A token of `/metrics` with the marker in it.
const METRICS_TOKEN: &str = "marker-7f3a9c-of-the-metrics";

/// A line of the log.
#[derive(Clone, Debug)]
struct Line(Value);

impl Line {
    /// What the spans around it say of this, the innermost first.
    fn told(&self, name: &str) -> Option<&str> {
        let spans = self.0["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
        spans.iter().rev().find_map(|span| span[name].as_str())
    }

    fn is_of(&self, request_id: &str) -> bool {
        self.told("request_id") == Some(request_id)
    }

    fn message(&self) -> &str {
        self.0["fields"]["message"].as_str().unwrap_or_default()
    }

    /// What the line itself says.
    fn field(&self, name: &str) -> &Value {
        &self.0["fields"][name]
    }
}

/// Stops the server; its log, of which each line is JSON and none holds any of these texts.
#[track_caller]
fn log_of(server: Process, secrets: &[&str]) -> Vec<Line> {
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for line in ended.err.lines() {
        for secret in secrets {
            assert!(!line.contains(secret), "{secret} is logged: {line}");
        }
    }
    let lines = ended.err.lines().map(|line| {
        let read: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(read["level"].is_string() && read["timestamp"].is_string() && read["target"].is_string(), "{line}");
        Line(read)
    });
    lines.collect()
}

/// The one line that says how this request was answered.
#[track_caller]
fn answered<'a>(log: &'a [Line], request_id: &str) -> &'a Line {
    let lines: Vec<_> = log.iter().filter(|line| line.is_of(request_id) && line.message() == "answered").collect();
    assert_eq!(lines.len(), 1, "{request_id}: {lines:?}");
    lines[0]
}

async fn with_id(caller: &Caller, id: &str, body: &Value) -> StatusCode {
    caller.send(caller.posted(body).header("x-request-id", id)).await.status
}

// ---- what is told ----

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_has_a_line_and_its_id_on_all_of_them() {
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve_logging("info", &["--sandbox", "--log-format", "json"]);
    let cast = Cast::of(&server);
    let caller = &cast.partner;
    with_id(caller, "one", &json!({ "query": "query Mine { viewer { subject } }" })).await;
    with_id(caller, "two", &json!({ "query": "{ viewer { subject } claims { totalCount } }" })).await;
    with_id(caller, "three", &json!({ "query": "{ no" })).await;
    with_id(&Caller { token: None, ..caller.clone() }, "four", &json!({ "query": "{ viewer { subject } }" })).await;
    caller.send(caller.request(Method::GET, "/nothing/here?query=secret").header("x-request-id", "five")).await;
    caller.send(caller.request(Method::GET, "/healthz").header("x-request-id", "six")).await;
    let mut socket =
        Socket::raw(&server.base, &[("sec-websocket-protocol", "graphql-transport-ws"), ("x-request-id", "seven")])
            .await
            .unwrap();
    socket.init(caller).await;
    socket.query("{ viewer { subject } }", json!({})).await;
    let following = socket.subscribe("subscription { claimStatusChanged { toStatus } }", json!({})).await;
    let events = EventStream::open(caller, "subscription { claimStatusChanged { toStatus } }", json!({})).await;
    cast.claims(1).await;
    socket.next(&following).await;
    socket.leave().await;
    drop(events);
    let log = log_of(server, &["secret"]);
    for (id, status, operation) in [
        ("one", 200, Some("viewer")),
        ("two", 200, Some("several")),
        ("three", 400, None),
        ("four", 401, None),
        ("five", 404, None),
    ] {
        let line = answered(&log, id);
        assert_eq!((line.0["level"].as_str(), line.field("status")), (Some("INFO"), &json!(status)), "{line:?}");
        assert_eq!(line.told("operation"), operation, "{line:?}");
        assert!(line.field("duration_ms").as_f64().is_some_and(|taken| (0.0..20_000.0).contains(&taken)), "{line:?}");
    }
    let one = answered(&log, "one");
    assert_eq!((one.told("method"), one.told("path")), (Some("POST"), Some("/graphql")));
    assert_eq!(answered(&log, "five").told("path"), Some("/nothing/here"), "without its query");
    assert!(!log.iter().any(|line| line.is_of("six")), "nobody reads of health checks");
    // A socket goes on with the id that it began with, and has one of its own beside.
    let upgrade = log.iter().find(|line| line.is_of("seven") && *line.field("status") == 101).unwrap();
    assert_eq!((upgrade.told("path"), upgrade.told("connection")), (Some("/graphql"), None));
    let on_socket: Vec<_> = log.iter().filter(|line| line.told("connection").is_some()).collect();
    assert!(on_socket.iter().all(|line| line.is_of("seven")), "{on_socket:?}");
    for (kind, operation) in [("query", "viewer"), ("subscription", "claimStatusChanged")] {
        let is_it = |line: &&&Line| *line.field("kind") == kind && *line.field("operation") == operation;
        let lines: Vec<_> = on_socket.iter().filter(is_it).collect();
        assert_eq!(lines.len(), 1, "{kind}: {on_socket:?}");
        assert_eq!((lines[0].message(), lines[0].field("outcome")), ("answered", &json!("ok")));
    }
    let ended = log.iter().find(|line| line.message() == "an event stream has ended").expect("the end of the stream");
    assert_eq!((ended.told("path"), ended.told("operation")), (Some("/graphql"), Some("claimStatusChanged")));
    // Whatever belongs to no request is the server's own.
    let own = log.iter().filter(|line| line.told("request_id").is_none());
    for line in own {
        assert!(line.field("status").is_null() && line.field("outcome").is_null(), "{line:?}");
    }
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strange_request_id_is_not_taken() {
    // T41
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve_logging("info", &["--log-format", "json"]);
    let caller = Cast::of(&server).partner;
    let given_back = async |ids: &[&str]| {
        let request = caller.posted(&json!({ "query": "{ viewer { subject } }" }));
        let request = ids.iter().fold(request, |request, id| request.header("x-request-id", *id));
        let answer = caller.send(request).await;
        assert_eq!(answer.status, 200);
        answer.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    let longest = "a".repeat(64);
    for plain in ["1", "a.B_c-9", &longest] {
        assert_eq!(given_back(&[plain]).await, plain);
    }
    let longer = "a".repeat(65);
    let strange = [
        vec!["strange id"],
        vec!["strange\tid"],
        vec!["strange\",\"level\":\"ERROR"],
        vec!["strange/id"],
        vec![""],
        vec![&longer],
        vec!["strange1", "strange2"],
    ];
    let mut own = Vec::new();
    for ids in &strange {
        let id = given_back(ids).await;
        assert!(!ids.contains(&id.as_str()) && id.parse::<uuid::Uuid>().is_ok(), "{ids:?}: {id}");
        own.push(id);
    }
    let log = log_of(server, &["strange", &longer]);
    for id in &own {
        answered(&log, id);
    }
    home.database.delete().await;
}

// ---- what is not told ----

/// What a client can send wrongly, each with the marker in it.
async fn badly(caller: &Caller) {
    for query in [
        format!("{{ {MARKER} }}").replace('-', "_"),
        format!("{{ \"{MARKER}"),
        format!("query($v: Int = \"{MARKER}\") {{ viewer {{ subject }} }}"),
        format!("{{ claim(id: \"{MARKER}\") {{ id }} }}"),
        format!("{{ claims(after: \"{MARKER}\") {{ totalCount }} }}"),
        format!("# {MARKER}\n{{ viewer {{ subject(a: \"{MARKER}\") }} }}"),
    ] {
        caller.post(&json!({ "query": query, "operationName": null })).await;
    }
    for body in [
        json!({ "query": "{ viewer { subject } }", "operationName": MARKER }),
        json!({ "query": "query($id: ID!) { claim(id: $id) { id } }", "variables": { "id": [MARKER] } }),
        json!({ "query": "query($id: ID!) { claim(id: $id) { id } }", "variables": { "id": MARKER } }),
        json!({ "query": MARKER, "variables": MARKER }),
        json!({ "query": "{ viewer { subject } }", "extensions": { "persistedQuery": MARKER } }),
        json!([MARKER]),
    ] {
        caller.post(&body).await;
    }
    for (name, value) in [
        ("authorization", format!("Bearer {MARKER}")),
        ("authorization", format!("Basic {MARKER}")),
        ("cookie", format!("session={MARKER}")),
        ("user-agent", MARKER.to_owned()),
        ("accept", format!("text/{MARKER}")),
        ("content-type", format!("text/{MARKER}")),
        ("origin", format!("https://{MARKER}.example")),
        ("x-request-id", format!("{MARKER} {MARKER}")),
    ] {
        let nobody = Caller { token: None, ..caller.clone() };
        let request = nobody.request(Method::POST, "/graphql").header(name, value);
        caller.send(request.body(format!("{{\"query\": \"{MARKER}"))).await;
    }
    for path in [
        format!("/graphql?query={{{MARKER}}}"),
        format!("/graphql?query={{viewer{{subject}}}}&variables={{\"a\":\"{MARKER}\"}}&token={MARKER}"),
        format!("/documents/{}?{MARKER}", "nothing"),
        format!("/metrics?{MARKER}"),
    ] {
        caller.send(caller.request(Method::GET, &path)).await;
    }
    let broken = caller.request(Method::POST, "/graphql").header("content-type", "multipart/form-data; boundary=b");
    caller.send(broken.body(format!("--b\r\nContent-Disposition: form-data; name=\"{MARKER}\"\r\n\r\n{MARKER}"))).await;
}

/// What a client can send rightly.
async fn rightly(cast: &Cast) {
    let contact = json!({ "name": MARKER, "email": format!("{MARKER}@contoso.example") });
    let input = json!({ "name": MARKER, "tenantId": MARKER, "domain": format!("{MARKER}.example"),
        "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001", "customerContact": contact,
        "idempotencyKey": MARKER });
    cast.partner.mutate("createClaim", input).await;
    let (claim, _) = cast.claims(1).await.remove(0);
    for (name, content) in [(format!("{MARKER}.pdf"), PDF.to_vec()), (format!("{MARKER}.exe"), MARKER.into())] {
        cast.partner.attach(&claim, &name, content).await;
    }
    cast.partner.comment(&claim, MARKER, "SHARED").await.claim();
    let search = "query($s: String) { mine: claims(filter: { search: $s }) { totalCount } }";
    cast.partner.graphql(search, json!({ "s": MARKER })).await;
}

async fn over_a_socket(process: &Process, caller: &Caller) {
    let mut socket = Socket::of(caller).await;
    socket.query("query($a: ID!) { node(id: $a) { id } }", json!({ "a": MARKER })).await;
    let refused = socket.subscribe(&format!("subscription {{ \"{MARKER}"), json!({})).await;
    socket.refused(&refused).await;
    let nobodys = "subscription($a: ID!) { commentAdded(claimId: $a) { position } }";
    let following = socket.subscribe(nobodys, json!({ "a": MARKER })).await;
    socket.complete(&following).await;
    socket.send_text(&format!("{{\"type\": \"{MARKER}\"}}")).await;
    assert_eq!(socket.closed().await.0, 4400);
    let mut socket = Socket::silent(caller).await;
    socket.send(&json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {MARKER}"), "other": MARKER } })).await;
    assert_eq!(socket.closed().await.0, 4403);
    let refused = Socket::raw(&process.base, &[("origin", &format!("https://{MARKER}.example"))]).await;
    assert!(refused.is_err());
}

async fn nothing_of_a_clients_is_told(backend: Backend) {
    // T41
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve_logging(
        "debug",
        &["--sandbox", "--log-format", "json", "--bad-tokens-per-minute", "0", "--metrics-token", METRICS_TOKEN],
    );
    let cast = Cast::of(&server);
    badly(&cast.partner).await;
    rightly(&cast).await;
    over_a_socket(&server, &cast.partner).await;
    let named = json!({ "sub": format!("{MARKER}-subject"), "name": MARKER, "roles": ["REVIEWER"], "scope": format!("claims:read {MARKER}") });
    let named = server.caller(named);
    named.graphql("{ viewer { subject } }", json!({})).await;
    let events = EventStream::open(
        &named,
        &format!("subscription {{ claimStatusChanged {{ toStatus {} }} }} # {MARKER}", "position"),
        json!({}),
    )
    .await;
    drop(events);
    let tokens = [cast.partner.token.clone().unwrap(), named.token.clone().unwrap()];
    let signatures = tokens.each_ref().map(|token| token.rsplit('.').next().unwrap());
    let lines = log_of(
        server,
        &[MARKER, &MARKER.replace('-', "_"), signatures[0], signatures[1], crate::support::server::SECRET],
    );
    let requests = lines.iter().filter(|line| line.message() == "answered").count();
    assert!(requests > 30, "{requests}");
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_clients_is_told_on_sqlite() {
    nothing_of_a_clients_is_told(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_clients_is_told_on_postgres() {
    nothing_of_a_clients_is_told(Backend::Postgres).await;
}
