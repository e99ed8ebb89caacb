//! Who may do what, now: applies the table to a claim and a caller (A1, A2, A5, L3, L11).

use super::table::{Rule, TABLE, When, Who, rule_of};
use crate::{
    caller::{Caller, Side},
    claim::Claim,
    kinds::{ClaimAction, Role},
    problem::{Problem, ProblemCode},
    time::Timestamp,
};

const ADMINS: &[Role] = &[Role::GlobalAdmin, Role::BillingAdmin, Role::IncentivesAdmin];
const PARTNER: &[Role] = &[Role::GlobalAdmin, Role::BillingAdmin, Role::IncentivesAdmin, Role::IncentivesUser];
const REVIEWERS: &[Role] = &[Role::Reviewer, Role::ReviewLead];

/// Why a caller may never take an action on any claim: a top-level `FORBIDDEN` error (A5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden(pub String);

fn role_allows(who: Who, caller: &Caller) -> bool {
    match who {
        Who::PartnerAnyone => caller.is_any(PARTNER),
        Who::PartnerAdmin => caller.is_any(ADMINS),
        Who::OpenReviewer | Who::TakingReviewer | Who::AssignedReviewer | Who::DecidingReviewer => {
            caller.is_any(REVIEWERS)
        }
        Who::Lead => caller.is(Role::ReviewLead),
        Who::Customer => caller.is(Role::CustomerAdmin),
        Who::BothSides => caller.is_any(PARTNER) || caller.is_any(REVIEWERS),
    }
}

/// Whether the caller's roles and scopes open the action on any claim at all.
///
/// # Errors
/// [`Forbidden`] when a role or the scope is missing.
pub fn may_ever(action: ClaimAction, caller: &Caller) -> Result<&'static Rule, Forbidden> {
    let rule = rule_of(action).ok_or_else(|| Forbidden(format!("No role may do {action}.")))?;
    if !caller.has(rule.scope) {
        return Err(Forbidden(format!("The token needs the scope {}.", rule.scope)));
    }
    if !role_allows(rule.who, caller) {
        return Err(Forbidden(format!("None of the token's roles may do {action}.")));
    }
    Ok(rule)
}

/// Whether the claim's own circumstances let this caller, whose role may, do it.
fn person_allows(rule: &Rule, claim: &Claim, caller: &Caller) -> bool {
    let mine = match caller.side {
        Side::Partner(id) => id == claim.partner_id,
        Side::Vendor => true,
        Side::Customer(id) => id == claim.tenant_id,
    };
    let assigned = claim.reviewer.as_ref().map(|reviewer| caller.acts_as(&reviewer.subject));
    let lead = caller.is(Role::ReviewLead);
    mine && match rule.who {
        Who::OpenReviewer | Who::TakingReviewer => lead || assigned.unwrap_or(true),
        Who::AssignedReviewer => lead || assigned.unwrap_or(false),
        Who::DecidingReviewer => lead || (assigned.unwrap_or(false) && !rejected_by(claim, &caller.subject)),
        Who::PartnerAnyone | Who::PartnerAdmin | Who::BothSides | Who::Lead | Who::Customer => true,
    }
}

/// Whether it is this subject's own rejection that is disputed (D2).
pub(super) fn rejected_by(claim: &Claim, subject: &str) -> bool {
    let by = claim.dispute.as_ref().filter(|_| claim.disputed()).and_then(|dispute| dispute.rejected_by.as_deref());
    by == Some(subject)
}

/// Whether what a row asks for beside the status holds.
fn holds(when: When, claim: &Claim, now: Timestamp) -> bool {
    match when {
        When::Contested => claim.contested_since.is_some(),
        When::Uncontested => claim.contested_since.is_none(),
        When::Disputable => claim.is_disputable(now),
        When::ConsentOpen => claim.consent_is_open(now),
    }
}

/// Whether the claim has a status of the row and meets the condition for it.
fn status_allows(rule: &Rule, claim: &Claim, now: Timestamp) -> bool {
    rule.from.contains(&claim.status) || rule.condition(claim.status).is_some_and(|when| holds(when, claim, now))
}

fn open(rule: &Rule, claim: &Claim, caller: &Caller, now: Timestamp) -> bool {
    status_allows(rule, claim, now)
        && caller.has(rule.scope)
        && role_allows(rule.who, caller)
        && person_allows(rule, claim, caller)
}

/// The actions that are open to the caller on the claim, now, in the order of the vocabulary (L11).
#[must_use]
pub fn available(claim: &Claim, caller: &Caller, now: Timestamp) -> Vec<ClaimAction> {
    TABLE.iter().filter(|rule| open(rule, claim, caller, now)).map(|rule| rule.action).collect()
}

/// The side that an action belongs to; one that is open to both the partner and the vendor belongs to each.
const fn is_of_side(who: Who, side: Side) -> bool {
    match who {
        Who::PartnerAnyone | Who::PartnerAdmin => matches!(side, Side::Partner(_)),
        Who::OpenReviewer | Who::TakingReviewer | Who::AssignedReviewer | Who::DecidingReviewer | Who::Lead => {
            matches!(side, Side::Vendor)
        }
        Who::Customer => matches!(side, Side::Customer(_)),
        Who::BothSides => !matches!(side, Side::Customer(_)),
    }
}

/// The actions of the caller's side that are not open to the caller on the claim, now, in the order of the vocabulary, each with
/// the problem that [`super::decide()`] would answer. With [`available`] it has every action of the side exactly once.
#[must_use]
pub fn unavailable(claim: &Claim, caller: &Caller, now: Timestamp) -> Vec<(ClaimAction, Problem)> {
    let of_side = TABLE.iter().filter(|rule| is_of_side(rule.who, caller.side));
    of_side.filter_map(|rule| Some((rule.action, open_to(rule.action, claim, caller, now).err()?))).collect()
}

/// The row that opens an action to the caller on the claim, now.
///
/// # Errors
/// `NOT_ALLOWED` where no claim would open it to this caller; else as [`guard`].
pub(super) fn open_to(
    action: ClaimAction,
    claim: &Claim,
    caller: &Caller,
    now: Timestamp,
) -> Result<&'static Rule, Problem> {
    let rule = may_ever(action, caller).map_err(|forbidden| {
        let problem = Problem::new(ProblemCode::NotAllowed, forbidden.0).param("action", action);
        problem.remedy(instead(claim, caller, now))
    })?;
    guard(rule, claim, caller, now)?;
    Ok(rule)
}

/// The guard of every mutation: the same rows as [`available`], with the reason when it is not open (L10).
///
/// # Errors
/// `WRONG_STATUS`, `NOT_ALLOWED`, or the code for the condition that is not met: `IN_ARBITRATION`, `NOT_DISPUTABLE`,
/// `DISPUTE_WINDOW_CLOSED`, `CONSENT_WINDOW_CLOSED`.
pub fn guard(rule: &Rule, claim: &Claim, caller: &Caller, now: Timestamp) -> Result<(), Problem> {
    if !status_allows(rule, claim, now) {
        return Err(super::refusal::of(rule, claim, now).remedy_unless_given(|| instead(claim, caller, now)));
    }
    if person_allows(rule, claim, caller) { Ok(()) } else { Err(not_allowed(rule, claim, caller, now)) }
}

/// The role may, but not this person on this claim (L3).
fn not_allowed(rule: &Rule, claim: &Claim, caller: &Caller, now: Timestamp) -> Problem {
    let message = if claim.reviewer.is_some() {
        format!("A reviewer is assigned, so {} is reserved for {}.", rule.action, who(rule.who))
    } else {
        format!("Nobody is assigned, so {} is reserved for {}.", rule.action, who(rule.who))
    };
    Problem::new(ProblemCode::NotAllowed, message).param("action", rule.action).remedy(instead(claim, caller, now))
}

/// Whom a row asks for, where the role alone does not do.
const fn who(who: Who) -> &'static str {
    match who {
        Who::TakingReviewer => "a review lead, the assigned reviewer, or any reviewer while nobody is assigned",
        Who::DecidingReviewer => "the assigned reviewer, if they did not give the disputed rejection, or a review lead",
        _ => "the assigned reviewer or a review lead",
    }
}

fn instead(claim: &Claim, caller: &Caller, now: Timestamp) -> String {
    let open = available(claim, caller, now);
    if open.is_empty() {
        return "Wait until the claim changes: no action is available to you now.".to_owned();
    }
    let names = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("Use one of the actions that are available to you now: {names}.")
}
