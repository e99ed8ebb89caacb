//! Eligibility checks: before anything is saved, and of drafts in their current state (E).

use domain::{
    caller::Caller,
    catalogue,
    claim::Claim,
    eligibility::{self, Facts, IntendedLine, Intent},
    identifier,
    kinds::{Activity, ClaimStatus, IncentiveProgram, Scope, SolutionArea},
    problem::Problem,
    text,
};
use uuid::Uuid;

use super::{App, AppError, claims::LineInput};
use crate::store::{self, Reads, StoreError, records::Subscription};

/// What a partner asks about.
#[derive(Clone, Debug)]
pub struct EligibilityInput {
    /// The customer.
    pub tenant_id: Uuid,
    /// A verified domain of the customer (E1).
    pub domain: String,
    /// The solution area.
    pub solution_area: SolutionArea,
    /// The activities.
    pub activities: Vec<Activity>,
    /// The location.
    pub mpn_id: String,
    /// The lines.
    pub lines: Vec<LineInput>,
}

/// The findings.
#[derive(Clone, Debug, Default)]
pub struct Eligibility {
    /// Everything that would refuse a submission, as far as can be known before there is a claim.
    pub problems: Vec<Problem>,
    /// The program that the activities lead to (C4).
    pub programs: Vec<IncentiveProgram>,
    /// The subscriptions that the lines resolve to (A6).
    pub subscriptions: Vec<Subscription>,
}

/// The state of a draft.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What would refuse its submission; nothing for a claim that was submitted.
    pub problems: Vec<Problem>,
    /// For each of its lines, in order, the subscription it resolves to.
    pub resolved: Vec<Option<Uuid>>,
}

impl App {
    /// Checks an intent of the caller's partner without saving anything.
    ///
    /// # Errors
    /// `FORBIDDEN` for every caller except a partner with `claims:read`; database errors.
    pub async fn check_eligibility(&self, caller: &Caller, input: EligibilityInput) -> Result<Eligibility, AppError> {
        let partner_id = caller
            .partner_id()
            .ok_or_else(|| AppError::Forbidden("Only partners may check eligibility.".to_owned()))?;
        if !caller.has(Scope::ClaimsRead) {
            return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::ClaimsRead)));
        }
        let programs = catalogue::programs(input.solution_area, &input.activities);
        let intent = match intent(partner_id, input) {
            Ok(intent) => intent,
            Err(problems) => return Ok(Eligibility { problems, programs, subscriptions: Vec::new() }),
        };
        let facts =
            store::eligibility::facts(self.db(), std::slice::from_ref(&intent)).await?.pop().unwrap_or_default();
        let outcome = eligibility::check(&intent, &facts, self.now());
        let resolved: Vec<Uuid> = outcome.resolved.iter().flatten().copied().collect();
        let subscriptions = store::subscriptions::get_many(self.db(), &resolved).await?;
        Ok(Eligibility { problems: outcome.problems, programs, subscriptions })
    }

    /// How the drafts among these claims stand, in their order and in a fixed number of statements. Only the rows of
    /// the claims are used; their lines and documents are read here.
    ///
    /// # Errors
    /// Database errors.
    pub async fn problems_of(&self, claims: &[Claim]) -> Result<Vec<Standing>, AppError> {
        let drafts: Vec<Uuid> =
            claims.iter().filter(|claim| claim.status == ClaimStatus::Editing).map(|claim| claim.id).collect();
        if drafts.is_empty() {
            return Ok(vec![Standing::default(); claims.len()]);
        }
        let mut lines = store::claims::lines(self.db(), &drafts).await?;
        let documents = store::claims::document_counts(self.db(), &drafts).await?;
        let whole: Vec<Claim> = claims
            .iter()
            .cloned()
            .map(|mut claim| {
                claim.lines = lines.remove(&claim.id).unwrap_or_default();
                claim.documents = documents.get(&claim.id).copied().unwrap_or_default();
                claim
            })
            .collect();
        let intents: Vec<Intent> = whole.iter().map(Intent::of).collect();
        let facts = store::eligibility::facts(self.db(), &intents).await?;
        let now = self.now();
        Ok(whole
            .iter()
            .zip(intents.iter().zip(&facts))
            .map(|(claim, (intent, facts))| standing(claim, intent, facts, now))
            .collect())
    }

    /// The facts for one intent, as the database or a transaction sees them.
    pub(super) async fn facts(&self, on: &impl Reads, intent: &Intent) -> Result<Facts, StoreError> {
        let facts = store::eligibility::facts(on, std::slice::from_ref(intent)).await?;
        Ok(facts.into_iter().next().unwrap_or_default())
    }
}

fn standing(claim: &Claim, intent: &Intent, facts: &Facts, now: domain::time::Timestamp) -> Standing {
    if claim.status != ClaimStatus::Editing {
        return Standing::default();
    }
    let outcome = eligibility::check(intent, facts, now);
    let problems = outcome.problems.into_iter().chain(eligibility::missing(claim)).collect();
    Standing { problems, resolved: outcome.resolved }
}

/// The question as an intent, its texts checked (L13).
fn intent(partner_id: Uuid, input: EligibilityInput) -> Result<Intent, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut checked =
        |result: Result<String, Problem>| result.map_err(|problem| problems.push(problem)).unwrap_or_default();
    let domain = checked(text::required("domain", &input.domain, text::NAME_MAX));
    let mpn_id = checked(text::required("mpnId", &input.mpn_id, text::NAME_MAX));
    let mut lines = Vec::with_capacity(input.lines.len());
    for (index, line) in input.lines.into_iter().enumerate() {
        let at = |name: &str| vec!["lines".to_owned(), index.to_string(), name.to_owned()];
        match text::optional("subscriptionId", line.typed.as_deref(), text::NAME_MAX) {
            Ok(typed) => lines.push(IntendedLine {
                sku_id: line.sku_id,
                typed,
                field: vec!["lines".to_owned(), index.to_string()],
            }),
            Err(problem) => problems.push(problem.at(at("subscriptionId"))),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Intent {
        partner_id,
        claim_id: None,
        tenant_id: input.tenant_id,
        domain,
        solution_area: input.solution_area,
        activities: input.activities,
        mpn_id: identifier::mpn_id(&mpn_id),
        lines,
    })
}
