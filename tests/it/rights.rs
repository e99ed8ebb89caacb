//! The roles of `docs/operations.md`: servers with no more rights than it gives them do all that servers do.

use reqwest::Url;
use sea_orm::{ConnectionTrait, Database as Connection, TransactionOptions, TransactionTrait};
use serde_json::json;
use tokio::task::block_in_place;

use crate::{
    crash::Cast,
    support::{
        cluster::Cluster,
        database::Database,
        directory as sample,
        event_stream::EventStream,
        process::{Home, Process},
        source::read,
        world::SCOPES,
    },
};

/// The statements of the page's blocks of SQL, one list a block.
fn blocks() -> Vec<Vec<String>> {
    let page = read("docs/operations.md");
    let blocks = page.split("```sql\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block);
    let statements = |block: &str| -> Vec<String> {
        block.split(';').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
    };
    blocks.map(statements).collect()
}

/// Does as the page says, as the owner of the cluster.
async fn run(address: &str, block: &[String]) {
    let connection = Connection::connect(address).await.unwrap();
    for statement in block {
        connection.execute_unprepared(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    connection.close().await.unwrap();
}

fn as_role(address: &str, role: &str) -> String {
    let mut url = Url::parse(address).unwrap();
    url.set_username(role).unwrap();
    url.into()
}

async fn load_directory(server: &Process) {
    let sync = server.caller(json!({ "roles": ["DIRECTORY_SYNC"], "scope": SCOPES }));
    for (mutation, rows) in sample::whole() {
        let answer = sync.mutate(mutation, json!({ "rows": rows })).await;
        assert_eq!(answer.payload()["problems"], json!([]), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roles_of_the_page_have_what_they_need() {
    let cluster = block_in_place(|| Cluster::start(&[])).unwrap();
    let blocks = blocks();
    assert!(blocks[0][0].starts_with("CREATE ROLE cpor ") && blocks[1][0].starts_with("CREATE ROLE cpor_server "));
    run(&cluster.address("postgres"), &blocks[0]).await;
    let address = cluster.address("cpor");
    let owner = Home::new(Database::at(as_role(&address, "cpor")));
    owner.run(&["migrate", "up"]).done();
    run(&address, &blocks[1]).await;
    let home = Home::new(Database::at(as_role(&address, "cpor_server")));
    let server = home.serve(&["--no-migrate", "--sandbox"]);
    assert_eq!(reqwest::get(format!("{}/readyz", server.base)).await.unwrap().status(), 200);
    load_directory(&server).await;
    // What another database's people do is none of its business, although it may not look at them closely (H2).
    let elsewhere = Connection::connect(cluster.address("postgres")).await.unwrap();
    let busy = elsewhere.begin_with_options(TransactionOptions::default()).await.unwrap();
    busy.execute_unprepared("SELECT pg_current_xact_id()").await.unwrap();
    let cast = Cast::of(&server);
    let mut events = EventStream::open(&cast.partner, "subscription { historyAppended { action } }", json!({})).await;
    let (claim, fires) = cast.claims(1).await.remove(0);
    for action in ["CREATED", "PROOF_ATTACHED", "SUBMITTED", "REVIEW_STARTED"] {
        assert_eq!(events.data().await["historyAppended"]["action"], action);
    }
    cast.advance("P20D").await;
    assert_eq!(cast.fired(&claim, fires).await, (1, 1));
    busy.rollback().await.unwrap();
    server.stop().done();
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    // What was done is told by the history, and no server can tell otherwise (H1).
    for sql in ["UPDATE history SET note = 'x'", "DELETE FROM history", "TRUNCATE history", "DROP TABLE history"] {
        let refused = home.database.try_tamper(sql).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied") || sql.starts_with("DROP"), "{sql}: {refused}");
    }
}
