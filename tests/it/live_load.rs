//! Many write, many follow, come and go: every event once and in order (H2), whatever the transactions do.
//!
//! Its parts are used by other heavy tests too.

pub mod courier;
pub mod dice;
pub mod live;
pub mod stage;
pub mod subscriber;
pub mod truth;
pub mod writer;

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Database as Connection};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::Instant,
};

use self::{
    courier::{Courier, Fleet},
    dice::Dice,
    stage::Stage,
    subscriber::{Report, Subscriber, audience, compare},
    truth::Truth,
};
use crate::support::{
    Backend,
    database::Database,
    process::{Home, Process},
};

/// Held by each heavy test while it runs: two at once would only measure the machine.
pub static HEAVY: Mutex<()> = Mutex::const_new(());

/// Where the dice of these tests start; printed with a test that fails.
pub const SEED: u64 = 20_261_121;

/// How long what must happen by itself may take.
pub const BY_ITSELF: Duration = Duration::from_secs(10);

/// How long what takes no time may take on a machine that is busy with other tests.
pub const LOADED: Duration = Duration::from_secs(30);

/// The time, to measure by.
#[expect(clippy::disallowed_methods, reason = "time is only measured")]
pub fn now() -> Instant {
    Instant::now()
}

const WRITERS: u32 = 16;

/// How many steps each writer takes.
const STEPS: u32 = 64;

/// After what a transaction has written into the history it takes a while to commit, and some have to begin again: each has
/// its transaction number and positions by then.
const SLOW_COMMITS: &str = "CREATE FUNCTION test_slow_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_sleep(random() * 0.03);
        IF random() < 0.03 THEN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER test_slow_commit AFTER INSERT ON history FOR EACH STATEMENT EXECUTE FUNCTION test_slow_commit()";

/// Somebody else's transactions on the same PostgreSQL, some of them rolled back.
async fn disturb(url: String, mut dice: Dice, stop: watch::Receiver<bool>) {
    let connection = Connection::connect(&url).await.unwrap();
    while !*stop.borrow() {
        let (seconds, end) = (dice.below(300), if dice.chance(50) { "COMMIT" } else { "ROLLBACK" });
        let long = format!("BEGIN; SELECT pg_current_xact_id(); SELECT pg_sleep({seconds} / 1000.0); {end}");
        connection.execute_unprepared(&long).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Starts these; what they met comes once the truth is told.
pub fn follow(subscribers: Vec<Subscriber>) -> (watch::Sender<Option<Arc<Truth>>>, Vec<JoinHandle<Report>>) {
    let (tell, told) = watch::channel(None);
    let following = subscribers.into_iter().map(|one| tokio::spawn(one.follow(told.clone()))).collect();
    (tell, following)
}

/// Tells the subscribers what happened, waits until they have seen it all, and looks at what was promised.
pub async fn conclude(
    stage: &Stage,
    home: &Home,
    tell: watch::Sender<Option<Arc<Truth>>>,
    following: Vec<JoinHandle<Report>>,
) -> Vec<Report> {
    let truth = Arc::new(Truth::read(&home.database, stage.before).await);
    tell.send_replace(Some(Arc::clone(&truth)));
    let reports: Vec<Report> = join_all(following).await.into_iter().map(Result::unwrap).collect();
    let tally = &stage.courier.tally;
    let acknowledged = tally.acknowledged.lock().unwrap();
    println!(
        "{} entries, {} changes acknowledged, {:?} refused, {:?} unavailable, {} broken, {:?} connections not taken",
        truth.len(),
        acknowledged.len(),
        tally.refused,
        tally.unavailable,
        tally.broken.lock().unwrap().len(),
        tally.not_there,
    );
    let of = |read: fn(&Report) -> usize| reports.iter().map(read).sum::<usize>();
    println!(
        "{} events to {} subscribers, who went away {} times; servers ended {} sockets and {} streams; {} tries refused",
        of(|one| one.events),
        reports.len(),
        of(|one| one.dropped),
        of(|one| one.closed.len()),
        of(|one| one.ended),
        of(|one| one.refused.len()),
    );
    assert_eq!(truth.lost(&acknowledged), Vec::<&str>::new(), "acknowledged and lost");
    assert_eq!(stage.courier.faults.take(), Vec::<String>::new());
    reports
}

async fn load(backend: Backend, servers: usize) {
    let _alone = HEAVY.lock().await;
    println!("seed {SEED}");
    let home = Home::new(Database::copied(backend).await);
    let processes: Vec<Process> = (0..servers).map(|_| home.serve(&[])).collect();
    let fleet = Fleet::of(processes.iter().map(|process| process.base.clone()));
    let stage = Stage::set(Courier::new(fleet, true, LOADED), &home.database, WRITERS).await;
    let (stop, stopped) = watch::channel(false);
    let mut disturbing = Vec::new();
    if backend == Backend::Postgres {
        home.database.tamper(SLOW_COMMITS).await;
        for number in 0..2 {
            let (url, dice) = (home.database.url.clone(), Dice::of(SEED, 3_000 + number));
            disturbing.push(tokio::spawn(disturb(url, dice, stopped.clone())));
        }
    }
    let began = now();
    let (tell, following) = follow(audience(&stage, SEED, 30, true));
    join_all(stage.writers(SEED).into_iter().map(|writer| tokio::spawn(writer.write(STEPS))))
        .await
        .into_iter()
        .for_each(Result::unwrap);
    stop.send_replace(true);
    println!("written in {:?}", began.elapsed());
    let reports = conclude(&stage, &home, tell, following).await;
    println!("all seen after {:?}", began.elapsed());
    assert!(reports.iter().map(|report| report.dropped).sum::<usize>() > 30, "hardly anybody went away");
    assert!(reports.iter().all(|report| report.refused.is_empty() && report.closed.is_empty() && report.ended == 0));
    assert_eq!(*stage.courier.tally.broken.lock().unwrap(), Vec::<String>::new());
    join_all(disturbing).await.into_iter().for_each(Result::unwrap);
    for process in processes {
        assert_eq!(process.stop().done(), "");
    }
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_once_and_in_order_from_three_servers_on_postgres() {
    // H2
    load(Backend::Postgres, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_once_and_in_order_from_one_server_on_sqlite() {
    // H2
    load(Backend::Sqlite, 1).await;
}

#[test]
fn a_lost_a_repeated_and_a_displaced_event_are_found() {
    let log = ["a", "b", "c"].map(str::to_owned);
    let judge = |seen: &[&str]| compare(&log, &seen.iter().map(|&face| face.to_owned()).collect::<Vec<_>>());
    assert_eq!(judge(&["a", "b", "c"]), Ok(()));
    for bad in
        [&["a", "c"][..], &["a", "b"], &["a", "b", "b", "c"], &["b", "a", "c"], &["x"], &["a", "b", "c", "c"], &[]]
    {
        assert!(judge(bad).is_err(), "{bad:?}");
    }
}
