//! Tokens that are taken back before their end (A8).

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::ApiError,
    guard::Root,
    loader::Reader,
    problem::{Problem, api_problems},
    scalar::DateTime,
};
use crate::app::revocations::Asked;

/// Which tokens to revoke: `jti`, optionally with `issuer`, or `subject` with `issuedBefore`.
#[derive(Debug, InputObject)]
pub struct RevokeTokensInput {
    /// The id (`jti`) of a single token. For review leads only.
    pub jti: Option<String>,
    /// The issuer (`iss`) of that token; without it, every token with the `jti` is revoked.
    pub issuer: Option<String>,
    /// The subject whose tokens are revoked; it may be unknown to this server.
    pub subject: Option<String>,
    /// Tokens issued before this time are revoked; it must not be in the future. A token without a time of issue counts
    /// as older.
    pub issued_before: Option<DateTime>,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The time of the revocation, or why it was refused.
#[derive(SimpleObject)]
pub struct RevokeTokensPayload {
    /// The server's time of the revocation; null if the request was refused.
    pub revoked_at: Option<DateTime>,
    /// Why the request was refused: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutation that revokes tokens.
#[derive(Default)]
pub struct RevocationMutation;

#[Object(guard = "Root")]
impl RevocationMutation {
    /// Revokes tokens before they expire. Within 60 seconds every server refuses them, closes their WebSockets with
    /// 4403 and ends their event streams. A `GLOBAL_ADMIN` revokes by subject, only tokens of their own company; a
    /// `REVIEW_LEAD` revokes any. Needs the scope `tokens:revoke`. Problems: `INVALID_VALUE`, `NOT_ALLOWED`,
    /// `IDEMPOTENCY_KEY_REUSED`. Operators can use `cpor revoke`.
    async fn revoke_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tokens concerned.")] input: RevokeTokensInput,
    ) -> Result<RevokeTokensPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let RevokeTokensInput { jti, issuer, subject, issued_before, idempotency_key } = input;
        let asked = Asked { jti, issuer, subject, issued_before: issued_before.map(Into::into) };
        let done = reader.app.revoke_tokens(&reader.caller, asked, idempotency_key).await?;
        Ok(RevokeTokensPayload { revoked_at: done.revoked_at.map(Into::into), problems: api_problems(done.problems) })
    }
}
