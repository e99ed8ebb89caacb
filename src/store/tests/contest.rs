//! Arbitrations, evaluations, and which clocks are late.

use domain::{
    claim::Claim,
    deadline::Deadline,
    kinds::{ArbitrationStatus, ClaimStatus, DeadlineKind, DeadlineState, EvaluationStatus, IncentiveProgram},
    lifecycle,
    policy::Policy,
};
use entity::{
    arbitration, arbitration_claim,
    column::{Micros, Word, Words},
    evaluation,
};
use uuid::Uuid;

use super::world::{
    ADATUM, CONTOSO, FABRIKAM, TEAMS, World, at, claim, customer_admin, directory_sync, partner_user, reviewer,
};
use crate::store::{
    arbitrations::{self, ArbitrationFilter},
    claims::{self, ClaimFilter, ClaimOrder, ClaimRow, Wanted},
    evaluations,
    page::PageRequest,
};

const OURS: u128 = 1;
const RIVAL: u128 = 2;
const WITHDRAWN: u128 = 3;
const APPROVED: u128 = 4;

const OPEN: u128 = 0xf1;
const SETTLED: u128 = 0xf2;
const THEIRS: u128 = 0xf3;

impl World {
    /// An arbitration on Teams at A. Datum, and the claims in it: those that left are marked.
    async fn arbitration(&self, id: u128, status: ArbitrationStatus, winner: Option<u128>, parties: &[(u128, bool)]) {
        let id = Uuid::from_u128(id);
        self.insert::<arbitration::Entity>(arbitration::Model {
            id,
            subject: format!("workload:{ADATUM}:{TEAMS}"),
            tenant_id: ADATUM,
            sku_id: TEAMS,
            subscription_id: None,
            status: Word(status),
            opened_at: Micros(at(1000)),
            settled_at: winner.map(|_| Micros(at(2000))),
            winner_claim_id: winner.map(Uuid::from_u128),
            rationale: winner.map(|_| "It was first.".to_owned()),
        })
        .await;
        for (joined_at, (claim, left)) in (1000..).zip(parties) {
            self.insert::<arbitration_claim::Entity>(arbitration_claim::Model {
                arbitration_id: id,
                claim_id: Uuid::from_u128(*claim),
                joined_at: Micros(at(joined_at)),
                left_at: left.then(|| Micros(at(2000))),
            })
            .await;
        }
    }
}

/// Contoso's and Fabrikam's claims on one workload: one arbitration of theirs is open, one was left by Contoso, and one
/// Contoso never had to do with.
async fn contest() -> World {
    let world = World::new().await;
    let rival = |id, status| Claim { partner_id: FABRIKAM, mpn_id: "200".to_owned(), ..claim(id, status) };
    for one in [
        claim(OURS, ClaimStatus::UnderReview),
        rival(RIVAL, ClaimStatus::Submitted),
        claim(WITHDRAWN, ClaimStatus::Rejected),
        rival(APPROVED, ClaimStatus::Approved),
    ] {
        world.save(&one).await;
    }
    // The rival came in before the others: the order of joining is not that of the ids.
    world.arbitration(OPEN, ArbitrationStatus::Open, None, &[(RIVAL, false), (OURS, false)]).await;
    let left = [(WITHDRAWN, true), (RIVAL, false)];
    world.arbitration(SETTLED, ArbitrationStatus::Settled, Some(RIVAL), &left).await;
    world.arbitration(THEIRS, ArbitrationStatus::Awarded, Some(APPROVED), &[(RIVAL, false), (APPROVED, false)]).await;
    world
}

fn numbers(ids: impl IntoIterator<Item = Uuid>) -> Vec<u128> {
    ids.into_iter().map(|id| id.as_u128()).collect()
}

#[tokio::test]
async fn a_partner_sees_the_contests_it_takes_or_took_part_in_and_its_own_claims_there() {
    // X2, A3, A4
    let world = contest().await;
    let all = [OPEN, SETTLED, THEIRS].map(Uuid::from_u128);
    let (ours, rivals) = ([vec![OURS], vec![WITHDRAWN], vec![]], [vec![RIVAL], vec![RIVAL], vec![RIVAL, APPROVED]]);
    let both = [vec![RIVAL, OURS], vec![WITHDRAWN, RIVAL], vec![RIVAL, APPROVED]];
    let nobody = || [vec![], vec![], vec![]];
    for (caller, seen, parties) in [
        (partner_user(CONTOSO), &[OPEN, SETTLED][..], ours),
        (partner_user(FABRIKAM), &[OPEN, SETTLED, THEIRS], rivals),
        (reviewer(), &[OPEN, SETTLED, THEIRS], both),
        (directory_sync(), &[], nobody()),
        (customer_admin(ADATUM), &[], nobody()),
    ] {
        let page = arbitrations::page(&world.db, &caller, ArbitrationFilter::default(), &PageRequest::first(100))
            .await
            .unwrap();
        assert_eq!(numbers(page.items.iter().map(|(_, one)| one.id)), seen, "{caller:?}");
        assert_eq!(
            arbitrations::count(&world.db, &caller, ArbitrationFilter::default()).await.unwrap(),
            seen.len() as u64,
            "{caller:?}"
        );
        let mut named = arbitrations::by_ids(&world.db, &caller, &all).await.unwrap();
        named.sort_by_key(|one| one.id);
        assert_eq!(numbers(named.iter().map(|one| one.id)), seen, "{caller:?}");
        let found = arbitrations::parties(&world.db, &caller, &all, Wanted::ROW).await.unwrap();
        let found = all.map(|id| numbers(found.get(&id).into_iter().flatten().map(|one| one.claim().id)));
        assert_eq!(found, parties, "{caller:?}");
    }
}

#[tokio::test]
async fn contests_are_found_by_status_and_by_claim_in_one_statement() {
    let world = contest().await;
    let (request, reviewer) = (PageRequest::first(1), reviewer());
    for (status, found) in
        [(ArbitrationStatus::Open, OPEN), (ArbitrationStatus::Settled, SETTLED), (ArbitrationStatus::Awarded, THEIRS)]
    {
        let of_status = ArbitrationFilter { status: Some(status), ..ArbitrationFilter::default() };
        let page = arbitrations::page(&world.db, &reviewer, of_status, &request).await.unwrap();
        assert_eq!((numbers(page.items.iter().map(|(_, one)| one.id)), page.has_next), (vec![found], false));
        assert_eq!(arbitrations::count(&world.db, &reviewer, of_status).await.unwrap(), 1);
    }
    world.statements();
    let claims = [OURS, RIVAL, WITHDRAWN, APPROVED].map(Uuid::from_u128);
    for (caller, of) in [
        (reviewer, [vec![OPEN], vec![OPEN, SETTLED, THEIRS], vec![SETTLED], vec![THEIRS]]),
        (customer_admin(ADATUM), [vec![], vec![], vec![], vec![]]),
    ] {
        let found = arbitrations::of_claims(&world.db, &caller, &claims).await.unwrap();
        assert_eq!(claims.map(|id| numbers(found.get(&id).into_iter().flatten().map(|one| one.id))), of, "{caller:?}");
        assert_eq!(world.statements(), 1);
    }
}

#[tokio::test]
async fn an_evaluation_is_not_for_the_customer() {
    // A3, I1
    let world = contest().await;
    let id = Uuid::from_u128(APPROVED);
    world
        .insert::<evaluation::Entity>(evaluation::Model {
            claim_id: id,
            status: Word(EvaluationStatus::Sent),
            programs: Words(vec![IncentiveProgram::OsaSell, IncentiveProgram::OsuBusinessApplications]),
            tenant_id: None,
            subscription_ids: Words(vec![ADATUM, TEAMS]),
            created_at: Micros(at(1000)),
            sent_at: Some(Micros(at(2000))),
        })
        .await;
    for (caller, sees) in [
        (partner_user(FABRIKAM), true),
        (reviewer(), true),
        (partner_user(CONTOSO), false),
        (customer_admin(ADATUM), false),
        (directory_sync(), false),
    ] {
        let seen = claims::by_ids(&world.db, &caller, &[id], Wanted::least()).await.unwrap();
        let seen: Vec<_> = seen.iter().map(ClaimRow::id).collect();
        let found = evaluations::of_claims(&world.db, &caller, &seen).await.unwrap();
        assert_eq!(found.len(), usize::from(sees), "{caller:?}");
        if let Some(found) = seen.first().and_then(|id| found.get(id)) {
            assert_eq!((found.status, found.sent_at), (EvaluationStatus::Sent, Some(at(2000))));
            assert_eq!(found.programs, [IncentiveProgram::OsaSell, IncentiveProgram::OsuBusinessApplications]);
            assert_eq!(found.subscription_ids, [ADATUM, TEAMS]);
        }
    }
}

#[tokio::test]
async fn the_queue_says_of_every_clock_what_the_claim_itself_says() {
    // T1-T3, D3: the filter is SQL, the state of the deadline is not
    let world = World::new().await;
    let mut all = Vec::new();
    let clocks = DeadlineKind::ALL.iter().copied().map(Some).chain([None]);
    for (id, (kind, contested)) in (1..).zip(clocks.flat_map(|kind| [(kind, false), (kind, true)])) {
        let mut one = claim(id, ClaimStatus::UnderReview);
        one.deadline = kind.map(|kind| Deadline { kind, started_at: at(0), due_at: at(5000) });
        one.contested_since = contested.then(|| at(1));
        world.save(&one).await;
        all.push(one);
    }
    let found = async |filter: ClaimFilter| {
        let order = ClaimOrder { descending: false, ..ClaimOrder::default() };
        let page =
            claims::page(&world.db, &reviewer(), &filter, order, &PageRequest::first(100), Wanted::ROW).await.unwrap();
        page.items.into_iter().map(|(_, one)| one.claim().id).collect::<Vec<_>>()
    };
    for now in [at(4999), at(5000)] {
        let state = |one: &Claim| lifecycle::running_clock(one, now, &Policy::default()).map(|(_, state)| state);
        let (late, rest): (Vec<&Claim>, Vec<&Claim>) =
            all.iter().partition(|one| state(one) == Some(DeadlineState::Overdue));
        for (overdue, wanted) in [(true, &late), (false, &rest)] {
            let filter = ClaimFilter { overdue: Some((overdue, now)), ..ClaimFilter::default() };
            assert_eq!(found(filter).await, wanted.iter().map(|one| one.id).collect::<Vec<_>>(), "{overdue} at {now}");
        }
        let statistics = claims::statistics(&world.db, &reviewer(), &ClaimFilter::default(), now).await.unwrap();
        assert_eq!(statistics.overdue, late.len() as u64);
    }
    for contested in [true, false] {
        let filter = ClaimFilter { in_arbitration: Some(contested), ..ClaimFilter::default() };
        let wanted = all.iter().filter(|one| one.contested_since.is_some() == contested).map(|one| one.id);
        assert_eq!(found(filter).await, wanted.collect::<Vec<_>>());
    }
}
