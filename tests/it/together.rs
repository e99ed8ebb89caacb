//! Changes of several claims that wait for a connection at the same time are stored in one transaction, and each as it would be
//! alone (H1, H3).

use std::pin::Pin;

use cpor::store::{
    Db, StoreError,
    claims::write::{Parts, find},
    comments::{Comment, write::row},
    history::write::place,
    transaction::{
        change::ClaimChange,
        idempotency::{self, Remembered},
    },
};
use domain::{
    caller::{Actor, Caller as Domain},
    history::Event,
    kinds::{CommentVisibility, HistoryAction, Role, Scope},
};
use futures_util::{future::join_all, poll};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{Backend, Claim, World, both, ids, server::monday};

both!(
    changes_of_several_claims_are_one_transaction,
    a_claim_that_has_changed_since_leaves_the_others_alone,
    two_changes_of_a_claim_are_stored_once,
    a_statement_that_is_refused_stores_nothing,
    a_claim_that_is_locked_keeps_nobody_waiting,
    who_hangs_up_is_not_stored,
);

type Storing = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

async fn changes_of_several_claims_are_one_transaction(world: &World) {
    let claims = submitted(world, 3).await;
    let counted = "SELECT CAST(SUM(n) AS text) FROM comment_tally";
    let busy = Busy::keep(world).await;
    let mut storing = Vec::new();
    for claim in &claims {
        storing.push(store(world, commented(world, claim).await));
    }
    let stored = together(world, busy, storing).await;
    assert!(stored.iter().all(Result::is_ok), "{stored:?}");
    assert_eq!(for_several(world), 1);
    for claim in &claims {
        assert_eq!(comments(world, claim).await, 1);
    }
    let all = claims.len() + in_use(world.server.app.db()).1 as usize;
    assert_eq!(world.server.database.read(counted).await, [all.to_string()]);
}

async fn a_claim_that_has_changed_since_leaves_the_others_alone(world: &World) {
    let claims = submitted(world, 3).await;
    let late = commented(world, &claims[1]).await;
    let first = commented(world, &claims[1]).await;
    first.store_at_once(world.server.app.db()).await.unwrap();
    let busy = Busy::keep(world).await;
    let storing = vec![
        store(world, commented(world, &claims[0]).await),
        store(world, late),
        store(world, commented(world, &claims[2]).await),
    ];
    let stored = together(world, busy, storing).await;
    assert!(matches!(&stored[..], [Ok(()), Err(StoreError::Retry), Ok(())]), "{stored:?}");
    for claim in &claims {
        assert_eq!(comments(world, claim).await, 1);
    }
}

async fn two_changes_of_a_claim_are_stored_once(world: &World) {
    let claims = submitted(world, 2).await;
    let busy = Busy::keep(world).await;
    let mut storing = Vec::new();
    for claim in [&claims[0], &claims[0], &claims[1]] {
        storing.push(store(world, commented(world, claim).await));
    }
    let stored = together(world, busy, storing).await;
    assert!(matches!(&stored[..], [Ok(()), Err(StoreError::Retry), Ok(())]), "{stored:?}");
    for claim in &claims {
        assert_eq!(comments(world, claim).await, 1);
    }
}

async fn a_statement_that_is_refused_stores_nothing(world: &World) {
    // J1
    let claims = submitted(world, 3).await;
    let mut taken = commented(world, &claims[0]).await;
    taken.insert([key("taken")]);
    taken.store_at_once(world.server.app.db()).await.unwrap();
    let busy = Busy::keep(world).await;
    let mut storing = Vec::new();
    for (claim, name) in claims.iter().zip(["one", "taken", "two"]) {
        let mut change = commented(world, claim).await;
        change.insert([key(name)]);
        storing.push(store(world, change));
    }
    let stored = together(world, busy, storing).await;
    assert!(stored.iter().all(|stored| matches!(stored, Err(StoreError::Retry))), "{stored:?}");
    for (claim, count) in claims.iter().zip([1, 0, 0]) {
        assert_eq!(comments(world, claim).await, count);
    }
}

async fn a_claim_that_is_locked_keeps_nobody_waiting(world: &World) {
    if world.server.database.backend == Backend::Sqlite {
        // It has one lock, for all claims.
        return;
    }
    let claims = submitted(world, 3).await;
    let outside = outside(world).await;
    let lock =
        format!("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('{}', 1))::text", ids::key(claims[1].id()));
    outside.execute_unprepared(&lock).await.unwrap();
    let busy = Busy::keep(world).await;
    let mut storing = Vec::new();
    for claim in &claims {
        storing.push(store(world, commented(world, claim).await));
    }
    let stored = together(world, busy, storing).await;
    assert!(matches!(&stored[..], [Ok(()), Err(StoreError::Retry), Ok(())]), "{stored:?}");
    outside.execute_unprepared("ROLLBACK").await.unwrap();
    outside.close().await.unwrap();
}

async fn who_hangs_up_is_not_stored(world: &World) {
    let claims = submitted(world, 2).await;
    let busy = Busy::keep(world).await;
    let mut storing = Vec::new();
    for claim in &claims {
        storing.push(store(world, commented(world, claim).await));
    }
    for storing in &mut storing {
        assert!(poll!(storing).is_pending());
    }
    // The first leads the group.
    drop(storing.remove(0));
    let stored = together(world, busy, storing).await;
    assert!(matches!(&stored[..], [Ok(())]), "{stored:?}");
    assert_eq!(comments(world, &claims[0]).await, 0);
    assert_eq!(comments(world, &claims[1]).await, 1);
}

async fn submitted(world: &World, count: u32) -> Vec<Claim> {
    let mut claims = Vec::new();
    for number in 0..count {
        claims.push(world.submitted_on(&world.partner, number).await);
    }
    claims
}

/// A comment on the claim as it is now, not stored yet.
async fn commented(world: &World, claim: &Claim) -> ClaimChange {
    let scopes = vec![Scope::ClaimsRead];
    let reviewer = Domain::new("somebody".to_owned(), None, &[Role::Reviewer], scopes, None, None).unwrap();
    let id = ids::key(claim.id());
    let (read, _) = find(world.server.app.db(), &reviewer, id, Parts::WithoutLines, None).await.unwrap();
    let (read, at) = (read.unwrap(), monday());
    let comment = Comment {
        id: cpor::ids::new(),
        claim_id: id,
        author: Actor::system(),
        body: "A word.".to_owned(),
        visibility: CommentVisibility::Shared,
        created_at: at,
    };
    let event = Event { comment_id: Some(comment.id), ..Event::new(HistoryAction::Commented) };
    let comments = [comment];
    let placed = place(read.head.clone(), id, &Actor::system(), at, vec![event], &comments);
    let mut change = ClaimChange::new(&read, &read.claim, Vec::new(), placed);
    change.insert(comments.iter().map(row));
    change
}

fn key(name: &str) -> idempotency::KeyRow {
    let done =
        Remembered { mutation: "addComment".to_owned(), input_hash: String::new(), answer: json!({}).to_string() };
    idempotency::row("somebody", name, done, monday())
}

/// Stores the change, when it is polled.
fn store(world: &World, change: ClaimChange) -> Storing {
    let db = world.server.app.db().clone();
    Box::pin(async move { change.store_at_once(&db).await })
}

/// Lets all of them wait, and then frees the connections.
async fn together(world: &World, busy: Busy, mut storing: Vec<Storing>) -> Vec<Result<(), StoreError>> {
    for storing in &mut storing {
        assert!(poll!(storing).is_pending());
    }
    world.server.statements();
    busy.end().await;
    join_all(storing).await
}

/// How many statements were made for several changes since the statements were last taken.
fn for_several(world: &World) -> usize {
    // PostgreSQL has the second claim in a second row, SQLite in a second statement.
    let is_for_several =
        |sql: &&String| sql.contains(", ($2, ") || sql.matches("UPDATE \"claim_activity\"").count() > 1;
    world.server.statements().iter().filter(is_for_several).count()
}

async fn comments(world: &World, claim: &Claim) -> usize {
    let id = ids::key(claim.id());
    let id = match world.server.database.backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    };
    world.server.database.read(&format!("SELECT body FROM comment WHERE claim_id = {id}")).await.len()
}

async fn outside(world: &World) -> DatabaseConnection {
    let only = ConnectOptions::new(&world.server.database.url).max_connections(1).to_owned();
    Connection::connect(only).await.unwrap()
}

/// Keeps every connection for changes in use.
struct Busy {
    lock: DatabaseConnection,
    held_up: Vec<JoinHandle<()>>,
}

impl Busy {
    /// Lets as many changes as there are connections wait for a lock.
    async fn keep(world: &World) -> Self {
        let db = world.server.app.db();
        let mut changes = Vec::new();
        for number in 0..in_use(db).1 {
            changes.push(commented(world, &world.submitted_on(&world.partner, 100 + number).await).await);
        }
        let lock = outside(world).await;
        lock.execute_unprepared(if db.is_postgres() {
            "BEGIN; LOCK TABLE comment IN EXCLUSIVE MODE"
        } else {
            "BEGIN IMMEDIATE"
        })
        .await
        .unwrap();
        let mut held_up = Vec::new();
        for (change, count) in changes.into_iter().zip(1..) {
            let storing = store(world, change);
            held_up.push(tokio::spawn(async move { storing.await.unwrap() }));
            while in_use(db).0 < count {
                tokio::task::yield_now().await;
            }
        }
        Self { lock, held_up }
    }

    async fn end(self) {
        self.lock.execute_unprepared("ROLLBACK").await.unwrap();
        self.lock.close().await.unwrap();
        for held_up in self.held_up {
            held_up.await.unwrap();
        }
    }
}

/// How many connections for changes are in use, and how many there may be.
fn in_use(db: &Db) -> (u32, u32) {
    let name = if db.is_postgres() { "at_once" } else { "write" };
    let pools = db.pools();
    let pool = pools.iter().find(|pool| pool.name == name).unwrap();
    (pool.used, pool.limit)
}
