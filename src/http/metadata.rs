//! Where tokens for this server come from, for clients that ask (RFC 9728), and the pointer to it in every challenge.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use domain::kinds::Scope;
use serde_json::{Value, json};

use super::Edge;

/// Where the metadata are.
pub(super) const PATH: &str = "/.well-known/oauth-protected-resource";
/// Answers there are for monitoring, whose token no authorization server issues.
const METRICS: &str = "/metrics";

/// The metadata of this server as a protected resource. Issuers whose keys are secrets or files are not named: their
/// address does not lead to metadata.
pub(super) async fn document(State(edge): State<Arc<Edge>>, headers: HeaderMap) -> Json<Value> {
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let mut document = json!({
        "resource": base(edge.config.public_url.as_deref(), headers.get(HOST)),
        "resource_name": "cpor",
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
    });
    let servers: Vec<&str> = edge.authenticator.published_issuers().collect();
    if !servers.is_empty() {
        document["authorization_servers"] = json!(servers);
    }
    Json(document)
}

/// What a challenge needs to point to the metadata.
pub(super) struct Pointer {
    public_url: Option<Arc<str>>,
    host: Option<HeaderValue>,
    /// Whether the challenge asks for a token of the authorization servers.
    is_ours: bool,
}

impl Pointer {
    /// The pointer for the response to this request.
    pub(super) fn of(request: &Request, public_url: Option<&Arc<str>>) -> Self {
        let host = request.headers().get(HOST).cloned();
        Self { public_url: public_url.cloned(), host, is_ours: request.uri().path() != METRICS }
    }

    /// Adds the address of the metadata to the challenge of a response that has one.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        if let Some(challenge) = headers.get_mut(WWW_AUTHENTICATE)
            && self.is_ours
            && let Ok(text) = challenge.to_str()
        {
            let comma = if text.contains('=') { "," } else { "" };
            let base = base(self.public_url.as_deref(), self.host.as_ref());
            if let Ok(whole) = HeaderValue::try_from(format!("{text}{comma} resource_metadata=\"{base}{PATH}\"")) {
                *challenge = whole;
            }
        }
    }
}

/// The URL of this server: the public one, or the one that the client used.
fn base(public_url: Option<&str>, host: Option<&HeaderValue>) -> String {
    let plain = |host: &&str| host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    let host = host.and_then(|host| host.to_str().ok()).filter(plain).unwrap_or("localhost");
    public_url.map_or_else(|| format!("http://{host}"), str::to_owned)
}
