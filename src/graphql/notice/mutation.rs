//! How notices are wanted.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::types::{NoticeKind, NoticePreference};
use crate::graphql::{
    error::ApiError,
    guard::Root,
    loader::Reader,
    problem::{Problem, api_problems},
};

/// The kind of notice, and how to send it.
#[derive(Debug, InputObject)]
pub struct SetNoticePreferenceInput {
    /// The kind of notice. `DIGEST` stands for the daily digest itself and accepts only `DAILY` or `OFF`.
    pub kind: NoticeKind,
    /// How notices of this kind are sent.
    pub preference: NoticePreference,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The stored preference, or why the request was refused.
#[derive(SimpleObject)]
pub struct SetNoticePreferencePayload {
    /// The kind of notice; null if the request was refused.
    pub kind: Option<NoticeKind>,
    /// How notices of this kind are sent now; null if the request was refused.
    pub preference: Option<NoticePreference>,
    /// Why the request was refused: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutation of notices.
#[derive(Default)]
pub struct NoticeMutation;

#[Object(guard = "Root")]
impl NoticeMutation {
    /// Sets how notices of a kind are sent from now on: immediately, in a daily digest, or not at all. For partners and
    /// customers the setting applies to the company, for reviewers to themselves. `CONSENT_REQUESTED` and
    /// `ACTION_REQUIRED` are always sent immediately. For a partner's admins, a `CUSTOMER_ADMIN`, a `REVIEWER` and a
    /// `REVIEW_LEAD`. Needs the scope `notices:read`. Problems: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    async fn set_notice_preference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The kind of notice and its preference.")] input: SetNoticePreferenceInput,
    ) -> Result<SetNoticePreferencePayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let SetNoticePreferenceInput { kind, preference, idempotency_key } = input;
        let done =
            reader.app.set_notice_preference(&reader.caller, kind.into(), preference.into(), idempotency_key).await?;
        Ok(SetNoticePreferencePayload {
            kind: done.kind.map(Into::into),
            preference: done.preference.map(Into::into),
            problems: api_problems(done.problems),
        })
    }
}
