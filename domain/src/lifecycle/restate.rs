//! A claim that exists, stated whole once more by a row of a bulk mutation (B2).

use super::{
    command::{ClaimContent, Edited, Ids, NewLine},
    edit::prepare_edit,
};
use crate::{
    claim::{Claim, Line},
    kinds::{ClaimAction, ClaimStatus},
    patch::Patch,
    problem::{Problem, ProblemCode},
    text,
};

/// The difference between a claim and a row that states it whole.
#[derive(Clone, Debug)]
pub enum Restated {
    /// Nothing.
    Unchanged,
    /// The draft as it would be, to be judged like any other edit.
    Edited(Box<Edited>),
}

/// Compares a claim with a statement of the whole of it. What the statement leaves out stays as it is (L12). Where the lines differ, those of the statement replace all of the claim's.
///
/// # Errors
/// `WRONG_STATUS` where the statement differs from a claim that is no longer a draft; every value that is not acceptable.
pub fn restate(claim: &Claim, content: ClaimContent, ids: Ids<'_>) -> Result<Restated, Vec<Problem>> {
    let (mut edit, lines) = content.into_edit();
    let lines = match lines {
        Patch::Keep => None,
        Patch::Clear => Some(Vec::new()),
        Patch::Set(lines) => Some(lines),
    };
    if let Some(lines) = lines.filter(|lines| !same_lines(&claim.lines, lines)) {
        edit.remove_lines = claim.lines.iter().map(|line| Some(line.id)).collect();
        edit.add_lines = lines;
    }
    match prepare_edit(claim, edit, ids) {
        Ok(edited) if edited.claim == *claim => Ok(Restated::Unchanged),
        _ if claim.status != ClaimStatus::Editing => Err(vec![not_a_draft(claim)]),
        Ok(mut edited) => {
            edited.intent.lines.iter_mut().for_each(|line| in_the_statement(&mut line.field));
            Ok(Restated::Edited(Box::new(edited)))
        }
        Err(mut problems) => {
            problems.iter_mut().filter_map(|problem| problem.field.as_mut()).for_each(|field| in_the_statement(field));
            Err(problems)
        }
    }
}

fn same_lines(there: &[Line], stated: &[NewLine]) -> bool {
    let typed = |line: &NewLine| text::optional("lines", line.typed.as_deref(), text::NAME_MAX).ok();
    let same = |(there, stated): (&Line, &NewLine)| {
        stated.sku_id == Some(there.sku_id) && typed(stated).is_some_and(|typed| typed == there.typed)
    };
    there.len() == stated.len() && there.iter().zip(stated).all(same)
}

/// The path of a line as the statement has it: an edit adds lines that the statement simply names.
fn in_the_statement(field: &mut [String]) {
    if let Some(first) = field.first_mut().filter(|first| *first == "addLines") {
        "lines".clone_into(first);
    }
}

/// L10
fn not_a_draft(claim: &Claim) -> Problem {
    let message = format!("The claim with this external reference is {}; only drafts can be updated.", claim.status);
    Problem::new(ProblemCode::WrongStatus, message)
        .at(["externalReference"])
        .param("status", claim.status)
        .param("action", ClaimAction::Edit)
        .param("neededStatuses", ClaimStatus::Editing)
        .remedy("Change that claim with `updateClaim`, or send the row with the claim's current values.")
        .of_claim(claim.id)
}
