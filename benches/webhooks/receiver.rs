//! A receiver that refuses, hangs or accepts, by its path; of what it accepts it knows how long it took to come.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri},
};

use super::stage::Fallible;

#[derive(Default)]
struct Inside {
    failed: AtomicUsize,
    /// How long each accepted message took since its comment was sent, in milliseconds.
    took: Mutex<Vec<u64>>,
}

pub struct Receiver {
    inside: Arc<Inside>,
    address: SocketAddr,
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

impl Receiver {
    pub async fn start() -> Fallible<Self> {
        let inside: Arc<Inside> = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let routes = Router::new().fallback(receive).with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { inside, address })
    }

    pub fn url(&self, way: &str) -> String {
        format!("http://{}/{way}", self.address)
    }

    pub fn failed(&self) -> usize {
        self.inside.failed.load(Ordering::Relaxed)
    }

    /// Tells how long the messages took that were accepted since it last told.
    pub fn report(&self) {
        let mut took = self.inside.took.lock().map(|mut took| std::mem::take(&mut *took)).unwrap_or_default();
        took.sort_unstable();
        let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or(0);
        println!(
            "the endpoint that is well got {} messages: p50 {} ms, p99 {} ms after the comment",
            took.len(),
            at(50),
            at(99)
        );
    }
}

async fn receive(State(inside): State<Arc<Inside>>, uri: Uri, body: Bytes) -> StatusCode {
    let arrived = now();
    match uri.path() {
        "/accepts" => {
            let text = String::from_utf8_lossy(&body).into_owned();
            let sent = text.split('#').nth(1).and_then(|sent| sent.parse::<u64>().ok());
            if let (Some(sent), Ok(mut took)) = (sent, inside.took.lock()) {
                took.push(arrived.saturating_sub(sent));
            }
            StatusCode::OK
        }
        "/hangs" => {
            inside.failed.fetch_add(1, Ordering::Relaxed);
            std::future::pending().await
        }
        _ => {
            inside.failed.fetch_add(1, Ordering::Relaxed);
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
