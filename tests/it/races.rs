//! Many at once on one subject: whatever the order, there is at most one live association and one winner, and everybody else
//! is told a problem.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Answer, Backend, Caller, Claim, Settings, World};

/// How many calls race.
const CALLS: usize = 50;

/// What a call came to: done, or the codes of its refusal.
fn outcome(answer: &Answer) -> Vec<String> {
    if answer.problems().is_empty() { Vec::new() } else { answer.refused() }
}

fn done(outcomes: &[Vec<String>]) -> usize {
    outcomes.iter().filter(|codes| codes.is_empty()).count()
}

/// Every refusal is one of these.
fn only(outcomes: &[Vec<String>], allowed: &[&str]) {
    for codes in outcomes {
        assert!(codes.iter().all(|code| allowed.contains(&code.as_str())), "{codes:?} is none of {allowed:?}");
    }
}

/// The live associations of the customer of [`World::new_customer`].
async fn live(world: &World, number: u32) -> u64 {
    let customer = crate::support::ids::of_customer(&format!("c1000000-0000-4000-8000-{number:012}"));
    let query = format!("{{ associations(customerId: \"{customer}\", live: true) {{ totalCount }} }}");
    world.lead.query(&query).await["associations"]["totalCount"].as_u64().unwrap()
}

/// The claims of both partners on one subject, both under review, and their arbitration.
async fn contested(world: &World, number: u32) -> (Claim, Claim, String) {
    let mine = world.submitted_on(&world.partner, number).await;
    let theirs = world.submitted_on(&world.rival, number).await;
    let (mine, theirs) = (world.review(&mine).await, world.review(&theirs).await);
    let id = world.open_arbitration(&mine).await;
    (mine, theirs, id)
}

async fn approve(caller: &Caller, claim: &Claim, version: i64) -> Vec<String> {
    let input = json!({ "claimId": claim.id(), "expectedVersion": version });
    outcome(&caller.mutate("approveClaim", input).await)
}

async fn award(world: &World, id: &str, winner: &Claim) -> Vec<String> {
    outcome(&world.award(id, winner).await)
}

/// Awards to either side, and approvals of either side before and after it, all at once.
async fn awards_and_approvals(world: &World, number: u32) {
    // X5, X6, L6
    let (mine, theirs, id) = contested(world, number).await;
    let awards = async { join_all([&mine, &theirs].map(|winner| award(world, &id, winner))).await };
    let approvals = (0..CALLS - 2).map(|call| {
        let claim = if call % 2 == 0 { &mine } else { &theirs };
        let version = claim.version() + i64::from(call % 4 > 1);
        approve(if call % 3 == 0 { &world.reviewer } else { &world.lead }, claim, version)
    });
    let (awards, approvals) = tokio::join!(awards, join_all(approvals));
    assert_eq!(done(&awards), 1, "one award: {awards:?}");
    only(&awards, &["WRONG_STATUS"]);
    only(&approvals, &["IN_ARBITRATION", "VERSION_CONFLICT", "WRONG_STATUS"]);
    assert!(done(&approvals) <= 1, "{approvals:?}");
    let (mine, theirs) = (world.seen(&mine).await, world.seen(&theirs).await);
    let (winner, loser) = if mine.outcome(0) == "WON" { (mine, theirs) } else { (theirs, mine) };
    assert_eq!((winner.outcome(0), loser.outcome(0), loser.status()), ("WON", "LOST", "REJECTED"));
    // Where the award came last, everybody asks again, all at once.
    let again = join_all((0..10).map(|_| approve(&world.lead, &winner, winner.version()))).await;
    assert_eq!(done(&again) + done(&approvals), 1, "one approval");
    only(&again, &["VERSION_CONFLICT", "WRONG_STATUS"]);
    assert_eq!((world.seen(&winner).await.status(), live(world, number).await), ("APPROVED", 1));
}

/// An incumbent, a rival, and everything that can happen to them, all at once.
async fn awards_withdrawals_and_approvals(world: &World, number: u32) {
    // X5, X6, X7, L9
    let mine = world.submitted_on(&world.partner, number).await;
    let mine = world.approve(&world.review(&mine).await).await;
    let theirs = world.review(&world.submitted_on(&world.rival, number).await).await;
    let id = world.open_arbitration(&mine).await;
    let calls = (0..CALLS).map(|call| {
        let (world, mine, theirs, id) = (world, &mine, &theirs, id.as_str());
        async move {
            let withdraw = |claim: &Claim, version| json!({ "claimId": claim.id(), "expectedVersion": version, "detail": "Away." });
            match call % 6 {
                0 => award(world, id, theirs).await,
                1 => award(world, id, mine).await,
                2 => outcome(&world.partner.mutate("withdrawClaim", withdraw(mine, mine.version())).await),
                3 => approve(&world.lead, theirs, theirs.version() + 1).await,
                4 => outcome(&world.rival.mutate("withdrawClaim", withdraw(theirs, theirs.version())).await),
                _ => approve(&world.reviewer, theirs, theirs.version()).await,
            }
        }
    });
    let outcomes = join_all(calls).await;
    only(&outcomes, &["IN_ARBITRATION", "VERSION_CONFLICT", "WRONG_STATUS", "NOT_FOUND"]);
    let (mine, theirs) = (world.seen(&mine).await, world.seen(&theirs).await);
    let approved = [&mine, &theirs].into_iter().filter(|claim| claim.status() == "APPROVED").count() as u64;
    assert!(approved <= 1, "{mine:?} {theirs:?}");
    assert_eq!(live(world, number).await, approved);
    assert_ne!(mine.arbitrations()[0].1, "OPEN", "{outcomes:?}");
    let winners = [&mine, &theirs].into_iter().filter(|claim| claim.outcome(0) == "WON").count();
    assert_eq!(winners, 1, "{mine:?} {theirs:?}");
}

/// Three partners hand in claims on one subject in the same moment.
async fn rivals_that_come_together(world: &World, third: &Caller, number: u32) {
    // X1, X4
    let mut input = world.input_of_third();
    let tenant = world.new_customer(number).await;
    input["tenantId"] = json!(tenant);
    input["domain"] = json!(crate::support::world::domain_of(number));
    let drafts = [
        (&world.partner, world.draft_on(&world.partner, number).await),
        (&world.rival, world.draft_on(&world.rival, number).await),
        (third, third.mutate("createClaim", input).await.claim()),
    ];
    let mut ready = Vec::new();
    for (caller, draft) in drafts {
        ready.push((caller, world.prove(caller, &draft).await));
    }
    let submitted = join_all(ready.iter().map(|(caller, draft)| world.submit(caller, draft))).await;
    let id = world.open_arbitration(&submitted[0]).await;
    for claim in &submitted {
        assert_eq!(world.open_arbitration(claim).await, id);
        assert_eq!(world.told(claim, "ARBITRATION_OPENED").await.len(), 1);
        assert_eq!(world.seen(claim).await.version(), claim.version());
    }
    let node = "query($id: ID!) { node(id: $id) { ... on Arbitration { claims { id } } } }";
    let seen = world.lead.graphql(node, json!({ "id": id })).await;
    assert_eq!(seen.data()["node"]["claims"].as_array().map(Vec::len), Some(3));
    // Two of them leave in the same moment: it is settled for the third, once.
    let leaving = submitted.iter().zip(&ready).take(2).map(|(claim, (caller, _))| world.withdraw(caller, claim));
    join_all(leaving).await;
    let left = world.seen(&submitted[2]).await;
    assert_eq!((left.outcome(0), left.arbitrations()), ("WON", vec![(id.as_str(), "SETTLED")]));
    assert_eq!(world.told(&left, "ARBITRATION_SETTLED").await.len(), 1);
}

/// No subject has more than one live association, whoever looks (X6).
async fn nothing_is_held_twice(world: &World) {
    let held = "SELECT subject FROM association WHERE ended_at IS NULL GROUP BY subject HAVING count(*) > 1";
    assert_eq!(world.server.database.read(held).await, Vec::<String>::new());
    let open = "SELECT subject FROM arbitration WHERE status = 'OPEN' GROUP BY subject HAVING count(*) > 1";
    assert_eq!(world.server.database.read(open).await, Vec::<String>::new());
}

async fn race(backend: Backend, rounds: u32) {
    let world = World::start(backend, Settings::default()).await;
    let third = world.third().await;
    for round in 0..rounds {
        awards_and_approvals(&world, 3 * round).await;
        if round % 3 == 0 {
            awards_withdrawals_and_approvals(&world, 3 * round + 1).await;
            rivals_that_come_together(&world, &third, 3 * round + 2).await;
        }
    }
    nothing_is_held_twice(&world).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_winner_on_postgres() {
    race(Backend::Postgres, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_winner_on_sqlite() {
    race(Backend::Sqlite, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_itself_refuses_a_second_association() {
    // X6: whoever writes it.
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let world = World::start(backend, Settings::default()).await;
        world.approved().await;
        let columns = "claim_id, line_id, partner_id, tenant_id, sku_id, subscription_id, subject, official, started_at, ended_at";
        let id = if backend == Backend::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
        let again = format!("INSERT INTO association (id, {columns}) SELECT {id}, {columns} FROM association");
        let refused = world.server.database.try_tamper(&again).await;
        assert!(refused.is_err_and(|error| error.to_string().to_lowercase().contains("unique")));
        assert_eq!(world.live_associations().await.len(), 1);
        world.finish().await;
    }
}
