//! `/metrics`: metrics that move with what happens, labels that nobody can make more of, and who may read them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    crash::Cast,
    support::{
        Backend, Caller, Settings, World,
        database::Database,
        event_stream::EventStream,
        ids,
        process::{Home, Process},
        socket::Socket,
    },
};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The metrics of a server at one moment, by name and labels as they are written.
#[derive(Clone, Debug)]
pub struct Metrics {
    text: String,
    values: BTreeMap<String, String>,
}

impl Metrics {
    async fn of(process: &Process) -> Self {
        let caller = Caller { token: None, ..process.caller(json!({})) };
        let answer = caller.send(caller.request(Method::GET, "/metrics")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
        let lines = answer.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let values = lines.map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "no number: {line}");
            (series.to_owned(), value.to_owned())
        });
        Self { values: values.collect(), text: answer.text.clone() }
    }

    /// A count; one that was never touched is 0.
    pub fn get(&self, series: &str) -> u64 {
        self.values.get(series).map_or(0, |value| value.parse().unwrap_or_else(|_| panic!("{series} is {value}")))
    }

    /// A figure that is no count.
    pub fn seconds(&self, series: &str) -> f64 {
        self.values[series].parse().unwrap()
    }

    /// Operations of this kind that came over HTTP and ended so.
    fn requests(&self, transport: &str, kind: &str, outcome: &str) -> u64 {
        self.get(&format!(r#"cpor_requests_total{{transport="{transport}",kind="{kind}",outcome="{outcome}"}}"#))
    }

    /// How many operations of this label were measured.
    fn measured(&self, label: &str) -> u64 {
        self.get(&format!(r#"cpor_operation_duration_seconds_count{{operation="{label}"}}"#))
    }

    /// By how much a figure has grown since then.
    fn since(&self, before: &Self, figure: impl Fn(&Self) -> u64) -> u64 {
        figure(self) - figure(before)
    }

    /// Every series, without the values.
    fn series(&self) -> BTreeSet<&str> {
        self.values.keys().map(String::as_str).collect()
    }
}

/// Waits until the metrics are so.
pub async fn until(process: &Process, what: &str, so: impl Fn(&Metrics) -> bool) -> Metrics {
    let waiting = async {
        loop {
            let metrics = Metrics::of(process).await;
            if so(&metrics) {
                return metrics;
            }
        }
    };
    if let Ok(metrics) = tokio::time::timeout(PATIENCE, waiting).await {
        return metrics;
    }
    panic!("{what} never came: {}", Metrics::of(process).await.text)
}

fn reviewer(process: &Process) -> Caller {
    process.caller(json!({ "sub": "rita", "roles": ["REVIEWER"],
        "scope": "claims:read claims:write history:read directory:read" }))
}

// ---- what is counted ----

async fn operations_are_counted(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&[]);
    let caller = reviewer(&server);
    let before = Metrics::of(&server).await;
    for _ in 0..3 {
        caller.query("{ viewer { subject } }").await;
    }
    caller.query("query Mine { a: viewer { subject } b: viewer { subject } }").await;
    caller.query("{ __schema { description } }").await;
    caller.query("query Two { ...f } fragment f on Query { claims { totalCount } }").await;
    assert_eq!(caller.post(&json!({ "query": "{ nonsense }" })).await.errors(), ["GRAPHQL_VALIDATION_FAILED"]);
    assert_eq!(caller.post(&json!({ "query": "{ nonsense" })).await.errors(), ["GRAPHQL_PARSE_FAILED"]);
    assert_eq!(caller.post(&json!({ "no": "query" })).await.status, 400);
    let forbidden = caller.mutate("upsertProducts", json!({ "rows": [] })).await;
    assert_eq!(forbidden.errors(), ["FORBIDDEN"]);
    let nobody = Caller { token: None, ..caller.clone() };
    nobody.post(&json!({ "query": "{ viewer { subject } }" })).await;
    let stranger = Caller { token: Some("no.good.token".to_owned()), ..caller.clone() };
    stranger.post(&json!({ "query": "{ viewer { subject } }" })).await;
    let after = Metrics::of(&server).await;
    let grown = |kind: &str, outcome: &str| after.since(&before, |all| all.requests("http", kind, outcome));
    assert_eq!(grown("query", "ok"), 6, "{}", after.text);
    assert_eq!(grown("query", "refused"), 1, "{}", after.text);
    assert_eq!(grown("none", "refused"), 2, "{}", after.text);
    assert_eq!(grown("mutation", "errors"), 1, "{}", after.text);
    assert_eq!(grown("none", "unauthenticated"), 2, "{}", after.text);
    for (label, count) in [("viewer", 3), ("several", 1), ("introspection", 1), ("claims", 1), ("unknown", 1)] {
        assert_eq!(after.since(&before, |all| all.measured(label)), count, "{label}");
    }
    for (code, count) in
        [("GRAPHQL_VALIDATION_FAILED", 1), ("GRAPHQL_PARSE_FAILED", 1), ("FORBIDDEN", 1), ("UNAUTHENTICATED", 2)]
    {
        let series = format!(r#"cpor_errors_total{{code="{code}"}}"#);
        assert_eq!(after.since(&before, |all| all.get(&series)), count, "{code}");
    }
    assert!(after.get(r#"cpor_operation_duration_seconds_bucket{operation="viewer",le="10"}"#) >= 3, "{}", after.text);
    drop(server);
    home.database.delete().await;
}

async fn what_happens_to_claims_is_counted(backend: Backend) {
    // T5 H2
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--sandbox"]);
    let cast = Cast::of(&server);
    let before = Metrics::of(&server).await;
    cast.claims(3).await;
    let unknown =
        json!({ "claimId": ids::of_uuid("Claim", "00000000-0000-4000-8000-000000000000"), "expectedVersion": 1 });
    let refused = cast.partner.mutate("deleteClaimDraft", unknown).await;
    assert_eq!(refused.refused(), ["NOT_FOUND"]);
    cast.advance("P20D").await;
    let entries: u64 = home.database.read("SELECT CAST(count(*) AS text) FROM history").await[0].parse().unwrap();
    let read = |all: &Metrics| all.get("cpor_tail_events_read_total");
    let after = until(&server, "the tail", |all| all.since(&before, read) >= entries).await;
    assert_eq!(after.since(&before, read), entries, "every entry once");
    assert_eq!(after.since(&before, |all| all.get(r#"cpor_problems_total{code="NOT_FOUND"}"#)), 1);
    // T3, T2, and N4 after I1's own.
    assert!(after.since(&before, |all| all.get("cpor_clocks_fired_total")) >= 3, "{}", after.text);
    assert!(after.get(r#"cpor_clock_scans_total{outcome="done"}"#) >= 1, "{}", after.text);
    assert_eq!(after.get(r#"cpor_clock_scans_total{outcome="failed"}"#), 0);
    assert!(after.get("cpor_clock_scan_duration_seconds_count") >= 1, "{}", after.text);
    assert_eq!(after.get("cpor_tail_failures_total"), 0);
    let lag = after.seconds("cpor_tail_lag_seconds");
    assert!((0.0..10.0).contains(&lag), "{lag}");
    for pool in ["read", "write", "log"] {
        let of = |state: &str| after.get(&format!(r#"cpor_database_connections{{pool="{pool}",state="{state}"}}"#));
        let limit = after.get(&format!(r#"cpor_database_connections_limit{{pool="{pool}"}}"#));
        assert!(of("used") + of("idle") >= 1 && of("used") + of("idle") <= limit, "{pool}: {}", after.text);
    }
    drop(server);
    home.database.delete().await;
}

async fn live_connections_are_counted(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--sandbox"]);
    let cast = Cast::of(&server);
    let connections =
        |all: &Metrics, transport: &str| all.get(&format!(r#"cpor_live_connections{{transport="{transport}"}}"#));
    let mut socket = Socket::of(&cast.partner).await;
    let following = socket.subscribe("subscription Mine { claimStatusChanged { toStatus } }", json!({})).await;
    let refused = socket.subscribe("subscription { nonsense }", json!({})).await;
    socket.refused(&refused).await;
    socket.query("{ viewer { subject } }", json!({})).await;
    let mut events =
        EventStream::open(&cast.partner, "subscription { claimStatusChanged { toStatus } }", json!({})).await;
    let metrics = until(&server, "both", |all| {
        all.get("cpor_live_operations") == 2 && connections(all, "websocket") == 1 && connections(all, "sse") == 1
    })
    .await;
    assert_eq!(metrics.requests("websocket", "subscription", "ok"), 1, "{}", metrics.text);
    assert_eq!(metrics.requests("websocket", "subscription", "refused"), 1, "{}", metrics.text);
    assert_eq!(metrics.requests("websocket", "query", "ok"), 1, "{}", metrics.text);
    assert_eq!(metrics.requests("sse", "subscription", "ok"), 1, "{}", metrics.text);
    assert_eq!(metrics.measured("claimStatusChanged"), 2, "{}", metrics.text);
    // On its way to the last of these both hear of every step.
    cast.claims(1).await;
    let is_last = |told: &Value| told["claimStatusChanged"]["toStatus"] == "PARTNER_ACTION_REQUIRED";
    let mut steps = 1;
    while !is_last(&socket.next(&following).await["data"]) {
        steps += 1;
    }
    while !is_last(&events.data().await) {}
    assert!(steps >= 3, "{steps}");
    assert_eq!(Metrics::of(&server).await.get("cpor_events_delivered_total"), 2 * steps);
    drop(events);
    socket.subscribe_as(&following, "subscription { claimStatusChanged { toStatus } }", json!({})).await;
    assert_eq!(socket.closed().await.0, 4409);
    let metrics = until(&server, "their ends", |all| {
        all.get("cpor_live_operations") == 0 && connections(all, "websocket") == 0 && connections(all, "sse") == 0
    })
    .await;
    let closed = |transport: &str, reason: &str| {
        metrics.get(&format!(r#"cpor_connections_closed_total{{transport="{transport}",reason="{reason}"}}"#))
    };
    assert_eq!((closed("websocket", "4409"), closed("sse", "client")), (1, 1), "{}", metrics.text);
    drop(server);
    home.database.delete().await;
}

// ---- their form ----

async fn no_client_can_make_more_of_them(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&[]);
    let caller = reviewer(&server);
    let ask = async |number: u32| {
        let name = format!("marker{number}");
        caller.query(&format!("query {name} {{ {name}: viewer {{ subject }} }}")).await;
        caller.post(&json!({ "query": format!("{{ {name} }}") })).await;
        caller.post(&json!({ "query": format!("mutation {name} {{ {name}: {name} }}") })).await;
        caller.post(&json!({ "query": "{ viewer { subject } }", "operationName": name })).await;
        caller.post(&json!({ "query": format!("query($v: {name}) {{ viewer {{ subject }} }}") })).await;
        caller.send(caller.request(Method::GET, &format!("/{name}?query={name}"))).await;
        caller.send(caller.request(Method::from_bytes(name.as_bytes()).unwrap(), "/graphql")).await;
        caller.send(caller.request(Method::GET, "/metrics").header("x-request-id", &name)).await;
    };
    ask(0).await;
    let before = Metrics::of(&server).await;
    for number in 1..=200 {
        ask(number).await;
    }
    let after = Metrics::of(&server).await;
    // Those with a type that is not there are refused behind the gate, and measured too.
    assert_eq!(after.measured("viewer"), 402);
    assert_eq!(before.series(), after.series());
    assert!(!after.text.contains("marker"), "{}", after.text);
    // Each says what it is, and those that have a unit say it in their names.
    for series in after.series() {
        let name = series.split('{').next().unwrap();
        let name = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let help = after.text.lines().find(|line| line.starts_with(&format!("# HELP {name} ")));
        assert!(help.is_some_and(|help| help.len() > name.len() + 20), "{name} says nothing: {help:?}");
        let kind = after.text.lines().find(|line| line.starts_with(&format!("# TYPE {name} "))).unwrap();
        assert_eq!(kind.ends_with(" counter"), name.ends_with("_total"), "{kind}");
        assert!(!kind.ends_with(" histogram") || name.ends_with("_seconds"), "{kind}");
    }
    assert_eq!(after.get(concat!(r#"cpor_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""}"#)), 1);
    assert!(after.seconds("process_start_time_seconds") > 1_700_000_000.0);
    drop(server);
    home.database.delete().await;
}

// ---- who may read them ----

async fn without_a_token_only_this_machine_may_read_them(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&[]);
    let caller = reviewer(&server);
    let get = |path: &str| caller.request(Method::GET, path);
    assert_eq!(caller.send(get("/metrics")).await.status, 200);
    let nothing = caller.send(get("/nothing")).await;
    for name in ["x-forwarded-for", "forwarded", "via", "x-forwarded-host"] {
        let answer = caller.send(get("/metrics").header(name, "127.0.0.1")).await;
        assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{name}: as if it were not there");
        assert_eq!(answer.status, 404);
    }
    drop(server);
    // Behind a proxy everybody seems to be on this machine.
    let server = home.serve(&["--public-url", "https://cpor.example"]);
    let caller = reviewer(&server);
    assert_eq!(caller.send(caller.request(Method::GET, "/metrics")).await.status, 404);
    drop(server);
    home.database.delete().await;
}

async fn the_queue_is_counted(backend: Backend) {
    // S2: by the tests' clock the claims are from March, and so are overdue by the machine's.
    let world = World::start(backend, Settings::default()).await;
    world.draft().await;
    world.submitted_on(&world.partner, 1).await;
    world.submitted_on(&world.partner, 2).await;
    world.reject(&world.review(&world.submitted_on(&world.partner, 3).await).await).await;
    let home = Home::new(world.leave().await);
    let server = home.serve(&[]);
    let metrics = Metrics::of(&server).await;
    let of = |status: &str| metrics.get(&format!(r#"cpor_claims{{status="{status}"}}"#));
    assert_eq!((of("SUBMITTED"), of("REJECTED"), of("APPROVED")), (2, 1, 0), "{}", metrics.text);
    assert!(!metrics.text.contains("EDITING"), "nobody but its partner sees a draft");
    assert_eq!(metrics.get("cpor_claims_overdue"), 2);
    assert!(metrics.seconds("cpor_claims_oldest_waiting_seconds") > 86_400.0);
    drop(server);
    home.database.delete().await;
}

async fn with_a_token_whoever_bears_it_may_read_them(backend: Backend) {
    const TOKEN: &str = "the token of the metrics";
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--metrics-token", TOKEN, "--bad-tokens-per-minute", "6"]);
    let caller = reviewer(&server);
    let read = async |authorization: Option<String>| {
        let request = Caller { token: None, ..caller.clone() }.request(Method::GET, "/metrics");
        let request = request.header("x-forwarded-for", "192.0.2.1");
        caller
            .send(authorization.into_iter().fold(request, |request, text| request.header("authorization", text)))
            .await
    };
    assert_eq!(read(Some(format!("Bearer {TOKEN}"))).await.status, 200, "through a proxy too");
    let callers_own = caller.token.clone().unwrap();
    for wrong in [
        None,
        Some(String::new()),
        Some(TOKEN.to_owned()),
        Some(format!("Bearer {TOKEN}x")),
        Some(format!("Bearer {callers_own}")),
    ] {
        let answer = read(wrong.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.errors()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{wrong:?}");
        assert!(!answer.text.contains("cpor_"));
    }
    assert_eq!(read(None).await.status, 401);
    assert_eq!(read(None).await.status, 429, "guessing is slow (T48)");
    assert_eq!(read(Some(format!("Bearer {TOKEN}"))).await.status, 200, "and who knows it is not shut out");
    drop(server);
    home.database.delete().await;
}

/// Runs each on a server process of its own, on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            use crate::support::Backend;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Backend::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Backend::Postgres).await;
            }
        })+
    };
}

on_both!(
    without_a_token_only_this_machine_may_read_them,
    with_a_token_whoever_bears_it_may_read_them,
    operations_are_counted,
    what_happens_to_claims_is_counted,
    live_connections_are_counted,
    the_queue_is_counted,
    no_client_can_make_more_of_them,
);
