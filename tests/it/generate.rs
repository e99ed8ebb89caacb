//! `cpor generate`: bulk data that follows from a seed and that the rules could have made.

use std::{collections::BTreeSet, path::Path, process::Command};

use domain::kinds::ClaimStatus;

use crate::support::{
    Backend,
    database::Database,
    files::new_folder,
    program::{Ended, Running, cpor, on, on_empty_databases, run},
    server,
    source::root,
};

on_empty_databases!(
    the_counts_are_as_asked_and_every_status_occurs,
    what_is_generated_is_proven_by_verify,
    the_same_seed_gives_the_same_data_and_another_seed_other_data,
    a_server_on_it_has_no_clock_to_fire,
    every_kind_of_ending_leaves_its_traces,
    a_database_that_holds_claims_is_refused_and_left_alone,
);

/// A command on this database with documents in this folder.
fn command(database: &Database, documents: &Path, words: &[&str]) -> Command {
    let mut command = cpor(root(), words);
    command.env("DATABASE_URL", &database.url);
    command.env("CPOR_DOCUMENTS", format!("file://{}", documents.display()));
    command
}

/// Generates into an empty database.
fn generate(database: &Database, documents: &Path, options: &[&str]) -> Ended {
    on(database, &["migrate", "up"]).done();
    let words: Vec<&str> = ["generate"].iter().chain(options).copied().collect();
    run(&mut command(database, documents, &words))
}

async fn count(database: &Database, rows: &str) -> usize {
    database.read(&format!("SELECT CAST(count(*) AS text) FROM {rows}")).await[0].parse().unwrap()
}

async fn the_counts_are_as_asked_and_every_status_occurs(database: &Database) {
    let options = ["--claims", "230", "--partners", "7", "--customers", "31"];
    let ended = generate(database, &new_folder("documents"), &options);
    for (rows, asked) in [("claim", 230), ("partner", 7), ("customer", 31), ("product", 256)] {
        assert_eq!(count(database, rows).await, asked, "{rows}");
    }
    let statuses: BTreeSet<String> = database.read("SELECT DISTINCT status FROM claim").await.into_iter().collect();
    assert_eq!(statuses, ClaimStatus::ALL.iter().map(ToString::to_string).collect());
    let (comments, entries) = (count(database, "comment").await, count(database, "history").await);
    assert!(comments >= 2 * 230 && entries >= 5 * 230, "{comments} comments, {entries} entries");
    let ends = format!(
        "230 claims, {} lines, {comments} comments, {entries} history entries",
        count(database, "claim_line").await
    );
    assert!(ended.done().ends_with(&ends), "{ended:?}");
}

async fn what_is_generated_is_proven_by_verify(database: &Database) {
    // H3, X6, P1
    let documents = new_folder("documents");
    generate(database, &documents, &["--claims", "200"]).done();
    let verified = run(&mut command(database, &documents, &["verify"]));
    let (entries, proofs) = (count(database, "history").await, count(database, "proof_document").await);
    assert!(proofs > 150, "{proofs}");
    assert_eq!(verified.done(), format!("verified: 200 claims, {entries} history entries, {proofs} documents\nOK"));
}

/// The data as text, in an order that does not depend on the database. An entry's hash covers everything in it but its
/// position.
async fn content(database: &Database) -> Vec<String> {
    let mut content = Vec::new();
    for text in [
        "number || ' ' || name || ' ' || status || ' ' || version || ' ' || created_at || ' ' || history_hash FROM claim",
        "'' || hash FROM history",
        "body || ' ' || created_at || ' ' || author_subject FROM comment",
        "name || ' ' || sha256 || ' ' || uploaded_at FROM proof_document",
        "subject || ' ' || started_at || ' ' || COALESCE(ended_at, 0) FROM association",
        "subject || ' ' || status || ' ' || opened_at || ' ' || COALESCE(settled_at, 0) FROM arbitration",
        "status || ' ' || programs || ' ' || created_at || ' ' || COALESCE(sent_at, 0) FROM evaluation",
        "subject || ' ' || body || ' ' || created_at FROM notice",
        "name || ' ' || domain FROM customer",
        "mpn_id || ' ' || name || ' ' || country FROM partner_location",
        "channel || ' ' || status || ' ' || seats || ' ' || COALESCE(ends_at, 0) FROM customer_subscription",
    ] {
        let mut rows = database.read(&format!("SELECT {text}")).await;
        assert!(!rows.is_empty(), "{text}");
        rows.sort_unstable();
        content.extend(rows);
    }
    content
}

async fn the_same_seed_gives_the_same_data_and_another_seed_other_data(database: &Database) {
    let documents = new_folder("documents");
    generate(database, &documents, &["--claims", "150", "--seed", "7"]).done();
    let first = content(database).await;
    // Not even the kind of database makes a difference.
    for (backend, seed, same) in
        [(database.backend, "7", true), (Backend::Sqlite, "7", true), (database.backend, "8", false)]
    {
        let other = Database::empty(backend).await;
        generate(&other, &documents, &["--claims", "150", "--seed", seed]).done();
        assert!((content(&other).await == first) == same, "{backend:?}, seed {seed}");
        other.delete().await;
    }
}

async fn a_server_on_it_has_no_clock_to_fire(database: &Database) {
    // T5: what is due is done before a server is ready.
    let documents = new_folder("documents");
    generate(database, &documents, &["--claims", "300"]).done();
    let before = count(database, "history").await;
    let mut serve = command(database, &documents, &["serve"]);
    serve.env("CPOR_JWT_SECRET", server::SECRET).env("CPOR_LISTEN", "127.0.0.1:0").env("RUST_LOG", "error");
    let (running, line) = Running::start(&mut serve, "cpor listens on ");
    let base = line.trim().trim_start_matches("cpor listens on ").to_owned();
    let ready = reqwest::get(format!("{base}/readyz")).await.unwrap();
    assert!(ready.status().is_success(), "{ready:?}");
    assert_eq!(running.stop().code, Some(0));
    assert_eq!(count(database, "history").await, before);
}

async fn every_kind_of_ending_leaves_its_traces(database: &Database) {
    generate(database, &new_folder("documents"), &["--claims", "600", "--customers", "60"]).done();
    for rows in [
        "claim WHERE missed_at IS NOT NULL AND status = 'SUBMITTED'", // T1
        "claim WHERE rejection_reason = 'NO_PARTNER_RESPONSE'",       // T3
        "claim WHERE consent_status = 'PENDING'",                     // N2
        "claim WHERE rejection_reason = 'CUSTOMER_DECLINED'",         // N3
        "claim WHERE consent_status = 'GRANTED_BY_LAPSE'",            // N4
        "claim WHERE dispute_status = 'OPEN'",                        // D1
        "claim WHERE dispute_status = 'UPHELD'",                      // D2
        "claim WHERE dispute_status = 'DISMISSED'",
        "claim WHERE rejection_reason = 'PARTNER_REQUEST'",  // L9
        "claim WHERE rejection_reason = 'ARBITRATION_LOST'", // X5
        "claim WHERE contested_since IS NOT NULL",           // X1
        "arbitration WHERE status = 'OPEN'",
        "arbitration WHERE status = 'AWARDED'",
        "arbitration WHERE status = 'SETTLED'", // X7
        "evaluation WHERE status = 'SENT'",     // I1
        "evaluation WHERE status = 'REVENUE_ONLY'",
        "history WHERE action = 'ASSOCIATION_ENDED'", // I2
        "comment WHERE visibility = 'INTERNAL'",      // K1
        "notice",                                     // D4
    ] {
        assert!(count(database, rows).await > 0, "{rows}");
    }
}

async fn a_database_that_holds_claims_is_refused_and_left_alone(database: &Database) {
    let documents = new_folder("documents");
    generate(database, &documents, &["--claims", "20"]).done();
    let refused = run(&mut command(database, &documents, &["generate", "--claims", "20", "--seed", "2"]));
    assert!(refused.failed(1).contains("already holds claims"), "{refused:?}");
    assert_eq!(count(database, "claim").await, 20);
    // Wrong usage is reported before anything is opened.
    run(&mut command(database, &documents, &["generate", "--claims", "0"])).failed(2);
}
