//! The HTTP edge, the only user of axum: GraphQL over HTTP, uploads and downloads, health, the console.
//!
//! Everything here is about the protocol: who asks, in which form, how much and how often. What an operation means is
//! behind [`Endpoint`], what a document is behind [`Backend`].

mod accept;
mod body;
mod compression;
mod connection;
mod console;
mod documents;
mod error;
mod exports;
mod file_name;
mod graphql;
mod health;
mod host;
mod layers;
mod links;
mod live;
mod log;
mod metadata;
mod multipart;
mod origin;
mod params;
mod plain_page;
mod range;
mod rate;
mod rest;
mod scrape;
mod server;
mod session;
mod shutdown;
mod sse;
#[cfg(test)]
mod tests;
mod websocket;
mod woken;

use std::sync::Arc;

pub use axum::Router;
use axum::routing::{get, post};
use domain::caller::Caller;
use futures_util::future::BoxFuture;

pub use server::serve;
pub use shutdown::Shutdown;

use crate::app::exports::{Export, Format, Noun};
use crate::app::notices::{Followed, Link};
use crate::app::{Addressed, AppError, Download};
use crate::auth::Authenticator;
use crate::config::Config;
use crate::documents::Receiving;
use crate::graphql::endpoint::Endpoint;
use crate::store::{MOST_AT_ONCE, PoolMetrics};
use rate::RateLimits;

/// How many exports a server writes at once: as many as it has snapshots.
const MOST_EXPORTS: usize = MOST_AT_ONCE as usize;

/// What the edge needs beside GraphQL.
pub trait Backend: Send + Sync {
    /// Begins to receive a file of an upload.
    fn receive(&self) -> BoxFuture<'_, Result<Receiving, AppError>>;

    /// Finds a proof document by its global id; `None` if it is not there or not visible to the caller.
    fn open_document<'a>(
        &'a self,
        caller: &'a Caller,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Download>, AppError>>;

    /// Finds the proof document that a signed address opens (P2); nothing where the token does not open it.
    fn open_address<'a>(&'a self, id: &'a str, token: &'a str) -> BoxFuture<'a, Result<Option<Addressed>, AppError>>;

    /// Begins an export for a caller (B3).
    fn export<'a>(
        &'a self,
        caller: &'a Caller,
        noun: Noun,
        format: Format,
        since: Option<String>,
    ) -> BoxFuture<'a, Result<Export, AppError>>;

    /// Follows a link of a mail (M3, M5).
    fn follow_link(&self, link: Link) -> BoxFuture<'_, Result<Followed, AppError>>;

    /// Takes note of a caller whose token was accepted (R1).
    fn meet<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, ()>;

    /// Whether requests can be served; else why not, for the log.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>>;

    /// How the connections to the database are used at this moment.
    fn pools(&self) -> Vec<PoolMetrics>;
}

/// What every handler shares.
pub(crate) struct Edge {
    endpoint: Endpoint,
    backend: Box<dyn Backend>,
    authenticator: Arc<Authenticator>,
    rates: RateLimits,
    sizes: body::Sizes,
    config: Config,
    shutdown: Shutdown,
    live: live::Live,
    transfers: live::Live,
    exports: live::Live,
}

/// The routes of a server.
///
/// `authenticator` says who asks. `largest_file` is the size in bytes up to which a proof document is taken (P1); a larger file is read too, as long
/// as the request is within its own limit, so that the use case can refuse it by its own rule.
pub fn router(
    config: &Config,
    endpoint: Endpoint,
    backend: impl Backend + 'static,
    authenticator: Arc<Authenticator>,
    largest_file: usize,
    shutdown: &Shutdown,
) -> Router {
    let edge = Arc::new(Edge {
        endpoint,
        backend: Box::new(backend),
        authenticator,
        rates: RateLimits::new(&config.limits),
        sizes: body::Sizes::new(&config.limits, largest_file),
        config: config.clone(),
        shutdown: shutdown.clone(),
        live: live::Live::new(config.limits.max_sockets, config.limits.max_sockets_per_subject),
        transfers: live::Live::new(config.limits.max_transfers, config.limits.max_transfers_per_subject),
        exports: live::Live::new(MOST_EXPORTS, config.limits.max_exports_per_subject),
    });
    let mut routes = Router::new()
        .route("/graphql", post(graphql::post).get(graphql::get))
        .route("/documents/{id}", get(documents::download))
        .route("/exports/{name}", get(exports::export))
        .route("/consent/{token}", get(links::consent).post(links::decline))
        .route("/unsubscribe/{token}", get(links::unsubscribing).post(links::unsubscribe))
        .route(metadata::PATH, get(metadata::document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(scrape::metrics));
    if config.graphiql {
        routes = if console::is_built() { console::routes(routes) } else { routes.route("/", get(plain_page::page)) };
        routes = routes.route("/demo/people", get(console::people));
    }
    let routes = routes.fallback(error::unknown_path).method_not_allowed_fallback(error::wrong_method).with_state(edge);
    layers::around(routes, config)
}
