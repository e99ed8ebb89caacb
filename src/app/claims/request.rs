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
pub(super) struct RecordedResult {
    pub(super) claim_id: Option<Uuid>,
    pub(super) document_id: Option<Uuid>,
    pub(super) comment_id: Option<Uuid>,
    pub(super) deleted_claim_id: Option<Uuid>,
    pub(super) problems: Vec<Problem>,
    /// The result itself, if it was not recorded by an earlier execution. Its objects need not be read again.
    #[serde(skip)]
    pub(super) new: Option<Box<ChangeResult>>,
}
