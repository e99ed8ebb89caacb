//! Why a token is refused: for the log and for `cpor token explain`, never for the client.

/// The kind of reason, as the log names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The token is longer than any that is read.
    Oversize,
    /// It is not a JWT.
    Malformed,
    /// Its header asks for something that is not supported, or brings a key of its own.
    Header,
    /// Its `typ` is not that of an access token.
    Type,
    /// It is an ID token, or another token that is not for an API.
    NotAnAccessToken,
    /// Its algorithm is not one that its issuer may use.
    Algorithm,
    /// Its issuer is not configured.
    UnknownIssuer,
    /// No key of its issuer fits.
    UnknownKey,
    /// Its signature does not hold.
    Signature,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is meant for another audience.
    Audience,
    /// A claim is missing or has a form that cannot be meant.
    Claim,
    /// It is a good token that gives its bearer nothing here (A5).
    NoStanding,
    /// It was revoked (A8).
    Revoked,
    /// The issuer's keys could not be fetched, so the token cannot be checked.
    KeysUnavailable,
}

impl Reason {
    /// The word in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oversize => "oversize",
            Self::Malformed => "malformed",
            Self::Header => "header",
            Self::Type => "type",
            Self::NotAnAccessToken => "not_an_access_token",
            Self::Algorithm => "algorithm",
            Self::UnknownIssuer => "unknown_issuer",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Audience => "audience",
            Self::Claim => "claim",
            Self::NoStanding => "no_standing",
            Self::Revoked => "revoked",
            Self::KeysUnavailable => "keys_unavailable",
        }
    }
}

/// One reason why a token is refused, and a sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of reason.
    pub reason: Reason,
    /// What exactly; it may quote the token's claims, never the token.
    pub detail: String,
}

impl Refusal {
    /// A reason with its sentence.
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}
