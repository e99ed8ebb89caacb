//! Several processes of the real program on one PostgreSQL and one folder of documents: started together, stopped one after
//! the other, and each as good as any other.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::Method;
use sha2::{Digest, Sha256};
use tokio::{sync::watch, task::block_in_place};

use crate::{
    crash::Cast,
    live_load::{
        HEAVY, LOADED, SEED, conclude,
        courier::{Courier, Fleet},
        follow, now,
        stage::Stage,
        subscriber::audience,
    },
    support::{
        Backend,
        database::Database,
        process::{Home, Process},
        world::PDF,
    },
};

/// Three servers, all told to start at the same instant.
async fn three_at_once(home: &Arc<Home>, options: &'static [&'static str]) -> Vec<Process> {
    let start = |_| {
        let home = Arc::clone(home);
        tokio::task::spawn_blocking(move || home.serve(options))
    };
    join_all((0..3).map(start)).await.into_iter().map(Result::unwrap).collect()
}

/// Everything that the schema is made of, a line each.
async fn schema(database: &Database) -> Vec<String> {
    let sources = [
        "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) FROM information_schema.columns \
            WHERE table_schema = 'public'",
        "SELECT indexdef::text FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid <> 0",
        "SELECT concat_ws(' ', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT version::text FROM seaql_migrations",
    ];
    let mut lines = Vec::new();
    for source in sources {
        lines.extend(database.read(source).await);
    }
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_together_migrate_once() {
    let home = Arc::new(Home::new(Database::empty(Backend::Postgres).await));
    let servers = three_at_once(&home, &[]).await;
    for server in &servers {
        let ready = reqwest::get(format!("{}/readyz", server.base)).await.unwrap();
        assert_eq!(ready.status(), 200, "{}", ready.text().await.unwrap());
    }
    let template = Database::copied(Backend::Postgres).await;
    assert_eq!(schema(&home.database).await, schema(&template).await);
    let steps = home.database.read("SELECT version FROM seaql_migrations").await;
    assert!(steps.len() > 6, "{steps:?}");
    for server in servers {
        assert_eq!(server.stop().done(), "");
    }
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    template.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_of_three_servers_fire_once() {
    // T5
    let home = Arc::new(Home::new(Database::copied(Backend::Postgres).await));
    let servers = three_at_once(&home, &["--sandbox"]).await;
    let casts: Vec<_> = servers.iter().map(Cast::of).collect();
    let claims = casts[0].claims(30).await;
    // Each is asked to move the clock, and scans every second besides.
    join_all(casts.iter().map(|cast| cast.advance("P20D"))).await;
    for ((claim, action), cast) in claims.iter().zip(casts.iter().cycle()) {
        let expected = if *action == "CONSENT_LAPSED" { 2 } else { 1 };
        assert_eq!(cast.fired(claim, action).await, (expected, 1), "{action}");
    }
    for server in servers {
        assert_eq!(server.faults.take(), Vec::<String>::new());
        assert_eq!(server.stop().done(), "");
    }
    assert!(home.run(&["verify"]).done().ends_with("OK"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_server_took_another_gives() {
    // P1
    let home = Arc::new(Home::new(Database::copied(Backend::Postgres).await));
    let servers = three_at_once(&home, &[]).await;
    let casts: Vec<_> = servers.iter().map(Cast::of).collect();
    let (claim, _) = casts[0].claims(1).await.remove(0);
    let mut content = PDF.to_vec();
    content.extend((0..200_000_u32).flat_map(u32::to_le_bytes));
    let answer = casts[0].partner.attach(&claim, "proof.pdf", content.clone()).await;
    let document = &answer.payload()["document"];
    let hash = domain::history::hex(&Sha256::digest(&content));
    assert_eq!(document["sha256"], hash.as_str());
    for cast in &casts {
        let answer = cast.partner.request(Method::GET, document["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(domain::history::hex(&Sha256::digest(answer.bytes().await.unwrap())), hash);
    }
    for server in servers {
        assert_eq!(server.stop().done(), "");
    }
}

/// Waits until so many more changes were acknowledged: the load goes on.
async fn goes_on(stage: &Stage, more: usize) {
    let done = || stage.courier.tally.acknowledged.lock().unwrap().len();
    let (before, until) = (done(), now() + LOADED);
    while done() < before + more {
        assert!(now() < until, "only {} changes in {:?}", done() - before, LOADED);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Stops a server in good order, and starts another one at its address.
fn renew(home: &Home, server: Process) -> Process {
    let address = server.base.trim_start_matches("http://").to_owned();
    let began = now();
    let ended = server.stop();
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
    println!("stopped within {:?}", began.elapsed());
    home.serve(&["--listen", &address])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_loses_nothing() {
    // H2
    let _alone = HEAVY.lock().await;
    let home = Arc::new(Home::new(Database::copied(Backend::Postgres).await));
    let servers = three_at_once(&home, &[]).await;
    let fleet = Fleet::of(servers.iter().map(|server| server.base.clone()));
    let stage = Stage::set(Courier::new(fleet, false, LOADED), &home.database, 8).await;
    let (stop, stopped) = watch::channel(false);
    let mut subscribers = audience(&stage, SEED, 10, true);
    subscribers.extend(audience(&stage, SEED + 1, 10, false));
    let (tell, following) = follow(subscribers);
    let writers = stage.writers(SEED).into_iter().map(|writer| tokio::spawn(writer.write_until(stopped.clone())));
    let writing = join_all(writers.collect::<Vec<_>>());
    let mut renewed = Vec::new();
    for server in servers {
        goes_on(&stage, 20).await;
        renewed.push(block_in_place(|| renew(&home, server)));
    }
    goes_on(&stage, 20).await;
    stop.send_replace(true);
    writing.await.into_iter().for_each(Result::unwrap);
    let reports = conclude(&stage, &home, tell, following).await;
    let closed: Vec<_> = reports.iter().flat_map(|report| &report.closed).collect();
    assert!(!closed.is_empty() && closed.iter().all(|code| **code == Some(1001)), "{closed:?}");
    assert!(reports.iter().any(|report| report.ended > 0), "no event stream was ended");
    assert_eq!(*stage.courier.tally.broken.lock().unwrap(), Vec::<String>::new());
    assert_eq!(stage.courier.tally.unavailable.load(Ordering::Relaxed), 0);
    for server in renewed {
        assert_eq!(server.stop().done(), "");
    }
    assert!(home.run(&["verify"]).done().ends_with("OK"));
}
