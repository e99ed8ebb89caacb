//! The registered claims of a token (RFC 7519, RFC 9068): times, audience, and that it is an access token.

use serde_json::{Map, Value};

use super::refusal::{Reason, Refusal};
use super::token::shown;
use crate::config::identity::Issuer;

/// How far the clocks of issuer and server may be apart, in seconds.
pub(super) const LEEWAY_SECONDS: u64 = 30;
/// The last second that a time in a token may name: the end of the year 9999.
const LAST_SECOND: f64 = 253_402_300_799.0;
/// Claims that only an ID token has: it is meant for the client that requested it, not for an API.
const OF_ID_TOKENS: [&str; 3] = ["nonce", "at_hash", "c_hash"];
/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 256;

/// The registered claims.
#[derive(Debug, Default)]
pub(super) struct Registered {
    /// When the token ends, in whole seconds since the start of 1970.
    pub(super) expires_at: u64,
    /// When it was issued, in microseconds since the start of 1970.
    pub(super) issued_at: Option<i64>,
    /// Its id.
    pub(super) jti: Option<String>,
}

impl Registered {
    /// Reads the claims of a token of this issuer, and adds every reason to refuse it. `now` is in seconds.
    pub(super) fn read(claims: &Map<String, Value>, issuer: &Issuer, now: u64, refusals: &mut Vec<Refusal>) -> Self {
        let mut refuse = |reason, detail: String| refusals.push(Refusal::new(reason, detail));
        let mut time = |name: &str| match claims.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_f64().filter(|seconds| (0.0..=LAST_SECOND).contains(seconds)) {
                Some(seconds) if value.is_number() => Some(seconds),
                _ => {
                    let value = shown(&value.to_string());
                    refuse(Reason::Claim, format!("Its `{name}` is {value}, which is not a time in seconds."));
                    None
                }
            },
        };
        let (exp, nbf, iat) = (time("exp"), time("nbf"), time("iat"));
        match exp.map(whole) {
            Some(exp) if exp.saturating_add(LEEWAY_SECONDS) < now => {
                refuse(Reason::Expired, format!("It expired {} seconds ago.", now - exp));
            }
            None if matches!(claims.get("exp"), None | Some(Value::Null)) => {
                refuse(Reason::Claim, "It has no `exp`, so it would never expire.".to_owned());
            }
            Some(_) | None => {}
        }
        if let Some(nbf) = nbf.map(whole).filter(|nbf| *nbf > now.saturating_add(LEEWAY_SECONDS)) {
            refuse(Reason::NotYetValid, format!("It is not valid for another {} seconds (`nbf`).", nbf - now));
        }
        let audiences: Option<Vec<&str>> = match claims.get("aud") {
            Some(Value::String(audience)) => Some(vec![audience]),
            Some(Value::Array(items)) => items.iter().map(Value::as_str).collect(),
            _ => None,
        };
        match audiences {
            None => {
                refuse(Reason::Claim, "It has no `aud`, or one that is neither a text nor a list of texts.".to_owned());
            }
            Some(named) if !named.iter().any(|audience| issuer.audiences.iter().any(|ours| ours == audience)) => {
                let (named, ours) = (shown(&named.join(", ")), issuer.audiences.join(", "));
                refuse(Reason::Audience, format!("It is for the audience {named}; here it must be {ours}."));
            }
            Some(_) => {}
        }
        if let Some(name) = OF_ID_TOKENS.iter().find(|name| claims.get(**name).is_some_and(|value| !value.is_null())) {
            refuse(Reason::NotAnAccessToken, format!("It has `{name}`, so it is an ID token; send the access token."));
        }
        if let (Some(wanted), Some(kind)) = (issuer.mapping.token_kind, claims.get("typ"))
            && kind.as_str() != Some(wanted)
        {
            let kind = shown(&kind.to_string());
            refuse(Reason::NotAnAccessToken, format!("Its claim `typ` is {kind}; an access token's is {wanted}."));
        }
        let jti = match claims.get("jti") {
            None | Some(Value::Null) => None,
            Some(Value::String(jti)) if jti.len() <= LONGEST_JTI => Some(jti.clone()),
            Some(_) => {
                refuse(Reason::Claim, format!("Its `jti` is not a text of at most {LONGEST_JTI} bytes."));
                None
            }
        };
        Self { expires_at: exp.map(whole).unwrap_or_default(), issued_at: iat.map(micros), jti }
    }
}

/// The whole seconds of a time that was checked to be in range.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to the year 9999, and rounded down"
)]
fn whole(seconds: f64) -> u64 {
    seconds.floor() as u64
}

/// The microseconds of such a time.
#[expect(clippy::cast_possible_truncation, reason = "from 0 to the year 9999, and rounded down")]
fn micros(seconds: f64) -> i64 {
    (seconds * 1_000_000.0).floor() as i64
}
