//! What bulk mutations take.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::lifecycle::ClaimContent;

use super::enums::{BulkPolicy, OnExisting};
use crate::{
    app::bulk::SubmitRow,
    graphql::{
        claim::{ClaimLineInput, ContactInput, patch},
        directory::{Activity, SolutionArea},
        global_id::{self, Kind},
        scalar::Uuid,
    },
};

/// A claim to create, or, with `UPDATE_DRAFT`, a draft to change. The values are those of `CreateClaimInput`.
#[derive(Debug, InputObject)]
pub struct CreateClaimRow {
    /// A title chosen by the partner; not blank.
    pub name: String,
    /// The partner's own key for it, unique per partner, by which a repeated job finds the claim. Of rows with the same key only
    /// the first is considered; the others are `INVALID_VALUE`.
    pub external_reference: Option<String>,
    /// The customer's tenant id.
    pub tenant_id: Uuid,
    /// A verified domain of that tenant; otherwise the row is refused with `DOMAIN_TENANT_MISMATCH`.
    pub domain: String,
    /// The solution area that all the products belong to.
    pub solution_area: SolutionArea,
    /// What the partner did for the customer.
    pub activities: Vec<Activity>,
    /// The MPN id of the partner's location; one that is not the partner's is refused with `LOCATION_NOT_YOURS`.
    pub mpn_id: String,
    /// All products of the claim. Where they differ from those of an existing draft, they replace them.
    pub lines: MaybeUndefined<Vec<ClaimLineInput>>,
    /// The contact person at the customer; required for submission.
    pub customer_contact: MaybeUndefined<ContactInput>,
    /// Whom to ask at the customer about the technology; needed for submission in Business Applications.
    pub technical_contact: MaybeUndefined<ContactInput>,
    /// The contact person at the partner; required for submission.
    pub partner_contact: MaybeUndefined<ContactInput>,
    /// The name of the Dynamics solution seller; needed for submission with Revenue association.
    pub solution_seller: MaybeUndefined<String>,
    /// The name of the partner's solution; needed for submission with Revenue association.
    pub partner_solution: MaybeUndefined<String>,
}

impl From<CreateClaimRow> for ClaimContent {
    fn from(row: CreateClaimRow) -> Self {
        Self {
            name: row.name,
            external_reference: row.external_reference,
            tenant_id: row.tenant_id.into(),
            domain: row.domain,
            solution_area: row.solution_area.into(),
            activities: row.activities.into_iter().map(Into::into).collect(),
            mpn_id: row.mpn_id,
            lines: patch(row.lines.map_value(|lines| lines.into_iter().map(Into::into).collect::<Vec<_>>())),
            customer_contact: patch(row.customer_contact),
            technical_contact: patch(row.technical_contact),
            partner_contact: patch(row.partner_contact),
            solution_seller: patch(row.solution_seller),
            partner_solution: patch(row.partner_solution),
        }
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
