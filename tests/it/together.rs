//! Changes of several claims that wait for a connection at the same time are stored in one transaction, and each as it would be
//! alone (H1, H3).

use std::pin::Pin;

use cpor::store::{
    Db, StoreError,
    claims::write::{Parts, Snapshot, differing, find},
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
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{
    Backend, Claim, Settings, World, both,
    busy::{Busy, limit, outside},
    ids,
    server::monday,
};

both!(
    changes_of_several_claims_are_one_transaction,
    each_claim_gets_its_own_columns,
    a_claim_that_has_changed_since_leaves_the_others_alone,
    two_changes_of_a_claim_are_stored_once,
    a_statement_that_is_refused_stores_nothing,
    who_hangs_up_is_not_stored,
);

type Storing = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

async fn changes_of_several_claims_are_one_transaction(world: &World) {
    let claims = submitted(world, 3).await;
    let counted = "SELECT CAST(SUM(n) AS text) FROM comment_tally";
    let held = busy(world).await;
    let storing = comments_on(world, &claims).await;
    let stored = together(world, held, storing).await;
    assert!(stored.iter().all(Result::is_ok), "{stored:?}");
    assert_eq!(for_several(world), 1);
    for claim in &claims {
        assert_eq!(comments(world, claim).await, 1);
    }
    let all = claims.len() + limit(world.server.app.db(), pool(world.server.app.db())) as usize;
    assert_eq!(world.server.database.read(counted).await, [all.to_string()]);
}

async fn each_claim_gets_its_own_columns(world: &World) {
    let claims = submitted(world, 2).await;
    let held = busy(world).await;
    let mut storing = Vec::new();
    for (claim, name) in claims.iter().zip(["One", "Other"]) {
        let read = read(world, claim).await;
        let renamed = domain::claim::Claim { name: name.to_owned(), ..read.claim.clone() };
        let entries = vec![Event::new(HistoryAction::Edited)];
        let placed = place(read.head.clone(), read.claim.id, &Actor::system(), monday(), entries, &[]);
        let columns = differing(&read.claim, &renamed);
        storing.push(store(world, ClaimChange::new(&read, &renamed, columns, placed)));
    }
    let stored = together(world, held, storing).await;
    assert!(stored.iter().all(Result::is_ok), "{stored:?}");
    assert_eq!(for_several(world), 1);
    for (claim, name) in claims.iter().zip(["One", "Other"]) {
        assert_eq!(world.seen(claim).await.field("name"), name);
    }
}

async fn a_claim_that_has_changed_since_leaves_the_others_alone(world: &World) {
    let claims = submitted(world, 3).await;
    let late = commented(world, &claims[1]).await;
    let first = commented(world, &claims[1]).await;
    first.store_at_once(world.server.app.db()).await.unwrap();
    let held = busy(world).await;
    let mut storing = comments_on(world, [&claims[0], &claims[2]]).await;
    storing.insert(1, store(world, late));
    let stored = together(world, held, storing).await;
    assert!(matches!(&stored[..], [Ok(()), Err(StoreError::Retry), Ok(())]), "{stored:?}");
    for claim in &claims {
        assert_eq!(comments(world, claim).await, 1);
    }
}

async fn two_changes_of_a_claim_are_stored_once(world: &World) {
    let claims = submitted(world, 2).await;
    let held = busy(world).await;
    let storing = comments_on(world, [&claims[0], &claims[0], &claims[1]]).await;
    let stored = together(world, held, storing).await;
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
    let held = busy(world).await;
    let mut storing = Vec::new();
    for (claim, name) in claims.iter().zip(["one", "taken", "two"]) {
        let mut change = commented(world, claim).await;
        change.insert([key(name)]);
        storing.push(store(world, change));
    }
    let stored = together(world, held, storing).await;
    assert!(stored.iter().all(|stored| matches!(stored, Err(StoreError::Retry))), "{stored:?}");
    for (claim, count) in claims.iter().zip([1, 0, 0]) {
        assert_eq!(comments(world, claim).await, count);
    }
}

// SQLite has one lock, for all claims.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_is_locked_keeps_nobody_waiting() {
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claims = submitted(&world, 3).await;
    let outside = outside(&world).await;
    let lock =
        format!("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('{}', 1))::text", ids::key(claims[1].id()));
    outside.execute_unprepared(&lock).await.unwrap();
    let held = busy(&world).await;
    let storing = comments_on(&world, &claims).await;
    let stored = together(&world, held, storing).await;
    assert!(matches!(&stored[..], [Ok(()), Err(StoreError::Retry), Ok(())]), "{stored:?}");
    outside.execute_unprepared("ROLLBACK").await.unwrap();
    outside.close().await.unwrap();
    world.finish().await;
}

async fn who_hangs_up_is_not_stored(world: &World) {
    let claims = submitted(world, 2).await;
    let held = busy(world).await;
    let mut storing = comments_on(world, &claims).await;
    for storing in &mut storing {
        assert!(poll!(storing).is_pending());
    }
    // The first leads the group.
    drop(storing.remove(0));
    let stored = together(world, held, storing).await;
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

/// The claim as it is now.
async fn read(world: &World, claim: &Claim) -> Snapshot {
    let scopes = vec![Scope::ClaimsRead];
    let reviewer = Domain::new("somebody".to_owned(), None, &[Role::Reviewer], scopes, None, None).unwrap();
    let id = ids::key(claim.id());
    find(world.server.app.db(), &reviewer, id, Parts::WithoutLines, None).await.unwrap().0.unwrap()
}

/// A comment on the claim as it is now, not stored yet.
async fn commented(world: &World, claim: &Claim) -> ClaimChange {
    let (read, at) = (read(world, claim).await, monday());
    let id = read.claim.id;
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

/// A comment on each of these claims, to be stored.
async fn comments_on(world: &World, claims: impl IntoIterator<Item = &Claim>) -> Vec<Storing> {
    let mut storing = Vec::new();
    for claim in claims {
        storing.push(store(world, commented(world, claim).await));
    }
    storing
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
async fn together(world: &World, held: Busy, mut storing: Vec<Storing>) -> Vec<Result<(), StoreError>> {
    for storing in &mut storing {
        assert!(poll!(storing).is_pending());
    }
    world.server.statements();
    held.end().await;
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

/// Keeps every connection for changes in use.
async fn busy(world: &World) -> Busy {
    let db = world.server.app.db();
    let mut waiting = Vec::new();
    for number in 0..limit(db, pool(db)) {
        let change = commented(world, &world.submitted_on(&world.partner, 100 + number).await).await;
        let storing = store(world, change);
        waiting.push(async move { storing.await.unwrap() });
    }
    let lock = if db.is_postgres() { "BEGIN; LOCK TABLE comment IN EXCLUSIVE MODE" } else { "BEGIN IMMEDIATE" };
    Busy::keep(world, pool(db), lock, waiting).await
}

/// The pool of connections for changes.
fn pool(db: &Db) -> &'static str {
    if db.is_postgres() { "at_once" } else { "write" }
}
