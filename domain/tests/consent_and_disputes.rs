//! The customer's consent, disputes, and what a rejected partner is told (N, D).
#![cfg(test)]

mod support;

use domain::{
    claim::Claim,
    deadline,
    kinds::{
        ClaimAction, ClaimStatus, ConsentStatus, DeadlineKind, DisputeStatus, EvaluationStatus, HistoryAction,
        LineOutcome, RejectionReason, Role,
    },
    lifecycle::{Command, Decision, available, running_clock},
    notice::Recipient,
    policy::Policy,
    problem::ProblemCode,
    time::Timestamp,
};
use support::{
    actions,
    arena::{Arena, clock, subject},
    at, caller, claim, codes,
    commands::{approve, assign, attach, decline, dispute, reject, withdraw},
    decide, later, monday, run_at,
};
use uuid::Uuid;

fn rejecting() -> Command {
    reject(RejectionReason::InsufficientPoe)
}

fn done_at(claim: &Claim, role: Role, command: Command, now: Timestamp) -> Decision {
    run_at(claim, role, command, now).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn refused_at(claim: &Claim, role: Role, command: Command, now: Timestamp) -> Vec<ProblemCode> {
    codes(&run_at(claim, role, command, now).expect_err("this must be refused"))
}

/// Rejected by `reviewer@example` on that Monday.
fn rejected() -> Claim {
    done_at(&claim(ClaimStatus::UnderReview), Role::Reviewer, rejecting(), monday()).claim
}

fn disputed() -> Claim {
    done_at(&rejected(), Role::GlobalAdmin, dispute(Some("You overlooked page 3.")), later()).claim
}

fn assigned(claim: &Claim, subject: &str) -> Claim {
    Claim { reviewer: Some(support::reviewer_of(subject)), ..claim.clone() }
}

// N1 N2
#[test]
fn approval_asks_the_customer_for_seven_days() {
    let done = done_at(&claim(ClaimStatus::UnderReview), Role::Reviewer, approve(), monday());
    let consent = done.claim.consent.as_ref().unwrap();
    assert_eq!(done.claim.status, ClaimStatus::Approved);
    assert_eq!((consent.status, consent.requested_at, consent.settled_at), (ConsentStatus::Pending, monday(), None));
    assert_eq!(consent.decline_until, at("2026-03-10T00:00:00Z"));
    assert_eq!(
        done.claim.deadline.map(|clock| (clock.kind, clock.due_at)),
        Some((DeadlineKind::Consent, consent.decline_until))
    );
    assert_eq!(
        actions(&done),
        [HistoryAction::Approved, HistoryAction::AssociationStarted, HistoryAction::ConsentRequested]
    );
    assert!(done.claim.lines[0].associated && done.effects.associations_start && !done.effects.associations_official);
    assert_eq!(done.claim.evaluation.map(|evaluation| evaluation.status), Some(EvaluationStatus::WaitingForConsent)); // I1

    let notice = &done.effects.notices[0];
    assert_eq!(notice.recipient, Recipient::Customer);
    for word in ["declineConsent", "2026-03-10T00:00:00Z", "CPOR-0000-0001"] {
        assert!(notice.body.contains(word), "{} does not name {word}", notice.body);
    }
}

// N3 D3
#[test]
fn a_customer_who_declines_ends_it_for_good() {
    let approved = claim(ClaimStatus::Approved);
    let done = done_at(&approved, Role::CustomerAdmin, decline(Some("We work with somebody else.")), monday());
    let rejection = done.claim.rejection.as_ref().unwrap();
    assert_eq!((done.claim.status, done.claim.version), (ClaimStatus::Rejected, approved.version + 1));
    assert_eq!((rejection.reason, rejection.disputable_until), (RejectionReason::CustomerDeclined, None));
    assert_eq!(rejection.detail, "We work with somebody else.");
    assert_eq!(
        done.claim.consent.as_ref().map(|c| (c.status, c.settled_at)),
        Some((ConsentStatus::Declined, Some(monday())))
    );
    assert_eq!(done.claim.evaluation.map(|evaluation| evaluation.status), Some(EvaluationStatus::Cancelled));
    assert_eq!(done.effects.associations_end, [approved.lines[0].id]);
    assert_eq!(actions(&done), [HistoryAction::ConsentDeclined, HistoryAction::AssociationEnded]);
    assert_eq!(done.claim.deadline, None);

    let problems = run_at(&done.claim, Role::GlobalAdmin, dispute(Some("But")), monday()).unwrap_err();
    assert_eq!(codes(&problems), [ProblemCode::NotDisputable]);
    assert!(problems[0].remedy.as_deref().unwrap().contains("new claim with updated proof"));
    assert!(!available(&done.claim, &caller(Role::GlobalAdmin), monday()).contains(&ClaimAction::Dispute));
    assert!(
        done_at(&approved, Role::CustomerAdmin, decline(None), monday()).claim.rejection.is_some(),
        "a reason is not needed"
    );
}

// N1: at the end of the window it is too late, whether or not the clock has fired
#[test]
fn a_customer_may_decline_until_the_window_closes() {
    let approved = claim(ClaimStatus::Approved);
    let before = Timestamp::from_micros(later().micros() - 1).unwrap();
    assert!(run_at(&approved, Role::CustomerAdmin, decline(None), before).is_ok());
    assert_eq!(refused_at(&approved, Role::CustomerAdmin, decline(None), later()), [ProblemCode::ConsentWindowClosed]);
    assert_eq!(refused_at(&rejected(), Role::CustomerAdmin, decline(None), monday()), [ProblemCode::WrongStatus]);
}

// A3 A4: another tenant's administrator is nobody here
#[test]
fn another_customer_declines_nothing() {
    let mut foreign = claim(ClaimStatus::Approved);
    foreign.tenant_id = Uuid::from_u128(77);
    assert_eq!(refused_at(&foreign, Role::CustomerAdmin, decline(None), monday()), [ProblemCode::NotAllowed]);
    assert!(available(&foreign, &caller(Role::CustomerAdmin), monday()).is_empty());
}

// N2: pending only while it is approved
#[test]
fn consent_is_not_pending_on_a_claim_that_is_withdrawn() {
    let done = done_at(&claim(ClaimStatus::Approved), Role::GlobalAdmin, withdraw(), monday());
    assert_eq!(done.claim.consent, None);
    assert_eq!(done.claim.deadline, None);
}

// D4 D1 L7
#[test]
fn a_rejection_says_why_and_how_and_until_when_to_dispute_it() {
    let done = done_at(&claim(ClaimStatus::UnderReview), Role::Reviewer, rejecting(), monday());
    let rejection = done.claim.rejection.as_ref().unwrap();
    assert_eq!(rejection.disputable_until, Some(at("2026-04-02T00:00:00Z")));
    assert_eq!(rejection.rejected_by.as_deref(), Some("reviewer@example"));
    assert_eq!(clock(&done.claim), Some(DeadlineKind::DisputeWindow));
    let notice = &done.effects.notices[0];
    assert_eq!(notice.recipient, Recipient::Partner);
    for word in ["INSUFFICIENT_POE", "Too thin.", "disputeClaim", "2026-04-02T00:00:00Z"] {
        assert!(notice.body.contains(word), "{} does not name {word}", notice.body);
    }
    let withdrawn = done_at(&claim(ClaimStatus::Submitted), Role::GlobalAdmin, withdraw(), monday());
    let notice = &withdrawn.effects.notices[0];
    assert!(
        notice.body.contains("PARTNER_REQUEST")
            && notice.body.contains("new claim")
            && !notice.body.contains("disputeClaim")
    );
}

// D1 D2
#[test]
fn a_dispute_brings_the_claim_back_unassigned() {
    let before = rejected();
    let done = done_at(&before, Role::IncentivesAdmin, dispute(Some(" You overlooked page 3. ")), later());
    assert_eq!((done.claim.status, done.claim.version), (ClaimStatus::UnderReview, before.version + 1));
    assert_eq!((&done.claim.reviewer, &done.claim.rejection, done.claim.decided_at), (&None, &None, None));
    let dispute = done.claim.dispute.as_ref().unwrap();
    assert_eq!((dispute.status, dispute.opened_at, dispute.answered_at), (DisputeStatus::Open, later(), None));
    assert_eq!(dispute.justification.as_deref(), Some("You overlooked page 3."));
    assert_eq!(dispute.answer_by, at("2026-03-11T00:00:00Z"));
    assert_eq!(
        done.claim.deadline.map(|clock| (clock.kind, clock.due_at)),
        Some((DeadlineKind::AnswerDispute, dispute.answer_by))
    );
    assert_eq!((actions(&done), done.events[0].to), (vec![HistoryAction::Disputed], Some(ClaimStatus::UnderReview)));
}

// D1: a justification, new proof, or both; never neither
#[test]
fn a_dispute_brings_a_justification_or_new_proof() {
    let bare = rejected();
    for nothing in [None, Some(""), Some(" \n")] {
        assert_eq!(refused_at(&bare, Role::GlobalAdmin, dispute(nothing), later()), [ProblemCode::InvalidValue]);
    }
    let proven = done_at(&bare, Role::IncentivesUser, attach(), later()).claim;
    let done = done_at(&proven, Role::GlobalAdmin, dispute(None), later());
    assert_eq!(done.claim.dispute.unwrap().justification, None);
    assert!(run_at(&proven, Role::GlobalAdmin, dispute(Some("Both")), later()).is_ok());
}

// D1 A1: the partner's administrators only
#[test]
fn a_dispute_is_the_partners_administrators() {
    for (role, open) in [
        (Role::GlobalAdmin, true),
        (Role::BillingAdmin, true),
        (Role::IncentivesAdmin, true),
        (Role::IncentivesUser, false),
        (Role::ReviewLead, false),
        (Role::CustomerAdmin, false),
    ] {
        assert_eq!(run_at(&rejected(), role, dispute(Some("Because")), later()).is_ok(), open, "{role}");
        assert_eq!(available(&rejected(), &caller(role), later()).contains(&ClaimAction::Dispute), open, "{role}");
    }
}

// D1 D3 L8: thirty days, and no document after them
#[test]
fn the_window_closes_after_thirty_days() {
    let until = at("2026-04-02T00:00:00Z");
    let last = Timestamp::from_micros(until.micros() - 1).unwrap();
    assert!(run_at(&rejected(), Role::GlobalAdmin, dispute(Some("Because")), last).is_ok());
    assert!(running_clock(&rejected(), last, &Policy::default()).is_some());
    let problems = run_at(&rejected(), Role::GlobalAdmin, dispute(Some("Because")), until).unwrap_err();
    assert_eq!(codes(&problems), [ProblemCode::DisputeWindowClosed]);
    assert!(problems[0].remedy.as_deref().unwrap().contains("new claim with updated proof"));
    assert_eq!(refused_at(&rejected(), Role::GlobalAdmin, attach(), until), [ProblemCode::WrongStatus]);
    assert!(running_clock(&rejected(), until, &Policy::default()).is_none());
}

// D3
#[test]
fn what_the_partner_asked_for_is_not_disputed() {
    let withdrawn = done_at(&claim(ClaimStatus::UnderReview), Role::GlobalAdmin, withdraw(), monday()).claim;
    assert_eq!(refused_at(&withdrawn, Role::GlobalAdmin, dispute(Some("But")), monday()), [ProblemCode::NotDisputable]);
    assert_eq!(refused_at(&withdrawn, Role::GlobalAdmin, attach(), monday()), [ProblemCode::WrongStatus]);
}

// D2: whoever rejected it may not decide it, a review lead may
#[test]
fn the_reviewer_who_rejected_it_does_not_decide_its_dispute() {
    let mine = assigned(&disputed(), "reviewer@example");
    for command in [approve(), rejecting()] {
        assert_eq!(refused_at(&mine, Role::Reviewer, command.clone(), later()), [ProblemCode::NotAllowed]);
        assert!(run_at(&mine, Role::ReviewLead, command, later()).is_ok());
    }
    let open = available(&mine, &caller(Role::Reviewer), later());
    assert!(!open.contains(&ClaimAction::Approve) && !open.contains(&ClaimAction::Reject));
    assert!(open.contains(&ClaimAction::RequestPartnerAction));

    let mut by_another = mine;
    by_another.dispute.as_mut().unwrap().rejected_by = Some("another@example".to_owned());
    assert!(run_at(&by_another, Role::Reviewer, approve(), later()).is_ok());

    let mut by_the_lead = assigned(&disputed(), "somebody@example");
    by_the_lead.dispute.as_mut().unwrap().rejected_by = Some("review_lead@example".to_owned());
    assert!(run_at(&by_the_lead, Role::ReviewLead, approve(), later()).is_ok());
}

// D2: unassigned, a reviewer takes it; nobody but a lead decides it before
#[test]
fn a_disputed_claim_is_taken_before_it_is_decided() {
    let free = disputed();
    assert_eq!(refused_at(&free, Role::Reviewer, rejecting(), later()), [ProblemCode::NotAllowed]);
    let take = assign("reviewer@example");
    assert!(run_at(&free, Role::Reviewer, take, later()).is_ok());
    assert!(run_at(&free, Role::ReviewLead, approve(), later()).is_ok());
}

// D2: upheld
#[test]
fn an_approval_upholds_the_dispute() {
    let done = done_at(&disputed(), Role::ReviewLead, approve(), later());
    assert_eq!(
        done.claim.dispute.as_ref().map(|d| (d.status, d.answered_at)),
        Some((DisputeStatus::Upheld, Some(later())))
    );
    assert!(actions(&done).contains(&HistoryAction::DisputeAnswered));
    assert_eq!(done.claim.decided_at, Some(later()));
    // A claim that is rejected again after that, such as by an award, may be disputed again.
    assert!(!done.claim.disputed());
}

// D2 D3: a dismissal is final
#[test]
fn a_dismissal_is_final() {
    let done = done_at(&disputed(), Role::ReviewLead, rejecting(), later());
    assert_eq!(
        done.claim.dispute.as_ref().map(|d| (d.status, d.answered_at)),
        Some((DisputeStatus::Dismissed, Some(later())))
    );
    assert_eq!(actions(&done), [HistoryAction::Rejected, HistoryAction::DisputeAnswered]);
    assert_eq!(done.claim.rejection.as_ref().and_then(|rejection| rejection.disputable_until), None);
    assert_eq!(done.claim.deadline, None);
    assert_eq!(
        refused_at(&done.claim, Role::GlobalAdmin, dispute(Some("Again")), later()),
        [ProblemCode::NotDisputable]
    );
    assert!(done.effects.notices[0].body.contains("cannot be disputed"));
}

// D2 T3: silence in a dispute dismisses it as well
#[test]
fn silence_in_a_dispute_dismisses_it() {
    let mut asked = Claim { status: ClaimStatus::PartnerActionRequired, ..disputed() };
    asked.deadline = Some(deadline::start(DeadlineKind::PartnerResponse, later(), &Policy::default()));
    let done = domain::lifecycle::fire(&asked, &Policy::default(), at("2026-04-01T00:00:00Z")).unwrap();
    assert_eq!(done.claim.dispute.as_ref().map(|dispute| dispute.status), Some(DisputeStatus::Dismissed));
    assert!(done.events.iter().all(|event| event.by_system));
}

// D2 E9: not while the partner has a newer live claim on the subject, also where the line was lost
#[test]
fn a_dispute_is_refused_while_the_subject_is_claimed_anew() {
    let policy = Policy::default();
    for outcome in [LineOutcome::Pending, LineOutcome::Lost] {
        let mut before = rejected();
        before.lines[0].outcome = outcome;
        let mut given = support::given_at(&policy, later());
        given.facts.claimed.extend(before.subject(&before.lines[0]).map(|subject| (subject, Uuid::nil())));
        let answer = decide(&before, dispute(Some("Because")), &caller(Role::GlobalAdmin), &given);
        assert_eq!(codes(&answer.unwrap_err()), [ProblemCode::SubscriptionAlreadyClaimed]);
        // What else is not eligible by now refuses an approval, not a dispute.
        given.facts.claimed.clear();
        given.facts.location = None;
        given.facts.domains = None;
        assert!(decide(&before, dispute(Some("Because")), &caller(Role::GlobalAdmin), &given).is_ok());
    }
}

// D1 X1 X5: the lost line is open again, and so is the contest
#[test]
fn a_dispute_of_a_lost_arbitration_opens_it_anew() {
    let mut arena = Arena::new();
    let winner = arena.approved(1, &[0]);
    let loser = arena.reviewed(2, &[0]);
    arena.award(0, winner).unwrap();
    let first = arena.closed[0].id;
    assert_eq!(arena.outcome(loser, 0), LineOutcome::Lost);
    let after = arena.act(loser, Role::GlobalAdmin, dispute(Some("Our proof is newer."))).unwrap();
    assert_eq!((arena.outcome(loser, 0), arena.outcome(winner, 0)), (LineOutcome::Pending, LineOutcome::Pending));
    let open = arena.arbitration(0).unwrap();
    assert_ne!(open.id, first);
    assert_eq!(open.parties, [winner, loser].into());
    assert_eq!(after.moves.opened[0].subject, subject(0));
    assert!(arena.claim(winner).lines[0].associated);
}
