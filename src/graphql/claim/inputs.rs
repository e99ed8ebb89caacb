//! What the mutations of claims take.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::patch::Patch;

use super::{
    enums::{ActionReason, RejectionReason},
    parts::ContactInput,
};
use crate::{
    app::claims::{CreateClaim, EditInput, LineInput},
    graphql::{
        directory::{Activity, SolutionArea},
        global_id::{self, Kind},
        scalar::{Upload, Uuid},
    },
};

/// A product to claim.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimLineInput {
    /// The product's global id; one that names none is `INVALID_VALUE`.
    pub product_id: ID,
    /// The subscription id as the person typed it, for Business Applications; it may be left out where the tenant has
    /// exactly one eligible subscription to the product. In Microsoft 365 it is `INVALID_VALUE`.
    pub subscription_id: Option<String>,
}

impl From<ClaimLineInput> for LineInput {
    fn from(line: ClaimLineInput) -> Self {
        Self { sku_id: global_id::key(Kind::Product, &line.product_id), typed: line.subscription_id }
    }
}

pub(super) fn lines(lines: Vec<ClaimLineInput>) -> Vec<LineInput> {
    lines.into_iter().map(Into::into).collect()
}

/// A new draft. Texts are trimmed; names, titles, references and contact fields are at most 200 characters; else
/// `INVALID_VALUE`.
#[derive(Debug, InputObject)]
pub struct CreateClaimInput {
    /// The partner's own title for the claim; not blank.
    pub name: String,
    /// The partner's own key for it, unique per partner; one already taken is `INVALID_VALUE`.
    pub external_reference: Option<String>,
    /// The customer's tenant id.
    pub tenant_id: Uuid,
    /// A verified domain of that tenant; else the draft is refused with `DOMAIN_TENANT_MISMATCH`.
    pub domain: String,
    /// The solution area of all the products.
    pub solution_area: SolutionArea,
    /// What the partner did for the customer.
    pub activities: Vec<Activity>,
    /// The MPN id of the partner's location; one that is not the partner's is refused with `LOCATION_NOT_YOURS`.
    pub mpn_id: String,
    /// The products; more can be added while the claim can be edited.
    pub lines: Option<Vec<ClaimLineInput>>,
    /// Whom to ask at the customer; needed for submission.
    pub customer_contact: Option<ContactInput>,
    /// Whom to ask at the customer about the technology; needed for submission in Business Applications.
    pub technical_contact: Option<ContactInput>,
    /// Whom to ask at the partner; needed for submission.
    pub partner_contact: Option<ContactInput>,
    /// The name of the Dynamics solution seller; needed for submission with Revenue association.
    pub solution_seller: Option<String>,
    /// The name of the partner's solution; needed for submission with Revenue association.
    pub partner_solution: Option<String>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer
    /// again, with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

impl From<CreateClaimInput> for CreateClaim {
    fn from(input: CreateClaimInput) -> Self {
        Self {
            name: input.name,
            external_reference: input.external_reference,
            tenant_id: input.tenant_id.into(),
            domain: input.domain,
            solution_area: input.solution_area.into(),
            activities: input.activities.into_iter().map(Into::into).collect(),
            mpn_id: input.mpn_id,
            lines: lines(input.lines.unwrap_or_default()),
            customer_contact: input.customer_contact.map(Into::into),
            technical_contact: input.technical_contact.map(Into::into),
            partner_contact: input.partner_contact.map(Into::into),
            solution_seller: input.solution_seller,
            partner_solution: input.partner_solution,
        }
    }
}

/// Declares what a mutation of an existing claim takes: its own fields, and those that all of them have.
macro_rules! change_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            /// The claim's global id; one that names no visible claim is `NOT_FOUND`.
            pub claim_id: ID,
            $($(#[$field_meta])* pub $field: $type,)*
            /// The version of the claim that the caller has read; another one is `VERSION_CONFLICT`, and nothing is
            /// done.
            pub expected_version: i32,
            /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first
            /// answer again, with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
            pub idempotency_key: Option<String>,
        }
    };
}

change_input! {
    /// A patch of a claim: a field left out stays as it is, an explicit null clears it. After submission only name,
    /// external reference, location, lines and contacts can be changed; else `FIELD_NOT_EDITABLE`. Texts are trimmed
    /// and at most 200 characters.
    UpdateClaimInput {
        /// The partner's own title for the claim; it cannot be cleared.
        name: MaybeUndefined<String>,
        /// The partner's own key for it, unique per partner; one already taken is `INVALID_VALUE`.
        external_reference: MaybeUndefined<String>,
        /// The MPN id of the partner's location; it cannot be cleared.
        mpn_id: MaybeUndefined<String>,
        /// Products to add.
        add_lines: Option<Vec<ClaimLineInput>>,
        /// The ids of lines to remove.
        remove_line_ids: Option<Vec<ID>>,
        /// Whom to ask at the customer.
        customer_contact: MaybeUndefined<ContactInput>,
        /// Whom to ask at the customer about the technology.
        technical_contact: MaybeUndefined<ContactInput>,
        /// Whom to ask at the partner.
        partner_contact: MaybeUndefined<ContactInput>,
        /// The customer's tenant id; it cannot be cleared. While `EDITING` only.
        tenant_id: MaybeUndefined<Uuid>,
        /// A verified domain of the tenant; it cannot be cleared. While `EDITING` only.
        domain: MaybeUndefined<String>,
        /// The solution area of all the products; it cannot be cleared. While `EDITING` only.
        solution_area: MaybeUndefined<SolutionArea>,
        /// What the partner did for the customer, all of it; it cannot be cleared. While `EDITING` only.
        activities: MaybeUndefined<Vec<Activity>>,
        /// The name of the Dynamics solution seller. While `EDITING` only.
        solution_seller: MaybeUndefined<String>,
        /// The name of the partner's solution. While `EDITING` only.
        partner_solution: MaybeUndefined<String>,
    }
}

impl UpdateClaimInput {
    /// The patch alone.
    #[must_use]
    pub fn patch(self) -> EditInput {
        let line = |id: ID| global_id::key(Kind::ClaimLine, &id);
        EditInput {
            name: patch(self.name),
            external_reference: patch(self.external_reference),
            mpn_id: patch(self.mpn_id),
            add_lines: lines(self.add_lines.unwrap_or_default()),
            remove_lines: self.remove_line_ids.unwrap_or_default().into_iter().map(line).collect(),
            customer_contact: patch(self.customer_contact),
            technical_contact: patch(self.technical_contact),
            partner_contact: patch(self.partner_contact),
            tenant_id: patch(self.tenant_id),
            domain: patch(self.domain),
            solution_area: patch(self.solution_area),
            activities: patch(
                self.activities.map_value(|activities| activities.into_iter().map(Into::into).collect::<Vec<_>>()),
            ),
            solution_seller: patch(self.solution_seller),
            partner_solution: patch(self.partner_solution),
        }
    }
}

/// What an input says of a field (L12).
pub(in crate::graphql) fn patch<T, U: From<T>>(field: MaybeUndefined<T>) -> Patch<U> {
    match field {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value.into()),
    }
}

change_input! {
    /// What `deleteClaimDraft` takes.
    DeleteClaimDraftInput {}
}

/// What `attachProofOfExecution` takes.
#[derive(Debug, InputObject)]
pub struct AttachProofOfExecutionInput {
    /// The claim's global id; one that names no visible claim is `NOT_FOUND`.
    pub claim_id: ID,
    /// The file: PDF, Word, PowerPoint, Excel, PNG, JPEG or e-mail (`.eml`, `.msg`), by its content; at most 25 MiB, 20
    /// per claim, by default.
    pub file: Upload,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer
    /// again, with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

change_input! {
    /// What `removeProofOfExecution` takes.
    RemoveProofOfExecutionInput {
        /// The document's global id; one that names no document of this claim is `NOT_FOUND`.
        document_id: ID,
    }
}

change_input! {
    /// What `submitClaim` takes.
    SubmitClaimInput {}
}

change_input! {
    /// What `startReview` takes.
    StartReviewInput {}
}

change_input! {
    /// What `assignReviewer` takes.
    AssignReviewerInput {
        /// The subject of an active reviewer: for a reviewer their own, for a review lead anybody's. Null takes the review
        /// away from whoever has it: for a reviewer their own, for a review lead anybody's.
        reviewer_subject: Option<String>,
    }
}

change_input! {
    /// What `requestPartnerAction` takes.
    RequestPartnerActionInput {
        /// Why, at least one reason.
        reasons: Vec<ActionReason>,
        /// What the partner is to do: not blank, at most 10,000 characters. It becomes a comment on the claim.
        message: String,
    }
}

change_input! {
    /// What `respondToReview` takes.
    RespondToReviewInput {
        /// The answer, at most 10,000 characters. It becomes a comment on the claim. It may be left out where an edit,
        /// a comment or a document of the partner came since the request.
        message: Option<String>,
    }
}

change_input! {
    /// What `approveClaim` takes.
    ApproveClaimInput {
        /// A note for the history, at most 10,000 characters; the partner sees it.
        note: Option<String>,
    }
}

change_input! {
    /// What `rejectClaim` takes.
    RejectClaimInput {
        /// Why: `INSUFFICIENT_POE`, `MISSING_CUSTOMER_ACKNOWLEDGEMENT`, `MISSING_PRODUCTS`, `POE_UNAVAILABLE` or
        /// `OTHER`; the others are set by what happened, and `INVALID_VALUE` here.
        reason: RejectionReason,
        /// Why, in words for the partner: not blank, at most 10,000 characters.
        detail: String,
    }
}

change_input! {
    /// What `withdrawClaim` takes.
    WithdrawClaimInput {
        /// Why: not blank, at most 10,000 characters.
        detail: String,
    }
}

change_input! {
    /// What `disputeClaim` takes.
    DisputeClaimInput {
        /// Why the rejection is wrong, at most 10,000 characters. It may be left out where new proof of execution was
        /// attached since the rejection.
        justification: Option<String>,
    }
}

change_input! {
    /// What `declineConsent` takes.
    DeclineConsentInput {
        /// Why, at most 10,000 characters; partner and vendor see it.
        reason: Option<String>,
    }
}
