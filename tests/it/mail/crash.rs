//! kill -9 in the middle of delivery: nothing is lost, and a double has the same Message-ID and the same bytes (M2, M6).

use std::{collections::HashMap, time::Duration};

use crate::{
    crash::Cast,
    support::{
        Backend,
        database::Database,
        process::{Home, kills},
        smtp::{Mail, Mood, Smtp},
    },
};

/// How often the server is killed, see [`kills`]; at least so often, as far as the mails last.
const KILLS: u32 = 20;
const LEAST: u32 = 5;

async fn killed_in_the_middle(backend: Backend) {
    let smtp = Smtp::start().await;
    smtp.die();
    let home = Home::new(Database::copied(backend).await);
    let url = smtp.url();
    let options =
        ["--sandbox", "--smtp-url", &url, "--public-url", super::PUBLIC, "--mail-from", "claims@vendor.example"];
    let mut server = home.serve(&options);
    let most = kills(KILLS);
    // A third of them is asked for more and a third approved: as many mails. Up to three come before each kill.
    let mails = (most * 2).next_multiple_of(3).max(45);
    Cast::of(&server).claims(mails).await;
    // Everything is due again at once.
    smtp.is(Mood::Slow(Duration::from_millis(100)));
    smtp.come_back();
    Cast::of(&server).advance("PT12H").await;
    let mut kills = 0;
    // Killed whenever some more have come: while one is written, on its way, or about to be marked as sent.
    while kills < most {
        let came = smtp.came(smtp.attempts() + 1 + kills as usize % 3);
        if tokio::time::timeout(Duration::from_secs(15), came).await.is_err() {
            break;
        }
        drop(server);
        kills += 1;
        server = home.serve(&options);
    }
    println!("{backend:?}: {kills} kills, {mails} mails, {} attempts", smtp.attempts());
    assert!(kills >= LEAST, "it was too quick to be killed in the middle: {kills}");
    // A lease of the dead ends by itself.
    let left = "SELECT CAST(COUNT(*) AS text) FROM notice WHERE state = 'PENDING'";
    for _ in 0..1_800 {
        if home.database.read(left).await[0] == "0" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(home.database.read(left).await, ["0"], "something is still under way");
    let sent = home.database.read("SELECT message_id FROM notice WHERE state = 'SENT' ORDER BY message_id").await;
    assert_eq!(sent.len(), mails as usize, "{sent:?}");
    let mut by_id: HashMap<String, Vec<Mail>> = HashMap::new();
    for mail in smtp.mails() {
        by_id.entry(mail.id()).or_default().push(mail);
    }
    let mut ids: Vec<String> = by_id.keys().cloned().collect();
    ids.sort();
    assert_eq!(ids, sent, "what is marked as sent came, and nothing else");
    assert!(
        by_id.values().all(|mails| mails.iter().all(|mail| *mail == mails[0])),
        "a double is byte for byte the same"
    );
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
