//! Tokens that are taken back before their end (A8).

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    error::Failure,
    guard::Root,
    loader::Reader,
    problem::{Problem, told},
    scalar::DateTime,
};
use crate::app::revocations::Asked;

/// What `revokeTokens` takes: `jti`, with or without `issuer`; or `subject` with `issuedBefore`.
#[derive(Debug, InputObject)]
pub struct RevokeTokensInput {
    /// The id of one token, its claim `jti`. Review leads only.
    pub jti: Option<String>,
    /// The issuer of that token, its claim `iss`; without it, every token with the id is revoked.
    pub issuer: Option<String>,
    /// The subject whose tokens are revoked; it need not be known here.
    pub subject: Option<String>,
    /// The time before which the tokens were issued, not in the future. A token that does not say when it was issued counts
    /// as older.
    pub issued_before: Option<DateTime>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `revokeTokens` answers.
#[derive(SimpleObject)]
pub struct RevokeTokensPayload {
    /// When the tokens were revoked; null if the request was refused.
    pub revoked_at: Option<DateTime>,
    /// Why the request was refused: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutation that revokes tokens.
#[derive(Default)]
pub struct RevocationMutation;

#[Object(guard = "Root")]
impl RevocationMutation {
    /// Revokes tokens before their end. Within 60 seconds every server refuses them, closes the WebSockets that use them with
    /// 4403 and ends their event streams. A `GLOBAL_ADMIN` revokes by subject, and only tokens of the own company; a
    /// `REVIEW_LEAD` revokes any. Needs the scope `tokens:revoke`. Problems: `INVALID_VALUE`, `NOT_ALLOWED`,
    /// `IDEMPOTENCY_KEY_REUSED`. The operator has `cpor revoke`.
    async fn revoke_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tokens.")] input: RevokeTokensInput,
    ) -> Result<RevokeTokensPayload, Failure> {
        let reader = Reader::of(ctx)?;
        let RevokeTokensInput { jti, issuer, subject, issued_before, idempotency_key } = input;
        let asked = Asked { jti, issuer, subject, issued_before: issued_before.map(Into::into) };
        let done = reader.app.revoke_tokens(&reader.caller, asked, idempotency_key).await?;
        Ok(RevokeTokensPayload { revoked_at: done.revoked_at.map(Into::into), problems: told(done.problems) })
    }
}
