//! Parses a token. Nothing in it is trusted here, before its signature is verified.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::refusal::{Reason, Refusal};

/// The longest token that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// Header fields that would supply or fetch a key, or change what is signed. Keys come only from the configured issuer.
const REFUSED_HEADERS: [&str; 6] = ["crit", "jwk", "jku", "x5u", "x5c", "b64"];
/// How much of a text of an unverified token is shown, in characters.
const SHOWN: usize = 200;

/// The header and the claims of a token, unverified.
#[derive(Debug, Default)]
pub(super) struct Token {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
}

impl Token {
    /// Takes a token apart.
    pub(super) fn read(token: &str) -> Result<Self, Refusal> {
        if token.len() > LONGEST {
            let length = token.len();
            return Err(Refusal::new(Reason::Oversize, format!("It has {length} bytes; {LONGEST} are read at most.")));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::new(Reason::Malformed, "It does not have the three parts of a signed JWT."));
        };
        let object = |part: &str, name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok();
            let object = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            object.ok_or_else(|| {
                Refusal::new(Reason::Malformed, format!("Its {name} is not a JSON object in base64url."))
            })
        };
        Ok(Self { header: object(header, "header")?, claims: object(claims, "payload")? })
    }

    /// Every reason to refuse the token that its header gives.
    pub(super) fn judge_header(&self, require_at_jwt: bool) -> Vec<Refusal> {
        let mut refusals: Vec<Refusal> = REFUSED_HEADERS
            .iter()
            .filter(|name| self.header.contains_key(**name))
            .map(|name| Refusal::new(Reason::Header, format!("Its header has `{name}`, which is not accepted.")))
            .collect();
        let kind = match self.header.get("typ") {
            None => Some(false),
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => Some(false),
            Some(Value::String(kind))
                if kind.eq_ignore_ascii_case("at+jwt") || kind.eq_ignore_ascii_case("application/at+jwt") =>
            {
                Some(true)
            }
            Some(_) => None,
        };
        match kind {
            Some(true) => {}
            Some(false) if !require_at_jwt => {}
            _ => {
                let wanted = if require_at_jwt { "`at+jwt`" } else { "`JWT` or `at+jwt`" };
                let found = self.header.get("typ").map_or_else(|| "missing".to_owned(), ToString::to_string);
                refusals.push(Refusal::new(
                    Reason::Type,
                    format!("Its header's `typ` is {}; it must be {wanted}.", shown(&found)),
                ));
            }
        }
        refusals
    }

    /// The id of the key that signed it.
    pub(super) fn kid(&self) -> Result<Option<&str>, Refusal> {
        match self.header.get("kid") {
            None => Ok(None),
            Some(Value::String(kid)) => Ok(Some(kid)),
            Some(_) => Err(Refusal::new(Reason::Header, "Its header's `kid` is not a text.")),
        }
    }

    /// A claim that is a text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// A field of the header that is a text.
    pub(super) fn header_text(&self, field: &str) -> Option<&str> {
        self.header.get(field).and_then(Value::as_str)
    }
}

/// The beginning of a text that a stranger may have written.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
