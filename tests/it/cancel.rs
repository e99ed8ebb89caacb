//! Whatever is dropped at whatever moment: a change is whole or absent, and no connection stays inside a transaction.

use std::{future::poll_fn, task::Poll, time::Duration};

use cpor::{
    app::{
        App, AppError,
        claims::{ChangeResult, Upload},
        directory::Loader,
    },
    store::StoreError,
};
use domain::{
    caller::Caller as Domain,
    directory::CustomerRow,
    kinds::{CommentVisibility, Role, Scope},
    lifecycle::{Command, Edit},
};
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::support::{
    Backend, Claim, Settings, World, both,
    directory::ALPINE,
    ids,
    wire::{Wire, request},
    world::PDF,
};

both!(
    a_change_that_is_dropped_at_any_await_is_whole_or_absent,
    a_decision_that_is_dropped_at_any_await_is_whole_or_absent,
    a_draft_that_is_dropped_at_any_await_is_whole_or_absent,
    a_load_that_is_dropped_at_any_await_is_whole_or_absent,
    clocks_that_are_dropped_at_any_await_fire_whole_or_not_at_all,
    a_transaction_that_is_dropped_at_any_await_is_rolled_back,
);

/// How often a use case comes to its end before it was dropped often enough.
const ENDED: u32 = 3;

/// How often it comes to its end before it counts as one that never waits.
const NEVER_WAITED: u32 = 100;

/// Polls a future this many times and drops it there, unless it has ended.
async fn cut<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

/// Runs a use case again and again, dropped at its first await, its second, and so on until it has come to its end a few
/// times; each time on what `prepare` made for it. Fails where it was never dropped.
async fn at_every_await<T, R>(
    world: &World,
    prepare: impl AsyncFn(u32) -> T,
    run: impl AsyncFn(T) -> Result<R, AppError>,
) {
    // How often it was dropped, and how often it has come to its end since. How often it waits differs: now and then a
    // database has answered before it is asked, so the same await is tried again.
    let (mut dropped, mut ended) = (0, 0);
    for number in 1.. {
        let prepared = prepare(number).await;
        let answer = cut(run(prepared), dropped + 1).await;
        nothing_is_left(world).await;
        nothing_is_half_done(world).await;
        match answer {
            None => (dropped, ended) = (dropped + 1, 0),
            Some(answer) => {
                assert!(answer.is_ok(), "no error");
                ended += 1;
            }
        }
        if ended == if dropped > 0 { ENDED } else { NEVER_WAITED } {
            break;
        }
    }
    assert!(dropped > 0, "it never waited");
}

/// No connection of the server is inside a transaction, or will be: what is being rolled back is waited for.
async fn nothing_is_left(world: &World) {
    let database = &world.server.database;
    if database.backend == Backend::Sqlite {
        // Fails where the one who writes has not let go of the database in five seconds.
        database.tamper("UPDATE setting SET value = value").await;
        return;
    }
    let open = "SELECT state || ': ' || query FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name = 'cpor' AND state LIKE 'idle in transaction%'";
    let gone = async { while !database.read(open).await.is_empty() {} };
    let is_clean = tokio::time::timeout(Duration::from_secs(5), gone).await.is_ok();
    assert!(is_clean, "a connection is left inside a transaction: {:?}", database.read(open).await);
}

/// State and history tell the same.
async fn nothing_is_half_done(world: &World) {
    for half in [
        "SELECT body FROM comment WHERE NOT EXISTS (SELECT 1 FROM history WHERE history.comment_id = comment.id)",
        "SELECT action FROM history WHERE comment_id IS NOT NULL \
            AND NOT EXISTS (SELECT 1 FROM comment WHERE comment.id = history.comment_id)",
        "SELECT number FROM claim JOIN claim_activity AS head ON head.claim_id = claim.id \
            WHERE head.history_length <> (SELECT count(*) FROM history WHERE history.claim_id = claim.id)",
        "SELECT action FROM history WHERE NOT EXISTS (SELECT 1 FROM claim WHERE claim.id = history.claim_id)",
        "SELECT number FROM claim WHERE (SELECT count(*) FROM proof_document WHERE proof_document.claim_id = claim.id) \
            <> (SELECT count(*) FROM history WHERE history.claim_id = claim.id AND action = 'PROOF_ATTACHED')",
        "SELECT number FROM claim WHERE (status = 'APPROVED') \
            <> EXISTS (SELECT 1 FROM association WHERE association.claim_id = claim.id AND ended_at IS NULL)",
        "SELECT number FROM claim WHERE status <> 'EDITING' AND status <> (SELECT to_status FROM history \
            WHERE history.claim_id = claim.id AND to_status IS NOT NULL ORDER BY seq DESC LIMIT 1)",
    ] {
        assert_eq!(world.server.database.read(half).await, Vec::<String>::new(), "{half}");
    }
}

fn key_of(claim: &Claim) -> Uuid {
    ids::key(claim.id())
}

fn version_of(claim: &Claim) -> i32 {
    i32::try_from(claim.version()).unwrap()
}

fn partner() -> Domain {
    let (partner, scopes) = (Uuid::parse_str(ALPINE).unwrap(), vec![Scope::ClaimsWrite, Scope::CommentsWrite]);
    Domain::new("ann@alpine.example".to_owned(), None, &[Role::GlobalAdmin], scopes, Some(partner), None).unwrap()
}

fn reviewer() -> Domain {
    let scopes = vec![Scope::ReviewsWrite, Scope::CommentsWrite];
    let name = Some("Rita Reviewer".to_owned());
    Domain::new("rita@vendor.example".to_owned(), name, &[Role::Reviewer], scopes, None, None).unwrap()
}

async fn change(app: &App, caller: &Domain, claim: &Claim, command: Command) -> Result<ChangeResult, AppError> {
    let answer = app.change_claim(caller, Some(key_of(claim)), Some(version_of(claim)), command, None).await?;
    assert_eq!(answer.problems, Vec::new());
    Ok(answer)
}

/// Changes of one claim that stays as it is beside.
async fn a_change_that_is_dropped_at_any_await_is_whole_or_absent(world: &World) {
    let (app, claim) = (&world.server.app, world.under_review().await);
    let comment = async |number: u32| {
        let body = format!("Comment {number}");
        let command = Command::Comment { body, visibility: CommentVisibility::Shared };
        app.change_claim(&partner(), Some(key_of(&claim)), None, command, Some(format!("key {number}"))).await
    };
    at_every_await(world, async |number| number, comment).await;
    let drafts = async |number: u32| world.draft_on(&world.partner, number).await;
    let attach = async |draft: Claim| {
        let file = Upload { name: "proof.pdf".to_owned(), content: bytes::Bytes::from_static(PDF).into() };
        let attached = app.attach_proof(&partner(), Some(key_of(&draft)), file, None).await?;
        assert_eq!(attached.problems, Vec::new());
        Ok(attached)
    };
    at_every_await(world, drafts, attach).await;
}

/// Changes that look at other claims.
async fn a_decision_that_is_dropped_at_any_await_is_whole_or_absent(world: &World) {
    let app = &world.server.app;
    let proven = async |number: u32| world.prove(&world.partner, &world.draft_on(&world.partner, number).await).await;
    let submit = async |draft: Claim| change(app, &partner(), &draft, Command::Submit).await;
    at_every_await(world, proven, submit).await;
    let submitted = async |number: u32| world.submitted_on(&world.partner, 1_000 + number).await;
    let start = async |claim: Claim| change(app, &reviewer(), &claim, Command::StartReview).await;
    at_every_await(world, submitted, start).await;
    let reviewed = async |number: u32| world.review(&world.submitted_on(&world.partner, 2_000 + number).await).await;
    let approve = async |claim: Claim| change(app, &reviewer(), &claim, Command::Approve { note: None }).await;
    at_every_await(world, reviewed, approve).await;
}

async fn a_draft_that_is_dropped_at_any_await_is_whole_or_absent(world: &World) {
    let draft = world.draft().await;
    let (app, id) = (&world.server.app, key_of(&draft));
    let version = std::cell::Cell::new(version_of(&draft));
    let rename = async |number: u32| {
        let name = domain::patch::Patch::Set(format!("Name {number}"));
        let input = Edit { name, ..Default::default() };
        app.change_claim(&partner(), Some(id), Some(version.get()), Command::Edit(Box::new(input)), None).await
    };
    let current = async |number: u32| {
        version.set(version_of(&world.partner.claim(draft.id()).await.unwrap()));
        number
    };
    at_every_await(world, current, rename).await;
}

async fn a_load_that_is_dropped_at_any_await_is_whole_or_absent(world: &World) {
    let load = async |number: u32| {
        let row = |row: u32| CustomerRow {
            tenant_id: Uuid::from_u128(u128::from(1_000 * number + row)),
            name: format!("Customer {number}"),
            domain: format!("{number}-{row}.example"),
            domains: Some(vec![format!("{number}-{row}.example")]),
            contact_email: None,
            locale: None,
        };
        let rows = (0..3).map(row).collect();
        world.server.app.upsert(Loader::Operator, "upsertCustomers", rows, None, false).await
    };
    at_every_await(world, async |number| number, load).await;
    let counts = "SELECT name FROM customer WHERE name LIKE 'Customer %' GROUP BY name HAVING count(*) <> 3";
    assert_eq!(world.server.database.read(counts).await, Vec::<String>::new());
}

async fn clocks_that_are_dropped_at_any_await_fire_whole_or_not_at_all(world: &World) {
    // T3: two are due each time, and what was dropped is done the next time.
    let due = async |number: u32| {
        for place in [2 * number, 2 * number + 1] {
            world.ask(&world.review(&world.submitted_on(&world.partner, place).await).await).await;
        }
        world.advance_days(30);
    };
    let settle = async |()| world.server.app.settle().await;
    at_every_await(world, due, settle).await;
    let waiting = "SELECT number FROM claim WHERE status = 'PARTNER_ACTION_REQUIRED'";
    assert_eq!(world.server.database.read(waiting).await, Vec::<String>::new());
}

async fn a_transaction_that_is_dropped_at_any_await_is_rolled_back(world: &World) {
    let db = world.server.app.db();
    let begin = async |commit: bool| {
        let transaction = db.begin().await.map_err(AppError::from)?;
        if commit { transaction.commit().await } else { transaction.rollback().await }.map_err(AppError::from)
    };
    for commit in [true, false] {
        at_every_await(world, async |_| commit, begin).await;
    }
    // Many at once, more than there are connections.
    let many = (1..=64).map(|number| cut(begin(number % 2 == 0), 1 + number % 4));
    let errors: Vec<_> = join_all(many).await.into_iter().flatten().filter_map(Result::err).collect();
    assert!(errors.is_empty(), "{errors:?}");
    nothing_is_left(world).await;
    let free: Result<(), StoreError> = async { db.begin().await?.commit().await }.await;
    assert!(free.is_ok(), "{free:?}");
}

/// Each client sends a whole mutation and hangs up a little later than the one before. A server that is asked to stop waits
/// for what they have begun.
async fn clients_that_hang_up_leave_whole_mutations(backend: Backend) {
    let mut world = World::start(backend, Settings::default()).await;
    let claim = world.under_review().await;
    let mutation = "mutation($i: AddCommentInput!) { addComment(input: $i) { comment { id } problems { code } } }";
    for moment in 0..300_u32 {
        let input = json!({ "claimId": claim.id(), "body": format!("Comment {moment}") });
        let body = json!({ "query": mutation, "variables": { "i": input } }).to_string();
        let mut wire = Wire::to(&world.partner).await;
        wire.send(&request(&world.partner, "POST /graphql", "", &body)).await.unwrap();
        for _ in 0..moment {
            tokio::task::yield_now().await;
        }
        drop(wire);
    }
    world.server.end().await;
    nothing_is_left(&world).await;
    nothing_is_half_done(&world).await;
    let done = world.server.database.read("SELECT body FROM comment WHERE body LIKE 'Comment %'").await;
    assert!(!done.is_empty(), "no mutation was begun before its client hung up");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_leave_whole_mutations_on_sqlite() {
    clients_that_hang_up_leave_whole_mutations(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_leave_whole_mutations_on_postgres() {
    clients_that_hang_up_leave_whole_mutations(Backend::Postgres).await;
}
