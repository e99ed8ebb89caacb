//! Who asks: the bearer token of a request.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::{Extensions, HeaderMap};
use domain::caller::Caller;

use super::Edge;
use super::failure::Failure;
use crate::auth::AuthError;

impl Edge {
    /// The caller whose token the request carries; nothing where it carries none.
    pub(super) fn caller(&self, headers: &HeaderMap, address: IpAddr) -> Result<Option<Caller>, Failure> {
        if !headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        match bearer(headers).map_or(Err(AuthError::Unauthenticated), |token| self.authenticator.authenticate(token)) {
            Ok(caller) => Ok(Some(caller)),
            Err(AuthError::Forbidden(why)) => Err(Failure::forbidden(why)),
            Err(AuthError::Unauthenticated) => {
                self.rates.bad_token(address)?;
                Err(Failure::unauthenticated())
            }
        }
    }

    /// The caller of a request that needs one; counts the request.
    pub(super) fn known_caller(&self, headers: &HeaderMap, address: IpAddr) -> Result<Caller, Failure> {
        let caller = self.caller(headers, address)?.ok_or_else(Failure::unauthenticated)?;
        self.rates.request(&caller.subject)?;
        Ok(caller)
    }
}

/// The token of the one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && values.next().is_none()).then(|| token.trim())
}

/// Where the request comes from; behind a proxy this is the proxy.
pub(super) fn address(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}
