//! The multipart edge: whatever the body, the request is answered, and never with a fault of the server.
#![no_main]

use std::sync::{Arc, LazyLock};

use axum::{
    body::Body,
    http::{Request, header},
};
use cpor::{
    app::{
        AppError, Download,
        notices::{Followed, Link},
    },
    auth::Authenticator,
    config::ServeOptions,
    documents::{Documents, Receiving},
    events::Follower,
    graphql::{
        document::Gate,
        endpoint::{Endpoint, Engine, Execution},
        schema,
    },
    http::{Backend, Router, Shutdown, router},
    store::{PoolMetrics, history::HistoryEntry},
};
use clap::Parser;
use domain::caller::Caller;
use futures_util::{FutureExt, future::BoxFuture};
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt;

/// Takes files, and has none.
struct Shelf(Documents);

impl Backend for Shelf {
    fn receive(&self) -> BoxFuture<'_, Result<Receiving, AppError>> {
        async { Ok(self.0.receive(1_000).await?) }.boxed()
    }

    fn open_document<'a>(&'a self, _: &'a Caller, _: &'a str) -> BoxFuture<'a, Result<Option<Download>, AppError>> {
        async { Ok(None) }.boxed()
    }

    fn follow_link(&self, _: Link) -> BoxFuture<'_, Result<Followed, AppError>> {
        async { Ok(Followed::Gone(String::new())) }.boxed()
    }

    fn meet<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        async { Ok(()) }.boxed()
    }

    fn pools(&self) -> Vec<PoolMetrics> {
        Vec::new()
    }
}

/// Executes nothing.
struct Idle;

impl Engine for Idle {
    fn execute(&self, execution: Execution, _: Arc<Caller>) -> BoxFuture<'_, async_graphql::Response> {
        assert_eq!(execution.uploads.len(), execution.files.0.len());
        async { async_graphql::Response::default() }.boxed()
    }

    fn open(
        &self,
        _: Execution,
        _: Arc<Caller>,
        _: Option<String>,
    ) -> BoxFuture<'_, Result<Follower, async_graphql::Response>> {
        async { Err(async_graphql::Response::default()) }.boxed()
    }

    fn resolve(&self, _: Execution, _: Arc<Caller>, _: HistoryEntry) -> BoxFuture<'_, async_graphql::Response> {
        async { async_graphql::Response::default() }.boxed()
    }

    fn introspect(&self, _: async_graphql::Request) -> BoxFuture<'_, async_graphql::Response> {
        async { async_graphql::Response::default() }.boxed()
    }
}

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
});

const SECRET: &str = "a secret of the fuzz target, which opens nothing else";

/// Somebody whose uploads are read.
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let claims = serde_json::json!({ "sub": "fuzz", "iss": "cpor", "aud": "cpor", "exp": 4_102_444_800_u64,
        "roles": ["REVIEWER"] });
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes()).expect("a key");
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
});

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    serve: ServeOptions,
}

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    let line = ["cpor", "--jwt-secret", SECRET, "--requests-per-minute", "0", "--cost-per-minute", "0"];
    let line = Line::try_parse_from(line.into_iter().chain(["--max-body-bytes", "4096"])).expect("options");
    let config = line.serve.validate().expect("a configuration");
    let shutdown = Shutdown::default();
    let gate = Gate::new(config.limits.clone(), [], schema::rules());
    let endpoint = Endpoint::new(gate, Idle, config.introspection, shutdown.tracker());
    let folder = std::env::temp_dir().join("cpor-fuzz-documents");
    let documents = Documents::open(&format!("file://{}", folder.display())).expect("a folder");
    let authenticator = Arc::new(Authenticator::new(&config.identity));
    router(&config, endpoint, Shelf(documents), authenticator, 1_000, &shutdown)
});

fuzz_target!(|data: &[u8]| {
    let request = Request::post("/graphql")
        .header(header::AUTHORIZATION, format!("Bearer {}", *TOKEN))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(data.to_vec()))
        .expect("a request");
    let answer = RUNTIME.block_on(ROUTES.clone().oneshot(request)).expect("an answer");
    assert!(!answer.status().is_server_error(), "{}", answer.status());
});
