//! A backup that is restored: into another cluster of PostgreSQL, whose transaction numbers begin anew, and from a state that
//! is older than what subscribers have seen (H2, H3).

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    Answer, Backend, Caller,
    cluster::Cluster,
    database::Database,
    directory::{ALPINE, SALES, subscription},
    ids,
    process::{Home, Process},
    socket::Socket,
    world::{PDF, SCOPES, domain_of},
};

/// Follows the history from a position on.
const FOLLOW: &str = "subscription($after: String) { historyAppended(after: $after) { id position action } }";

/// How many transactions the old cluster has seen that the new one has not.
const AHEAD: u32 = 20_000;

/// An entry as it is read and as it is heard: id, position, action.
type Told = (String, String, String);

fn told(entry: &Value) -> Told {
    let text = |name: &str| entry[name].as_str().unwrap_or_else(|| panic!("no {name} in {entry}")).to_owned();
    (text("id"), text("position"), text("action"))
}

/// The callers of a server in another process.
struct Cast {
    partner: Caller,
    lead: Caller,
    sync: Caller,
}

impl Cast {
    fn of(process: &Process) -> Self {
        let with = |mut claims: Value| {
            claims["scope"] = json!(SCOPES);
            process.caller(claims)
        };
        Self {
            partner: with(json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE })),
            lead: with(json!({ "sub": "lena@vendor.example", "roles": ["REVIEW_LEAD"] })),
            sync: with(json!({ "sub": "sync@vendor.example", "roles": ["DIRECTORY_SYNC"] })),
        }
    }

    /// A claim under review, on a customer of its own: four entries and more.
    async fn claim(&self, number: u32) {
        let tenant = format!("c1000000-0000-4000-8000-{number:012}");
        let customer = json!({ "tenantId": tenant, "name": format!("Customer {number}"), "domain": domain_of(number) });
        let bought =
            subscription(&format!("51000000-0000-4000-8000-{number:012}"), &tenant, SALES, "WEB_DIRECT", "ACTIVE");
        self.sync.mutate("upsertCustomers", json!({ "rows": [customer] })).await.data();
        self.sync.mutate("upsertSubscriptions", json!({ "rows": [bought] })).await.data();
        let contact = json!({ "name": "Kim Kontakt", "email": "kim@contoso.example" });
        let input = json!({ "name": format!("Claim {number}"), "tenantId": tenant, "domain": domain_of(number),
            "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001",
            "lines": [{ "productId": ids::of_product(SALES) }],
            "customerContact": contact, "technicalContact": contact, "partnerContact": contact });
        let draft = self.partner.mutate("createClaim", input).await.claim();
        let proven = self.partner.attach(draft.id(), "proof.pdf", PDF).await.claim();
        let submitted = self.partner.act("submitClaim", &proven, json!({})).await.done();
        self.lead.act("startReview", &submitted, json!({})).await.done();
    }

    /// The whole history as the partner reads it, oldest first.
    async fn history(&self) -> Vec<Told> {
        let answer = self.partner.query("{ history(first: 100) { nodes { id position action } } }").await;
        answer["history"]["nodes"].as_array().unwrap().iter().map(told).collect()
    }

    /// The cursor of the last entry.
    async fn last_cursor(&self) -> String {
        let answer = self.partner.query("{ history(last: 1) { pageInfo { endCursor } } }").await;
        answer["history"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
    }

    /// Reads on after this cursor.
    async fn read_on(&self, cursor: &str) -> Answer {
        let document = "query($after: String) { history(first: 1, after: $after) { nodes { id } } }";
        self.partner.graphql(document, json!({ "after": cursor })).await
    }

    /// Asserts that whoever resumes after this position is told all of this first, in this order and nothing between.
    async fn resumes(&self, after: &str, expected: &[Told]) {
        let mut socket = Socket::of(&self.partner).await;
        let id = socket.subscribe(FOLLOW, json!({ "after": after })).await;
        for entry in expected {
            assert_eq!(told(&socket.next(&id).await["data"]["historyAppended"]), *entry, "after {after}");
        }
        socket.leave().await;
    }

    /// Asserts that nobody can resume after this position, and is told what to do instead.
    async fn knows_no(&self, position: &str) {
        let mut socket = Socket::of(&self.partner).await;
        let id = socket.subscribe(FOLLOW, json!({ "after": position })).await;
        let errors = socket.error(&id).await;
        assert_eq!(errors[0]["extensions"]["code"], "BAD_USER_INPUT", "{errors}");
        let message = errors[0]["message"].as_str().unwrap();
        assert!(message.contains("again, and subscribe without"), "no remedy: {message}");
        socket.leave().await;
    }
}

/// The epochs that the history has entries of.
async fn epochs(database: &Database) -> Vec<String> {
    database.read("SELECT DISTINCT CAST(epoch AS text) FROM history ORDER BY 1").await
}

/// Copies a database of PostgreSQL into an empty one, as operators do it.
fn dump(from: &Database, to: &Database) {
    // The programs lie beside the server's, which need not be on the path (tests/postgres.sh).
    let script = "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1)
        set -o pipefail
        pg_dump \"$0\" | psql --quiet --set ON_ERROR_STOP=1 --single-transaction \"$1\" > /dev/null";
    let done = Command::new("bash").args(["-c", script, &from.url, &to.url]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A backup, taken while a server works on the database.
pub async fn backup(database: &Database) -> Database {
    let copy = Database::empty(database.backend).await;
    match database.backend {
        Backend::Postgres => dump(database, &copy),
        Backend::Sqlite => {
            let file = copy.url.strip_prefix("sqlite://").unwrap();
            database.tamper(&format!("VACUUM INTO '{file}'")).await;
        }
    }
    copy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_goes_on_in_another_cluster() {
    // H2, H3
    let old = Home::new(Database::copied(Backend::Postgres).await);
    let burn = format!("DO $$ BEGIN FOR i IN 1..{AHEAD} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
    old.database.tamper(&burn).await;
    let server = old.serve(&[]);
    let cast = Cast::of(&server);
    for number in 0..3 {
        cast.claim(number).await;
    }
    let before = cast.history().await;
    assert!(before.len() >= 12, "{before:?}");
    cast.resumes(&before[4].1, &before[5..]).await;
    server.stop().done();

    let cluster = tokio::task::spawn_blocking(|| Cluster::start(&[]).unwrap()).await.unwrap();
    let new = old.moved(Database::of_cluster(&cluster));
    dump(&old.database, &new.database);
    let reached = new.database.read("SELECT pg_current_xact_id()::text").await[0].parse::<u64>().unwrap();
    let written = new.database.read("SELECT min(xid)::text FROM history").await[0].parse::<u64>().unwrap();
    assert!(written > reached, "the new cluster is at {reached}, the history begins at {written}");

    // Who may not change the schema does not begin an epoch either, and says so.
    // (It could not listen at this address, so that it ends here in any case.)
    let refused = new.run(&["serve", "--no-migrate", "--listen", "192.0.2.1:1"]);
    assert!(refused.failed(1).contains("cpor migrate up"), "{refused:?}");
    // Servers that start together begin one epoch between them.
    let (server, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| new.serve(&[]));
        (new.serve(&[]), other.join().unwrap())
    });
    let (cast, elsewhere) = (Cast::of(&server), Cast::of(&other));
    assert_eq!(cast.history().await, before, "nothing is lost, nothing has moved");
    let mut live = Socket::of(&elsewhere.partner).await;
    let following = live.subscribe(FOLLOW, json!({ "after": before.last().unwrap().1 })).await;
    cast.claim(3).await;
    cast.claim(4).await;
    let after = cast.history().await;
    assert_eq!(after[..before.len()], before, "what is new comes after what is old");
    let fresh = &after[before.len()..];
    assert!(fresh.len() >= 8, "{fresh:?}");
    for entry in fresh {
        assert_eq!(told(&live.next(&following).await["data"]["historyAppended"]), *entry);
    }
    for place in [0, 4, before.len() - 1, before.len() + 2] {
        elsewhere.resumes(&after[place].1, &after[place + 1..]).await;
    }
    assert_eq!(epochs(&new.database).await, ["0", "1"]);
    assert!(new.run(&["verify"]).done().ends_with("OK"));

    // Started again, and without the right to migrate, it stays in this epoch.
    server.stop().done();
    other.stop().done();
    let again = new.serve(&["--no-migrate"]);
    let cast = Cast::of(&again);
    assert_eq!(cast.history().await, after);
    cast.claim(5).await;
    assert_eq!(epochs(&new.database).await, ["0", "1"]);
    again.stop().done();
    assert!(new.run(&["verify"]).done().ends_with("OK"));
    old.database.delete().await;
}

async fn an_older_backup_says_what_it_does_not_have(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&[]);
    let cast = Cast::of(&server);
    cast.claim(0).await;
    let kept = cast.history().await;
    let copy = backup(&home.database).await;
    cast.claim(1).await;
    let lost = cast.history().await.pop().unwrap();
    let cursor = cast.last_cursor().await;
    assert!(!kept.contains(&lost));
    server.stop().done();

    // The documents are newer than the database: what is there too much does no harm.
    let restored = home.moved(copy);
    let server = restored.serve(&[]);
    let cast = Cast::of(&server);
    assert_eq!(cast.history().await, kept);
    // Not a silent gap: the claim of that entry is gone, and so may others be.
    cast.knows_no(&lost.1).await;
    assert_eq!(cast.read_on(&cursor).await.errors(), ["BAD_USER_INPUT"]);
    // What the backup does have can be resumed from, also by what comes now.
    cast.claim(2).await;
    let now = cast.history().await;
    assert_eq!(now[..kept.len()], kept);
    cast.resumes(&kept.last().unwrap().1, &now[kept.len()..]).await;
    cast.knows_no(&lost.1).await;
    assert_eq!(epochs(&restored.database).await, ["0"], "the same cluster: the same epoch");
    server.stop().done();
    assert!(restored.run(&["verify"]).done().ends_with("OK"));

    // A position of another database is no better.
    let foreign = Home::new(Database::copied(backend).await);
    let server = foreign.serve(&[]);
    let elsewhere = Cast::of(&server);
    elsewhere.knows_no(&now.last().unwrap().1).await;
    elsewhere.claim(0).await;
    elsewhere.knows_no(&now[0].1).await;
    assert_eq!(elsewhere.read_on(&cursor).await.errors(), ["BAD_USER_INPUT"]);
    elsewhere.read_on(&elsewhere.last_cursor().await).await.data();
    server.stop().done();
    for database in [home.database, restored.database, foreign.database] {
        database.delete().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_backup_says_what_it_does_not_have_on_sqlite() {
    // H2
    an_older_backup_says_what_it_does_not_have(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_backup_says_what_it_does_not_have_on_postgres() {
    // H2
    an_older_backup_says_what_it_does_not_have(Backend::Postgres).await;
}
