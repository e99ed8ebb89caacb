//! The accept loop, with the time limits that `axum::serve` cannot set.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::Accept;
use futures_util::future::{BoxFuture, FutureExt};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;

use super::shutdown::{GRACE, Shutdown};

/// How long a client may take to send the head of a request, and how long a connection may idle (T43).
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// What a connection of HTTP/2 begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How often an undecided connection is looked at again.
const GLANCE: Duration = Duration::from_millis(50);

/// Serves the routes until it is asked to stop, then lets running requests end and closes what lives longer.
///
/// HTTP/1.1 only: the proxies in front speak it, and the streams of HTTP/2 would need limits of their own.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(listener: TcpListener, routes: Router, shutdown: &Shutdown) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener)?.acceptor(Patience).handle(handle.clone());
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
    *server.http_builder() = builder;
    let asked = shutdown.asked();
    tokio::spawn(async move {
        asked.await;
        handle.graceful_shutdown(Some(GRACE));
    });
    let served = server.serve(routes.into_make_service_with_connect_info::<SocketAddr>()).await;
    shutdown.finished().await;
    served
}

/// Hands connections on once they have said what they are: the server below would wait for that without a time limit.
#[derive(Clone, Copy)]
struct Patience;

impl<S: Send + 'static> Accept<TcpStream, S> for Patience {
    type Stream = TcpStream;
    type Service = S;
    type Future = BoxFuture<'static, io::Result<(TcpStream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        async move {
            // Small answers are sent at once.
            stream.set_nodelay(true)?;
            match tokio::time::timeout(HEADERS_WITHIN, first_bytes(&stream)).await {
                Ok(said) => said.map(|()| (stream, service)),
                Err(_) => Err(ErrorKind::TimedOut.into()),
            }
        }
        .boxed()
    }
}

/// Waits until the first bytes show whether this is HTTP/2, or that nothing will come.
async fn first_bytes(stream: &TcpStream) -> io::Result<()> {
    let mut seen = [0; PREFACE.len()];
    loop {
        let count = stream.peek(&mut seen).await?;
        if count == 0 || !PREFACE.starts_with(&seen[..count]) || count == PREFACE.len() {
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
}
