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

/// What a partner means to claim.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimEligibilityInput {
    /// The customer's tenant id.
    pub tenant_id: Uuid,
    /// A verified domain of that tenant; else `DOMAIN_TENANT_MISMATCH`, and nothing else that depends on the tenant is
    /// reported.
    pub domain: String,
    /// The solution area of all the products.
    pub solution_area: SolutionArea,
    /// What the partner did for the customer.
    pub activities: Vec<Activity>,
    /// The MPN id of the partner's location.
    pub mpn_id: String,
    /// The products, in Business Applications each with its subscription.
    pub lines: Vec<ClaimLineInput>,
}

/// What would come of a claim.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimEligibility {
    /// Whether nothing stands against it, as far as can be known before there is a claim: proof of execution, contacts
    /// and solution details are asked for at submission only.
    pub eligible: bool,
    /// Everything that would refuse a submission, all at once.
    pub problems: Vec<Problem>,
    /// The incentive programmes that follow from solution area and activities.
    pub programs: Vec<IncentiveProgram>,
    /// The subscriptions that the lines stand for.
    pub subscriptions: Vec<CustomerSubscription>,
}

/// Eligibility at the root.
#[derive(Default)]
pub struct EligibilityQuery;

#[Object(guard = "Root")]
impl EligibilityQuery {
    /// Whether the caller's partner could claim this, and all that stands against it, with remedies. Nothing is saved.
    /// For partners only. Needs the scope `claims:read`.
    async fn claim_eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is meant to be claimed.")] input: ClaimEligibilityInput,
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
