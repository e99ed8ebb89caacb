//! Claims that are read by id while every connection is in use: one statement reads for all who wait, and each sees what it would
//! see alone. Only on PostgreSQL.

use std::{pin::Pin, sync::Arc};

use cpor::store::{
    Db, StoreError,
    claims::{ClaimRow, LinesWanted, Wanted, by_ids},
};
use domain::{
    caller::Caller as Domain,
    kinds::{Role, Scope},
};
use futures_util::{future::join_all, poll};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::{
    Backend, Claim, Settings, World,
    directory::{ALPINE, BOREAL, CONTOSO},
    ids,
};

type Read = Pin<Box<dyn Future<Output = Result<Vec<ClaimRow>, StoreError>> + Send>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_statement_reads_for_all_partners_who_wait() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let (own, foreign) = (world.draft().await, world.draft_of(&world.rival).await);
    let [alpine, boreal] = [ALPINE, BOREAL].map(|partner| company(Role::GlobalAdmin, Some(partner), None));
    let busy = Busy::keep(&world, &own).await;
    let asked = [(&alpine, &own), (&boreal, &own), (&alpine, &foreign), (&boreal, &foreign), (&alpine, &own)];
    let mut reads = asked.map(|(caller, claim)| read(world.server.app.db(), caller, claim));
    for read in &mut reads {
        assert!(poll!(read).is_pending());
    }
    world.server.statements();
    busy.end().await;
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
    let busy = Busy::keep(&world, &claims[0]).await;
    let mut reads: Vec<Read> = pairs().map(|(caller, claim)| read(db, caller, claim)).collect();
    for read in &mut reads {
        assert!(poll!(read).is_pending());
    }
    world.server.statements();
    busy.end().await;
    let together = join_all(reads).await.into_iter().map(|read| format!("{:?}", read.unwrap()));
    assert_eq!(together.collect::<Vec<_>>(), alone);
    assert_eq!(for_many(&world), callers.len());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_takes_nobody_along() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claim = world.draft().await;
    let caller = company(Role::GlobalAdmin, Some(ALPINE), None);
    let busy = Busy::keep(&world, &claim).await;
    let [mut first, mut second] = [(); 2].map(|()| read(world.server.app.db(), &caller, &claim));
    assert!(poll!(&mut first).is_pending());
    assert!(poll!(&mut second).is_pending());
    drop(first);
    busy.end().await;
    assert_eq!(numbers(second.await), [number(&claim)]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_read_for_a_group_that_has_hung_up() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claim = world.draft().await;
    let caller = company(Role::GlobalAdmin, Some(ALPINE), None);
    let db = world.server.app.db();
    let busy = Busy::keep(&world, &claim).await;
    let mut only = read(db, &caller, &claim);
    assert!(poll!(&mut only).is_pending());
    drop(only);
    world.server.statements();
    busy.end().await;
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
struct Busy {
    lock: DatabaseConnection,
    held_up: Vec<JoinHandle<()>>,
}

impl Busy {
    /// Lets as many reads as there are connections wait for a lock on the table.
    async fn keep(world: &World, claim: &Claim) -> Self {
        let only = ConnectOptions::new(&world.server.database.url).max_connections(1).to_owned();
        let lock = Connection::connect(only).await.unwrap();
        lock.execute_unprepared("BEGIN; LOCK TABLE claim IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let db = Arc::new(world.server.app.db().clone());
        let caller = company(Role::GlobalAdmin, Some(ALPINE), None);
        let limit = reads(&db).1;
        let mut held_up = Vec::new();
        for count in 1..=limit {
            let read = read(&db, &caller, claim);
            held_up.push(tokio::spawn(async move { drop(read.await.unwrap()) }));
            while reads(&db).0 < count {
                tokio::task::yield_now().await;
            }
        }
        Self { lock, held_up }
    }

    async fn end(self) {
        self.lock.execute_unprepared("ROLLBACK").await.unwrap();
        self.lock.close().await.unwrap();
        for read in self.held_up {
            read.await.unwrap();
        }
    }
}

/// How many connections for reads are in use, and how many there may be.
fn reads(db: &Db) -> (u32, u32) {
    let pools = db.pools();
    let pool = pools.iter().find(|pool| pool.name == "read").unwrap();
    (pool.used, pool.limit)
}
