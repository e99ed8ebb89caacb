//! A receiver of webhooks on this machine: real HTTP, and every bad habit that a test may ask of it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(2);

/// How the receiver answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// With 200, at once.
    Accepts,
    /// With this status.
    Status(u16),
    /// With 503 and `Retry-After` of so many seconds.
    Asks(u32),
    /// With a redirect to the path `/elsewhere`.
    Redirects,
    /// With 200, after so many milliseconds.
    Slow(u64),
    /// Not at all.
    Hangs,
    /// With 200 and a megabyte.
    Chatters,
}

/// A message as it was received.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
    /// What it was answered with; nothing where it was not.
    pub answered: Option<u16>,
}

impl Received {
    pub fn id(&self) -> &str {
        self.headers["webhook-id"].to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Whether the receiver accepted it.
    pub fn is_accepted(&self) -> bool {
        self.answered.is_some_and(|status| (200..300).contains(&status))
    }

    pub fn signature(&self) -> &str {
        self.headers["webhook-signature"].to_str().unwrap()
    }
}

#[derive(Default)]
struct Inside {
    received: Mutex<Vec<Received>>,
    /// By path; a path that is not there accepts.
    manners: Mutex<HashMap<String, Manners>>,
    count: watch::Sender<usize>,
}

/// The receiver; it ends with the test's runtime.
pub struct Receiver {
    inside: Arc<Inside>,
    address: SocketAddr,
    serving: Mutex<Option<JoinHandle<()>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let inside: Arc<Inside> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Mutex::new(Some(serve(listener, &inside)));
        Self { inside, address, serving }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How it answers at a path from now on.
    pub fn behave(&self, path: &str, manners: Manners) {
        self.inside.manners.lock().unwrap().insert(path.to_owned(), manners);
    }

    /// Closes its port: whoever connects is refused. Connections that are open are cut.
    pub async fn die(&self) {
        let serving = self.serving.lock().unwrap().take();
        if let Some(serving) = serving {
            serving.abort();
            drop(serving.await);
        }
    }

    /// Listens at the same port again.
    pub async fn come_back(&self) {
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        *self.serving.lock().unwrap() = Some(serve(listener, &self.inside));
    }

    /// Everything that was received at a path, in order.
    pub fn at(&self, path: &str) -> Vec<Received> {
        self.inside.received.lock().unwrap().iter().filter(|one| one.path == path).cloned().collect()
    }

    /// Waits until what was received at a path is so, and gives it.
    pub async fn until(&self, path: &str, so: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let received = timeout(PATIENCE, self.waits(|| Some(self.at(path)).filter(|received| so(received)))).await;
        received.unwrap_or_else(|_| panic!("waited in vain at {path}: {:#?}", self.at(path)))
    }

    /// Waits until everything that was received is so.
    pub async fn until_all(&self, so: impl Fn(&[Received]) -> bool) {
        let all = || self.inside.received.lock().unwrap();
        timeout(PATIENCE, self.waits(|| so(&all()).then_some(())))
            .await
            .unwrap_or_else(|_| panic!("waited in vain with {} messages", all().len()));
    }

    async fn waits<T>(&self, found: impl Fn() -> Option<T>) -> T {
        let mut count = self.inside.count.subscribe();
        loop {
            count.borrow_and_update();
            if let Some(found) = found() {
                return found;
            }
            count.changed().await.unwrap();
        }
    }

    /// Waits for so many messages at a path.
    pub async fn messages(&self, path: &str, count: usize) -> Vec<Received> {
        self.until(path, |received| received.len() >= count).await
    }
}

fn serve(listener: TcpListener, inside: &Arc<Inside>) -> JoinHandle<()> {
    let routes = Router::new().fallback(receive).with_state(Arc::clone(inside));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() })
}

async fn receive(State(inside): State<Arc<Inside>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let manners = inside.manners.lock().unwrap().get(&path).copied().unwrap_or(Manners::Accepts);
    let answered = match manners {
        Manners::Accepts | Manners::Slow(_) | Manners::Chatters => Some(200),
        Manners::Status(status) => Some(status),
        Manners::Asks(_) => Some(503),
        Manners::Redirects => Some(307),
        Manners::Hangs => None,
    };
    if let Manners::Slow(pause) = manners {
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    let body = String::from_utf8(body.to_vec()).unwrap();
    inside.received.lock().unwrap().push(Received { path, headers, body, answered });
    inside.count.send_modify(|count| *count += 1);
    match manners {
        Manners::Hangs => std::future::pending().await,
        Manners::Asks(seconds) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, seconds.to_string())], "busy").into_response()
        }
        Manners::Redirects => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response(),
        Manners::Status(status) => (StatusCode::from_u16(status).unwrap(), "no").into_response(),
        Manners::Chatters => "x".repeat(1_000_000).into_response(),
        Manners::Accepts | Manners::Slow(_) => "thank you".into_response(),
    }
}
