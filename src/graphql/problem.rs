//! Refusals as data.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use uuid::Uuid;

use super::{
    claim::{self, Claim},
    eager::Eager,
    error::Failure,
    guard,
};
use crate::telemetry;

/// One reason why something was refused; beside a draft, a warning of what would refuse its submission. All reasons are
/// told at once. A payload without its object was refused; problems beside an object are warnings.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Problem {
    /// The stable code, for programs.
    pub code: ProblemCode,
    /// What is wrong, in one sentence for people. Its wording may change.
    pub message: String,
    /// The path of the input field it is about, list positions as numbers from 0, such as `["lines", "0",
    /// "subscriptionId"]`; null where it is about no field.
    pub field: Option<Vec<String>>,
    /// What to do about it; null where nothing is to be done.
    pub remedy: Option<String>,
    /// The variable parts of the message, so that a client can say it in another language: with the code and the names
    /// there is one text for each problem. Empty where the message is always the same.
    pub params: Vec<ProblemParam>,
    #[graphql(skip)]
    claim_id: Option<Uuid>,
}

/// A variable part of a problem's message.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProblemParam {
    /// What it is, such as `limit` or `product`.
    pub name: String,
    /// The value as text; values of enums as the API spells them.
    pub value: String,
}

#[ComplexObject]
impl Problem {
    /// The claim that the problem is about, as the caller sees it now: for `VERSION_CONFLICT` and `WRONG_STATUS` the claim
    /// of the mutation in its current state; for `SUBSCRIPTION_ALREADY_CLAIMED`, `DUPLICATE_CLAIM` and an external reference
    /// that is taken, the caller's other claim. Null where it is about no claim, or about one that the caller may not see.
    /// Needs the scope `claims:read`, unless it is part of a mutation's answer.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<Eager<Claim>>, Failure> {
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
pub(super) fn told(problems: Vec<domain::problem::Problem>) -> Vec<Problem> {
    for problem in &problems {
        telemetry::problem(problem.code.as_str());
    }
    shown(problems)
}

/// The stable codes of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::problem::ProblemCode")]
pub enum ProblemCode {
    /// The domain is not a verified domain of the tenant; also when either is unknown.
    DomainTenantMismatch,
    /// The identifier is no subscription id: not a UUID, or the id of a tenant or a product.
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
    /// An activity, or the set of them, is not open in the solution area.
    ActivityNotAllowed,
    /// The product belongs to the other solution area.
    ProductSolutionAreaMismatch,
    /// The MPN id is none of the partner's.
    LocationNotYours,
    /// The location is not enrolled in the claim's incentive programme.
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
    /// The action is not open in the claim's status.
    WrongStatus,
    /// The role may do this, but not this person on this claim now.
    NotAllowed,
    /// The field is fixed since submission.
    FieldNotEditable,
    /// The claim is not at `expectedVersion` any more; nothing was done.
    VersionConflict,
    /// The idempotency key was used for another input or another mutation.
    IdempotencyKeyReused,
    /// A product of the claim is contested by another partner.
    InArbitration,
    /// This rejection cannot be disputed; a new claim is needed.
    NotDisputable,
    /// The time to dispute is over.
    DisputeWindowClosed,
    /// The time to decline is over.
    ConsentWindowClosed,
    /// The file's content is of no allowed type: PDF, Word, PowerPoint, Excel, PNG, JPEG or e-mail.
    FileTypeNotAllowed,
    /// The file has no content.
    FileEmpty,
    /// The file is larger than allowed; by default 25 MiB.
    FileTooLarge,
    /// The claim has as many documents as allowed; by default 20.
    TooManyFiles,
    /// A value is not acceptable: blank, too long, with control characters, unknown, repeated or taken.
    InvalidValue,
    /// There is no such object, or none that the caller may see: the answer is the same.
    NotFound,
}
