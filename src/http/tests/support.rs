//! A backend and requests for the tests of the edge.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use clap::Parser;
use domain::caller::{Actor, Caller};
use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    app::{
        Addressed, AppError, Download,
        exports::{Export, Format, Noun},
        notices::{Followed, Link},
    },
    auth::Authenticator,
    config::{Config, ServeOptions},
    documents::{Disposition, Documents, Received, Receiving},
    graphql::{
        document::Gate,
        endpoint::{Endpoint, sample},
    },
    http::{Backend, Router, Shutdown, router},
    store::{PoolMetrics, documents::Document},
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const LARGEST_FILE: usize = 1_000;

struct Shelf(Documents);

impl Shelf {
    /// A document with seven bytes of content.
    async fn document(&self) -> Download {
        let content = Received::from(Bytes::from_static(b"content"));
        self.0.keep("key", &content).await.unwrap();
        let document = Document {
            id: crate::ids::new(),
            claim_id: crate::ids::new(),
            name: "a\"b.pdf".into(),
            media_type: "application/pdf".into(),
            size: 7,
            sha256: content.sha256,
            storage_key: "key".into(),
            uploaded_at: "2026-03-02T09:00:00Z".parse().unwrap(),
            uploaded_by: Actor::system(),
        };
        Download::new(document, self.0.clone())
    }
}

impl Backend for Shelf {
    fn receive(&self) -> BoxFuture<'_, Result<Receiving, AppError>> {
        async { Ok(self.0.receive(LARGEST_FILE as u64).await?) }.boxed()
    }

    fn open_document<'a>(&'a self, _: &'a Caller, id: &'a str) -> BoxFuture<'a, Result<Option<Download>, AppError>> {
        async move {
            match id {
                "known" => Ok(Some(self.document().await)),
                "broken" => Err(AppError::Internal("inside".into())),
                _ => Ok(None),
            }
        }
        .boxed()
    }

    fn open_address<'a>(&'a self, id: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<Addressed>, AppError>> {
        async move {
            let disposition = match id {
                "known" => Disposition::Inline,
                _ => return Ok(None),
            };
            Ok(Some(Addressed { document: self.document().await, disposition, maker: "ann".into() }))
        }
        .boxed()
    }

    fn export<'a>(
        &'a self,
        _: &'a Caller,
        _: Noun,
        _: Format,
        _: Option<String>,
    ) -> BoxFuture<'a, Result<Export, AppError>> {
        async { Err(AppError::Unavailable("nothing to export".into())) }.boxed()
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

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    serve: ServeOptions,
}

/// The default configuration.
pub fn config() -> Config {
    Line::try_parse_from(["cpor", "--jwt-secret", SECRET]).unwrap().serve.validate().unwrap()
}

/// The header of a caller with these roles.
pub fn bearer(subject: &str, roles: &[&str]) -> String {
    let exp = jsonwebtoken::get_current_timestamp() + 600;
    let claims = json!({"sub": subject, "iss": "cpor", "aud": "cpor", "exp": exp, "roles": roles});
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes()).unwrap();
    format!("Bearer {}", jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap())
}

/// The edge over the tiny schema.
pub struct Server(Router);

impl Server {
    pub fn new() -> Self {
        Self::with(&config())
    }

    pub fn with(config: &Config) -> Self {
        Self::until(config, &Shutdown::default())
    }

    /// The same with an end.
    pub fn until(config: &Config, shutdown: &Shutdown) -> Self {
        let (engine, rules) = sample::engine();
        let gate = Gate::new(config.limits.clone(), [], rules);
        let endpoint = Endpoint::new(gate, engine, config.introspection, shutdown.tracker());
        let authenticator = Arc::new(Authenticator::new(&config.identity));
        Self(router(config, endpoint, Shelf(Documents::in_memory()), authenticator, LARGEST_FILE, shutdown))
    }

    pub fn routes(self) -> Router {
        self.0
    }

    pub fn request(&self, method: &str, path: &str) -> Ask {
        let request = axum::http::Request::builder().method(method).uri(path);
        let request = request.header(AUTHORIZATION, bearer("u1", &["REVIEWER"])).body(Vec::new()).unwrap();
        Ask { router: self.0.clone(), request, chunked: false }
    }

    pub fn get(&self, path: &str) -> Ask {
        self.request("GET", path)
    }

    pub fn post(&self, body: &Value) -> Ask {
        self.post_text(&body.to_string())
    }

    pub fn post_text(&self, body: &str) -> Ask {
        self.post_bytes(body.as_bytes())
    }

    pub fn post_bytes(&self, body: &[u8]) -> Ask {
        let mut ask = self.request("POST", "/graphql").header("content-type", "application/json");
        *ask.request.body_mut() = body.to_vec();
        ask
    }

    pub fn multipart(&self, parts: &[(&str, &[u8])]) -> Ask {
        let mut body = Vec::new();
        for (name, content) in parts {
            body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
            if name.parse::<u32>().is_ok() {
                body.extend_from_slice(format!("; filename=\"{name}.txt\"\r\nContent-Type: text/plain").as_bytes());
            }
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b--\r\n");
        self.post_bytes(&body).header("content-type", "multipart/form-data; boundary=b")
    }
}

/// A request to be sent.
pub struct Ask {
    router: Router,
    request: axum::http::Request<Vec<u8>>,
    chunked: bool,
}

impl Ask {
    /// Sets a header; an empty value takes it away.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        if value.is_empty() {
            self.request.headers_mut().remove(name);
        } else {
            self.request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        self
    }

    pub fn anonymous(self) -> Self {
        self.header("authorization", "")
    }

    /// Sends the body in pieces and without its length.
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    pub async fn send(mut self) -> Answer {
        if !self.chunked && self.request.headers().contains_key(CONTENT_TYPE) {
            let length = self.request.body().len().into();
            self.request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        let request = self.request.map(|body| {
            let pieces: Vec<_> =
                body.chunks(700).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
            Body::from_stream(futures_util::stream::iter(pieces))
        });
        let (head, body) = self.router.oneshot(request).await.unwrap().into_parts();
        let text = String::from_utf8(axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { status: head.status, head, text, json }
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    head: axum::http::response::Parts,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.head.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
