//! What the mutations of claims take.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::{
    lifecycle::{ClaimContent, Edit, NewLine},
    patch::Patch,
};

use super::{
    enums::{ActionReason, RejectionReason},
    parts::ContactInput,
};
use crate::graphql::{
    directory::{Activity, SolutionArea},
    global_id::{self, Kind},
    scalar::{Upload, Uuid},
};

/// A product to claim, in Business Applications with its subscription.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimLineInput {
    /// The product's global id; an unknown one is `INVALID_VALUE`.
    pub product_id: ID,
    /// The subscription id as the person typed it, for Business Applications. Optional if the tenant has exactly one
    /// eligible subscription to the product. In Microsoft 365 it is `INVALID_VALUE`.
    pub subscription_id: Option<String>,
}

impl From<ClaimLineInput> for NewLine {
    fn from(line: ClaimLineInput) -> Self {
        Self { sku_id: global_id::key(Kind::Product, &line.product_id), typed: line.subscription_id }
    }
}

pub(super) fn lines(lines: Vec<ClaimLineInput>) -> Vec<NewLine> {
    lines.into_iter().map(Into::into).collect()
}

/// A new draft. Texts are trimmed; names, titles, references and contact fields have at most 200 characters; otherwise
/// `INVALID_VALUE`.
#[derive(Debug, InputObject)]
pub struct CreateClaimInput {
    /// A title chosen by the partner; not blank.
    pub name: String,
    /// The partner's own key for the claim, unique per partner; a key already in use is `INVALID_VALUE`.
    pub external_reference: Option<String>,
    /// The customer's tenant id.
    pub tenant_id: Uuid,
    /// A verified domain of that tenant; otherwise the draft is refused with `DOMAIN_TENANT_MISMATCH`.
    pub domain: String,
    /// The solution area that all the products belong to.
    pub solution_area: SolutionArea,
    /// What the partner did for the customer; see `Activity` for the sets that are allowed.
    pub activities: Vec<Activity>,
    /// The MPN id of the partner's location; any other is refused with `LOCATION_NOT_YOURS`.
    pub mpn_id: String,
    /// The products. More can be added while the claim can be edited.
    pub lines: Option<Vec<ClaimLineInput>>,
    /// The contact person at the customer; required for submission.
    pub customer_contact: Option<ContactInput>,
    /// The technical contact at the customer; required for submission in Business Applications.
    pub technical_contact: Option<ContactInput>,
    /// The contact person at the partner; required for submission.
    pub partner_contact: Option<ContactInput>,
    /// The name of the Dynamics solution seller; required for submission with Revenue association.
    pub solution_seller: Option<String>,
    /// The name of the partner's solution; required for submission with Revenue association.
    pub partner_solution: Option<String>,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

impl From<CreateClaimInput> for ClaimContent {
    fn from(input: CreateClaimInput) -> Self {
        Self {
            name: input.name,
            external_reference: input.external_reference,
            tenant_id: input.tenant_id.into(),
            domain: input.domain,
            solution_area: input.solution_area.into(),
            activities: input.activities.into_iter().map(Into::into).collect(),
            mpn_id: input.mpn_id,
            lines: optional(input.lines.map(lines)),
            customer_contact: optional(input.customer_contact.map(Into::into)),
            technical_contact: optional(input.technical_contact.map(Into::into)),
            partner_contact: optional(input.partner_contact.map(Into::into)),
            solution_seller: optional(input.solution_seller),
            partner_solution: optional(input.partner_solution),
        }
    }
}

/// A field of a new draft, where null and omission are the same.
fn optional<T>(value: Option<T>) -> Patch<T> {
    value.map_or(Patch::Keep, Patch::Set)
}

/// Declares what a mutation of an existing claim takes: its own fields, and those that all of them have.
macro_rules! change_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            /// The claim's global id. If the caller sees no such claim, the request is refused with `NOT_FOUND`.
            pub claim_id: ID,
            $($(#[$field_meta])* pub $field: $type,)*
            /// The `version` that the caller read. If the claim has another version by now, the request is refused with
            /// `VERSION_CONFLICT`.
            pub expected_version: i32,
            /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input
            /// returns the first result again; with another input or mutation it is refused with
            /// `IDEMPOTENCY_KEY_REUSED`.
            pub idempotency_key: Option<String>,
        }
    };
}

change_input! {
    /// Changes to a claim. Fields that are omitted stay as they are; null clears a field. After submission only name,
    /// external reference, location, lines and contacts can be changed; other fields are `FIELD_NOT_EDITABLE`. Texts
    /// are trimmed and have at most 200 characters.
    UpdateClaimInput {
        /// A title chosen by the partner; cannot be cleared.
        name: MaybeUndefined<String>,
        /// The partner's own key for the claim, unique per partner; a key already in use is `INVALID_VALUE`.
        external_reference: MaybeUndefined<String>,
        /// The MPN id of the partner's location; cannot be cleared.
        mpn_id: MaybeUndefined<String>,
        /// Products to claim in addition.
        add_lines: Option<Vec<ClaimLineInput>>,
        /// `ClaimLine.id` of each line that is no longer claimed.
        remove_line_ids: Option<Vec<ID>>,
        /// The contact person at the customer.
        customer_contact: MaybeUndefined<ContactInput>,
        /// The technical contact at the customer.
        technical_contact: MaybeUndefined<ContactInput>,
        /// The contact person at the partner.
        partner_contact: MaybeUndefined<ContactInput>,
        /// The customer's tenant id; cannot be cleared. Only while `EDITING`.
        tenant_id: MaybeUndefined<Uuid>,
        /// A verified domain of the tenant; cannot be cleared. Only while `EDITING`.
        domain: MaybeUndefined<String>,
        /// The solution area that all the products belong to; cannot be cleared. Only while `EDITING`.
        solution_area: MaybeUndefined<SolutionArea>,
        /// Everything that the partner did for the customer; cannot be cleared. Only while `EDITING`.
        activities: MaybeUndefined<Vec<Activity>>,
        /// The name of the Dynamics solution seller. Only while `EDITING`.
        solution_seller: MaybeUndefined<String>,
        /// The name of the partner's solution. Only while `EDITING`.
        partner_solution: MaybeUndefined<String>,
    }
}

impl UpdateClaimInput {
    /// The patch alone.
    #[must_use]
    pub fn patch(self) -> Edit {
        let line = |id: ID| global_id::key(Kind::ClaimLine, &id);
        Edit {
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

/// What an input does to a field (L12).
pub(in crate::graphql) fn patch<T, U: From<T>>(field: MaybeUndefined<T>) -> Patch<U> {
    match field {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value.into()),
    }
}

change_input! {
    /// The draft, with the version that the caller read.
    DeleteClaimDraftInput {}
}

/// The claim, and the file to attach.
#[derive(Debug, InputObject)]
pub struct AttachProofOfExecutionInput {
    /// The claim's global id. If the caller sees no such claim, the request is refused with `NOT_FOUND`.
    pub claim_id: ID,
    /// A PDF, Word, PowerPoint, Excel, PNG, JPEG or e-mail file (`.eml`, `.msg`), recognized by its content. By default
    /// at most 25 MiB, and at most 20 files per claim.
    pub file: Upload,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

change_input! {
    /// The draft, and the document to remove.
    RemoveProofOfExecutionInput {
        /// The document's global id. If this claim has no such document, the request is refused with `NOT_FOUND`.
        document_id: ID,
    }
}

change_input! {
    /// The draft, with the version that the caller read.
    SubmitClaimInput {}
}

change_input! {
    /// The submitted claim, with the version that the caller read.
    StartReviewInput {}
}

change_input! {
    /// The claim, and the reviewer to assign or remove.
    AssignReviewerInput {
        /// The subject of an active reviewer. Reviewers may give only their own; review leads may give anyone's. Null
        /// removes the current reviewer: reviewers may remove only themselves, review leads anyone.
        reviewer_subject: Option<String>,
    }
}

change_input! {
    /// The claim, the reasons and the message.
    RequestPartnerActionInput {
        /// The reasons for the request, at least one.
        reasons: Vec<ActionReason>,
        /// What the partner has to do: not blank, at most 10,000 characters. Also posted as a comment on the claim.
        message: String,
    }
}

change_input! {
    /// The claim and the partner's answer.
    RespondToReviewInput {
        /// The answer, at most 10,000 characters; also posted as a comment on the claim. Optional if the partner edited
        /// the claim, commented or attached a document since the request.
        message: Option<String>,
    }
}

change_input! {
    /// The claim to approve, with an optional note.
    ApproveClaimInput {
        /// A note for the history, at most 10,000 characters. The partner sees it.
        note: Option<String>,
    }
}

change_input! {
    /// The claim, with the reason and an explanation for the partner.
    RejectClaimInput {
        /// `INSUFFICIENT_POE`, `MISSING_CUSTOMER_ACKNOWLEDGEMENT`, `MISSING_PRODUCTS`, `POE_UNAVAILABLE` or `OTHER`.
        /// The other reasons are set by the server and are `INVALID_VALUE` here.
        reason: RejectionReason,
        /// The explanation for the partner: not blank, at most 10,000 characters.
        detail: String,
    }
}

change_input! {
    /// The claim, and the reason for withdrawing it.
    WithdrawClaimInput {
        /// The reason: not blank, at most 10,000 characters.
        detail: String,
    }
}

change_input! {
    /// The rejected claim, with the reasons for the dispute.
    DisputeClaimInput {
        /// Why the rejection is wrong, at most 10,000 characters. Optional if new proof of execution was attached since
        /// the rejection.
        justification: Option<String>,
    }
}

change_input! {
    /// The approved claim, with an optional reason for declining it.
    DeclineConsentInput {
        /// The reason, at most 10,000 characters. Partner and vendor see it.
        reason: Option<String>,
    }
}
