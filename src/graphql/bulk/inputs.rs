//! What bulk mutations take.

use async_graphql::{ID, InputObject};
use domain::lifecycle::ClaimContent;

use super::enums::{BulkPolicy, OnExisting};
use crate::{
    app::bulk::SubmitRow,
    graphql::{
        claim::{ClaimContentInput, Null},
        global_id::{self, Kind},
    },
};

/// A claim to create, or, with `UPDATE_DRAFT`, a draft to change: null clears a value, an omitted value stays, and `lines`
/// replaces all lines that differ. Repeated jobs find a claim by its `externalReference`. Of rows with the same one only the
/// first is considered; the others are `INVALID_VALUE`.
#[derive(Debug, InputObject)]
pub struct CreateClaimRow {
    /// The values.
    #[graphql(flatten)]
    pub content: ClaimContentInput,
}

impl From<CreateClaimRow> for ClaimContent {
    fn from(row: CreateClaimRow) -> Self {
        row.content.content(Null::Clears)
    }
}

/// What `createClaims` takes.
#[derive(Debug, InputObject)]
pub struct CreateClaimsInput {
    /// The claims, at most 500; more is `BAD_USER_INPUT`.
    pub rows: Vec<CreateClaimRow>,
    /// What happens to the good rows where others are refused.
    pub policy: BulkPolicy,
    /// What happens to a row whose `externalReference` one of the partner's claims has already.
    #[graphql(default_with = "Some(OnExisting::Refuse)")]
    pub on_existing: Option<OnExisting>,
    /// Whether the rows are only judged. Nothing is written, and the idempotency key is neither used nor remembered.
    #[graphql(default_with = "Some(false)")]
    pub dry_run: Option<bool>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`. A `KEEP_GOOD` call that was cut short goes on where it stopped.
    pub idempotency_key: Option<String>,
}

/// A draft to submit.
#[derive(Debug, InputObject)]
pub struct ClaimVersionInput {
    /// The claim's global id; one that names no visible claim is `NOT_FOUND`.
    pub claim_id: ID,
    /// The version of the claim that the caller has read; another one is `VERSION_CONFLICT`.
    pub expected_version: i32,
}

impl From<ClaimVersionInput> for SubmitRow {
    fn from(row: ClaimVersionInput) -> Self {
        Self { claim_id: global_id::key(Kind::Claim, &row.claim_id), expected_version: row.expected_version }
    }
}

/// What `submitClaims` takes.
#[derive(Debug, InputObject)]
pub struct SubmitClaimsInput {
    /// The drafts, at most 500; more is `BAD_USER_INPUT`. Each is named once; later rows of the same claim are `INVALID_VALUE`.
    pub claims: Vec<ClaimVersionInput>,
    /// What happens to the good rows where others are refused.
    pub policy: BulkPolicy,
    /// Whether the rows are only judged. Nothing is written, and the idempotency key is neither used nor remembered.
    #[graphql(default_with = "Some(false)")]
    pub dry_run: Option<bool>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`. A `KEEP_GOOD` call that was cut short goes on where it stopped.
    pub idempotency_key: Option<String>,
}
