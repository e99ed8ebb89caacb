//! An `OpenID` provider on this machine: real HTTP, real keys, and every bad habit that a test may ask of it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::get,
};
use cpor::config::{Identity, KeyOptions};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::signing::Signer;

/// How the provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// As it should.
    Good,
    /// Not at all, with 503.
    Down,
    /// Only when its manners change.
    Silent,
    /// With another issuer's configuration.
    Lies,
    /// By a redirect to where the keys are.
    Redirects,
    /// With 10 MB of keys.
    Endless,
    /// With something that is no JSON object.
    Babbles,
    /// With a key that is for encryption only.
    Encrypts,
}

struct Inside {
    issuer: String,
    keys: Mutex<Vec<Value>>,
    manners: watch::Sender<Manners>,
    fetches: AtomicUsize,
    discoveries: AtomicUsize,
}

/// The provider; it ends with the test's runtime.
pub struct Provider(Arc<Inside>);

/// The audience of its tokens for cpor.
pub const AUDIENCE: &str = "cpor-api";

impl Provider {
    /// A provider that publishes these keys.
    pub async fn start(keys: &[&Signer], manners: Manners) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = Arc::new(Inside {
            issuer: format!("http://{}/realms/test", listener.local_addr().unwrap()),
            keys: Mutex::default(),
            manners: watch::Sender::new(manners),
            fetches: AtomicUsize::new(0),
            discoveries: AtomicUsize::new(0),
        });
        let routes = Router::new()
            .route("/realms/test/.well-known/openid-configuration", get(configuration))
            .route("/realms/test/keys", get(published))
            .with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let provider = Self(inside);
        provider.publish(keys);
        provider
    }

    /// Publishes these keys in place of those before.
    pub fn publish(&self, keys: &[&Signer]) {
        *self.0.keys.lock().unwrap() = keys.iter().map(|key| key.jwk()).collect();
    }

    pub fn behave(&self, manners: Manners) {
        self.0.manners.send_replace(manners);
    }

    /// How often the keys were asked for.
    pub fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::SeqCst)
    }

    /// How often its configuration was asked for.
    pub fn discoveries(&self) -> usize {
        self.0.discoveries.load(Ordering::SeqCst)
    }

    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The identity of a server that accepts its tokens, found by discovery.
    pub fn identity(&self) -> Identity {
        let (oidc_issuer, jwt_audience) = (Some(self.0.issuer.clone()), Some(AUDIENCE.to_owned()));
        KeyOptions { oidc_issuer, jwt_audience, ..KeyOptions::default() }.validate().unwrap()
    }

    /// The claims of a reviewer's token, with these in addition or instead.
    pub fn claims(&self, more: Value) -> Value {
        let mut claims = json!({
            "iss": self.0.issuer, "aud": [AUDIENCE, "account"], "sub": "rita@vendor.example", "name": "Rita Reviewer",
            "exp": 4_102_444_800_u64, "roles": ["REVIEWER"], "scope": "claims:read comments:write",
        });
        if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
            claims.extend(more);
        }
        claims
    }
}

async fn configuration(State(provider): State<Arc<Inside>>) -> Response {
    provider.discoveries.fetch_add(1, Ordering::SeqCst);
    let issuer = match *provider.manners.borrow() {
        Manners::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Manners::Lies => "https://elsewhere.example",
        _ => &provider.issuer,
    };
    Json(json!({ "issuer": issuer, "jwks_uri": format!("{}/keys", provider.issuer) })).into_response()
}

async fn published(State(provider): State<Arc<Inside>>) -> Response {
    provider.fetches.fetch_add(1, Ordering::SeqCst);
    let mut manners = provider.manners.subscribe();
    manners.wait_for(|manners| *manners != Manners::Silent).await.unwrap();
    let keys = provider.keys.lock().unwrap().clone();
    let manners = *manners.borrow();
    match manners {
        Manners::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Manners::Redirects => {
            (StatusCode::FOUND, [(LOCATION, format!("{}/keys?again", provider.issuer))]).into_response()
        }
        Manners::Endless => {
            let padding = "x".repeat(1_000);
            let keys: Vec<Value> = (0..10_000).map(|_| json!({ "kty": "oct", "k": padding })).collect();
            Json(json!({ "keys": keys })).into_response()
        }
        Manners::Babbles => "[1, 2, 3]".into_response(),
        Manners::Encrypts => {
            let encrypting = keys.into_iter().map(|mut key| {
                key["use"] = json!("enc");
                key
            });
            Json(json!({ "keys": encrypting.collect::<Vec<_>>() })).into_response()
        }
        _ => Json(json!({ "keys": keys })).into_response(),
    }
}
