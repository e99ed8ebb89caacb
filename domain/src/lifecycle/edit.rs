//! New drafts and edits: values checked, patches applied; whether the result may be claimed is judged later (L8, L12, L13).

use uuid::Uuid;

use super::command::{ClaimContent, Edit, Edited, Ids, NewLine};
use crate::{
    claim::{Claim, Contact, Line},
    eligibility::{IntendedLine, Intent},
    identifier,
    kinds::{Activity, ClaimStatus, LineOutcome},
    patch::Patch,
    problem::{Problem, ProblemCode},
    text,
    time::Timestamp,
};

/// Makes a draft of a partner (L1), its values checked. `number` is the claim's number (L12).
///
/// # Errors
/// Every value that is not acceptable (L13).
pub fn create(
    partner_id: Uuid,
    content: ClaimContent,
    number: String,
    now: Timestamp,
    ids: Ids<'_>,
) -> Result<Edited, Vec<Problem>> {
    let blank = Claim {
        id: ids.next(),
        number,
        name: String::new(),
        external_reference: None,
        version: 0,
        status: ClaimStatus::Editing,
        partner_id,
        mpn_id: String::new(),
        tenant_id: content.tenant_id,
        domain: String::new(),
        solution_area: content.solution_area,
        activities: Vec::new(),
        lines: Vec::new(),
        customer_contact: None,
        technical_contact: None,
        partner_contact: None,
        solution_seller: None,
        partner_solution: None,
        documents: 0,
        reviewer: None,
        deadline: None,
        decision_due_at: None,
        action_request: None,
        rejection: None,
        consent: None,
        dispute: None,
        evaluation: None,
        contested_since: None,
        missed_at: None,
        created_at: now,
        updated_at: now,
        submitted_at: None,
        decided_at: None,
        approved_at: None,
    };
    let (mut edit, lines) = content.into_edit();
    edit.add_lines = lines.apply(None).unwrap_or_default();
    apply(&blank, edit, "lines", ids)
}

/// Applies a patch to a claim, its values checked and its fixed fields kept (L8, L12).
///
/// # Errors
/// Every value that is not acceptable, every field that is fixed, every line that is not there.
pub fn prepare_edit(claim: &Claim, edit: Edit, ids: Ids<'_>) -> Result<Edited, Vec<Problem>> {
    let fixed = if claim.status == ClaimStatus::Editing { Vec::new() } else { fixed_fields(claim, &edit) };
    match (apply(claim, edit, "addLines", ids), fixed.is_empty()) {
        (Ok(edited), true) => Ok(edited),
        (Ok(_), false) => Err(fixed),
        (Err(problems), _) => Err(fixed.into_iter().chain(problems).collect()),
    }
}

/// The fields that a patch would change though they are fixed at submission (L8).
fn fixed_fields(claim: &Claim, edit: &Edit) -> Vec<Problem> {
    fn touched<T: PartialEq>(patch: &Patch<T>, current: Option<&T>) -> bool {
        match patch {
            Patch::Keep => false,
            Patch::Clear => current.is_some(),
            Patch::Set(value) => current != Some(value),
        }
    }
    let mut activities = edit.activities.clone();
    if let Patch::Set(values) = &mut activities {
        *values = set(std::mem::take(values));
    }
    [
        ("tenantId", touched(&edit.tenant_id, Some(&claim.tenant_id))),
        ("domain", touched(&edit.domain.clone().map(|typed| domain(&typed)), Some(&claim.domain))),
        ("solutionArea", touched(&edit.solution_area, Some(&claim.solution_area))),
        ("activities", touched(&activities, Some(&claim.activities))),
        ("solutionSeller", touched(&edit.solution_seller, claim.solution_seller.as_ref())),
        ("partnerSolution", touched(&edit.partner_solution, claim.partner_solution.as_ref())),
    ]
    .into_iter()
    .filter(|(_, touched)| *touched)
    .map(|(field, _)| {
        Problem::new(ProblemCode::FieldNotEditable, format!("{field} cannot be changed after submission."))
            .at([field])
            .param("field", field)
            .remedy("Withdraw the claim and create a new one if the value is wrong.")
    })
    .collect()
}

fn apply(claim: &Claim, edit: Edit, added: &'static str, ids: Ids<'_>) -> Result<Edited, Vec<Problem>> {
    let mut values = Values::default();
    let mut next = claim.clone();
    values.text(&mut next.name, "name", edit.name);
    values.optional_text(&mut next.external_reference, "externalReference", edit.external_reference);
    next.external_reference = next.external_reference.as_deref().map(identifier::reference);
    values.text(&mut next.mpn_id, "mpnId", edit.mpn_id);
    next.mpn_id = identifier::mpn_id(&next.mpn_id);
    values.text(&mut next.domain, "domain", edit.domain);
    next.domain = domain(&next.domain);
    values.contact(&mut next.customer_contact, "customerContact", edit.customer_contact);
    values.contact(&mut next.technical_contact, "technicalContact", edit.technical_contact);
    values.contact(&mut next.partner_contact, "partnerContact", edit.partner_contact);
    values.value(&mut next.tenant_id, "tenantId", edit.tenant_id);
    values.value(&mut next.solution_area, "solutionArea", edit.solution_area);
    values.value(&mut next.activities, "activities", edit.activities);
    next.activities = set(next.activities);
    values.optional_text(&mut next.solution_seller, "solutionSeller", edit.solution_seller);
    values.optional_text(&mut next.partner_solution, "partnerSolution", edit.partner_solution);
    values.remove_lines(&mut next.lines, &edit.remove_lines);
    let mut intent = Intent::of(&next);
    values.add_lines(&mut next, &mut intent, edit.add_lines, added, ids);
    if values.problems.is_empty() { Ok(Edited { claim: next, intent }) } else { Err(values.problems) }
}

/// A domain in its canonical form; invalid text is kept, for eligibility to refuse (E1).
fn domain(typed: &str) -> String {
    identifier::domain(typed).unwrap_or_else(|| typed.to_lowercase())
}

/// The activities as a set, in the order of the vocabulary (C4b).
fn set(mut activities: Vec<Activity>) -> Vec<Activity> {
    activities.sort_unstable();
    activities.dedup();
    activities
}

/// Checks values one by one and remembers every one that is not acceptable.
#[derive(Default)]
struct Values {
    problems: Vec<Problem>,
}

impl Values {
    fn take<T>(&mut self, checked: Result<T, Problem>) -> Option<T> {
        checked.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn cannot_clear(&mut self, field: &str) {
        self.problems.push(
            Problem::invalid([field], format!("{field} cannot be cleared."))
                .param("field", field)
                .remedy("Give a value, or omit the field."),
        );
    }

    fn text(&mut self, target: &mut String, field: &str, patch: Patch<String>) {
        match patch {
            Patch::Keep => {}
            Patch::Clear => self.cannot_clear(field),
            Patch::Set(value) => {
                if let Some(value) = self.take(text::required(field, &value, text::NAME_MAX)) {
                    *target = value;
                }
            }
        }
    }

    fn optional_text(&mut self, target: &mut Option<String>, field: &str, patch: Patch<String>) {
        match patch {
            Patch::Keep => {}
            Patch::Clear => *target = None,
            Patch::Set(value) => {
                if let Some(value) = self.take(text::optional(field, Some(&value), text::NAME_MAX)) {
                    *target = value;
                }
            }
        }
    }

    fn contact(&mut self, target: &mut Option<Contact>, field: &str, patch: Patch<Contact>) {
        match patch {
            Patch::Keep => {}
            Patch::Clear => *target = None,
            Patch::Set(contact) => match text::contact(field, &contact) {
                Ok(contact) => *target = Some(contact),
                Err(problems) => self.problems.extend(problems),
            },
        }
    }

    fn value<T>(&mut self, target: &mut T, field: &str, patch: Patch<T>) {
        match patch {
            Patch::Keep => {}
            Patch::Clear => self.cannot_clear(field),
            Patch::Set(value) => *target = value,
        }
    }

    fn remove_lines(&mut self, lines: &mut Vec<Line>, remove: &[Option<Uuid>]) {
        for (index, id) in remove.iter().enumerate() {
            let before = lines.len();
            lines.retain(|line| Some(line.id) != *id);
            if lines.len() == before {
                let problem = Problem::not_found("line of this claim", "removeLineIds");
                self.problems.push(problem.at(["removeLineIds".to_owned(), index.to_string()]));
            }
        }
    }

    fn add_lines(&mut self, claim: &mut Claim, intent: &mut Intent, add: Vec<NewLine>, added: &str, ids: Ids<'_>) {
        let count = claim.lines.len() + add.len();
        if count > LINES_MAX {
            self.problems.push(
                Problem::invalid(
                    [added],
                    format!("A claim has at most {LINES_MAX} lines; this one would have {count}."),
                )
                .param("limit", LINES_MAX)
                .param("count", count)
                .remedy("Put the other products into another claim."),
            );
            return;
        }
        for (index, line) in add.into_iter().enumerate() {
            let field = vec![added.to_owned(), index.to_string()];
            let at = [added.to_owned(), index.to_string(), "subscriptionId".to_owned()];
            let Some(typed) = self.take(
                text::optional("subscriptionId", line.typed.as_deref(), text::NAME_MAX)
                    .map_err(|problem| problem.at(at)),
            ) else {
                continue;
            };
            intent.lines.push(IntendedLine { sku_id: line.sku_id, typed: typed.clone(), field });
            claim.lines.push(Line {
                id: ids.next(),
                // A line whose product is unknown is refused by eligibility before anything is saved.
                sku_id: line.sku_id.unwrap_or_default(),
                typed,
                subscription_id: None,
                outcome: LineOutcome::Pending,
                associated: false,
            });
        }
    }
}

/// The maximum number of lines: more than the catalog's area has is an error or an attack.
const LINES_MAX: usize = 100;
