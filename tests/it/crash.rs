//! The real program, killed in the middle of the clocks' work and started again: everything that was due has happened, once
//! (T5, H1). And what becomes of a sandbox's clock.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Backend, Caller,
    database::Database,
    directory::{ALPINE, SALES, subscription},
    ids,
    process::{Home, Process},
    world::{PDF, SCOPES, domain_of},
};

/// The callers of a server in another process.
pub struct Cast {
    pub partner: Caller,
    lead: Caller,
    sync: Caller,
}

impl Cast {
    pub fn of(process: &Process) -> Self {
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

    pub async fn advance(&self, by: &str) -> String {
        let answer = self.sync.mutate("advanceClock", json!({ "by": by })).await;
        assert_eq!(answer.problems(), Vec::<String>::new(), "{}", answer.text);
        answer.payload()["now"].as_str().unwrap().to_owned()
    }

    /// What time it is for the server: a step too short to matter.
    async fn now(&self) -> jiff::Timestamp {
        self.advance("PT0.000001S").await.parse().unwrap()
    }

    /// Many claims whose clocks run out on the same day: a third is asked for more (T3), a third approved (N4), a third is
    /// under review (T2).
    pub async fn claims(&self, count: u32) -> Vec<(String, &'static str)> {
        let customer = |number| json!({ "tenantId": tenant(number), "name": format!("Customer {number}"), "domain": domain_of(number) });
        let row = |number| {
            subscription(
                &format!("51000000-0000-4000-8000-{number:012}"),
                &tenant(number),
                SALES,
                "WEB_DIRECT",
                "ACTIVE",
            )
        };
        self.sync
            .mutate("upsertCustomers", json!({ "rows": (0..count).map(customer).collect::<Vec<_>>() }))
            .await
            .data();
        self.sync
            .mutate("upsertSubscriptions", json!({ "rows": (0..count).map(row).collect::<Vec<_>>() }))
            .await
            .data();
        let mut claims = Vec::new();
        for number in 0..count {
            claims.push(self.claim(number).await);
        }
        claims
    }

    async fn claim(&self, number: u32) -> (String, &'static str) {
        let contact = json!({ "name": "Kim Kontakt", "email": "kim@contoso.example" });
        let input = json!({ "name": format!("Claim {number}"), "tenantId": tenant(number), "domain": domain_of(number),
            "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001",
            "lines": [{ "productId": ids::of_product(SALES) }],
            "customerContact": contact, "technicalContact": contact, "partnerContact": contact });
        let draft = self.partner.mutate("createClaim", input).await.claim();
        let proven = self.partner.attach(draft.id(), "proof.pdf", PDF).await.claim();
        let submitted = self.partner.act("submitClaim", &proven, json!({})).await.done();
        let reviewed = self.lead.act("startReview", &submitted, json!({})).await.done();
        let asked = json!({ "reasons": ["OTHER"], "message": "Please explain." });
        let (claim, fires) = match number % 3 {
            0 => (self.lead.act("requestPartnerAction", &reviewed, asked).await.done(), "REJECTED"),
            1 => (self.lead.act("approveClaim", &reviewed, json!({})).await.done(), "CONSENT_LAPSED"),
            _ => (reviewed, "DEADLINE_MISSED"),
        };
        (claim.id().to_owned(), fires)
    }

    /// How many entries of the clock this claim's history has, and how many of this action.
    pub async fn fired(&self, claim: &str, action: &str) -> (usize, usize) {
        let query = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { action actor { kind } } } } }";
        let answer = self.lead.graphql(query, json!({ "id": claim })).await;
        let nodes = answer.data()["claim"]["history"]["nodes"].as_array().unwrap();
        let by_clock: Vec<_> = nodes.iter().filter(|node| node["actor"]["kind"] == "SYSTEM").collect();
        (by_clock.len(), by_clock.iter().filter(|node| node["action"] == action).count())
    }
}

fn tenant(number: u32) -> String {
    format!("c1000000-0000-4000-8000-{number:012}")
}

/// How many claims are due when the server is killed.
const CLAIMS: u32 = 60;

async fn killed_in_the_middle(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--sandbox"]);
    let cast = Cast::of(&server);
    let claims = cast.claims(CLAIMS).await;
    let fired = "SELECT CAST(count(*) AS text) FROM history WHERE actor_kind = 'SYSTEM'";
    let mut kills = 0;
    let (mut server, mut cast) = (server, cast);
    loop {
        let before: usize = home.database.read(fired).await[0].parse().unwrap();
        let running = tokio::spawn({
            let sync = cast.sync.clone();
            // It never answers: the connection breaks with the server.
            async move {
                sync.request(reqwest::Method::POST, "/graphql")
                    .json(&json!({ "query":
                "mutation { advanceClock(input: { by: \"P20D\" }) { now } }" }))
                    .send()
                    .await
                    .is_ok()
            }
        });
        // Killed as soon as some of it is done.
        let mut done = before;
        while done < (before + 15).min(CLAIMS as usize) && !running.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            done = home.database.read(fired).await[0].parse().unwrap();
        }
        drop(server);
        let answered = running.await.unwrap();
        kills += 1;
        // What was done when it died was done whole: nothing is broken at any time (H3).
        assert!(home.run(&["verify"]).done().ends_with("OK"));
        server = home.serve(&["--sandbox"]);
        cast = Cast::of(&server);
        if answered || kills == 3 {
            break;
        }
    }
    assert!(kills > 1, "it was too quick to be killed in the middle");
    cast.advance("P20D").await;
    for (claim, action) in &claims {
        let expected = if *action == "CONSENT_LAPSED" { 2 } else { 1 };
        assert_eq!(cast.fired(claim, action).await, (expected, 1), "{action}");
    }
    assert!(server.faults.take().is_empty());
    drop(server);
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_on_sqlite() {
    // T5
    killed_in_the_middle(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_on_postgres() {
    // T5
    killed_in_the_middle(Backend::Postgres).await;
}

/// How far the server's clock is ahead of this machine's, in hours.
#[expect(clippy::disallowed_methods, reason = "the server that is tested runs by the machine's time")]
async fn ahead(cast: &Cast) -> i64 {
    let real = jiff::Timestamp::now();
    let minutes = cast.now().await.duration_since(real).as_mins();
    (minutes + 30) / 60
}

#[expect(clippy::disallowed_methods, reason = "the server that is tested runs by the machine's time")]
async fn a_sandboxs_clock_is_kept(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let first = home.serve(&["--sandbox"]);
    let cast = Cast::of(&first);
    assert_eq!(ahead(&cast).await, 0);
    cast.advance("P10D").await;
    // Another server on the same database has the same clock, and takes over what is moved later.
    let second = home.serve(&["--sandbox"]);
    let other = Cast::of(&second);
    assert_eq!(ahead(&other).await, 240);
    cast.advance("PT36H").await;
    assert_eq!(ahead(&other).await, 276);
    drop(first);
    drop(second);
    // It goes on from there.
    let again = home.serve(&["--sandbox"]);
    let cast = Cast::of(&again);
    assert_eq!(ahead(&cast).await, 276);
    // Claims are dated by it; tokens are judged by real time.
    let claims = cast.claims(1).await;
    let seen = cast.lead.claim(&claims[0].0).await.unwrap();
    let created: jiff::Timestamp = seen.field("createdAt").as_str().unwrap().parse().unwrap();
    assert!(created.duration_since(jiff::Timestamp::now()).as_hours() >= 275);
    drop(again);
    // Without --sandbox it does not open, and says why.
    let told = home.run(&["serve"]);
    assert!(told.failed(1).contains("--sandbox"), "{told:?}");
    assert!(home.run(&["verify"]).done().ends_with("OK"), "to verify it needs no such word");
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandboxs_clock_is_kept_on_sqlite() {
    // T5
    a_sandboxs_clock_is_kept(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandboxs_clock_is_kept_on_postgres() {
    // T5
    a_sandboxs_clock_is_kept(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_a_sandbox_the_clock_is_nobodys() {
    // T5
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve(&[]);
    let cast = Cast::of(&server);
    for caller in [&cast.partner, &cast.lead, &cast.sync] {
        let answer = caller.mutate("advanceClock", json!({ "by": "P1D" })).await;
        assert_eq!(answer.errors(), ["FORBIDDEN"]);
    }
    let nonsense = cast.lead.mutate("advanceClock", json!({ "by": "never" })).await;
    assert_eq!(nonsense.errors(), ["FORBIDDEN"], "whatever the input");
    drop(server);
    // Nothing was moved, so it opens either way.
    drop(home.serve(&["--sandbox"]));
    drop(home.serve(&[]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fell_due_while_nobody_ran_is_done_on_the_next_start() {
    // T5: the clock moved on while the server was down.
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve(&["--sandbox"]);
    let claims = Cast::of(&server).claims(6).await;
    drop(server);
    let offset = 20 * 86_400 * 1_000_000_i64;
    home.database
        .tamper(&format!("INSERT INTO setting (name, value) VALUES ('sandbox_offset_micros', '{offset}')"))
        .await;
    let server = home.serve(&["--sandbox"]);
    let cast = Cast::of(&server);
    for (claim, action) in &claims {
        assert_eq!(cast.fired(claim, action).await.1, 1, "{action} before the first request is answered");
    }
    drop(server);
}
