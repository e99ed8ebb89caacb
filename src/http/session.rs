//! Who asks: the bearer token of a request.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use domain::caller::Caller;

use super::Edge;
use super::error::HttpError;
use super::rate::Budget;
use crate::auth::{AuthError, Session};
use crate::telemetry;

impl Edge {
    /// The caller whose token the request carries; `None` if it carries none.
    pub(super) async fn caller(&self, headers: &HeaderMap, address: IpAddr) -> Result<Option<Arc<Caller>>, HttpError> {
        Ok(self.session(headers, address).await?.map(|session| session.caller))
    }

    /// The same with the end of the token, for what lasts longer than a request.
    pub(super) async fn session(&self, headers: &HeaderMap, address: IpAddr) -> Result<Option<Session>, HttpError> {
        if !headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        self.session_of(bearer(headers), address).await.map(Some)
    }

    /// The session of a token from wherever it came; a bad one is counted against the address.
    pub(super) async fn session_of(&self, token: Option<&str>, address: IpAddr) -> Result<Session, HttpError> {
        let checked = if let Some(token) = token {
            self.authenticator.authenticate(token).await
        } else {
            tracing::info!(reason = "malformed", detail = "It is not a bearer token.", "a token was refused");
            Err(AuthError::Unauthenticated)
        };
        match checked {
            Ok(session) => {
                telemetry::tell_subject(&session.caller.subject);
                self.backend.meet(&session.caller).await;
                Ok(session)
            }
            Err(AuthError::Forbidden(why)) => Err(HttpError::insufficient(why)),
            Err(AuthError::Unavailable) => Err(HttpError::no_keys()),
            Err(AuthError::Unauthenticated) => {
                self.rates.bad_token(address)?;
                Err(HttpError::invalid_token())
            }
        }
    }

    /// The response with what is left of the caller's quotas in its head.
    pub(super) fn with_budget(&self, mut response: Response, budget: &Budget) -> Response {
        self.rates.tell(budget, response.headers_mut());
        response
    }

    /// The caller of a request that needs one; counts the request.
    pub(super) async fn known_caller(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
        budget: &mut Budget,
    ) -> Result<Arc<Caller>, HttpError> {
        let caller = self.caller(headers, address).await?.ok_or_else(HttpError::unauthenticated)?;
        self.rates.request(&caller.subject, budget)?;
        Ok(caller)
    }
}

/// The token of the one `Authorization` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() { None } else { token_of(value) }
}

/// The token in the text of an `Authorization` header.
pub(super) fn token_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Where the request comes from; behind a proxy this is the proxy.
pub(super) fn address(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}
