//! Why the status does not allow an action: messages that always name the current and the required statuses (L10, D3).

use super::table::{Rule, When};
use crate::{
    claim::Claim,
    kinds::{ClaimAction, ClaimStatus},
    problem::{Problem, ProblemCode},
    time::Timestamp,
};

/// The most specific reason why the row does not apply: the status, or an unmet condition in it.
pub(super) fn of(rule: &Rule, claim: &Claim, now: Timestamp) -> Problem {
    let needs = needs(rule, claim);
    let problem = match rule.condition(claim.status) {
        Some(When::Uncontested) => in_arbitration(&needs),
        Some(When::ConsentOpen) => consent_closed(&needs),
        Some(When::Disputable) if rule.action == ClaimAction::Dispute => not_disputable(claim, now, &needs),
        _ => Problem::new(ProblemCode::WrongStatus, needs),
    };
    let needed = rule.statuses().map(|status| status.to_string()).collect::<Vec<_>>().join(" ");
    problem.param("status", claim.status).param("action", rule.action).param("neededStatuses", needed)
}

/// The current status and the required statuses (L10).
fn needs(rule: &Rule, claim: &Claim) -> String {
    let needed = rule.statuses().map(|status| named(rule, status)).collect::<Vec<_>>().join(" or ");
    format!("The claim is {}, but {} requires {needed}.", claim.status, rule.action)
}

fn named(rule: &Rule, status: ClaimStatus) -> String {
    let Some(when) = rule.condition(status) else { return status.to_string() };
    let when = match when {
        When::Contested => "while it is in arbitration",
        When::Uncontested => "and not in arbitration",
        When::Disputable => "while it can be disputed",
        When::ConsentOpen => "while the customer may decline",
    };
    format!("{status} {when}")
}

fn in_arbitration(needs: &str) -> Problem {
    Problem::new(ProblemCode::InArbitration, format!("A product of the claim is in an open arbitration. {needs}"))
        .remedy("Wait until a review lead awards the arbitration or only one claim is left, and decide then.")
}

fn consent_closed(needs: &str) -> Problem {
    Problem::new(ProblemCode::ConsentWindowClosed, format!("The consent period has ended. {needs}"))
        .remedy("Contact the vendor if the partner does not work for you; the association is official.")
}

/// Too late, or never possible; either way the remedy is a new claim (D3).
fn not_disputable(claim: &Claim, now: Timestamp, needs: &str) -> Problem {
    let until = claim.rejection.as_ref().and_then(|rejection| rejection.disputable_until);
    let problem = match until {
        Some(until) if until <= now => Problem::new(
            ProblemCode::DisputeWindowClosed,
            format!("The rejection could be disputed only until {until}. {needs}"),
        )
        .param("until", until),
        _ => Problem::new(ProblemCode::NotDisputable, format!("This rejection cannot be disputed. {needs}")),
    };
    problem.remedy("Create a new claim with updated proof of execution.")
}
