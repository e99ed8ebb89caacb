//! Random histories: whatever anybody tries in any order, the rules hold after every step.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    arbitration::Aftermath,
    claim::Claim,
    kinds::{ClaimStatus, LineOutcome, Role},
    lifecycle::{Command, Decision},
    time::Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    answer, claim_again, nobody_is_named, parties, refuse, remark,
    support::{
        arena::{Arena, NAMES, contended, subject},
        commands::{approve, attach, decline, request, withdraw},
    },
};

/// One thing that somebody tries; what is not open at that moment is refused and changes nothing.
#[derive(Clone, Debug)]
enum Try {
    Act(usize, Role, Command),
    Edit(usize, Vec<usize>, Vec<usize>),
    Award(usize, usize),
    EndSubscription(usize),
    Wait(i64),
}

fn any_try(claims: usize) -> impl Strategy<Value = Try> {
    let act =
        |role: Role, command: fn() -> Command| (0..claims).prop_map(move |claim| Try::Act(claim, role, command()));
    let places = || proptest::collection::vec(0..NAMES.len(), 0..=1);
    prop_oneof![
        5 => act(Role::GlobalAdmin, || Command::Submit),
        5 => act(Role::ReviewLead, || Command::StartReview),
        5 => act(Role::ReviewLead, approve),
        2 => act(Role::ReviewLead, refuse),
        2 => act(Role::ReviewLead, request),
        2 => act(Role::GlobalAdmin, answer),
        1 => act(Role::GlobalAdmin, withdraw),
        5 => act(Role::GlobalAdmin, claim_again),
        2 => act(Role::CustomerAdmin, || decline(None)),
        1 => act(Role::GlobalAdmin, remark),
        1 => act(Role::GlobalAdmin, attach),
        2 => (0..claims, places(), places()).prop_map(|(claim, add, remove)| Try::Edit(claim, add, remove)),
        3 => (0..NAMES.len(), 0..claims).prop_map(|(place, claim)| Try::Award(place, claim)),
        2 => (0..NAMES.len()).prop_map(Try::EndSubscription),
        2 => (0_i64..200).prop_map(Try::Wait),
    ]
}

/// A claim to begin with: whose, on what, and how many steps it is on the way to its approval.
type Start = (usize, Vec<usize>, usize);

/// The claims of two to four partners, each with one claim or two, and what is tried with them.
fn any_story() -> impl Strategy<Value = (Vec<Start>, Vec<Try>)> {
    let subjects = proptest::sample::select(vec![vec![0], vec![1], vec![0, 1]]);
    (2_usize..=4)
        .prop_flat_map(move |partners| {
            proptest::collection::vec((1..=partners, subjects.clone(), 0_usize..5), partners..=2 * partners)
        })
        .prop_flat_map(|drafts| {
            let tries = proptest::collection::vec(any_try(drafts.len()), 1..80);
            (Just(drafts), tries)
        })
}

/// Does what is tried, and checks each step that it led to.
fn attempt(arena: &mut Arena, ids: &[Uuid], step: Try) {
    let before = arena.claims.clone();
    let (actor, after) = match step {
        Try::Act(claim, role, command) => (Some(ids[claim]), arena.act(ids[claim], role, command).ok()),
        Try::Edit(claim, add, remove) => (Some(ids[claim]), arena.edit(ids[claim], &add, &remove).ok()),
        Try::Award(place, claim) => (None, arena.award(place, ids[claim])),
        Try::EndSubscription(place) => {
            (arena.associations.get(&subject(place)).map(|(claim, _)| *claim), arena.end_subscription(place))
        }
        Try::Wait(hours) => {
            arena.now = Timestamp::from_micros(arena.now.micros() + hours * 3_600_000_000).unwrap();
            return clocks_run(arena, ids);
        }
    };
    match after {
        Some(after) => check(arena, &before, actor, &after),
        None => assert_eq!(arena.claims, before, "a refusal changes nothing"),
    }
}

/// Fires every clock, as the server does, and once is enough (T5).
fn clocks_run(arena: &mut Arena, ids: &[Uuid]) {
    for id in ids {
        for turn in 0.. {
            let before = arena.claims.clone();
            let Some(after) = arena.fire(*id) else { break };
            check(arena, &before, Some(*id), &after);
            assert!(turn < 3, "a clock fires without end");
        }
    }
    for id in ids {
        assert!(arena.fire(*id).is_none(), "T5");
    }
}

fn check(arena: &mut Arena, before: &BTreeMap<Uuid, Claim>, actor: Option<Uuid>, after: &Aftermath) {
    for (id, decision) in &after.decisions {
        told_and_raised(&before[id], decision, actor == Some(*id));
    }
    nobody_is_named(arena, after);
    contests_are_right(arena);
    let again = arena.reconcile();
    assert!(again.decisions.is_empty(), "asking again changes claims: {:?}", again.decisions);
    assert_eq!(again.moves, domain::arbitration::Moves::default(), "asking again changes arbitrations");
}

// H1 L11b A4
fn told_and_raised(before: &Claim, decision: &Decision, acts: bool) {
    let claim = &decision.claim;
    assert!(!decision.events.is_empty(), "H1: a change is told");
    let outcomes = |claim: &Claim| claim.lines.iter().map(|line| (line.id, line.outcome)).collect::<Vec<_>>();
    let moved = before.status != claim.status || outcomes(before) != outcomes(claim);
    if acts {
        assert!([0, 1].contains(&(claim.version - before.version)), "L11b");
    } else {
        assert_eq!(claim.version - before.version, i32::from(moved), "L11b");
    }
    let steps = decision.events.iter().filter(|event| event.to.is_some()).count();
    assert_eq!(steps, usize::from(before.status != claim.status), "a status changes in one event");
    assert_eq!(claim.rejection.is_some(), claim.status == ClaimStatus::Rejected);
}

// X1 X6
fn contests_are_right(arena: &Arena) {
    for place in 0..NAMES.len() {
        let contenders: BTreeSet<Uuid> = arena
            .claims
            .values()
            .filter(|claim| contended(claim).any(|it| it == subject(place)))
            .map(|claim| claim.id)
            .collect();
        let expected = if contenders.len() > 1 { contenders } else { BTreeSet::new() };
        assert_eq!(parties(arena, place), expected, "X1: an arbitration is open while two contend");
        assert!(arena.open.iter().filter(|open| open.subject == subject(place)).count() < 2);
        let holders = arena.claims.values().flat_map(|claim| claim.lines.iter().map(move |line| (claim, line)));
        let holders: Vec<_> = holders
            .filter(|(claim, line)| line.associated && claim.subject(line) == Some(subject(place)))
            .map(|(claim, line)| (claim.id, line.id))
            .collect();
        assert_eq!(holders, arena.associations.get(&subject(place)).copied().into_iter().collect::<Vec<_>>(), "X6");
    }
    for claim in arena.claims.values() {
        let contested = arena.open.iter().any(|open| open.parties.contains(&claim.id));
        assert_eq!(claim.contested_since.is_some(), contested);
        let approved = claim.status == ClaimStatus::Approved;
        assert!(claim.lines.iter().all(|line| !line.associated || (approved && line.outcome != LineOutcome::Lost)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    // X1 X2 X5 X6 X7 L11b H1 T5: whatever the partners, the vendor, the customer and time do, in any order
    #[test]
    fn every_story_keeps_the_rules((drafts, tries) in any_story()) {
        let mut arena = Arena::new();
        let ids: Vec<Uuid> = drafts.iter().map(|(owner, subjects, _)| arena.draft(*owner, subjects)).collect();
        for (claim, (_, _, steps)) in drafts.iter().enumerate() {
            let way = [(Role::GlobalAdmin, Command::Submit), (Role::ReviewLead, Command::StartReview), (Role::ReviewLead, approve())];
            for (role, command) in way.into_iter().take(*steps) {
                attempt(&mut arena, &ids, Try::Act(claim, role, command));
            }
        }
        for step in tries {
            attempt(&mut arena, &ids, step);
        }
    }
}
