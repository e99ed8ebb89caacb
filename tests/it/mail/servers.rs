//! Several servers on one database (M6): each notice is claimed once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cpor::{
    app::{App, notices::Outbox},
    documents::Documents,
    store::Db,
};

use super::{mailed, settings};
use crate::support::{
    World,
    smtp::{Mood, Smtp},
};

mailed!(several_servers_send_each_notice_once, a_server_that_vanishes_leaves_its_notices_to_another);

/// Another server's use cases on the same database, with a courier of its own.
async fn another(world: &World, smtp: &Smtp) -> (App, tokio::task::JoinHandle<()>) {
    let db = Db::connect(&world.server.database.url).await.unwrap();
    let documents = Documents::open(&format!("file://{}", world.server.documents.display())).unwrap();
    let public = Some(super::PUBLIC.to_owned());
    let app = App::new(db, world.server.clock.clone(), world.server.app.policy().clone(), documents, public);
    let app = app.with_outbox(Outbox::with_channel());
    let courier = cpor::server::courier(&app, &settings(smtp)).unwrap().unwrap();
    (app, tokio::spawn(Arc::clone(&courier).run(std::future::pending())))
}

async fn several_servers_send_each_notice_once(world: &World, smtp: &Smtp) {
    // M6
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(another(world, smtp).await);
    }
    smtp.is(Mood::Slow(Duration::from_millis(20)));
    for number in 1..=40 {
        let claim = world.submitted_on(&world.partner, number).await;
        world.withdraw(&world.partner, &claim).await;
        for (app, _) in &others {
            app.outbox().wake();
        }
    }
    let mails = smtp.came(40).await;
    // Until every server has noted what it sent: nothing is attempted after that.
    let pending = "SELECT state FROM notice WHERE state = 'PENDING'";
    for _ in 0..1_200 {
        if world.server.database.read(pending).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(world.server.database.read(pending).await.is_empty());
    assert_eq!(smtp.attempts(), 40, "each once");
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for mail in &mails {
        *by_id.entry(mail.id()).or_default() += 1;
    }
    assert_eq!(by_id.len(), 40);
    for (_, courier) in others {
        courier.abort();
    }
}

async fn a_server_that_vanishes_leaves_its_notices_to_another(world: &World, smtp: &Smtp) {
    // M6: taken by a server that is gone, with the message already written.
    smtp.is(Mood::Busy);
    world.rejected().await;
    smtp.came(1).await;
    let until = 4_000_000_000_000_000_i64;
    let lease = |until: i64| format!("UPDATE notice SET leased_until = {until}, due_at = 0");
    world.server.database.tamper(&lease(until)).await;
    smtp.is(Mood::Accepts);
    world.later("PT1H").await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(smtp.attempts(), 1, "leased to somebody");
    world.server.database.tamper(&lease(1)).await;
    smtp.came(2).await;
}
