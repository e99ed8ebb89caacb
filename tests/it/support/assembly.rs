//! TEMPORARY, until `cpor::server::routes(app, &config)` is there: the same assembly as in `src/server.rs`.

use cpor::{
    app::{App, AppError, Download},
    config::{Config, Introspection},
    graphql::{document::Gate, endpoint::Endpoint, global_id, schema},
    http,
};
use domain::caller::Caller;
use futures_util::future::BoxFuture;

const CONNECTIONS: [&str; 9] = [
    "arbitrations",
    "associations",
    "claims",
    "comments",
    "customers",
    "history",
    "partners",
    "products",
    "subscriptions",
];

pub fn routes(app: App, config: &Config) -> http::Router {
    let gate = Gate::new(config.limits.clone(), &CONNECTIONS);
    let schema = schema::build(app.clone(), config.introspection != Introspection::Off);
    let endpoint = Endpoint::new(gate, schema, config.introspection);
    let largest = usize::try_from(app.policy().documents.max_size_bytes()).unwrap_or(usize::MAX);
    http::router(config, endpoint, Edge(app), largest)
}

struct Edge(App);

impl http::Backend for Edge {
    fn open_document<'a>(
        &'a self,
        caller: &'a Caller,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Download>, AppError>> {
        Box::pin(async move {
            match global_id::key(global_id::Kind::ProofDocument, id) {
                Some(id) => self.0.open_document(caller, id).await,
                None => Ok(None),
            }
        })
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.0.ready())
    }
}
