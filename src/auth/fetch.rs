//! Fetches documents of an issuer: JSON objects, with limits of size and time, without redirects.

use std::time::Duration;

use reqwest::header::CACHE_CONTROL;
use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Map, Value};

use crate::config::identity::is_trustworthy;

/// How long an issuer may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest document that is read, in bytes.
const LARGEST: usize = 256 * 1024;

/// A document, and how long it is fresh according to its issuer.
pub(super) struct Document {
    pub(super) fields: Map<String, Value>,
    pub(super) fresh_for: Option<Duration>,
}

/// What asks issuers.
pub(super) struct Fetcher(Result<Client, String>);

impl Fetcher {
    pub(super) fn new() -> Self {
        let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none()).build();
        Self(client.map_err(|error| format!("the HTTP client cannot be made: {}", causes(&error))))
    }

    /// Fetches a document.
    ///
    /// # Errors
    /// A sentence for the log.
    pub(super) async fn get(&self, url: &str) -> Result<Document, String> {
        if !is_trustworthy(url) {
            return Err(format!("{url} is not an https address"));
        }
        let client = self.0.as_ref().map_err(Clone::clone)?;
        let wrong = |error: reqwest::Error| format!("{url} cannot be read: {}", causes(&error));
        let mut response = client.get(url).send().await.map_err(wrong)?;
        if response.status() != StatusCode::OK {
            return Err(format!(
                "{url} responds with status {}; redirects are not followed",
                response.status().as_u16()
            ));
        }
        let fresh_for = response.headers().get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).and_then(fresh_for);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(wrong)? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                return Err(format!("{url} responds with more than {LARGEST} bytes"));
            }
        }
        let fields = serde_json::from_slice(&body).map_err(|_| format!("{url} does not respond with a JSON object"))?;
        Ok(Document { fields, fresh_for })
    }
}

/// An error with its causes: reqwest's own text leaves out what went wrong.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// How long a document is fresh, by its `Cache-Control`.
fn fresh_for(header: &str) -> Option<Duration> {
    let mut directives = header.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    directives.find_map(|directive| match directive.as_str() {
        "no-store" | "no-cache" => Some(Duration::ZERO),
        other => other.strip_prefix("max-age=")?.parse().ok().map(Duration::from_secs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freshness_is_read_from_the_header() {
        assert_eq!(fresh_for("public, max-age=3600, must-revalidate"), Some(Duration::from_hours(1)));
        assert_eq!(fresh_for("no-cache, max-age=3600"), Some(Duration::ZERO));
        assert_eq!(fresh_for("public"), None);
        assert_eq!(fresh_for("max-age=soon"), None);
    }
}
