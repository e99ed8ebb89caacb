//! How notices are wanted.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::types::{NoticeKind, NoticePreference};
use crate::graphql::{
    error::Failure,
    guard::Root,
    loader::Reader,
    problem::{Problem, told},
};

/// What `setNoticePreference` takes.
#[derive(Debug, InputObject)]
pub struct SetNoticePreferenceInput {
    /// Which kind of notice; `DIGEST` for the daily digest itself, which is `DAILY` or `OFF`.
    pub kind: NoticeKind,
    /// How it is wanted.
    pub preference: NoticePreference,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `setNoticePreference` answers.
#[derive(SimpleObject)]
pub struct SetNoticePreferencePayload {
    /// The kind of notice; null if the request was refused.
    pub kind: Option<NoticeKind>,
    /// How it is wanted now; null if the request was refused.
    pub preference: Option<NoticePreference>,
    /// Why the request was refused: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutation of notices.
#[derive(Default)]
pub struct NoticeMutation;

#[Object(guard = "Root")]
impl NoticeMutation {
    /// Sets how notices of a kind are sent from now on: at once, in a daily digest, or not at all. A partner's and a
    /// customer's setting is its company's, a reviewer's their own. `CONSENT_REQUESTED` and `ACTION_REQUIRED` are always sent
    /// at once. For the partner's admins, a `CUSTOMER_ADMIN`, a `REVIEWER` and a `REVIEW_LEAD`. Needs the scope
    /// `notices:read`. Problems: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    async fn set_notice_preference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which kind, and how it is wanted.")] input: SetNoticePreferenceInput,
    ) -> Result<SetNoticePreferencePayload, Failure> {
        let reader = Reader::of(ctx)?;
        let SetNoticePreferenceInput { kind, preference, idempotency_key } = input;
        let done =
            reader.app.set_notice_preference(&reader.caller, kind.into(), preference.into(), idempotency_key).await?;
        Ok(SetNoticePreferencePayload {
            kind: done.kind.map(Into::into),
            preference: done.preference.map(Into::into),
            problems: told(done.problems),
        })
    }
}
