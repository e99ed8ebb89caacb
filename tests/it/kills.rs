//! A server that is killed at random instants while clients write: what was acknowledged is there, what was asked is done once,
//! and `verify` finds nothing wrong (issue 10, number 18; F08).
//!
//! `CPOR_KILLS=200` kills as often as that; by default it is a few times, since each takes a start.

use std::sync::{Arc, Mutex};

use cpor::ids::Seeded;
use serde_json::{Value, json};

use crate::{
    crash::Cast,
    support::{
        Backend, Caller,
        caller::mutation_document,
        database::Database,
        directory::CONTOSO,
        process::{Home, Process, kills},
        world::PDF,
    },
};

/// How often the server is killed without `CPOR_KILLS`.
const KILLS: u32 = 30;
const WRITERS: u32 = 4;

/// What a client was told is done.
#[derive(Clone, Debug)]
enum Done {
    Draft { id: String, reference: String },
    Proof { claim: String, url: String },
    Comment { body: String },
}

/// A client that goes on with its work whatever happens to the server.
struct Writer {
    number: u32,
    /// The number of its next change, which is repeated until it is acknowledged.
    next: u32,
    /// The draft that it made last.
    draft: String,
    done: Arc<Mutex<Vec<Done>>>,
}

impl Writer {
    /// Writes until the server is gone.
    async fn write(mut self, partner: Caller, claim: String, told: tokio::sync::watch::Sender<u32>) -> Self {
        while let Some(done) = self.change(&partner, &claim).await {
            if let Done::Draft { id, .. } = &done {
                self.draft.clone_from(id);
            }
            self.done.lock().unwrap().push(done);
            self.next += 1;
            told.send_modify(|count| *count += 1);
        }
        self
    }

    /// Makes the next change; nothing when the server did not answer.
    async fn change(&self, partner: &Caller, claim: &str) -> Option<Done> {
        let name = format!("{}-{}", self.number, self.next);
        let request = match self.next % 3 {
            0 => {
                let input = json!({ "name": name, "externalReference": name, "tenantId": CONTOSO, "idempotencyKey": name,
                    "domain": "contoso.example", "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"],
                    "mpnId": "1000001" });
                partner.posted(&json!({ "query": mutation_document("createClaim"), "variables": { "input": input } }))
            }
            1 => partner.upload(json!({ "claimId": self.draft, "idempotencyKey": name }), "proof.pdf", PDF),
            _ => {
                let input = json!({ "claimId": claim, "body": name, "visibility": "SHARED", "idempotencyKey": name });
                partner.posted(&json!({ "query": mutation_document("addComment"), "variables": { "input": input } }))
            }
        };
        let answer = partner.try_send(request).await.ok()?;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
        let payload = answer.payload();
        Some(match self.next % 3 {
            0 => Done::Draft { id: text(&payload["claim"]["id"]), reference: name },
            1 => Done::Proof { claim: text(&payload["claim"]["id"]), url: text(&payload["document"]["url"]) },
            _ => Done::Comment { body: text(&payload["comment"]["body"]) },
        })
    }
}

/// Whether what was told is there.
async fn is_there(partner: &Caller, done: &Done, comments: &[String]) -> bool {
    match done {
        Done::Draft { id, reference } => {
            let claim = partner.claim(id).await;
            claim.is_some_and(|claim| claim.field("externalReference") == reference.as_str())
        }
        Done::Proof { claim, url } => {
            let claim = partner.claim(claim).await.unwrap();
            let is_listed = claim.field("proofOfExecution")[0]["url"] == url.as_str();
            let content = partner.request(reqwest::Method::GET, url).send().await.unwrap();
            is_listed && content.bytes().await.unwrap() == PDF
        }
        Done::Comment { body } => comments.iter().filter(|known| *known == body).count() == 1,
    }
}

async fn killed_while_clients_write(backend: Backend) {
    let seed = 11;
    let mut dice = Seeded::new(seed);
    let home = Home::new(Database::copied(backend).await);
    let mut server: Process = home.serve(&[]);
    let claim = Cast::of(&server).claims(1).await.remove(0).0;
    let done = Arc::new(Mutex::new(Vec::new()));
    let writer = |number| Writer { number, next: 0, draft: String::new(), done: Arc::clone(&done) };
    let mut writers: Vec<Writer> = (0..WRITERS).map(writer).collect();
    let mut checked = 0;
    let kills = kills(KILLS);
    for kill in 0..kills {
        let partner = Cast::of(&server).partner;
        let (told, mut acknowledged) = tokio::sync::watch::channel(0_u32);
        let running: Vec<_> = writers
            .drain(..)
            .map(|writer| tokio::spawn(writer.write(partner.clone(), claim.clone(), told.clone())))
            .collect();
        // Some change after the last acknowledged one is under way: at which point of it, chance decides.
        let (after, yields) = (u32::try_from(dice.below(12)).unwrap(), dice.below(400));
        acknowledged.wait_for(|count| *count >= after).await.unwrap();
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
        drop(server);
        for writer in running {
            writers.push(writer.await.unwrap());
        }
        server = home.serve(&[]);
        let partner = Cast::of(&server).partner;
        let comments = home.database.read("SELECT body FROM comment").await;
        let new: Vec<Done> = done.lock().unwrap()[checked..].to_vec();
        checked += new.len();
        for told in &new {
            assert!(is_there(&partner, told, &comments).await, "kill {kill} of seed {seed} lost {told:?}");
        }
        assert!(server.faults.take().is_empty());
    }
    drop(server);
    println!("{backend:?}: {kills} kills, {checked} changes acknowledged");
    assert!(checked > 0);
    // What was repeated, because its answer was lost, was done once.
    for (column, table) in [("external_reference", "claim"), ("body", "comment")] {
        let twice =
            format!("SELECT {column} FROM {table} WHERE {column} LIKE '%-%' GROUP BY {column} HAVING count(*) > 1");
        assert_eq!(home.database.read(&twice).await, Vec::<String>::new(), "{table}");
    }
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_clients_write_on_sqlite() {
    killed_while_clients_write(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_clients_write_on_postgres() {
    killed_while_clients_write(Backend::Postgres).await;
}
