//! PostgreSQL goes away under load and comes back: whoever asks meanwhile is told so, and afterwards all goes on by itself.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::future::join_all;
use tokio::{sync::watch, task::block_in_place};

use crate::{
    live_load::{
        BY_ITSELF, HEAVY, LOADED, SEED, conclude,
        courier::{Courier, Fleet},
        follow, now,
        stage::Stage,
        subscriber::audience,
    },
    support::{
        cluster::{Cluster, Stop},
        database::Database,
        process::{Home, Process},
    },
};

/// How long an answer of any kind may take.
const PATIENCE: Duration = Duration::from_secs(7);

async fn status(server: &Process, path: &str) -> u16 {
    let answer = tokio::time::timeout(PATIENCE, reqwest::get(format!("{}{path}", server.base))).await;
    answer.expect("an answer in time").unwrap().status().as_u16()
}

/// Asks until it is so.
async fn until(what: &str, within: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    let last = now() + within;
    while !is_so().await {
        assert!(now() < last, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn outage(cluster: &mut Cluster, how: Stop, stage: &Stage, servers: &[Process]) {
    let tally = &stage.courier.tally;
    let told = || tally.unavailable.load(Ordering::Relaxed);
    let done = || tally.acknowledged.lock().unwrap().len();
    let before = done();
    until("changes before", LOADED, async || done() > before + 30).await;
    block_in_place(|| cluster.stop(how));
    let before = told();
    for server in servers {
        until("not ready", BY_ITSELF, async || status(server, "/readyz").await == 503).await;
        assert_eq!(status(server, "/healthz").await, 200);
    }
    until("requests that are told", LOADED, async || told() > before + 6).await;
    block_in_place(|| cluster.start_again());
    let (before, back) = (done(), now());
    for server in servers {
        until("ready", BY_ITSELF, async || status(server, "/readyz").await == 200).await;
    }
    until("changes again", LOADED, async || done() > before).await;
    println!("{how:?}: changes again {:?} after the start", back.elapsed());
    until("changes after", LOADED, async || done() > before + 30).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_under_load_is_survived() {
    // H2
    let _alone = HEAVY.lock().await;
    // What was answered as done is written down: it survives a crash of the database.
    let mut cluster = block_in_place(|| Cluster::listening(&["synchronous_commit=on"])).unwrap();
    let home = Home::new(Database::of_cluster(&cluster));
    let servers = [home.serve(&[]), home.serve(&[])];
    let fleet = Fleet::of(servers.iter().map(|server| server.base.clone()));
    let stage = Stage::set(Courier::new(fleet, true, PATIENCE), &home.database, 8).await;
    let (stop, stopped) = watch::channel(false);
    let mut subscribers = audience(&stage, SEED, 10, true);
    subscribers.extend(audience(&stage, SEED + 1, 10, false));
    let (tell, following) = follow(subscribers);
    let writers = stage.writers(SEED).into_iter().map(|writer| tokio::spawn(writer.write_until(stopped.clone())));
    let writing = join_all(writers.collect::<Vec<_>>());
    outage(&mut cluster, Stop::Fast, &stage, &servers).await;
    outage(&mut cluster, Stop::Immediate, &stage, &servers).await;
    stop.send_replace(true);
    writing.await.into_iter().for_each(Result::unwrap);
    conclude(&stage, &home, tell, following).await;
    assert_eq!(*stage.courier.tally.broken.lock().unwrap(), Vec::<String>::new());
    for server in servers {
        let ended = server.stop();
        assert!(ended.code == Some(0) && !ended.err.contains("panicked"), "{ended:?}");
    }
    assert!(home.run(&["verify"]).done().ends_with("OK"));
}
