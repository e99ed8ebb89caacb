//! `cpor verify`: proves that nothing was altered or removed, and names what was (H3). That it passes on sound databases
//! is proven at the end of every other test.

use std::process::Command;

use serde_json::json;

use crate::support::{World, both};

both!(
    an_altered_entry_is_named,
    a_removed_entry_is_named,
    an_altered_claim_is_named,
    a_claim_without_a_head_is_named,
    history_cannot_be_changed_through_the_database_either,
    the_command_says_the_same,
);

/// Runs SQL with the triggers that protect the history out of the way.
async fn behind_the_back(world: &World, sql: &str) {
    let database = &world.server.database;
    if world.server.app.db().is_postgres() {
        database.tamper("ALTER TABLE history DISABLE TRIGGER USER").await;
        assert_eq!(database.tamper(sql).await, 1, "{sql}");
        database.tamper("ALTER TABLE history ENABLE TRIGGER USER").await;
    } else {
        let kept = database.read("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'").await;
        for name in
            database.read("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'").await
        {
            database.tamper(&format!("DROP TRIGGER {name}")).await;
        }
        assert_eq!(database.tamper(sql).await, 1, "{sql}");
        for trigger in kept {
            database.tamper(&trigger).await;
        }
    }
}

async fn broken(world: &World, what: &str) -> String {
    let broken = world.server.app.verify(|_| ()).await.unwrap().broken;
    broken.unwrap_or_else(|| panic!("not noticed: {what}"))
}

async fn an_altered_entry_is_named(world: &World) {
    // H3: one byte by hand; and back again, which mends it.
    let (claim, _) = (world.submitted().await, world.submitted_on(&world.rival, 1).await);
    assert!(world.server.app.verify(|_| ()).await.unwrap().broken.is_none());
    let number = claim.field("number").as_str().unwrap();
    for (column, altered) in
        [("note", "'x'"), ("at", "at + 1"), ("changes", "changes || ' '"), ("actor_subject", "'y'"), ("hash", "'00'")]
    {
        let of = format!("action = 'SUBMITTED' AND claim_id = (SELECT id FROM claim WHERE number = '{number}')");
        let before =
            world.server.database.read(&format!("SELECT CAST({column} AS text) FROM history WHERE {of}")).await;
        behind_the_back(world, &format!("UPDATE history SET {column} = {altered} WHERE {of}")).await;
        let told = broken(world, column).await;
        assert!(told.contains(number) || told.contains("history"), "{column}: {told}");
        let back = before.first().map_or("NULL".to_owned(), |value| {
            if column == "at" { value.clone() } else { format!("'{}'", value.replace('\'', "''")) }
        });
        behind_the_back(world, &format!("UPDATE history SET {column} = {back} WHERE {of}")).await;
        assert_eq!(world.server.app.verify(|_| ()).await.unwrap().broken, None, "{column}");
    }
}

async fn a_removed_entry_is_named(world: &World) {
    // H3: in the middle, and the last.
    let claim = world.approved().await;
    let number = claim.field("number").as_str().unwrap().to_owned();
    let of = format!("claim_id = (SELECT id FROM claim WHERE number = '{number}')");
    let last =
        world.server.database.read(&format!("SELECT CAST(max(seq) AS text) FROM history WHERE {of}")).await.remove(0);
    for seq in ["2", last.as_str()] {
        let table = format!("kept_{seq}");
        world
            .server
            .database
            .tamper(&format!("CREATE TABLE {table} AS SELECT * FROM history WHERE {of} AND seq = {seq}"))
            .await;
        behind_the_back(world, &format!("DELETE FROM history WHERE {of} AND seq = {seq}")).await;
        assert!(broken(world, seq).await.contains(&number));
        let overriding = if world.server.app.db().is_postgres() { "OVERRIDING SYSTEM VALUE" } else { "" };
        // Past the triggers, too: the counters did not notice that it was gone.
        behind_the_back(world, &format!("INSERT INTO history {overriding} SELECT * FROM {table}")).await;
        world.server.database.tamper(&format!("DROP TABLE {table}")).await;
        assert_eq!(world.server.app.verify(|_| ()).await.unwrap().broken, None);
    }
}

async fn an_altered_claim_is_named(world: &World) {
    // H3: the claim and its history tell the same.
    let claim = world.submitted().await;
    let number = claim.field("number").as_str().unwrap();
    let id = format!("(SELECT id FROM claim WHERE number = '{number}')");
    let [claim_row, head] = [format!("claim WHERE id = {id}"), format!("claim_activity WHERE claim_id = {id}")];
    for (row, column, altered) in [
        (&claim_row, "version", "version + 1"),
        (&head, "history_length", "history_length - 1"),
        (&head, "history_hash", "'0'"),
        (&claim_row, "status", "'APPROVED'"),
    ] {
        let database = &world.server.database;
        let before = database.read(&format!("SELECT CAST({column} AS text) FROM {row}")).await.remove(0);
        let set =
            |value: &str| format!("UPDATE {}", row.replacen(" WHERE", &format!(" SET {column} = {value} WHERE"), 1));
        database.tamper(&set(altered)).await;
        let told = broken(world, column).await;
        assert!(told.contains(number), "{column}: {told}");
        let is_number = before.parse::<i64>().is_ok();
        database.tamper(&set(&if is_number { before } else { format!("'{before}'") })).await;
    }
}

async fn a_claim_without_a_head_is_named(world: &World) {
    // H3: whoever removes a draft's history removes what tells where it ends, too.
    let draft = world.draft().await;
    let number = draft.field("number").as_str().unwrap();
    let of = format!("claim_id = (SELECT id FROM claim WHERE number = '{number}')");
    let database = &world.server.database;
    database.tamper(&format!("CREATE TABLE kept AS SELECT * FROM claim_activity WHERE {of}")).await;
    assert_eq!(database.tamper(&format!("DELETE FROM claim_activity WHERE {of}")).await, 1);
    let told = broken(world, "the head").await;
    assert!(told.contains(number), "{told}");
    database.tamper("INSERT INTO claim_activity SELECT * FROM kept").await;
    database.tamper("DROP TABLE kept").await;
}

async fn history_cannot_be_changed_through_the_database_either(world: &World) {
    // H1: entries are only ever added.
    world.submitted().await;
    for sql in ["UPDATE history SET note = 'x'", "DELETE FROM history"] {
        let refused = world.server.database.try_tamper(sql).await;
        assert!(refused.is_err(), "{sql} was let through");
    }
    if world.server.app.db().is_postgres() {
        assert!(world.server.database.try_tamper("TRUNCATE history").await.is_err());
    }
}

async fn the_command_says_the_same(world: &World) {
    // H3: exit 0 where all is well, 1 and the row where not.
    let claim = world.approved().await;
    let verify = || {
        let documents = format!("file://{}", world.server.documents.display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_cpor"));
        command.args(["verify", "--database-url", &world.server.database.url, "--documents", &documents]);
        command.output().unwrap()
    };
    let good = verify();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    behind_the_back(world, "UPDATE history SET changes = changes || ' ' WHERE action = 'APPROVED'").await;
    let bad = verify();
    assert_eq!(bad.status.code(), Some(1));
    let told = String::from_utf8_lossy(&bad.stderr).into_owned() + &String::from_utf8_lossy(&bad.stdout);
    assert!(told.contains(claim.field("number").as_str().unwrap()), "{told}");
    behind_the_back(world, "UPDATE history SET changes = trim(changes) WHERE action = 'APPROVED'").await;
    assert_eq!(world.partner.act("submitClaim", &claim, json!({})).await.refused(), ["WRONG_STATUS"]);
}
