//! The award of a review lead (X5).

use domain::{
    kinds::{
        ArbitrationStatus, ClaimAction, ClaimStatus, HistoryAction, LineOutcome, NoticeKind, RejectionReason, Role,
    },
    lifecycle::{Command, available},
};

use crate::{
    nobody_is_named,
    support::{
        arena::{Arena, subject},
        caller,
        commands::{approve, request, withdraw},
    },
    told,
};

// X5: the award, in whatever status the sides are
#[test]
fn an_award_gives_the_subject_to_one_and_takes_it_from_the_rest() {
    let mut arena = Arena::new();
    let incumbent = arena.approved(1, &[0]);
    let winner = arena.submitted(2, &[0]);
    let wide = arena.reviewed(3, &[0, 1]);
    let lone = arena.reviewed(4, &[0]);
    arena.act(lone, Role::ReviewLead, request()).unwrap();
    let open = arena.arbitration(0).unwrap().id;
    let after = arena.award(0, winner).unwrap();

    let closed = &after.moves.closed[0];
    assert_eq!((closed.id, closed.status, closed.winner), (open, ArbitrationStatus::Awarded, Some(winner)));
    assert_eq!(closed.rationale.as_deref(), Some("The newer proof."));
    assert_eq!((arena.claim(winner).status, arena.outcome(winner, 0)), (ClaimStatus::Submitted, LineOutcome::Won));
    assert_eq!((arena.claim(wide).status, arena.outcome(wide, 0)), (ClaimStatus::UnderReview, LineOutcome::Lost));
    assert_eq!(arena.outcome(wide, 1), LineOutcome::Pending);
    for id in [incumbent, lone] {
        let claim = arena.claim(id);
        let rejection = claim.rejection.as_ref().unwrap();
        assert_eq!((claim.status, rejection.reason), (ClaimStatus::Rejected, RejectionReason::ArbitrationLost));
        assert!(claim.is_disputable(arena.now), "D1");
        assert!(told(&after, id).contains(&HistoryAction::Rejected));
        let kinds: Vec<_> = after.decisions[&id].effects.notices.iter().map(|notice| notice.told.kind()).collect();
        assert_eq!(kinds, [NoticeKind::ArbitrationSettled, NoticeKind::Decided], "M1");
    }
    assert!(arena.associations.is_empty(), "the incumbent's association ends at the award");
    assert!(told(&after, incumbent).contains(&HistoryAction::AssociationEnded));
    for id in [incumbent, winner, wide, lone] {
        assert!(arena.claim(id).contested_since.is_none());
        assert!(told(&after, id).contains(&HistoryAction::ArbitrationSettled), "X4");
    }
    nobody_is_named(&arena, &after);
    arena.act(winner, Role::ReviewLead, Command::StartReview).unwrap();
    arena.act(winner, Role::ReviewLead, approve()).unwrap();
    assert_eq!(arena.associations[&subject(0)].0, winner);
}

// X5: an incumbent that holds something else keeps it and stays approved
#[test]
fn an_incumbent_loses_only_what_was_awarded() {
    let mut arena = Arena::new();
    let incumbent = arena.approved(1, &[0, 1]);
    let rival = arena.reviewed(2, &[0]);
    arena.award(0, rival).unwrap();
    assert_eq!(arena.claim(incumbent).status, ClaimStatus::Approved);
    assert_eq!(arena.associations.keys().collect::<Vec<_>>(), [&subject(1)]);
    assert!(arena.claim(incumbent).consent.is_some());
}

// X5: an incumbent may win, and keeps its association all the while
#[test]
fn an_incumbent_that_wins_keeps_its_association() {
    let mut arena = Arena::new();
    let incumbent = arena.approved(1, &[0]);
    let rival = arena.reviewed(2, &[0]);
    let held = arena.associations.clone();
    arena.award(0, incumbent).unwrap();
    assert_eq!((&arena.associations, arena.claim(rival).status), (&held, ClaimStatus::Rejected));
    assert_eq!(arena.outcome(incumbent, 0), LineOutcome::Won);
}

// X5: the winner takes part, and what is settled is not awarded again
#[test]
fn an_award_goes_to_a_party_of_an_open_arbitration() {
    let mut arena = Arena::new();
    let one = arena.submitted(1, &[0]);
    let outsider = arena.submitted(2, &[1]);
    assert!(arena.award(0, one).is_none(), "nothing is open");
    let two = arena.submitted(3, &[0]);
    assert!(arena.award(0, outsider).is_none());
    arena.award(0, two).unwrap();
    assert!(arena.award(0, two).is_none());
}

// X5 A2: a review lead's alone
#[test]
fn awarding_is_open_to_a_lead_on_every_side_of_a_contest() {
    let mut arena = Arena::new();
    let one = arena.approved(1, &[0]);
    let two = arena.submitted(2, &[0]);
    for id in [one, two] {
        for role in [Role::ReviewLead, Role::Reviewer, Role::GlobalAdmin, Role::Auditor] {
            let open = available(arena.claim(id), &arena.caller(id, role), arena.now);
            assert_eq!(open.contains(&ClaimAction::AwardArbitration), role == Role::ReviewLead, "{role}");
        }
    }
    arena.act(two, Role::GlobalAdmin, withdraw()).unwrap();
    assert!(
        !available(arena.claim(one), &caller(Role::ReviewLead), arena.now).contains(&ClaimAction::AwardArbitration)
    );
}
