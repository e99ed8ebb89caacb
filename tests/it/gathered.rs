//! Claims that are read by id while every connection is in use: one statement reads for all who wait, and each sees what it would
//! see alone. Only on PostgreSQL.

use std::pin::Pin;

use cpor::store::{
    Db, StoreError,
    claims::{
        ClaimRow, LinesWanted, Wanted, by_ids,
        write::{Parts, find},
    },
};
use domain::{
    caller::Caller as Domain,
    kinds::{Role, Scope},
};
use futures_util::{future::join_all, poll};
use serde_json::json;
use uuid::Uuid;

use crate::support::{
    Backend, Claim, Settings, World,
    busy::{Busy, limit},
    directory::{ALPINE, BOREAL, CONTOSO},
    ids,
};

type Read = Pin<Box<dyn Future<Output = Result<Vec<ClaimRow>, StoreError>> + Send>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_statement_reads_for_all_partners_who_wait() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let (own, foreign) = (world.draft().await, world.draft_of(&world.rival).await);
    let [alpine, boreal] = [ALPINE, BOREAL].map(|partner| company(Role::GlobalAdmin, Some(partner), None));
    let held = busy(&world, &own).await;
    let asked = [(&alpine, &own), (&boreal, &own), (&alpine, &foreign), (&boreal, &foreign), (&alpine, &own)];
    let mut reads = asked.map(|(caller, claim)| read(world.server.app.db(), caller, claim));
    for read in &mut reads {
        assert!(poll!(read).is_pending());
    }
    world.server.statements();
    held.end().await;
    let found = join_all(reads).await.into_iter().map(numbers);
    let (own, foreign) = (vec![number(&own)], vec![number(&foreign)]);
    assert_eq!(found.collect::<Vec<_>>(), [own.clone(), vec![], vec![], foreign, own]);
    assert_eq!(for_many(&world), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_side_sees_what_it_would_see_alone() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claims = [world.approved().await, world.submitted_on(&world.partner, 1).await, world.draft().await];
    let callers = [
        company(Role::GlobalAdmin, Some(ALPINE), None),
        company(Role::CustomerAdmin, None, Some(CONTOSO)),
        company(Role::Reviewer, None, None),
        company(Role::DirectorySync, None, None),
    ];
    let pairs = || callers.iter().flat_map(|caller| claims.iter().map(move |claim| (caller, claim)));
    let db = world.server.app.db();
    let mut alone = Vec::new();
    for (caller, claim) in pairs() {
        alone.push(format!("{:?}", read(db, caller, claim).await.unwrap()));
    }
    let held = busy(&world, &claims[0]).await;
    let mut reads: Vec<Read> = pairs().map(|(caller, claim)| read(db, caller, claim)).collect();
    for read in &mut reads {
        assert!(poll!(read).is_pending());
    }
    world.server.statements();
    held.end().await;
    let together = join_all(reads).await.into_iter().map(|read| format!("{:?}", read.unwrap()));
    assert_eq!(together.collect::<Vec<_>>(), alone);
    assert_eq!(for_many(&world), callers.len());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_to_be_changed_is_found_with_the_result_under_the_callers_own_key() {
    // A4, J1
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let (own, foreign) = (world.submitted().await, world.draft_of(&world.rival).await);
    let [alpine, boreal] = [ALPINE, BOREAL].map(|partner| company(Role::GlobalAdmin, Some(partner), None));
    let comment = json!({ "claimId": own.id(), "body": "Once.", "idempotencyKey": "once" });
    let answer = world.partner.mutate("addComment", comment).await;
    assert_eq!(answer.data()["addComment"]["problems"], json!([]));
    let held = busy(&world, &own).await;
    let (mine, theirs) = (world.partner.subject.as_str(), world.rival.subject.as_str());
    let [once, twice] = ["once", "twice"].map(domain::identifier::key);
    let asked = [
        (&alpine, &own, mine, once.as_str()),
        (&alpine, &own, mine, &twice),
        (&boreal, &own, theirs, &once),
        (&boreal, &foreign, theirs, &once),
    ];
    let db = world.server.app.db();
    let mut finds = asked.map(|(caller, claim, subject, key)| {
        Box::pin(find(db, caller, ids::key(claim.id()), Parts::WithoutLines, Some((subject, key))))
    });
    for find in &mut finds {
        assert!(poll!(find).is_pending());
    }
    world.server.statements();
    held.end().await;
    let found = join_all(finds).await.into_iter().map(|found| {
        let (snapshot, done) = found.unwrap();
        (snapshot.map(|snapshot| snapshot.claim.number), done.is_some())
    });
    let [own, foreign] = [&own, &foreign].map(|claim| Some(number(claim)));
    assert_eq!(found.collect::<Vec<_>>(), [(own.clone(), true), (own, false), (None, false), (foreign, false)]);
    assert_eq!(for_many(&world), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_takes_nobody_along() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claim = world.draft().await;
    let caller = company(Role::GlobalAdmin, Some(ALPINE), None);
    let held = busy(&world, &claim).await;
    let [mut first, mut second] = [(); 2].map(|()| read(world.server.app.db(), &caller, &claim));
    assert!(poll!(&mut first).is_pending());
    assert!(poll!(&mut second).is_pending());
    drop(first);
    held.end().await;
    assert_eq!(numbers(second.await), [number(&claim)]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_read_for_a_group_that_has_hung_up() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claim = world.draft().await;
    let caller = company(Role::GlobalAdmin, Some(ALPINE), None);
    let db = world.server.app.db();
    let held = busy(&world, &claim).await;
    let mut only = read(db, &caller, &claim);
    assert!(poll!(&mut only).is_pending());
    drop(only);
    world.server.statements();
    held.end().await;
    // The connection that the group had waited for serves the next read.
    assert_eq!(numbers(read(db, &caller, &claim).await), [number(&claim)]);
    assert_eq!(for_many(&world), 0);
    world.finish().await;
}

fn company(role: Role, partner: Option<&str>, tenant: Option<&str>) -> Domain {
    let id = |id: &str| Uuid::parse_str(id).unwrap();
    let subject = "somebody@example.com".to_owned();
    Domain::new(subject, None, &[role], vec![Scope::ClaimsRead], partner.map(id), tenant.map(id)).unwrap()
}

/// A read of the claim with its lines, which has not begun.
fn read(db: &Db, caller: &Domain, claim: &Claim) -> Read {
    let (db, caller, id) = (db.clone(), caller.clone(), ids::key(claim.id()));
    let wanted = Wanted { lines: Some(LinesWanted::least()), ..Wanted::ROW };
    Box::pin(async move { by_ids(&db, &caller, &[id], wanted).await })
}

fn numbers(read: Result<Vec<ClaimRow>, StoreError>) -> Vec<String> {
    read.unwrap().iter().map(|row| row.claim().number.clone()).collect()
}

fn number(claim: &Claim) -> String {
    claim.field("number").as_str().unwrap().to_owned()
}

/// How many statements read for several since the statements were last taken.
fn for_many(world: &World) -> usize {
    world.server.statements().iter().filter(|sql| sql.contains("\"asked\"")).count()
}

/// Keeps every connection for reads in use.
async fn busy(world: &World, claim: &Claim) -> Busy {
    let db = world.server.app.db();
    let caller = company(Role::GlobalAdmin, Some(ALPINE), None);
    let waiting = (0..limit(db, "read")).map(|_| {
        let read = read(db, &caller, claim);
        async move { drop(read.await.unwrap()) }
    });
    Busy::keep(world, "read", "BEGIN; LOCK TABLE claim IN ACCESS EXCLUSIVE MODE", waiting).await
}
