//! The projection: lists and statistics that are read by it are those of the claims, however far it has come.

use domain::{
    calendar::Calendar,
    caller::Actor,
    claim::{Claim, Rejection, Reviewer},
    deadline::Deadline,
    history::Event,
    kinds::{ClaimStatus, DeadlineKind, HistoryAction, RejectionReason, StatisticsGroup},
    policy::Policy,
    statistics::ClaimCounts,
    time::Timestamp,
};
use uuid::Uuid;

use super::world::{CONTOSO, FABRIKAM, SALES, World, at, claim, partner_user, reviewer};
use crate::store::{
    claims::{
        self, ClaimFilter, ClaimOrder, ClaimOrderField, TimeRange, Wanted, Way,
        write::{Parts, differing, find},
    },
    history::write as history,
    page::PageRequest,
    projection::{
        self,
        write::{Step, step},
    },
    transaction::change::ClaimChange,
};

const DAY: i64 = 86_400_000_000;

const CLAIMS: u128 = 14;

/// Later than everything that happens.
const NOW: i64 = 400 * DAY;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 40).unwrap() % end
    }
}

/// Drafts of two partners for two products.
async fn drafts(world: &World) {
    for id in 1..=CLAIMS {
        let mut one = claim(id, ClaimStatus::Editing);
        one.created_at = at(i64::try_from(id % 7).unwrap() * DAY);
        if id % 3 == 0 {
            (one.partner_id, one.mpn_id) = (FABRIKAM, "200".to_owned());
        }
        if id % 4 == 0 {
            one.lines.push(domain::claim::Line {
                id: Uuid::from_u128(0x2_0000 + id),
                sku_id: SALES,
                ..one.lines[0].clone()
            });
        }
        world.save(&one).await;
    }
}

/// Something happens to a claim, with its entry.
async fn happen(world: &World, dice: &mut Dice, round: i64) {
    let id = u128::try_from(dice.below(i64::try_from(CLAIMS).unwrap())).unwrap() + 1;
    let partner = partner_user(if id % 3 == 0 { FABRIKAM } else { CONTOSO });
    let read = find(&world.db, &partner, Uuid::from_u128(id), Parts::Whole, None).await.unwrap().0.unwrap();
    let now = at(10 * DAY + round * DAY / 2);
    let (action, claim) = next(&read.claim, dice, now);
    let event = Event { from: Some(read.claim.status), to: Some(claim.status), ..Event::new(action) };
    let placed = history::place(read.head.clone(), claim.id, &Actor::system(), now, vec![event], &[]);
    ClaimChange::new(&read, &claim, differing(&read.claim, &claim), placed).store_at_once(&world.db).await.unwrap();
}

fn next(before: &Claim, dice: &mut Dice, now: Timestamp) -> (HistoryAction, Claim) {
    use ClaimStatus::{Approved, Editing, PartnerActionRequired, Rejected, Submitted, UnderReview};
    let mut claim = Claim { updated_at: now, ..before.clone() };
    let (choice, reviewer, due_at) = (dice.below(4), dice.below(3), at(now.micros() + dice.below(500) * DAY));
    let clock = |kind| Some(Deadline { kind, started_at: now, due_at });
    let action = match (before.status, choice) {
        (Editing, _) => {
            (claim.status, claim.submitted_at) = (Submitted, Some(now));
            claim.deadline = clock(DeadlineKind::StartReview);
            HistoryAction::Submitted
        }
        (Submitted, _) => {
            claim.status = UnderReview;
            claim.reviewer = Some(Reviewer { subject: format!("reviewer{reviewer}"), name: None });
            claim.deadline = clock(DeadlineKind::Decide);
            HistoryAction::ReviewStarted
        }
        (UnderReview, 0) => {
            claim.status = PartnerActionRequired;
            HistoryAction::ActionRequested
        }
        (UnderReview | PartnerActionRequired, 1) => {
            (claim.status, claim.decided_at, claim.deadline) = (Rejected, Some(now), None);
            let reason = RejectionReason::ALL[usize::try_from(reviewer).unwrap()];
            claim.rejection = Some(rejection(reason, now));
            HistoryAction::Rejected
        }
        (UnderReview | PartnerActionRequired, 2) => {
            (claim.status, claim.decided_at, claim.approved_at, claim.deadline) =
                (Approved, Some(now), Some(now), None);
            HistoryAction::Approved
        }
        (Rejected, 3) => {
            (claim.status, claim.decided_at, claim.rejection) = (UnderReview, None, None);
            HistoryAction::DisputeAnswered
        }
        _ => HistoryAction::Commented,
    };
    (action, claim)
}

fn rejection(reason: RejectionReason, now: Timestamp) -> Rejection {
    Rejection {
        reason,
        detail: String::new(),
        rejected_at: now,
        disputable_until: None,
        rejected_by: None,
        new_proof: false,
    }
}

/// By nothing, by each of the times, and by what became of a claim.
fn filters() -> Vec<ClaimFilter> {
    let range = Some(TimeRange { from: Some(at(20 * DAY)), before: Some(at(60 * DAY)) });
    let none = ClaimFilter::default;
    vec![
        none(),
        ClaimFilter { created_at: Some(TimeRange { from: Some(at(3 * DAY)), before: None }), ..none() },
        ClaimFilter { updated_at: range, ..none() },
        ClaimFilter { submitted_at: range, ..none() },
        ClaimFilter { due_at: range, ..none() },
        ClaimFilter { decided_at: range, ..none() },
        // Open at both ends: of the claims that have the time.
        ClaimFilter { submitted_at: Some(TimeRange::default()), ..none() },
        ClaimFilter { due_at: Some(TimeRange::default()), ..none() },
        ClaimFilter { decided_at: Some(TimeRange::default()), ..none() },
        ClaimFilter { last_activity_at: range, submitted_at: range, ..none() },
        ClaimFilter { status: Some(vec![ClaimStatus::Rejected, ClaimStatus::Approved]), ..none() },
        ClaimFilter { rejection_reason: Some(vec![RejectionReason::InsufficientPoe]), ..none() },
        ClaimFilter { overdue: Some((true, at(NOW))), ..none() },
        ClaimFilter { unassigned: Some(true), ..none() },
    ]
}

const ORDERS: [ClaimOrderField; 6] = [
    ClaimOrderField::CreatedAt,
    ClaimOrderField::UpdatedAt,
    ClaimOrderField::SubmittedAt,
    ClaimOrderField::DueAt,
    ClaimOrderField::DecidedAt,
    ClaimOrderField::LastActivityAt,
];

/// The whole list, page by page: by the projection, or by the claims.
async fn walk(
    world: &World,
    filter: &ClaimFilter,
    order: ClaimOrder,
    by_projection: bool,
    backward: bool,
) -> Vec<Uuid> {
    let (mut walked, mut request) = (Vec::new(), PageRequest { backward, ..PageRequest::first(4) });
    loop {
        let page = if by_projection {
            let since = projection::usable(&world.db).await.unwrap().unwrap();
            let read = (claims::in_projection(filter).unwrap(), order, since);
            claims::page_by_projection(&world.db, &reviewer(), read, &request, Wanted::ROW).await.unwrap()
        } else {
            claims::page_this_way(&world.db, &reviewer(), (filter, order, Way::Any), &request, Wanted::ROW)
                .await
                .unwrap()
        };
        walked.extend(page.items.iter().map(|(_, one)| one.claim().id));
        let (more, edge) =
            if backward { (page.has_previous, page.items.first()) } else { (page.has_next, page.items.last()) };
        if !more {
            return walked;
        }
        let cursor = edge.map(|(cursor, _)| cursor.clone());
        if backward { request.before = cursor } else { request.after = cursor }
    }
}

async fn lists_agree(world: &World) {
    for (field, filter) in ORDERS.iter().flat_map(|field| filters().into_iter().map(move |filter| (*field, filter))) {
        for (descending, backward) in [(false, false), (true, false), (true, true)] {
            let order = ClaimOrder { field, descending };
            let [claims, projection] =
                [walk(world, &filter, order, false, backward).await, walk(world, &filter, order, true, backward).await];
            assert_eq!(projection, claims, "{order:?} {filter:?} {backward}");
        }
    }
}

async fn statistics_agree(world: &World, policy: &Policy) {
    let (db, calendar, now) = (&world.db, Calendar::new(policy), at(NOW));
    for status in [None, Some(vec![ClaimStatus::Rejected, ClaimStatus::UnderReview])] {
        let filter = ClaimFilter { status, ..ClaimFilter::default() };
        for by in StatisticsGroup::ALL {
            let projected = claims::projected(db, &reviewer(), &filter, *by, &calendar, now).await.unwrap().unwrap();
            let counted = claims::counted(db, &reviewer(), &filter, *by, &calendar, now).await.unwrap();
            assert_eq!(projected, counted, "{by} {filter:?}");
        }
        let overall = claims::overall(db, &reviewer(), &filter, &calendar, now).await.unwrap();
        let statistics = claims::statistics(db, &reviewer(), &filter, now).await.unwrap();
        let mut counted = ClaimCounts::with_overdue(statistics.overdue);
        for (status, claims) in statistics.by_status.iter().filter(|(_, claims)| *claims > 0) {
            counted.add(*status, *claims);
        }
        for decided in claims::decided_claims(db, &reviewer(), &filter, &calendar, now).await.unwrap() {
            let days = calendar.business_days_between(decided.submitted_at, decided.decided_at);
            counted.add_decided(days.into(), decided.claims);
        }
        counted.first_pass = claims::first_pass(db, &reviewer(), &filter).await.unwrap();
        assert_eq!(overall.unwrap_or_default(), counted, "{filter:?}");
    }
}

#[tokio::test]
async fn the_projection_is_what_the_claims_are() {
    // L14, S1, S2: whether much was folded in or little.
    let world = World::new().await;
    drafts(&world).await;
    let (mut dice, mut policy) = (Dice(7), Policy::default());
    for round in 0..40 {
        happen(&world, &mut dice, round).await;
    }
    assert!(projection::usable(&world.db).await.unwrap().is_none(), "it is not built yet");
    while step(&world.db, &Calendar::new(&policy)).await.unwrap() == Step::Done {}
    for round in 40..140 {
        happen(&world, &mut dice, round).await;
        if dice.below(9) == 0 {
            step(&world.db, &Calendar::new(&policy)).await.unwrap();
        }
        if round % 33 == 0 {
            lists_agree(&world).await;
            statistics_agree(&world, &policy).await;
        }
    }
    // Counts of another calendar are not used, and made again.
    policy.holidays.extend(
        (0..200).step_by(3).map(|day| jiff::civil::date(1970, 1, 2).saturating_add(jiff::Span::new().days(day))),
    );
    let none = ClaimFilter::default();
    let overall = claims::overall(&world.db, &reviewer(), &none, &Calendar::new(&policy), at(NOW)).await.unwrap();
    assert_eq!(overall, None);
    step(&world.db, &Calendar::new(&policy)).await.unwrap();
    statistics_agree(&world, &policy).await;
}
