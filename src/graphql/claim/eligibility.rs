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

/// What a partner means to claim, as far as it knows already. A field that is left out or null is named in
/// `ClaimEligibility.missing`, and the rules that need it wait for it.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimEligibilityInput {
    /// The customer's tenant id. What depends on the tenant is judged once a verified domain of it is given, too.
    pub tenant_id: Option<Uuid>,
    /// A verified domain of that tenant; else `DOMAIN_TENANT_MISMATCH`, and nothing else that depends on the tenant is
    /// reported.
    pub domain: Option<String>,
    /// The solution area of all the products. Until it is given, each line is judged by the area of its product.
    pub solution_area: Option<SolutionArea>,
    /// What the partner did for the customer; judged together with the solution area.
    pub activities: Option<Vec<Activity>>,
    /// The MPN id of the partner's location. Whether it is enrolled is judged once the activities are given.
    pub mpn_id: Option<String>,
    /// The products, in Business Applications each with its subscription; an empty list is `PRODUCTS_REQUIRED`.
    pub lines: Option<Vec<ClaimLineInput>>,
}

/// What would come of a claim.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimEligibility {
    /// Whether nothing is missing and nothing stands against it, as far as can be known before there is a claim: proof of
    /// execution, contacts and solution details are asked for at submission only.
    pub eligible: bool,
    /// Everything that would refuse a submission, all at once, as far as it can be judged by the fields that were given.
    pub problems: Vec<Problem>,
    /// The names of the input's fields that were not given, such as `mpnId`, in the order of the input. Empty once everything
    /// has been judged.
    pub missing: Vec<&'static str>,
    /// The incentive programmes that follow from solution area and activities; empty until both are given.
    pub programs: Vec<IncentiveProgram>,
    /// The subscriptions that the lines stand for.
    pub subscriptions: Vec<CustomerSubscription>,
}

/// Eligibility at the root.
#[derive(Default)]
pub struct EligibilityQuery;

#[Object(guard = "Root")]
impl EligibilityQuery {
    /// Whether the caller's partner could claim this, and all that stands against it, with remedies. It can be asked before
    /// everything is known: each rule is judged once the fields that it needs are given. Nothing is saved.
    /// For partners only. Needs the scope `claims:read`.
    async fn claim_eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is meant to be claimed.")] input: ClaimEligibilityInput,
    ) -> Result<ClaimEligibility, Failure> {
        let question = EligibilityInput {
            tenant_id: input.tenant_id.map(Into::into),
            domain: input.domain,
            solution_area: input.solution_area.map(Into::into),
            activities: input.activities.map(|activities| activities.into_iter().map(Into::into).collect()),
            mpn_id: input.mpn_id,
            lines: input.lines.map(lines),
        };
        let found =
            ask(ctx, |reader| async move { reader.app.check_eligibility(&reader.caller, question).await }).await?;
        Ok(ClaimEligibility {
            eligible: found.problems.is_empty() && found.missing.is_empty(),
            problems: shown(found.problems),
            missing: found.missing,
            programs: found.programs.into_iter().map(Into::into).collect(),
            subscriptions: found.subscriptions.into_iter().map(Into::into).collect(),
        })
    }
}
