//! What the inputs say of a claim: all of it when one is created, or changes to it.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::{
    lifecycle::{ClaimContent, Edit, NewLine},
    patch::Patch,
};

use super::{mutation::change_input, parts::ContactInput};
use crate::graphql::{
    directory::{Activity, SolutionArea},
    global_id::{self, Kind},
    scalar::Uuid,
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

/// The values of a claim: a part of the inputs that create one.
#[derive(Debug, InputObject)]
pub struct ClaimContentInput {
    /// A title chosen by the partner; not blank.
    name: String,
    /// The partner's own key for the claim, unique per partner; a key already in use is `INVALID_VALUE`.
    external_reference: Option<String>,
    /// The customer's tenant id.
    tenant_id: Uuid,
    /// A verified domain of that tenant; otherwise the claim is refused with `DOMAIN_TENANT_MISMATCH`.
    domain: String,
    /// The solution area that all the products belong to.
    solution_area: SolutionArea,
    /// What the partner did for the customer; see `Activity` for the sets that are allowed.
    activities: Vec<Activity>,
    /// The MPN id of the partner's location; any other is refused with `LOCATION_NOT_YOURS`.
    mpn_id: String,
    /// The products. More can be added while the claim can be edited.
    lines: MaybeUndefined<Vec<ClaimLineInput>>,
    /// The contact person at the customer; required for submission.
    customer_contact: MaybeUndefined<ContactInput>,
    /// The technical contact at the customer; required for submission in Business Applications.
    technical_contact: MaybeUndefined<ContactInput>,
    /// The contact person at the partner; required for submission.
    partner_contact: MaybeUndefined<ContactInput>,
    /// The name of the Dynamics solution seller; required for submission with Revenue association.
    solution_seller: MaybeUndefined<String>,
    /// The name of the partner's solution; required for submission with Revenue association.
    partner_solution: MaybeUndefined<String>,
}

/// What null means in an input: a new draft has nothing to clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// The same as omission.
    Omits,
    /// The value of an existing draft is cleared.
    Clears,
}

impl Null {
    pub(in crate::graphql) fn patch<T, U: From<T>>(self, field: MaybeUndefined<T>) -> Patch<U> {
        if self == Self::Omits && field.is_null() { Patch::Keep } else { patch(field) }
    }
}

impl ClaimContentInput {
    /// The content, as the rules take it.
    #[must_use]
    pub fn content(self, null: Null) -> ClaimContent {
        ClaimContent {
            name: self.name,
            external_reference: self.external_reference,
            tenant_id: self.tenant_id.into(),
            domain: self.domain,
            solution_area: self.solution_area.into(),
            activities: self.activities.into_iter().map(Into::into).collect(),
            mpn_id: self.mpn_id,
            lines: null.patch(self.lines.map_value(lines)),
            customer_contact: null.patch(self.customer_contact),
            technical_contact: null.patch(self.technical_contact),
            partner_contact: null.patch(self.partner_contact),
            solution_seller: null.patch(self.solution_seller),
            partner_solution: null.patch(self.partner_solution),
        }
    }
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
