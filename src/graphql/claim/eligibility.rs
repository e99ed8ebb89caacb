//! Eligibility, asked for before anything is saved (E).

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::content::{ClaimLineInput, lines};
use crate::{
    app::EligibilityInput,
    graphql::{
        directory::{Activity, CustomerSubscription, IncentiveProgram, SolutionArea},
        error::ApiError,
        guard::Root,
        loader::ask,
        problem::{Problem, shown},
        scalar::Uuid,
    },
};

/// The claim that a partner intends to make, as far as it is known. `ClaimEligibility.missing` names the fields that are
/// omitted or null; rules that need them are not checked yet.
#[derive(Clone, Debug, InputObject)]
pub struct ClaimEligibilityInput {
    /// The customer's tenant id. What depends on the tenant is checked once `domain` is given too.
    pub tenant_id: Option<Uuid>,
    /// A verified domain of that tenant. Otherwise only `DOMAIN_TENANT_MISMATCH` is reported, and nothing else that
    /// depends on the tenant.
    pub domain: Option<String>,
    /// The solution area that all the products belong to. Until it is given, each line is checked by its product's area.
    pub solution_area: Option<SolutionArea>,
    /// What the partner did for the customer; see `Activity` for the sets that are allowed. Checked together with the
    /// solution area.
    pub activities: Option<Vec<Activity>>,
    /// The MPN id of the location that makes the claim. Its enrollment is checked once the activities are given.
    pub mpn_id: Option<String>,
    /// The products; in Business Applications each with its subscription. An empty list is `PRODUCTS_REQUIRED`.
    pub lines: Option<Vec<ClaimLineInput>>,
}

/// The result of an eligibility check.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimEligibility {
    /// Whether nothing is missing and no problem was found. Proof of execution, contacts and solution details are checked
    /// only at submission.
    pub eligible: bool,
    /// Everything that would prevent submission, all at once, as far as the given fields allow.
    pub problems: Vec<Problem>,
    /// The names of the input's fields that are omitted or null, such as `mpnId`, in the order of the input. Empty once
    /// everything is checked.
    pub missing: Vec<&'static str>,
    /// The incentive programs that follow from solution area and activities; empty until both are given.
    pub programs: Vec<IncentiveProgram>,
    /// The subscriptions that the lines resolve to.
    pub subscriptions: Vec<CustomerSubscription>,
}

/// Eligibility at the root.
#[derive(Default)]
pub struct EligibilityQuery;

#[Object(guard = "Root")]
impl EligibilityQuery {
    /// Checks whether the caller's partner could submit such a claim, and returns every problem with a remedy. Incomplete
    /// input is accepted: each rule is checked once the fields that it needs are given. Saves nothing. For partners only.
    /// Needs the scope `claims:read`.
    async fn claim_eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The intended claim.")] input: ClaimEligibilityInput,
    ) -> Result<ClaimEligibility, ApiError> {
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
