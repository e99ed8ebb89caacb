//! Eligibility, asked for before anything is saved (E).

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::inputs::{ClaimLineInput, lines};
use crate::{
    app::EligibilityInput,
    graphql::{
        directory::{Activity, CustomerSubscription, IncentiveProgram, SolutionArea},
        error::Failure,
        guard::Root,
        loader::ask,
        problem::{Problem, shown},
        scalar::Uuid,
    },
};

/// The claim that a partner intends to make.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimEligibilityInput {
    /// The customer's tenant id.
    pub tenant_id: Uuid,
    /// A verified domain of that tenant. Otherwise only `DOMAIN_TENANT_MISMATCH` is reported, and nothing else that
    /// depends on the tenant.
    pub domain: String,
    /// The solution area that all the products belong to.
    pub solution_area: SolutionArea,
    /// What the partner did for the customer; see `Activity` for the sets that are allowed.
    pub activities: Vec<Activity>,
    /// The MPN id of the location that makes the claim.
    pub mpn_id: String,
    /// The products; in Business Applications each with its subscription.
    pub lines: Vec<ClaimLineInput>,
}

/// The result of an eligibility check.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimEligibility {
    /// Whether no problem was found. Proof of execution, contacts and solution details are checked only at submission.
    pub eligible: bool,
    /// Everything that would prevent submission, all at once.
    pub problems: Vec<Problem>,
    /// The incentive programs that follow from solution area and activities.
    pub programs: Vec<IncentiveProgram>,
    /// The subscriptions that the lines resolve to.
    pub subscriptions: Vec<CustomerSubscription>,
}

/// Eligibility at the root.
#[derive(Default)]
pub struct EligibilityQuery;

#[Object(guard = "Root")]
impl EligibilityQuery {
    /// Checks whether the caller's partner could submit such a claim, and returns every problem with a remedy. Saves
    /// nothing. For partners only. Needs the scope `claims:read`.
    async fn claim_eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The intended claim.")] input: ClaimEligibilityInput,
    ) -> Result<ClaimEligibility, Failure> {
        let question = EligibilityInput {
            tenant_id: input.tenant_id.into(),
            domain: input.domain,
            solution_area: input.solution_area.into(),
            activities: input.activities.into_iter().map(Into::into).collect(),
            mpn_id: input.mpn_id,
            lines: lines(input.lines),
        };
        let found =
            ask(ctx, |reader| async move { reader.app.check_eligibility(&reader.caller, question).await }).await?;
        Ok(ClaimEligibility {
            eligible: found.problems.is_empty(),
            problems: shown(found.problems),
            programs: found.programs.into_iter().map(Into::into).collect(),
            subscriptions: found.subscriptions.into_iter().map(Into::into).collect(),
        })
    }
}
