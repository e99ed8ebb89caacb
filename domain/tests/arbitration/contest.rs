//! Who competes with whom, and what both sides see and may do meanwhile (X0-X4, L6).

use domain::{
    claim::Subject,
    kinds::{ClaimAction, ClaimStatus, CommentVisibility, HistoryAction, Role, SolutionArea},
    lifecycle::{Command, available},
    problem::ProblemCode,
};
use uuid::Uuid;

use crate::{
    nobody_is_named, parties, refuse,
    support::{
        arena::{Arena, NAMES},
        codes,
        commands::{approve, attach, request, withdraw},
        monday,
    },
};

// X0
#[test]
fn a_subject_is_the_subscription_or_the_customers_workload() {
    let (tenant, sku, id) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    let business = |subscription| Subject::of(SolutionArea::BusinessApplications, tenant, sku, subscription);
    let workload = |tenant, subscription| Subject::of(SolutionArea::Microsoft365, tenant, sku, subscription);
    assert_eq!((business(Some(id)), business(None)), (Some(Subject::Subscription(id)), None));
    assert_eq!(workload(tenant, None), workload(tenant, Some(id)));
    assert_ne!(workload(tenant, None), workload(Uuid::from_u128(4), None));
}

// X1: from a submission on, in every status that is being decided, and against whoever holds the association
#[test]
fn submitting_never_fails_because_of_a_rival_and_opens_an_arbitration() {
    let incumbents: [fn(&mut Arena) -> Uuid; 4] = [
        |arena| arena.submitted(1, &[0]),
        |arena| arena.reviewed(1, &[0]),
        |arena| {
            let id = arena.reviewed(1, &[0]);
            arena.act(id, Role::ReviewLead, request()).unwrap();
            id
        },
        |arena| arena.approved(1, &[0]),
    ];
    for first in incumbents {
        let mut arena = Arena::new();
        let one = first(&mut arena);
        assert!(arena.open.is_empty());
        let two = arena.submitted(2, &[0]);
        assert_eq!((arena.claim(two).status, parties(&arena, 0)), (ClaimStatus::Submitted, [one, two].into()));
        let three = arena.submitted(3, &[0, 1]);
        assert_eq!(
            (arena.open.len(), parties(&arena, 0)),
            (1, [one, two, three].into()),
            "it is joined, not opened again"
        );
        for id in [one, two, three] {
            assert_eq!(arena.claim(id).contested_since, Some(monday()));
        }
    }
}

// X1: what is not live competes with nobody
#[test]
fn drafts_and_decided_claims_without_an_association_do_not_compete() {
    let mut arena = Arena::new();
    arena.draft(1, &[0]);
    let rejected = arena.reviewed(2, &[0]);
    arena.act(rejected, Role::ReviewLead, refuse()).unwrap();
    let ended = arena.approved(3, &[0]);
    arena.end_subscription(0).unwrap();
    assert_eq!(arena.claim(ended).status, ClaimStatus::Approved);
    let elsewhere = arena.submitted(4, &[1]);
    let last = arena.submitted(5, &[0]);
    assert!(arena.open.is_empty());
    assert!([rejected, ended, elsewhere, last].iter().all(|id| arena.claim(*id).contested_since.is_none()));
}

// X1: an association that is official is contested as well
#[test]
fn an_official_association_is_contested_too() {
    let mut arena = Arena::new();
    let one = arena.approved(1, &[0]);
    arena.now = "2026-06-01T00:00:00Z".parse().unwrap();
    arena.fire(one).unwrap();
    let two = arena.submitted(2, &[0]);
    assert_eq!(parties(&arena, 0), [one, two].into());
}

// X1: what the rivals claim besides is no business of this change, also where it is contested already
#[test]
fn rivals_that_compete_for_something_else_too_are_not_set_on_each_other_again() {
    let mut arena = Arena::new();
    let one = arena.submitted(1, &[0, 1]);
    let two = arena.submitted(2, &[0, 1]);
    let before = parties(&arena, 1);
    let three = arena.submitted(3, &[0]);
    assert_eq!((arena.open.len(), parties(&arena, 0)), (2, [one, two, three].into()));
    assert_eq!(parties(&arena, 1), before);
    arena.act(three, Role::GlobalAdmin, withdraw()).unwrap();
    assert_eq!(arena.open.len(), 2);
}

// L6 X2: each side is reviewed on its own proof, but approved only when it is settled
#[test]
fn nobody_is_approved_while_it_is_open() {
    let mut arena = Arena::new();
    let one = arena.reviewed(1, &[0, 1]);
    arena.submitted(2, &[0]);
    assert_eq!(codes(&arena.act(one, Role::ReviewLead, approve()).unwrap_err()), [ProblemCode::InArbitration]);
    let lead = arena.caller(one, Role::ReviewLead);
    let open = available(arena.claim(one), &lead, arena.now);
    assert!(!open.contains(&ClaimAction::Approve));
    for action in [ClaimAction::RequestPartnerAction, ClaimAction::Reject, ClaimAction::AwardArbitration] {
        assert!(open.contains(&action), "{action}");
    }
    arena.award(0, one).unwrap();
    arena.act(one, Role::ReviewLead, approve()).unwrap();
}

// X2 X4 A4: both are told, by the server and without a name
#[test]
fn both_partners_are_told_and_neither_learns_of_whom() {
    let mut arena = Arena::new();
    let one = arena.reviewed(1, &[0]);
    let two = arena.draft(2, &[0]);
    let opened = arena.act(two, Role::GlobalAdmin, Command::Submit).unwrap();
    let settled = arena.act(two, Role::GlobalAdmin, withdraw()).unwrap();
    for (after, action) in [(&opened, HistoryAction::ArbitrationOpened), (&settled, HistoryAction::ArbitrationSettled)]
    {
        for id in [one, two] {
            let decision = &after.decisions[&id];
            let event = decision.events.iter().find(|event| event.action == action).unwrap();
            let comment =
                decision.effects.comments.iter().find(|comment| Some(comment.id) == event.comment_id).unwrap();
            assert!(event.by_system && comment.by_system && comment.body.contains(NAMES[0]), "{comment:?}");
            assert_eq!((event.visibility, comment.visibility), (CommentVisibility::Shared, CommentVisibility::Shared));
            nobody_is_named(&arena, after);
        }
    }
    // What one does, the other's history must not tell by that one's name.
    assert!(settled.decisions[&one].events.iter().all(|event| event.by_system));
}

// X3 L8: the incumbent too may bring newer proof while it is open, and only then
#[test]
fn an_incumbent_is_asked_and_brings_proof_while_it_is_open() {
    let mut arena = Arena::new();
    let one = arena.approved(1, &[0]);
    for (role, command) in [(Role::ReviewLead, request()), (Role::GlobalAdmin, attach())] {
        assert_eq!(codes(&arena.act(one, role, command).unwrap_err()), [ProblemCode::WrongStatus]);
    }
    let two = arena.submitted(2, &[0]);
    arena.act(one, Role::ReviewLead, request()).unwrap();
    let claim = arena.claim(one);
    assert_eq!(
        (claim.status, claim.action_request.as_ref().map(|asked| asked.answered)),
        (ClaimStatus::Approved, Some(false))
    );
    assert!(claim.lines[0].associated);
    arena.act(one, Role::IncentivesUser, attach()).unwrap();
    let claim = arena.claim(one);
    assert_eq!((claim.documents, claim.action_request.as_ref().map(|asked| asked.answered)), (2, Some(true)));
    arena.award(0, one).unwrap();
    assert_eq!(arena.claim(two).status, ClaimStatus::Rejected);
    assert_eq!(codes(&arena.act(one, Role::GlobalAdmin, attach()).unwrap_err()), [ProblemCode::WrongStatus]);
}
