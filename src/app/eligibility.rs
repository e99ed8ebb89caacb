//! Eligibility checks: before anything is saved, and of drafts in their current state (E).

use domain::{
    caller::Caller,
    catalogue,
    claim::Claim,
    eligibility::{self, Facts, IntendedLine, Intent, Question},
    identifier,
    kinds::{Activity, ClaimStatus, IncentiveProgram, Scope, SolutionArea},
    lifecycle::NewLine,
    problem::Problem,
    text,
};
use uuid::Uuid;

use super::{App, AppError};
use crate::store::{self, Reads, StoreError, subscriptions::Subscription};

/// What a partner asks about; what it does not know yet is nothing.
#[derive(Clone, Debug, Default)]
pub struct EligibilityInput {
    /// The customer.
    pub tenant_id: Option<Uuid>,
    /// A verified domain of the customer (E1).
    pub domain: Option<String>,
    /// The solution area.
    pub solution_area: Option<SolutionArea>,
    /// The activities.
    pub activities: Option<Vec<Activity>>,
    /// The location.
    pub mpn_id: Option<String>,
    /// The lines.
    pub lines: Option<Vec<NewLine>>,
}

impl EligibilityInput {
    /// The fields that were not given, by their names in the API.
    fn missing(&self) -> Vec<&'static str> {
        let given = [
            ("tenantId", self.tenant_id.is_some()),
            ("domain", self.domain.is_some()),
            ("solutionArea", self.solution_area.is_some()),
            ("activities", self.activities.is_some()),
            ("mpnId", self.mpn_id.is_some()),
            ("lines", self.lines.is_some()),
        ];
        given.into_iter().filter(|(_, given)| !given).map(|(name, _)| name).collect()
    }
}

/// The findings.
#[derive(Clone, Debug, Default)]
pub struct Eligibility {
    /// Everything that would refuse a submission, as far as can be known by what was given.
    pub problems: Vec<Problem>,
    /// The input's fields that were not given.
    pub missing: Vec<&'static str>,
    /// The program that the activities lead to (C4).
    pub programs: Vec<IncentiveProgram>,
    /// The subscriptions that the lines resolve to (A6).
    pub subscriptions: Vec<Subscription>,
}

/// The state of a draft.
#[derive(Clone, Debug, Default)]
pub struct DraftState {
    /// What would refuse its submission; nothing for a claim that was submitted.
    pub problems: Vec<Problem>,
    /// For each of its lines, in order, the subscription it resolves to.
    pub resolved: Vec<Option<Uuid>>,
}

impl App {
    /// Checks an intent of the caller's partner, as far as it is given, without saving anything.
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
        let missing = input.missing();
        let programs = match (input.solution_area, &input.activities) {
            (Some(area), Some(activities)) => catalogue::programs(area, activities),
            _ => Vec::new(),
        };
        let (question, mut problems) = question(partner_id, input);
        let intent = question.to_look_up();
        let facts = self.facts(self.db(), &intent).await?;
        let outcome = eligibility::check_so_far(&question, &facts, self.now());
        problems.extend(outcome.problems);
        let resolved: Vec<Uuid> = outcome.resolved.iter().flatten().copied().collect();
        let subscriptions = store::subscriptions::get_many(self.db(), &resolved).await?;
        Ok(Eligibility { problems, missing, programs, subscriptions })
    }

    /// How the drafts among these claims stand, in their order and in a fixed number of statements. Only the rows of
    /// the claims are used; their lines and documents are read here.
    ///
    /// # Errors
    /// Database errors.
    pub async fn problems_of(&self, claims: &[Claim]) -> Result<Vec<DraftState>, AppError> {
        let drafts: Vec<Uuid> =
            claims.iter().filter(|claim| claim.status == ClaimStatus::Editing).map(|claim| claim.id).collect();
        if drafts.is_empty() {
            return Ok(vec![DraftState::default(); claims.len()]);
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
            .map(|(claim, (intent, facts))| draft_state(claim, intent, facts, now))
            .collect())
    }

    /// The facts for one intent, as the database or a transaction sees them.
    pub(super) async fn facts(&self, on: &impl Reads, intent: &Intent) -> Result<Facts, StoreError> {
        let facts = store::eligibility::facts(on, std::slice::from_ref(intent)).await?;
        Ok(facts.into_iter().next().unwrap_or_default())
    }
}

fn draft_state(claim: &Claim, intent: &Intent, facts: &Facts, now: domain::time::Timestamp) -> DraftState {
    if claim.status != ClaimStatus::Editing {
        return DraftState::default();
    }
    let outcome = eligibility::check(intent, facts, now);
    let problems = outcome.problems.into_iter().chain(eligibility::missing(claim)).collect();
    DraftState { problems, resolved: outcome.resolved }
}

/// The question with its texts checked, and what is wrong with them (L13). A text that is not acceptable is left out: the rest is
/// judged without it.
fn question(partner_id: Uuid, input: EligibilityInput) -> (Question, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut checked = |field: &str, text: Option<String>| {
        let text = text::required(field, text.as_deref()?, text::NAME_MAX);
        text.map_err(|problem| problems.push(problem)).ok()
    };
    let domain = checked("domain", input.domain);
    let mpn_id = checked("mpnId", input.mpn_id).map(|mpn_id| identifier::mpn_id(&mpn_id));
    let lines = input.lines.and_then(|lines| {
        let none = lines.is_empty();
        let checked = lines.into_iter().enumerate().map(checked_line);
        let good: Vec<_> = checked.filter_map(|line| line.map_err(|problem| problems.push(problem)).ok()).collect();
        // With none left it is not known that there are no products.
        (none || !good.is_empty()).then_some(good)
    });
    let question = Question {
        partner_id,
        tenant_id: input.tenant_id,
        domain,
        solution_area: input.solution_area,
        activities: input.activities,
        mpn_id,
        lines,
    };
    (question, problems)
}

/// A line with the place where it stands.
fn checked_line((index, line): (usize, NewLine)) -> Result<IntendedLine, Problem> {
    let field = vec!["lines".to_owned(), index.to_string()];
    let typed = text::optional("subscriptionId", line.typed.as_deref(), text::NAME_MAX);
    let at = || field.iter().cloned().chain(["subscriptionId".to_owned()]);
    let typed = typed.map_err(|problem| problem.at(at()))?;
    Ok(IntendedLine { sku_id: line.sku_id, typed, field })
}
