//! Arbitrations that settle by themselves, and what they do to the claims around (X7, L9, L11b).

use domain::{
    arbitration::Aftermath,
    history::Event,
    kinds::{ArbitrationStatus, HistoryAction, LineOutcome, Role},
    lifecycle::Command,
};
use uuid::Uuid;

use crate::{
    answer, claim_again, parties, refuse, remark,
    support::{
        arena::Arena,
        commands::{approve, assign, attach, decline, request, withdraw},
        monday,
    },
    told,
};

// X7: a rival that withdraws, is rejected, is silent, declined, gives up the product or loses its subscription is gone
#[test]
fn with_one_left_it_settles_by_itself() {
    let goes: [fn(&mut Arena, Uuid) -> Aftermath; 4] = [
        |arena, id| arena.act(id, Role::GlobalAdmin, withdraw()).unwrap(),
        |arena, id| arena.act(id, Role::ReviewLead, refuse()).unwrap(),
        |arena, id| {
            arena.act(id, Role::ReviewLead, request()).unwrap();
            arena.now = "2026-06-01T00:00:00Z".parse().unwrap();
            arena.fire(id).unwrap()
        },
        |arena, id| {
            arena.act(id, Role::ReviewLead, request()).unwrap();
            arena.edit(id, &[], &[0]).unwrap()
        },
    ];
    for go in goes {
        let mut arena = Arena::new();
        let one = arena.submitted(1, &[0]);
        let two = arena.reviewed(2, &[0, 1]);
        let open = arena.arbitration(0).unwrap().id;
        let after = go(&mut arena, two);
        settled_for(&arena, &after, open, one);
        assert!(arena.claim(two).contested_since.is_none());
    }
}

fn settled_for(arena: &Arena, after: &Aftermath, open: Uuid, winner: Uuid) {
    let closed = &after.moves.closed[0];
    assert_eq!((closed.id, closed.status, closed.winner), (open, ArbitrationStatus::Settled, Some(winner)));
    assert_eq!((closed.rationale.as_deref(), arena.outcome(winner, 0)), (None, LineOutcome::Won));
    assert!(arena.open.is_empty() && arena.claim(winner).contested_since.is_none());
    assert!(told(after, winner).contains(&HistoryAction::ArbitrationSettled));
}

// X7 L9 N3 I2: so does an incumbent
#[test]
fn an_incumbent_that_goes_settles_it_too() {
    let goes: [fn(&mut Arena, Uuid) -> Aftermath; 3] = [
        |arena, id| arena.act(id, Role::GlobalAdmin, withdraw()).unwrap(),
        |arena, id| arena.act(id, Role::CustomerAdmin, decline(None)).unwrap(),
        |arena, _| arena.end_subscription(0).unwrap(),
    ];
    for go in goes {
        let mut arena = Arena::new();
        let incumbent = arena.approved(1, &[0]);
        let rival = arena.reviewed(2, &[0]);
        let open = arena.arbitration(0).unwrap().id;
        let after = go(&mut arena, incumbent);
        settled_for(&arena, &after, open, rival);
        assert!(arena.associations.is_empty(), "L9");
        assert!(told(&after, incumbent).contains(&HistoryAction::AssociationEnded));
        arena.act(rival, Role::ReviewLead, approve()).unwrap();
    }
}

// X7: with more than one left it goes on
#[test]
fn with_two_left_it_goes_on() {
    let mut arena = Arena::new();
    let ids = [1, 2, 3].map(|number| arena.submitted(number, &[0]));
    let open = arena.arbitration(0).unwrap().id;
    let after = arena.act(ids[0], Role::GlobalAdmin, withdraw()).unwrap();
    assert_eq!(after.moves.left, [(open, ids[0])]);
    assert_eq!(parties(&arena, 0), [ids[1], ids[2]].into());
    assert!(after.moves.closed.is_empty());
    assert_eq!(after.decisions.keys().collect::<Vec<_>>(), [&ids[0]], "the others have nothing new to hear");
}

// X7 H1: a line that has won is open again for a new rival, and history says so
#[test]
fn a_won_line_is_pending_again_when_a_new_rival_comes() {
    let mut arena = Arena::new();
    let one = arena.submitted(1, &[0]);
    let two = arena.submitted(2, &[0]);
    arena.act(two, Role::GlobalAdmin, withdraw()).unwrap();
    assert_eq!(arena.outcome(one, 0), LineOutcome::Won);
    let three = arena.draft(3, &[0]);
    let after = arena.act(three, Role::GlobalAdmin, Command::Submit).unwrap();
    assert_eq!((arena.outcome(one, 0), arena.outcome(three, 0)), (LineOutcome::Pending, LineOutcome::Pending));
    let change = |id: Uuid| -> Vec<_> {
        let events: &[Event] = &after.decisions[&id].events;
        let opened = events.iter().find(|event| event.action == HistoryAction::ArbitrationOpened).unwrap();
        opened
            .changes
            .iter()
            .map(|change| (change.field.as_str(), change.before.as_deref(), change.after.as_deref()))
            .collect()
    };
    assert_eq!(change(one), [("line.outcome", Some("WON"), Some("PENDING"))]);
    assert_eq!(change(three), []);
}

// X1 X7: an edit after submission brings a claim in and takes it out
#[test]
fn adding_a_product_joins_and_removing_it_leaves() {
    let mut arena = Arena::new();
    let one = arena.submitted(1, &[0]);
    let two = arena.submitted(2, &[1]);
    arena.edit(two, &[0], &[]).unwrap();
    assert_eq!(parties(&arena, 0), [one, two].into());
    arena.edit(two, &[], &[0]).unwrap();
    assert_eq!((arena.open.len(), arena.outcome(one, 0)), (0, LineOutcome::Won));
}

// L11b: the actor by exactly one; a rival only where its status or an outcome changes
#[test]
fn versions_of_rivals_rise_only_with_their_status_or_an_outcome() {
    let mut arena = Arena::new();
    let one = arena.submitted(1, &[0]);
    let two = arena.draft(2, &[0]);
    let version = |arena: &Arena, id: Uuid| arena.claim(id).version;
    let (first, second) = (version(&arena, one), version(&arena, two));
    arena.act(two, Role::GlobalAdmin, Command::Submit).unwrap();
    assert_eq!(
        (version(&arena, one), version(&arena, two)),
        (first, second + 1),
        "an arbitration that opens raises no rival"
    );
    arena.act(two, Role::GlobalAdmin, withdraw()).unwrap();
    assert_eq!((version(&arena, one), version(&arena, two)), (first + 1, second + 2), "one has won");
    let three = arena.submitted(3, &[0]);
    assert_eq!(version(&arena, one), first + 2, "what was won is pending");
    let before = version(&arena, three);
    arena.award(0, three).unwrap();
    assert_eq!((version(&arena, one), version(&arena, three)), (first + 3, before + 1), "an award raises both");
}

// L11b K1: what concerns one claim alone leaves the contest as it is
#[test]
fn a_comment_or_a_document_does_not_take_a_claim_out_of_its_arbitration() {
    let mut arena = Arena::new();
    let one = arena.submitted(1, &[0]);
    let two = arena.submitted(2, &[0]);
    for (role, command) in [
        (Role::GlobalAdmin, remark()),
        (Role::GlobalAdmin, attach()),
        (Role::ReviewLead, assign("reviewer@example")),
        (Role::ReviewLead, Command::StartReview),
        (Role::ReviewLead, request()),
        (Role::GlobalAdmin, answer()),
    ] {
        let name = command.action();
        arena.act(one, role, command).unwrap();
        assert_eq!(arena.claim(one).contested_since, Some(monday()), "{name}");
    }
    assert_eq!(parties(&arena, 0), [one, two].into());
}

fn reject_and_dispute(arena: &mut Arena, claim: Uuid) {
    arena.act(claim, Role::ReviewLead, Command::StartReview).unwrap();
    arena.act(claim, Role::ReviewLead, refuse()).unwrap();
    arena.act(claim, Role::GlobalAdmin, claim_again()).unwrap();
}

/// Of each line, whether it is lost.
fn lost_lines(arena: &Arena, claim: Uuid) -> Vec<bool> {
    arena.claim(claim).lines.iter().map(|line| line.outcome == LineOutcome::Lost).collect()
}

// X0 X6 D1: the lost line stays lost where its subject is in another line of the claim
#[test]
fn a_subject_that_was_lost_and_added_again_is_open_once_after_a_dispute() {
    let mut arena = Arena::new();
    let claim = arena.submitted(2, &[0]);
    let rival = arena.reviewed(1, &[0]);
    arena.edit(claim, &[1], &[]).unwrap();
    arena.award(0, rival).unwrap();
    arena.edit(claim, &[0], &[]).unwrap();
    arena.act(rival, Role::GlobalAdmin, withdraw()).unwrap();
    reject_and_dispute(&mut arena, claim);
    arena.act(claim, Role::ReviewLead, approve()).unwrap();
    assert_eq!(lost_lines(&arena, claim), [true, false, false]);
    assert_eq!(arena.associations.len(), 2);
}

// X0 D1: of several lost lines on a subject the newest is open again
#[test]
fn of_two_lost_lines_on_a_subject_one_is_open_again_after_a_dispute() {
    let mut arena = Arena::new();
    let claim = arena.submitted(2, &[0]);
    let rival = arena.reviewed(1, &[0]);
    arena.edit(claim, &[1], &[]).unwrap();
    for _ in 0..2 {
        arena.award(0, rival).unwrap();
        arena.edit(claim, &[0], &[]).unwrap();
    }
    arena.award(0, rival).unwrap();
    reject_and_dispute(&mut arena, claim);
    assert_eq!(lost_lines(&arena, claim), [true, false, true, false]);
}
