//! Refusals as data.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use uuid::Uuid;

use super::{
    claim::{self, Claim},
    eager::Eager,
    error::ApiError,
    guard,
};
use crate::telemetry;

/// A reason why a request was refused, or a warning. All reasons are returned at once. If the payload's object is null,
/// the request was refused; problems beside an object are warnings about what would prevent its submission.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Problem {
    /// The stable identifier; programs should decide by this.
    pub code: ProblemCode,
    /// One sentence for people that states the problem. Its wording may change.
    pub message: String,
    /// The path of the input field, with list positions counted from 0, such as `["lines", "0", "subscriptionId"]`;
    /// null if the problem is not about a field.
    pub field: Option<Vec<String>>,
    /// What the reader can do about it; null if there is nothing to do.
    pub remedy: Option<String>,
    /// The variable parts of the message. The code and the names of the parameters identify its text, so that clients
    /// can translate it. Empty if the message has no variable part.
    pub params: Vec<ProblemParam>,
    #[graphql(skip)]
    claim_id: Option<Uuid>,
}

/// A variable part of a problem's message.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProblemParam {
    /// The part's name, such as `limit` or `product`.
    pub name: String,
    /// The value as text; enum values as the API spells them.
    pub value: String,
}

#[ComplexObject]
impl Problem {
    /// The claim concerned, as the caller sees it now. For `VERSION_CONFLICT` and `WRONG_STATUS`, the claim of the
    /// mutation in its current state; for `SUBSCRIPTION_ALREADY_CLAIMED`, `DUPLICATE_CLAIM` and an external reference
    /// in use, the caller's other claim. Null if no claim is concerned, or one that the caller may not see. Needs the
    /// scope `claims:read`, except in a mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<Eager<Claim>>, ApiError> {
        let Some(id) = self.claim_id else { return Ok(None) };
        Ok(claim::visible_or_none(ctx, id).await?.map(Eager))
    }
}

impl From<domain::problem::Problem> for Problem {
    fn from(problem: domain::problem::Problem) -> Self {
        let params = problem.params.into_iter().map(|param| ProblemParam { name: param.name, value: param.value });
        Self {
            code: problem.code.into(),
            message: problem.message,
            field: problem.field,
            remedy: problem.remedy,
            params: params.collect(),
            claim_id: problem.claim_id,
        }
    }
}

/// The problems of the domain as the API shows them.
pub(super) fn shown(problems: Vec<domain::problem::Problem>) -> Vec<Problem> {
    problems.into_iter().map(Into::into).collect()
}

/// The same in the payload of a mutation, where they are counted.
pub(super) fn api_problems(problems: Vec<domain::problem::Problem>) -> Vec<Problem> {
    for problem in &problems {
        telemetry::problem(problem.code.as_str());
    }
    shown(problems)
}

/// Why a request was refused. Codes are stable: none is renamed or reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::problem::ProblemCode")]
pub enum ProblemCode {
    /// The domain is not a verified domain of the tenant, or one of the two is unknown.
    DomainTenantMismatch,
    /// The identifier is not a subscription id: not a UUID, or the id of a tenant or a product.
    SubscriptionIdInvalid,
    /// The customer's tenant has no such subscription.
    SubscriptionNotFound,
    /// The customer's tenant has no subscription to the product.
    ProductNotOnTenant,
    /// The subscription is for another product, or, in Business Applications, not for a Dynamics product.
    SubscriptionProductMismatch,
    /// The subscription was sold through CSP.
    SubscriptionChannelNotEligible,
    /// The customer has not activated the subscription yet.
    SubscriptionNotProvisioned,
    /// The subscription is suspended, expired or past its end.
    SubscriptionNotActive,
    /// The subscription is on another live claim of the same partner.
    SubscriptionAlreadyClaimed,
    /// The tenant has several eligible subscriptions to the product: one must be named.
    SubscriptionRequired,
    /// An activity, or the combination of activities, is not allowed in the solution area.
    ActivityNotAllowed,
    /// The product belongs to the other solution area.
    ProductSolutionAreaMismatch,
    /// The MPN id does not belong to the caller's partner.
    LocationNotYours,
    /// The location is not enrolled in an incentive program that the claim needs.
    LocationNotEnrolled,
    /// The claim has no product.
    ProductsRequired,
    /// The claim has no proof of execution.
    ProofOfExecutionRequired,
    /// The claim has no contact at the customer.
    CustomerContactRequired,
    /// The claim has no contact at the partner.
    PartnerContactRequired,
    /// A Business Applications claim has no technical contact at the customer.
    TechnicalContactRequired,
    /// A Revenue association claim lacks the solution seller or the partner's solution.
    SolutionDetailsRequired,
    /// The same partner has another live claim on the same Microsoft 365 workload of the customer.
    DuplicateClaim,
    /// The claim's status does not allow the action.
    WrongStatus,
    /// The caller's role allows the action, but not on this claim now.
    NotAllowed,
    /// The field cannot be changed after submission.
    FieldNotEditable,
    /// The claim is no longer at `expectedVersion`; nothing was changed.
    VersionConflict,
    /// The idempotency key was already used for another input or another mutation.
    IdempotencyKeyReused,
    /// Another partner competes for a product of the claim.
    InArbitration,
    /// This rejection cannot be disputed; create a new claim instead.
    NotDisputable,
    /// The time to dispute the rejection has ended.
    DisputeWindowClosed,
    /// The customer's time to decline has ended.
    ConsentWindowClosed,
    /// The file's content is not of an allowed type: PDF, Word, PowerPoint, Excel, PNG, JPEG or e-mail.
    FileTypeNotAllowed,
    /// The file has no content.
    FileEmpty,
    /// The file exceeds the limit, by default 25 MiB.
    FileTooLarge,
    /// The claim has as many documents as allowed, by default 20.
    TooManyFiles,
    /// A value is blank, too long, malformed, unknown, repeated or already taken, or contains control characters.
    InvalidValue,
    /// The object does not exist, or the caller may not see it; the response is the same.
    NotFound,
}
