//! Problems: why a request was refused, as data with a stable code, the input field, a message and a remedy.

use std::fmt::Display;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One reason why a request was refused or, beside a draft, what would prevent its submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub code: ProblemCode,
    /// One sentence for people.
    pub message: String,
    /// The path of the input field it is about, list positions as numbers: `["lines", "0", "subscriptionId"]`.
    pub field: Option<Vec<String>>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The variable parts of the message, so that clients can translate it (L16).
    #[serde(default)]
    pub params: Vec<Param>,
    /// The claim that the problem is about, if the caller may see it (L16).
    #[serde(default)]
    pub claim_id: Option<Uuid>,
}

/// A variable part of a message (L16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// What it is, such as `limit`.
    pub name: String,
    /// The value as text; words of a vocabulary as the API spells them.
    pub value: String,
}

impl Problem {
    /// A problem without field and remedy.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, remedy: None, params: Vec::new(), claim_id: None }
    }

    /// The same problem, about this input field.
    #[must_use]
    pub fn at<I: IntoIterator<Item = T>, T: Into<String>>(mut self, field: I) -> Self {
        self.field = Some(field.into_iter().map(Into::into).collect());
        self
    }

    /// The same problem, with what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same problem, with a variable part of its message (L16).
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Display) -> Self {
        self.params.push(Param { name: name.to_owned(), value: value.to_string() });
        self
    }

    /// The same problem, with a variable part that its message quotes by `{:?}`, escaped as it is there (L16).
    #[must_use]
    pub fn quoted(self, name: &str, value: &str) -> Self {
        let shown = format!("{value:?}");
        self.param(name, shown.get(1..shown.len().saturating_sub(1)).unwrap_or_default())
    }

    /// The same problem, about this claim, which the caller may see (L16).
    #[must_use]
    pub const fn of_claim(mut self, claim_id: Uuid) -> Self {
        self.claim_id = Some(claim_id);
        self
    }

    /// The same problem about this claim, if its code depends on the claim's state and it names no claim yet (L16).
    #[must_use]
    pub fn of_claim_as_it_stands(self, claim_id: Uuid) -> Self {
        if self.code.is_of_the_claim() && self.claim_id.is_none() { self.of_claim(claim_id) } else { self }
    }

    /// The same problem, with this remedy unless it already has one.
    #[must_use]
    pub fn remedy_unless_given(self, remedy: impl FnOnce() -> String) -> Self {
        if self.remedy.is_some() { self } else { self.remedy(remedy()) }
    }

    /// `INVALID_VALUE` for one field (L13).
    pub fn invalid<I: IntoIterator<Item = T>, T: Into<String>>(field: I, message: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidValue, message).at(field)
    }

    /// The same problem for an object that does not exist and one that the caller may not see (A4).
    #[must_use]
    pub fn not_found(what: &str, field: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("The id names no {what} that you may see."))
            .at([field])
            .param("object", what)
            .remedy(format!("Check the {what}'s id."))
    }

    /// The claim changed since the caller read it.
    #[must_use]
    pub fn version_conflict(expected: i32, current: i32) -> Self {
        Self::new(
            ProblemCode::VersionConflict,
            format!("The claim is at version {current}, not {expected}; nothing was changed."),
        )
        .at(["expectedVersion"])
        .param("currentVersion", current)
        .param("expectedVersion", expected)
        .remedy("Read the claim again, review what changed, and repeat the request with the current version.")
    }
}

impl ProblemCode {
    /// Whether the state of the claim is the reason, so that a client wants to see it (L16).
    const fn is_of_the_claim(self) -> bool {
        matches!(
            self,
            Self::WrongStatus
                | Self::NotAllowed
                | Self::FieldNotEditable
                | Self::VersionConflict
                | Self::InArbitration
                | Self::NotDisputable
                | Self::DisputeWindowClosed
                | Self::ConsentWindowClosed
                | Self::TooManyFiles
        )
    }
}

macro_rules! codes {
    ($($(#[$meta:meta])* $value:ident = $text:literal,)*) => {
        /// The stable codes of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode { $($(#[$meta])* #[serde(rename = $text)] $value,)* }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$value,)*];

            /// The code as the API spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $text,)* }
            }
        }
    };
}

codes! {
    /// E1: the domain is not a verified domain of the tenant.
    DomainTenantMismatch = "DOMAIN_TENANT_MISMATCH",
    /// E2: not a subscription id.
    SubscriptionIdInvalid = "SUBSCRIPTION_ID_INVALID",
    /// E3: no such subscription on the tenant.
    SubscriptionNotFound = "SUBSCRIPTION_NOT_FOUND",
    /// E4: the tenant has no subscription to the product.
    ProductNotOnTenant = "PRODUCT_NOT_ON_TENANT",
    /// E5: the subscription is for another product.
    SubscriptionProductMismatch = "SUBSCRIPTION_PRODUCT_MISMATCH",
    /// E6: sold through CSP.
    SubscriptionChannelNotEligible = "SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE",
    /// E7: not activated yet.
    SubscriptionNotProvisioned = "SUBSCRIPTION_NOT_PROVISIONED",
    /// E8: suspended, expired or past its end.
    SubscriptionNotActive = "SUBSCRIPTION_NOT_ACTIVE",
    /// E9: on another live claim of the same partner.
    SubscriptionAlreadyClaimed = "SUBSCRIPTION_ALREADY_CLAIMED",
    /// E10: several subscriptions are eligible, and none is named.
    SubscriptionRequired = "SUBSCRIPTION_REQUIRED",
    /// E11: a set of activities that the solution area does not allow.
    ActivityNotAllowed = "ACTIVITY_NOT_ALLOWED",
    /// E12: a product of the other solution area.
    ProductSolutionAreaMismatch = "PRODUCT_SOLUTION_AREA_MISMATCH",
    /// E13: the MPN id is not one of the partner's.
    LocationNotYours = "LOCATION_NOT_YOURS",
    /// E13: the location is not enrolled in the program.
    LocationNotEnrolled = "LOCATION_NOT_ENROLLED",
    /// E14: no products.
    ProductsRequired = "PRODUCTS_REQUIRED",
    /// E14: no proof of execution.
    ProofOfExecutionRequired = "PROOF_OF_EXECUTION_REQUIRED",
    /// E14: no customer contact.
    CustomerContactRequired = "CUSTOMER_CONTACT_REQUIRED",
    /// E14: no partner contact.
    PartnerContactRequired = "PARTNER_CONTACT_REQUIRED",
    /// E14: no technical contact of the customer (Business Applications).
    TechnicalContactRequired = "TECHNICAL_CONTACT_REQUIRED",
    /// E14: no solution seller or partner solution (Revenue association).
    SolutionDetailsRequired = "SOLUTION_DETAILS_REQUIRED",
    /// E15: another live claim of the same partner on the workload.
    DuplicateClaim = "DUPLICATE_CLAIM",
    /// L10: the status does not allow the action.
    WrongStatus = "WRONG_STATUS",
    /// L3: the role allows the action, but not for this caller on this claim.
    NotAllowed = "NOT_ALLOWED",
    /// L8: cannot be changed after submission.
    FieldNotEditable = "FIELD_NOT_EDITABLE",
    /// The claim changed since it was read.
    VersionConflict = "VERSION_CONFLICT",
    /// J1: the key was used for another input or mutation.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
    /// L6, X: a product of the claim is contested.
    InArbitration = "IN_ARBITRATION",
    /// D3: this rejection cannot be disputed.
    NotDisputable = "NOT_DISPUTABLE",
    /// D1: too late to dispute.
    DisputeWindowClosed = "DISPUTE_WINDOW_CLOSED",
    /// N1: too late to decline.
    ConsentWindowClosed = "CONSENT_WINDOW_CLOSED",
    /// P1: the content is not of an allowed type.
    FileTypeNotAllowed = "FILE_TYPE_NOT_ALLOWED",
    /// P1: the file has no content.
    FileEmpty = "FILE_EMPTY",
    /// P1: the file is larger than allowed.
    FileTooLarge = "FILE_TOO_LARGE",
    /// P1: the claim has as many documents as allowed.
    TooManyFiles = "TOO_MANY_FILES",
    /// L13: the value is invalid.
    InvalidValue = "INVALID_VALUE",
    /// A4: does not exist, or the caller may not see it.
    NotFound = "NOT_FOUND",
}
