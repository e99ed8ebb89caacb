//! What a change costs the database: how many statements it takes, and which columns they write.

use sea_orm::{ConnectionTrait, Database, Statement, TransactionTrait};
use serde_json::{Value, json};

use crate::support::{Answer, Backend, Caller, Claim, Settings, World, both, ids};

both!(
    a_change_of_one_claim_takes_two_statements,
    a_submission_takes_few_statements,
    only_what_differs_is_written,
    counters_are_folded_now_and_then,
    counters_follow_an_operators_statement,
    the_database_itself_refuses_words_that_it_does_not_know,
);

/// The statements of a mutation that asks for nothing but its problems, of which there are none.
async fn statements(world: &World, caller: &Caller, mutation: &str, input: Value) -> Vec<String> {
    world.server.statements();
    let answer = plainly(caller, mutation, input).await;
    assert_eq!(answer.data()[mutation]["problems"], json!([]), "{}", answer.text);
    world.server.statements()
}

async fn plainly(caller: &Caller, mutation: &str, input: Value) -> Answer {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ problems {{ code }} }} }}");
    caller.graphql(&query, json!({ "input": input })).await
}

fn of(claim: &Claim) -> Value {
    json!({ "claimId": claim.id(), "expectedVersion": claim.version() })
}

fn with(mut input: Value, more: Value) -> Value {
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
    input
}

async fn a_change_of_one_claim_takes_two_statements(world: &World) {
    let submitted = world.submitted().await;
    let reviewer = &world.reviewer;
    let start = with(of(&submitted), json!({ "idempotencyKey": "one" }));
    assert_eq!(statements(world, reviewer, "startReview", start).await.len(), 2);
    for caller in [reviewer, &world.partner] {
        let comment = json!({ "claimId": submitted.id(), "body": "A word.", "idempotencyKey": "two" });
        assert_eq!(statements(world, caller, "addComment", comment).await.len(), 2);
    }
    let started = world.seen(&submitted).await;
    let ask = with(of(&started), json!({ "reasons": ["OTHER"], "message": "Please explain." }));
    assert_eq!(statements(world, reviewer, "requestPartnerAction", ask).await.len(), 2);
    let assign = with(of(&world.seen(&submitted).await), json!({ "reviewerSubject": reviewer.subject }));
    // And one for the reviewer (R2).
    assert_eq!(statements(world, &world.lead, "assignReviewer", assign).await.len(), 3);
}

async fn a_submission_takes_few_statements(world: &World) {
    // The locks, the claim, five of facts, two of rivals, the lines, the change.
    let draft = world.proven().await;
    let locks = usize::from(world.server.database.backend == Backend::Postgres);
    assert_eq!(statements(world, &world.partner, "submitClaim", of(&draft)).await.len(), locks + 10);
}

/// The columns that the one UPDATE of this table writes; none if there is none.
fn written<'a>(statements: &'a [String], table: &str) -> Vec<&'a str> {
    let begin = format!("UPDATE \"{table}\" SET ");
    let updates: Vec<&str> = statements.iter().filter_map(|sql| sql.split_once(&begin)).map(|(_, rest)| rest).collect();
    let update = match updates[..] {
        [] => return Vec::new(),
        [update] => update,
        _ => panic!("more than one update of {table}: {statements:?}"),
    };
    let end = update.find(" FROM ").into_iter().chain(update.find(" WHERE ")).min().unwrap();
    update[..end].split(", \"").map(|set| set.trim_start_matches('"').split('"').next().unwrap()).collect()
}

async fn only_what_differs_is_written(world: &World) {
    let submitted = world.submitted().await;
    let comment = json!({ "claimId": submitted.id(), "body": "A word." });
    let sql = statements(world, &world.partner, "addComment", comment).await;
    assert_eq!(written(&sql, "claim"), Vec::<&str>::new());
    let head = ["history_length", "history_hash", "at", "shared_at"];
    assert_eq!(written(&sql, "claim_activity"), head);
    let sql = statements(world, &world.reviewer, "startReview", of(&submitted)).await;
    // When it is due is as the calendar has it.
    let claim: Vec<&str> = written(&sql, "claim").into_iter().filter(|column| *column != "due_at").collect();
    let reviewed = ["version", "status", "reviewer_subject", "reviewer_name", "deadline_kind"];
    assert_eq!(claim, [&reviewed[..], &["history_length", "history_hash"]].concat());
    assert_eq!(written(&sql, "claim_activity"), [&head[..], &["moved_at"]].concat());
}

async fn counters_are_folded_now_and_then(world: &World) {
    // PostgreSQL adds a row to a counter for each comment, SQLite changes the counter's only row.
    let rows = "SELECT CAST(count(*) AS text) FROM history_tally WHERE action = 'COMMENTED'";
    let claim = world.submitted().await;
    let mut before = 0;
    for _ in 0..2_000 {
        plainly(&world.partner, "addComment", json!({ "claimId": claim.id(), "body": "A word." })).await;
        let now: u32 = world.server.database.read(rows).await[0].parse().unwrap();
        if now <= before {
            return;
        }
        before = now;
    }
    panic!("the counter has {before} rows");
}

async fn counters_follow_an_operators_statement(world: &World) {
    let claim = world.submitted().await;
    for _ in 0..3 {
        plainly(&world.partner, "addComment", json!({ "claimId": claim.id(), "body": "A word." })).await;
    }
    let database = &world.server.database;
    let counted = || database.read("SELECT CAST(COALESCE(SUM(n), 0) AS text) FROM history_tally");
    let before = counted().await;
    assert_ne!(before, ["0"]);
    database.tamper("UPDATE claim SET deleted_at = updated_at").await;
    assert_eq!(counted().await, ["0"]);
    database.tamper("UPDATE claim SET deleted_at = NULL").await;
    assert_eq!(counted().await, before);
}

async fn the_database_itself_refuses_words_that_it_does_not_know(world: &World) {
    world.approved().await;
    let database = &world.server.database;
    for sql in [
        "UPDATE claim SET status = 'LOST'",
        "UPDATE claim SET activities = 'USAGE SLEEP'",
        "UPDATE claim SET consent_status = 'MAYBE'",
        "UPDATE claim SET history_length = -1",
        "UPDATE claim_line SET outcome = 'DRAWN'",
        "UPDATE proof_document SET size = 0",
        "UPDATE evaluation SET status = 'LATE'",
        "INSERT INTO history (id, claim_id, seq, action, actor_kind, actor_subject, at, changes, visibility, hash) \
            SELECT claim_id, claim_id, 1000, 'FORGOTTEN', 'SYSTEM', 'system', 0, '[]', 'SHARED', '' FROM history LIMIT 1",
    ] {
        let refused = database.try_tamper(sql).await.map_err(|error| error.to_string().to_lowercase());
        assert!(refused.as_ref().is_err_and(|error| error.contains("check")), "{sql}: {refused:?}");
    }
}

/// Two requests that have read the same claim, find it locked, and wait for its lock until both do. How many statements they take.
async fn both_at_once(world: &World, claim: &Claim, requests: [(&Caller, &str, Value); 2]) -> (Vec<Answer>, usize) {
    let outside = Database::connect(&world.server.database.url).await.unwrap();
    let held = outside.begin_with_config(None, None).await.unwrap();
    let backend = outside.get_database_backend();
    let lock = format!("SELECT pg_advisory_xact_lock(hashtextextended('{}', 1))::text", ids::key(claim.id()));
    held.execute_raw(Statement::from_string(backend, lock)).await.unwrap();
    world.server.statements();
    let calls = requests.map(|(caller, mutation, input)| {
        let (caller, mutation) = (caller.clone(), mutation.to_owned());
        tokio::spawn(async move { plainly(&caller, &mutation, input).await })
    });
    let waiting = "SELECT CAST(count(*) AS text) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while world.server.database.read(waiting).await != ["2"] {}
    held.commit().await.unwrap();
    outside.close().await.unwrap();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    (answers, world.server.statements().len())
}

fn problems(answers: &[Answer], mutation: &str) -> Vec<Value> {
    let mut problems: Vec<Value> = answers.iter().map(|answer| answer.data()[mutation]["problems"].clone()).collect();
    problems.sort_by_key(ToString::to_string);
    problems
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_too_late_is_decided_again_under_the_locks() {
    // H1, J1, L11b
    let world = World::start(Backend::Postgres, Settings::default()).await;
    let claim = world.submitted().await;
    // Each reads, and does not store what is locked; each then takes the locks, reads and stores.
    let comment = |body: &str| json!({ "claimId": claim.id(), "body": body });
    let comments =
        [(&world.partner, "addComment", comment("One.")), (&world.reviewer, "addComment", comment("Other."))];
    let (answers, cost) = both_at_once(&world, &claim, comments).await;
    assert_eq!(problems(&answers, "addComment"), [json!([]), json!([])]);
    assert_eq!((world.told(&claim, "COMMENTED").await.len(), cost), (2, 2 * (2 + 3)));
    // The same request twice is done once.
    let twice = || json!({ "claimId": claim.id(), "body": "Once.", "idempotencyKey": "once" });
    let repeated = [(&world.partner, "addComment", twice()), (&world.partner, "addComment", twice())];
    let (answers, _) = both_at_once(&world, &claim, repeated).await;
    assert_eq!(problems(&answers, "addComment"), [json!([]), json!([])]);
    assert_eq!(world.told(&claim, "COMMENTED").await.len(), 3);
    // Of two who expect the same version, one comes too late.
    let start = || json!({ "claimId": claim.id(), "expectedVersion": claim.version() });
    let starts = [(&world.reviewer, "startReview", start()), (&world.second_reviewer, "startReview", start())];
    let (answers, _) = both_at_once(&world, &claim, starts).await;
    assert_eq!(problems(&answers, "startReview"), [json!([]), json!([{ "code": "VERSION_CONFLICT" }])]);
    assert_eq!(world.told(&claim, "REVIEW_STARTED").await.len(), 1);
    world.finish().await;
}
