//! The accept loop, with the time limits that `axum::serve` cannot set.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;

/// How long a client may take to send the head of a request (T43).
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How long requests that run when the server stops may still take.
const GRACE: Duration = Duration::from_secs(30);

/// Serves the routes until `shutdown` is done, then lets running requests end.
///
/// HTTP/1.1 only: the detection of HTTP/2 without TLS waits for the first bytes of a connection without a time limit, and
/// the proxies in front speak HTTP/1.1.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(listener: TcpListener, routes: Router, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
    *server.http_builder() = builder;
    tokio::spawn(async move {
        shutdown.await;
        handle.graceful_shutdown(Some(GRACE));
    });
    server.serve(routes.into_make_service_with_connect_info::<SocketAddr>()).await
}
