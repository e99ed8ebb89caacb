//! The real program, killed again and again in the middle of deliveries: everything arrives, in order for each claim, and what
//! arrives twice has the same id (W3).

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{
    Backend, Caller,
    database::Database,
    directory::{ALPINE, CONTOSO, SALES},
    ids,
    process::{Home, Process, kills},
    receiver::{Manners, Received, Receiver},
    world::SCOPES,
};

/// How often it is killed, see [`kills`].
const KILLS: u32 = 40;
/// How many claims there are for each kill, with two entries each. What a killed server had taken, eight at most, is not free again
/// before half a minute has passed, so there are enough for every kill to find some.
const CLAIMS: u32 = 4;

pub(super) const OPTIONS: [&str; 3] = ["--sandbox", "--webhook-allow", "127.0.0.0/8"];

pub(super) fn admin(process: &Process) -> Caller {
    let scope = format!("{SCOPES} webhooks:read webhooks:write");
    process
        .caller(json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE, "scope": scope }))
}

async fn is_killed_again_and_again(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let receiver = Receiver::start().await;
    let first = home.serve(&OPTIONS);
    // Nothing is accepted before everything has happened.
    receiver.behave("/", Manners::Hangs);
    let input = json!({ "url": receiver.url("/"), "events": ["HISTORY_APPENDED"] });
    let created = admin(&first).mutate("createWebhookEndpoint", input).await;
    assert_eq!(created.payload()["problems"], json!([]), "{}", created.text);
    let kills = kills(KILLS);
    for number in 0..kills * CLAIMS {
        draft(&admin(&first), number).await;
    }
    let expected = entries(&admin(&first)).await;
    drop(first);
    // Long enough that a kill comes before the answer, or between the answer and the note of it.
    receiver.behave("/", Manners::Slow(15));
    let mut process = home.serve(&OPTIONS);
    // What was tried while it hung is due again.
    admin(&process).mutate("advanceClock", json!({ "by": "PT2H" })).await.payload();
    let mut in_the_middle = 0;
    for _ in 0..kills {
        let before = receiver.at("/").len();
        // Once one more message has come, whose answer was not noted yet; or none did for a while.
        let more = receiver.until("/", |received| received.len() > before);
        in_the_middle += u32::from(tokio::time::timeout(Duration::from_secs(3), more).await.is_ok());
        // As kill -9 does it.
        drop(process);
        process = home.serve(&OPTIONS);
    }
    println!("{backend:?}: {kills} kills, {in_the_middle} of them in the middle of deliveries");
    assert!(in_the_middle > kills / 2, "it was hardly ever in the middle: {in_the_middle}");
    receiver.behave("/", Manners::Accepts);
    // What the last ones had taken is free again when their leases are over.
    let positions: HashSet<&String> = expected.iter().map(|(_, position)| position).collect();
    let all = receiver
        .until("/", |received| {
            let came: HashSet<String> = received.iter().map(position).collect();
            positions.iter().all(|position| came.contains(*position))
        })
        .await;
    in_order(&all, &expected);
    assert_eq!(process.faults.take(), Vec::<String>::new());
    drop(process);
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

/// A draft that is changed once.
pub(super) async fn draft(partner: &Caller, number: u32) {
    let contact = json!({ "name": "Kim Kontakt", "email": "kim@contoso.example" });
    let input = json!({ "name": format!("Claim {number}"), "tenantId": CONTOSO, "domain": "contoso.example",
        "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001",
        "lines": [{ "productId": ids::of_product(SALES) }], "customerContact": contact });
    let draft = partner.mutate("createClaim", input).await.claim();
    partner.act("updateClaim", &draft, json!({ "name": format!("Changed {number}") })).await.claim();
}

fn position(message: &Received) -> String {
    message.json()["position"].as_str().unwrap().to_owned()
}

/// The claim and position of every entry that the partner sees, in order.
async fn entries(partner: &Caller) -> Vec<(String, String)> {
    let (mut entries, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = "query($after: String) { history(first: 100, after: $after) { nodes { position claim { id } } \
            pageInfo { hasNextPage endCursor } } }";
        let page = partner.graphql(query, json!({ "after": after })).await.data()["history"].clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        entries.extend(
            page["nodes"].as_array().unwrap().iter().map(|one| (text(&one["claim"]["id"]), text(&one["position"]))),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            return entries;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The first arrival of each event comes in the order of its claim; every event has one id, and no two have the same.
fn in_order(received: &[Received], expected: &[(String, String)]) {
    let mut ids: HashMap<String, String> = HashMap::new();
    let mut first: HashMap<String, Vec<String>> = HashMap::new();
    for message in received {
        let position = position(message);
        let id = ids.entry(position.clone()).or_insert_with(|| message.id().to_owned());
        assert_eq!(id, message.id(), "an event keeps its id");
        let claim = message.json()["data"]["claimId"].as_str().unwrap().to_owned();
        let of_claim = first.entry(claim).or_default();
        if !of_claim.contains(&position) {
            of_claim.push(position);
        }
    }
    assert_eq!(ids.values().collect::<HashSet<_>>().len(), ids.len());
    let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
    for (claim, position) in expected {
        wanted.entry(claim.clone()).or_default().push(position.clone());
    }
    assert_eq!(first, wanted);
    println!("{} messages for {} events", received.len(), ids.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_deliveries_on_sqlite() {
    // W3
    is_killed_again_and_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_deliveries_on_postgres() {
    // W3
    is_killed_again_and_again(Backend::Postgres).await;
}
