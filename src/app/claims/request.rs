//! A requested change of a claim, and its result as an idempotency key records it.

use domain::{
    caller::Caller,
    lifecycle::{Command, Rule},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ChangeResult;
use crate::app::idempotency::Key;

/// One requested change, as every attempt at it needs it.
pub(super) struct ChangeRequest<'a> {
    pub(super) caller: &'a Caller,
    /// The claim; `None` if the given id names no claim at all.
    pub(super) claim_id: Option<Uuid>,
    /// The version that the caller read; `None` if the mutation asks for none.
    pub(super) expected_version: Option<i32>,
    pub(super) command: &'a Command,
    /// The row of the lifecycle table that opens the action to the caller's role.
    pub(super) rule: &'static Rule,
    pub(super) key: Option<&'a Key>,
}

/// The result as recorded under an idempotency key (J1).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) claim_id: Option<Uuid>,
    pub(super) document_id: Option<Uuid>,
    pub(super) comment_id: Option<Uuid>,
    pub(super) deleted_claim_id: Option<Uuid>,
    pub(super) problems: Vec<Problem>,
    /// What was just done, as it is returned; a repeat reads it again.
    #[serde(skip)]
    pub(super) result: Option<Box<ChangeResult>>,
}

impl Done {
    /// What was just done.
    pub(super) fn now(result: ChangeResult) -> Self {
        Self {
            claim_id: result.claim.as_ref().map(|claim| claim.id),
            document_id: result.document.as_ref().map(|document| document.id),
            comment_id: result.comment.as_ref().map(|comment| comment.id),
            deleted_claim_id: result.deleted_claim_id,
            problems: result.problems.clone(),
            result: Some(Box::new(result)),
        }
    }
}
