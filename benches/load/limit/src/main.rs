//! The practical limit: the answers of the benchmark's operations from cpor's own tables, without GraphQL, tokens,
//! scopes, rules or hashes. Pipelined, prepared statements; rows are written straight into the body.
//!
//! It is not a server for anything else: every client may write.

mod body;
mod live;
mod pool;
mod reads;
mod writes;

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use futures_util::future::try_join_all;
use tokio::{net::TcpListener, sync::broadcast};

use pool::Pool;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Connections for reads, which pipeline, and for writes, of which each waits for its commit.
const READERS: usize = 4;
const WRITERS: usize = 16;
/// How many changes a slow subscriber may be behind.
const BEHIND: usize = 4096;

/// What every request needs.
struct App {
    readers: Pool,
    writers: Pool,
    changes: broadcast::Sender<live::Change>,
}

/// Anything that went wrong: the benchmark only counts it.
struct Failed(String);

impl<E: std::fmt::Display> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}

type Answer = Result<Response, Failed>;

/// A body that is JSON already.
fn json(body: Vec<u8>) -> Answer {
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let url = std::env::var("DATABASE_URL")?;
    let readers = try_join_all((0..READERS).map(|_| pool::connect(&url))).await?;
    let writers = try_join_all((0..WRITERS).map(|_| pool::connect(&url))).await?;
    let changes = broadcast::channel(BEHIND).0;
    live::listen(&url, changes.clone()).await?;
    let app = App { readers: Pool::new(readers), writers: Pool::new(writers), changes };
    let router = Router::new()
        .route("/claim", post(reads::claim))
        .route("/page", post(reads::page))
        .route("/queue", post(reads::queue))
        .route("/comment", post(writes::comment))
        .route("/status", post(writes::status))
        .route("/live", any(live::socket))
        .with_state(Arc::new(app));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("limit listens on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
