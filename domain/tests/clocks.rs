//! The clocks: when they run out, what happens then, and that it happens once (T, N4, I1, I2, X3).
#![cfg(test)]

mod support;

use domain::{
    claim::Claim,
    deadline::{self, Deadline},
    kinds::{
        Activity, ClaimStatus, CommentVisibility, ConsentStatus, DeadlineKind, DeadlineState, DisputeStatus,
        EvaluationStatus, HistoryAction, RejectionReason, Role,
    },
    lifecycle::{self, Command, Decision, available, fire, running_clock, subscription_ended},
    policy::Policy,
    time::Timestamp,
};
use proptest::prelude::*;
use support::{
    actions,
    arena::{Arena, clock},
    at, claim,
    commands::{COMMENT, approve, attach, comment, dispute, request, respond, withdraw},
    monday, run_at,
};
use uuid::Uuid;

/// The midnight that ends the fifth business day after that Monday.
fn due() -> Timestamp {
    at("2026-03-10T00:00:00Z")
}

fn just_before(due: Timestamp) -> Timestamp {
    Timestamp::from_micros(due.micros() - 1).unwrap()
}

fn fire_at(claim: &Claim, now: Timestamp) -> Option<Decision> {
    fire(claim, &Policy::default(), now)
}

fn waiting(status: ClaimStatus, kind: DeadlineKind) -> Claim {
    Claim { deadline: Some(deadline::start(kind, monday(), &Policy::default())), ..claim(status) }
}

fn state(claim: &Claim, now: Timestamp) -> Option<DeadlineState> {
    running_clock(claim, now, &Policy::default()).map(|(_, state)| state)
}

// T1 T2 D2: marked, and nothing else moves
#[test]
fn a_reviewer_who_is_late_is_noted_once() {
    for (status, kind) in [
        (ClaimStatus::Submitted, DeadlineKind::StartReview),
        (ClaimStatus::UnderReview, DeadlineKind::Decide),
        (ClaimStatus::UnderReview, DeadlineKind::AnswerDispute),
    ] {
        let waits = waiting(status, kind);
        assert!(fire_at(&waits, just_before(due())).is_none(), "{kind}");
        let done = fire_at(&waits, due()).unwrap();
        assert_eq!(actions(&done), [HistoryAction::DeadlineMissed]);
        assert!(done.events[0].by_system);
        assert_eq!(done.events[0].changes[0].before.as_deref(), Some(kind.as_str()));
        assert_eq!(done.claim, Claim { missed_at: done.claim.missed_at, ..waits });
        assert_eq!(done.effects, lifecycle::Effects::default());
        assert_eq!(state(&done.claim, due()), Some(DeadlineState::Overdue));
        assert!(fire_at(&done.claim, at("2026-05-01T00:00:00Z")).is_none(), "{kind} fires once");
    }
}

// T1 T2: a clock that is met starts the next one, which is noted anew
#[test]
fn the_next_clock_is_noted_on_its_own() {
    let late = fire_at(&waiting(ClaimStatus::Submitted, DeadlineKind::StartReview), due()).unwrap().claim;
    let begun = run_at(&late, Role::Reviewer, Command::StartReview, due()).unwrap().claim;
    assert_eq!(
        begun.deadline.map(|clock| (clock.kind, clock.due_at)),
        Some((DeadlineKind::Decide, at("2026-03-18T00:00:00Z")))
    );
    assert_eq!(state(&begun, due()), Some(DeadlineState::OnTrack));
    assert!(fire_at(&begun, at("2026-03-18T00:00:00Z")).is_some());
}

// T2: in arbitration the reviewers' clock is extended and never missed; the others' are not extended
#[test]
fn an_arbitration_extends_the_decision_and_nothing_else() {
    for (status, kind, extended) in [
        (ClaimStatus::Submitted, DeadlineKind::StartReview, false),
        (ClaimStatus::UnderReview, DeadlineKind::Decide, true),
        (ClaimStatus::UnderReview, DeadlineKind::AnswerDispute, true),
        (ClaimStatus::PartnerActionRequired, DeadlineKind::PartnerResponse, false),
    ] {
        let contested = Claim { contested_since: Some(monday()), ..waiting(status, kind) };
        assert_eq!(fire_at(&contested, due()).is_none(), extended, "{kind}");
        let expected = if extended { DeadlineState::Extended } else { DeadlineState::Overdue };
        assert_eq!(state(&contested, due()), Some(expected), "{kind}");
        assert_ne!(state(&contested, monday()), Some(DeadlineState::Extended), "{kind} still has time");
    }
}

// T2 T4: what was waited for an arbitration does not count against the reviewers
#[test]
fn after_an_arbitration_the_reviewers_have_time_again() {
    let mut arena = Arena::new();
    let one = arena.reviewed(1, &[0]);
    arena.now = at("2026-03-04T09:00:00Z"); // a Wednesday
    let two = arena.submitted(2, &[0]);
    assert_eq!(arena.claim(one).decision_due_at, Some(at("2026-03-17T00:00:00Z")));
    arena.now = at("2026-03-20T09:00:00Z"); // the Friday 12 business days later
    assert!(arena.fire(one).is_none());
    arena.act(two, Role::GlobalAdmin, withdraw()).unwrap();
    let claim = arena.claim(one);
    assert_eq!(
        claim.deadline,
        Some(Deadline { kind: DeadlineKind::Decide, started_at: arena.now, due_at: at("2026-03-28T00:00:00Z") })
    );
    assert_eq!(state(claim, arena.now), Some(DeadlineState::OnTrack));
    // Monday the 16th, and twelve more business days.
    assert_eq!(claim.decision_due_at, Some(at("2026-04-02T00:00:00Z")));
}

// T4: also where the award itself decides, and never for an incumbent that was decided before
#[test]
fn the_target_moves_for_what_is_decided_in_arbitration_only() {
    let mut arena = Arena::new();
    let incumbent = arena.approved(1, &[0]);
    let rival = arena.reviewed(2, &[0]);
    let target = arena.claim(rival).decision_due_at;
    arena.now = at("2026-03-20T09:00:00Z");
    arena.award(0, incumbent).unwrap();
    assert_eq!(arena.claim(incumbent).decision_due_at, target);
    assert_eq!(arena.claim(rival).status, ClaimStatus::Rejected);
    assert!(arena.claim(rival).decision_due_at > target);
}

// T3
#[test]
fn a_partner_who_does_not_answer_is_rejected() {
    let waits = waiting(ClaimStatus::PartnerActionRequired, DeadlineKind::PartnerResponse);
    assert!(fire_at(&waits, just_before(due())).is_none());
    let done = fire_at(&waits, due()).unwrap();
    assert_eq!((done.claim.status, done.claim.version), (ClaimStatus::Rejected, waits.version + 1));
    let rejection = done.claim.rejection.as_ref().unwrap();
    assert_eq!(rejection.reason, RejectionReason::NoPartnerResponse);
    assert_eq!(
        (rejection.rejected_by.as_deref(), rejection.disputable_until),
        (None, Some(at("2026-04-10T00:00:00Z")))
    );
    assert_eq!(done.claim.decided_at, Some(due()));
    assert_eq!((done.events[0].action, done.events[0].to), (HistoryAction::Rejected, Some(ClaimStatus::Rejected)));
    assert!(done.events.iter().all(|event| event.by_system));
    assert_eq!(done.effects.notices.len(), 1); // D4
    assert!(fire_at(&done.claim, at("2026-03-11T00:00:00Z")).is_none(), "T5: fires once");
    assert!(fire_at(&done.claim, at("2027-03-11T00:00:00Z")).is_none(), "the closing of the window moves nothing");
}

// T3 L5: an answer in time stops the clock, and the decision has its time again
#[test]
fn an_answer_stops_the_partners_clock() {
    let waits = waiting(ClaimStatus::PartnerActionRequired, DeadlineKind::PartnerResponse);
    let answered = run_at(&waits, Role::GlobalAdmin, respond(Some("Here")), just_before(due())).unwrap().claim;
    assert_eq!(clock(&answered), Some(DeadlineKind::Decide));
    let mut disputed = waits;
    disputed.dispute = Some(domain::claim::Dispute {
        status: DisputeStatus::Open,
        justification: None,
        opened_at: monday(),
        answer_by: due(),
        answered_at: None,
        rejected_by: None,
    });
    let answered = run_at(&disputed, Role::GlobalAdmin, respond(Some("Here")), just_before(due())).unwrap().claim;
    assert_eq!(clock(&answered), Some(DeadlineKind::AnswerDispute));
}

// T4: it moves nothing, and is seen after the decision too
#[test]
fn the_target_for_the_decision_stays_and_moves_nothing() {
    let mut arena = Arena::new();
    let id = arena.approved(1, &[0]);
    assert_eq!(arena.claim(id).decision_due_at, Some(at("2026-03-17T00:00:00Z")));
    let mut waits = claim(ClaimStatus::UnderReview);
    waits.decision_due_at = Some(due());
    assert!(fire_at(&waits, at("2026-06-01T00:00:00Z")).is_none());
}

// N4 I1
#[test]
fn unanswered_consent_is_granted_and_sent_for_evaluation_once() {
    let approved = run_at(&claim(ClaimStatus::UnderReview), Role::Reviewer, approve(), monday()).unwrap().claim;
    assert!(fire_at(&approved, just_before(due())).is_none());
    let done = fire_at(&approved, due()).unwrap();
    assert_eq!(actions(&done), [HistoryAction::ConsentLapsed, HistoryAction::SentForEvaluation]);
    assert!(done.effects.associations_official && done.events.iter().all(|event| event.by_system));
    assert_eq!((done.claim.status, done.claim.deadline), (ClaimStatus::Approved, None));
    let consent = done.claim.consent.as_ref().unwrap();
    assert_eq!((consent.status, consent.settled_at), (ConsentStatus::GrantedByLapse, Some(due())));
    let evaluation = done.claim.evaluation.unwrap();
    assert_eq!((evaluation.status, evaluation.sent_at), (EvaluationStatus::Sent, Some(due())));
    assert!(fire_at(&done.claim, at("2027-01-01T00:00:00Z")).is_none(), "T5: fires once");
    assert!(available(&done.claim, &support::caller(Role::CustomerAdmin), due()).is_empty());
}

// I1 C4: revenue association pays nothing
#[test]
fn revenue_association_is_recorded_as_revenue_only() {
    let mut approved = claim(ClaimStatus::Approved);
    approved.activities = vec![Activity::RevenueAssociation];
    approved.deadline = Some(deadline::start(DeadlineKind::Consent, monday(), &Policy::default()));
    let evaluation = fire_at(&approved, due()).unwrap().claim.evaluation.unwrap();
    assert_eq!((evaluation.status, evaluation.sent_at), (EvaluationStatus::RevenueOnly, None));
}

// I1: nothing is paid for what is not associated any more
#[test]
fn without_an_association_there_is_nothing_to_evaluate() {
    let mut approved = claim(ClaimStatus::Approved);
    approved.lines[0].associated = false;
    approved.deadline = Some(deadline::start(DeadlineKind::Consent, monday(), &Policy::default()));
    let done = fire_at(&approved, due()).unwrap();
    assert_eq!(done.claim.evaluation.map(|evaluation| evaluation.status), Some(EvaluationStatus::Cancelled));
    assert_eq!(actions(&done), [HistoryAction::ConsentLapsed]);
}

// I1 N4: once, also where the claim is approved again after it lost its association and disputed that
#[test]
fn a_claim_that_was_sent_is_not_sent_again() {
    for (activity, status) in
        [(Activity::Usage, EvaluationStatus::Sent), (Activity::RevenueAssociation, EvaluationStatus::RevenueOnly)]
    {
        let mut arena = Arena::new();
        let incumbent = arena.approved(1, &[0]);
        arena.claims.get_mut(&incumbent).unwrap().activities = vec![activity];
        arena.now = due();
        arena.fire(incumbent).unwrap();
        let sent = arena.claim(incumbent).evaluation;
        let rival = arena.reviewed(2, &[0]);
        arena.award(0, rival).unwrap();
        arena.act(incumbent, Role::GlobalAdmin, dispute(Some("Ours"))).unwrap();
        arena.act(rival, Role::GlobalAdmin, withdraw()).unwrap();
        arena.act(incumbent, Role::ReviewLead, approve()).unwrap();
        arena.now = at("2026-04-01T00:00:00Z");
        let lapsed = arena.fire(incumbent).unwrap();
        assert_eq!(actions(&lapsed.decisions[&incumbent]), [HistoryAction::ConsentLapsed]);
        assert_eq!(arena.claim(incumbent).evaluation, sent);
        assert_eq!(sent.map(|evaluation| evaluation.status), Some(status));
    }
}

// I2
#[test]
fn an_ended_subscription_ends_its_association_and_the_claim_stays_approved() {
    let approved = claim(ClaimStatus::Approved);
    let done = subscription_ended(&approved, approved.lines[0].id, COMMENT, due()).unwrap();
    assert_eq!((done.claim.status, done.claim.version), (ClaimStatus::Approved, approved.version));
    assert_eq!(done.effects.associations_end, [approved.lines[0].id]);
    assert!(!done.claim.lines[0].associated);
    assert_eq!(actions(&done), [HistoryAction::AssociationEnded]);
    let comment = &done.effects.comments[0];
    assert!(
        comment.by_system
            && comment.body.contains(&support::SUBSCRIPTION.to_string())
            && comment.body.contains("Create a new claim")
    );
    assert_eq!((done.events[0].by_system, done.events[0].comment_id), (true, Some(comment.id)));
    assert_eq!(done.claim.evaluation.map(|evaluation| evaluation.status), Some(EvaluationStatus::Cancelled));
    assert!(subscription_ended(&done.claim, approved.lines[0].id, COMMENT, due()).is_none(), "T5: fires once");
}

// I2 I1: what is left is still evaluated
#[test]
fn another_association_of_the_claim_lives_on() {
    let mut approved = claim(ClaimStatus::Approved);
    let second = domain::claim::Line {
        id: Uuid::from_u128(102),
        subscription_id: Some(Uuid::from_u128(9)),
        ..approved.lines[0].clone()
    };
    approved.lines.push(second);
    let done = subscription_ended(&approved, approved.lines[0].id, COMMENT, due()).unwrap();
    assert_eq!(done.claim.lines.iter().map(|line| line.associated).collect::<Vec<_>>(), [false, true]);
    assert_eq!(done.claim.evaluation.map(|evaluation| evaluation.status), Some(EvaluationStatus::WaitingForConsent));
}

/// An incumbent that was approved and asked on a Saturday: it answers by the Friday, the customer by the Saturday after.
fn asked_incumbent(arena: &mut Arena) -> Uuid {
    arena.now = at("2026-03-07T09:00:00Z");
    let incumbent = arena.approved(1, &[0]);
    arena.submitted(2, &[0]);
    arena.act(incumbent, Role::ReviewLead, request()).unwrap();
    incumbent
}

// X3: the deadline is the earlier of the two, silence is noted and rejects nothing
#[test]
fn an_incumbents_silence_is_noted_and_consent_lapses_all_the_same() {
    let (asked, consent) = (at("2026-03-14T00:00:00Z"), at("2026-03-15T00:00:00Z"));
    let mut arena = Arena::new();
    let incumbent = asked_incumbent(&mut arena);
    assert_eq!(
        arena.claim(incumbent).deadline.map(|clock| (clock.kind, clock.due_at)),
        Some((DeadlineKind::PartnerResponse, asked))
    );
    arena.now = asked;
    let noted = arena.fire(incumbent).unwrap();
    assert_eq!(actions(&noted.decisions[&incumbent]), [HistoryAction::DeadlineMissed]);
    assert_eq!(arena.claim(incumbent).status, ClaimStatus::Approved);
    assert_eq!(
        arena.claim(incumbent).deadline.map(|clock| (clock.kind, clock.due_at)),
        Some((DeadlineKind::Consent, consent))
    );
    assert!(arena.fire(incumbent).is_none());
    arena.now = consent;
    let lapsed = arena.fire(incumbent).unwrap();
    assert!(actions(&lapsed.decisions[&incumbent]).contains(&HistoryAction::ConsentLapsed));
    assert!(arena.fire(incumbent).is_none());
}

// T5 X3 N4: both clocks ran out while the servers were down
#[test]
fn two_clocks_that_ran_out_unseen_both_fire_once() {
    let mut arena = Arena::new();
    let incumbent = asked_incumbent(&mut arena);
    arena.now = at("2026-05-01T00:00:00Z");
    let mut told = Vec::new();
    while let Some(fired) = arena.fire(incumbent) {
        told.extend(actions(&fired.decisions[&incumbent]));
        assert!(told.len() < 9, "it fires without end: {told:?}");
    }
    assert_eq!(told, [HistoryAction::DeadlineMissed, HistoryAction::ConsentLapsed, HistoryAction::SentForEvaluation]);
}

// X3: any document or comment of the partner answers; the reviewer's own does not
#[test]
fn an_incumbent_answers_by_a_comment_or_a_document() {
    let shared = comment(CommentVisibility::Shared);
    for (role, command, answers) in [
        (Role::ReviewLead, shared.clone(), false),
        (Role::IncentivesUser, shared, true),
        (Role::IncentivesUser, attach(), true),
    ] {
        let mut arena = Arena::new();
        let incumbent = asked_incumbent(&mut arena);
        arena.act(incumbent, role, command).unwrap();
        assert!(arena.claim(incumbent).contested_since.is_some(), "it is still in arbitration");
        let expected = if answers { DeadlineKind::Consent } else { DeadlineKind::PartnerResponse };
        assert_eq!(clock(arena.claim(incumbent)), Some(expected), "{role}");
    }
}

// X3: a request belongs to its arbitration
#[test]
fn an_old_request_does_not_come_back_with_another_arbitration() {
    let mut arena = Arena::new();
    let incumbent = asked_incumbent(&mut arena);
    arena.award(0, incumbent).unwrap();
    assert_eq!(clock(arena.claim(incumbent)), Some(DeadlineKind::Consent));
    arena.submitted(3, &[0]);
    arena.now = at("2026-05-01T00:00:00Z");
    let lapsed = arena.fire(incumbent).unwrap();
    assert!(!actions(&lapsed.decisions[&incumbent]).contains(&HistoryAction::DeadlineMissed));
    assert!(arena.fire(incumbent).is_none());
}

proptest! {
    // T5: however late the servers come, a clock fires before its time never and after it once
    #[test]
    fn every_clock_fires_once(
        (status, kind) in proptest::sample::select(vec![
            (ClaimStatus::Submitted, DeadlineKind::StartReview),
            (ClaimStatus::UnderReview, DeadlineKind::Decide),
            (ClaimStatus::UnderReview, DeadlineKind::AnswerDispute),
            (ClaimStatus::PartnerActionRequired, DeadlineKind::PartnerResponse),
            (ClaimStatus::Approved, DeadlineKind::Consent),
        ]),
        hours in 0_i64..2_000,
        more in 0_i64..2_000,
    ) {
        let after = |hours: i64| Timestamp::from_micros(monday().micros() + hours * 3_600_000_000).unwrap();
        let waits = waiting(status, kind);
        match fire_at(&waits, after(hours)) {
            None => prop_assert!(after(hours) < due()),
            Some(done) => {
                prop_assert!(after(hours) >= due());
                prop_assert!(fire_at(&done.claim, after(hours + more)).is_none());
            }
        }
    }
}
