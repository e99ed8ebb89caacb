//! The accept loop, with the time limits that `axum::serve` cannot set, and its end.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::connection::Connection;
use super::shutdown::{GRACE, Shutdown};

/// How long a client may take to send the head of a request, and how long a connection may idle (T43).
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How much of a connection is in memory in each direction, and the longest head of a request: a transfer that is stalled
/// holds no more than this.
const BUFFER: usize = 32 * 1024;
/// How long idle connections stay open when the server stops. If they were closed immediately, a request in transit
/// would be lost; so each may send one more, whose response says that it was the last.
const LINGER: Duration = Duration::from_secs(2);
/// The most connections that are taken up at the end, having waited for it.
const MOST_WAITING: usize = 1_024;
/// How long to wait when the system has no further connection to give, such as for too many open files.
const BREATHER: Duration = Duration::from_millis(50);

/// Serves the routes until it is stopped, then waits for running requests and closes longer-lived connections.
///
/// `slow_reader_timeout` is how long a client may stop reading before its connection is closed. HTTP/1.1 only: the proxies in
/// front speak it, and the streams of HTTP/2 would need limits of their own.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    slow_reader_timeout: Duration,
    shutdown: &Shutdown,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let routes = TowerToHyperService::new(routes);
    // Dropped with this future, it takes its connections with it.
    let mut connections = JoinSet::new();
    let mut asked = pin!(shutdown.asked());
    loop {
        tokio::select! {
            biased;
            () = &mut asked => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(converse(stream, peer, routes.clone(), slow_reader_timeout, shutdown.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(BREATHER).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    // What the system has already taken in is served: it would be cut off with the listener, requests and all. The system is
    // asked itself, for the runtime hears of new connections only now and then.
    let listener = listener.into_std()?;
    for _ in 0..MOST_WAITING {
        let Ok((stream, peer)) = listener.accept() else { break };
        stream.set_nonblocking(true)?;
        let stream = TcpStream::from_std(stream)?;
        connections.spawn(converse(stream, peer, routes.clone(), slow_reader_timeout, shutdown.clone()));
    }
    // From here on the system refuses connections.
    drop(listener);
    let ((), finished) = tokio::join!(end(connections), shutdown.finished());
    if finished {
        // The mutation of a client that has hung up since runs to its end.
        shutdown.finished().await;
    }
    Ok(())
}

/// Waits for the connections to end, and closes the rest after the timeout for requests.
async fn end(mut connections: JoinSet<()>) {
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, ended).await.is_err() {
        tracing::warn!(left = connections.len(), "requests were aborted");
    }
}

/// Serves one connection to its end; when the server stops, the requests on it are finished first.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    routes: TowerToHyperService<Router>,
    slow_reader_timeout: Duration,
    shutdown: Shutdown,
) {
    // Small answers are sent at once.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let stopping = shutdown.clone();
    let service = service_fn(move |mut request| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let answered = routes.call(request);
        let stopping = stopping.clone();
        async move {
            let mut response = answered.await?;
            is_last(&mut response, &stopping);
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(BUFFER);
    let connection = builder.serve_connection(TokioIo::new(Connection::new(stream, slow_reader_timeout)), service);
    let mut connection = pin!(connection.with_upgrades());
    // Errors of a connection are caused by its client: it disconnected, was too slow, or sent invalid HTTP.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = shutdown.asked() => {}
    }
    if timeout(LINGER, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        drop(connection.await);
    }
}

/// Makes an answer the last of its connection once the server was asked to stop.
fn is_last(response: &mut Response, shutdown: &Shutdown) {
    if shutdown.is_asked() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
}
