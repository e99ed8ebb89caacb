//! kill -9 in the middle of delivery: nothing is lost, and a double has the same Message-ID and the same bytes (M2, M6).

use std::{collections::HashMap, time::Duration};

use serde_json::json;

use crate::{
    crash::Cast,
    support::{
        Backend,
        database::Database,
        process::Home,
        smtp::{Mail, Mood, Smtp},
    },
};

/// How many notices are under way, and how often the server is killed meanwhile.
const CLAIMS: u32 = 30;
const KILLS: usize = 12;

async fn killed_in_the_middle(backend: Backend) {
    let smtp = Smtp::start().await;
    smtp.is(Mood::Slow(Duration::from_millis(30)));
    let home = Home::new(Database::copied(backend).await);
    let url = smtp.url();
    let options = ["--sandbox", "--smtp-url", &url, "--public-url", super::PUBLIC, "--mail-from", "claims@vendor.example"];
    let mut server = home.serve(&options);
    let mut claims = Cast::of(&server).claims(CLAIMS).await;
    let mut kills = 0;
    // Killed whenever some more have come: while one is written, on its way, or about to be marked as sent.
    while kills < KILLS {
        let goal = smtp.attempts() + 1 + kills % 3;
        let came = smtp.came(goal);
        if tokio::time::timeout(Duration::from_secs(15), came).await.is_err() {
            break;
        }
        drop(server);
        kills += 1;
        server = home.serve(&options);
        if kills % 4 == 0 {
            let cast = Cast::of(&server);
            let (id, _) = claims.pop().unwrap();
            // There is always something under way.
            let claim = cast.partner.claim(&id).await.unwrap();
            drop(cast.partner.act("withdrawClaim", &claim, json!({ "detail": "No longer ours." })).await);
        }
    }
    assert!(kills > 5, "it was too quick to be killed in the middle: {kills}");
    // A lease of the dead ends by itself.
    let left = "SELECT CAST(COUNT(*) AS text) FROM notice WHERE state = 'PENDING'";
    for _ in 0..600 {
        if home.database.read(left).await[0] == "0" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(home.database.read(left).await, ["0"], "something is still under way");
    let sent = home.database.read("SELECT message_id FROM notice WHERE state = 'SENT' ORDER BY message_id").await;
    assert!(sent.len() >= 30, "{sent:?}");
    let mut by_id: HashMap<String, Vec<Mail>> = HashMap::new();
    for mail in smtp.mails() {
        by_id.entry(mail.id()).or_default().push(mail);
    }
    let mut ids: Vec<String> = by_id.keys().cloned().collect();
    ids.sort();
    assert_eq!(ids, sent, "what is marked as sent came, and nothing else");
    assert!(by_id.values().all(|mails| mails.iter().all(|mail| *mail == mails[0])), "a double is byte for byte the same");
    assert!(server.faults.take().is_empty());
    drop(server);
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_delivery_on_sqlite() {
    // M2 M6
    killed_in_the_middle(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_delivery_on_postgres() {
    // M2 M6
    killed_in_the_middle(Backend::Postgres).await;
}
