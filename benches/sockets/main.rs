//! Thousands of sockets on one server process, and a change every so often: whether any is lost, how long they take, and
//! what a socket costs. `docs/performance.md` has figures and how to read them.
//!
//! ```sh
//! cargo bench --bench sockets --profile perf -- --sockets 5000 --audience spread
//! ```
#![expect(clippy::cast_precision_loss, reason = "the figures are for people")]
#![expect(clippy::print_stdout, reason = "a report is printed")]
#![expect(clippy::disallowed_methods, reason = "here the machine's time is what is measured")]

mod listener;
mod report;
#[path = "../stage/mod.rs"]
mod stage;

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use futures_util::stream::{self, StreamExt};
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use listener::{Arrival, Listener};
use stage::{
    Fallible,
    api::{Api, Grant},
    server::{Server, Usage},
};

/// Who listens to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Audience {
    /// Partners' people, each company following its own claims: a change reaches the sockets of one company.
    Spread,
    /// People of one partner, all following its claims: every change reaches every socket.
    Everybody,
    /// Reviewers, each following all claims: every change reaches every socket, and is answered to each by itself.
    Reviewers,
}

/// Sockets on one server process.
#[derive(Debug, Parser)]
struct Options {
    /// How many sockets.
    #[arg(long, default_value_t = 5_000)]
    sockets: usize,
    /// Who listens to what.
    #[arg(long, value_enum, default_value = "spread")]
    audience: Audience,
    /// How many partner companies there are, each with one claim.
    #[arg(long, default_value_t = 250)]
    partners: usize,
    /// For how long changes are made.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// How far apart the changes are, in milliseconds.
    #[arg(long, default_value_t = 50)]
    every: u64,
    /// An empty database; by default one of `SQLite` in a folder for the time being.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Given by `cargo bench`, and not by `cargo test`.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A change that was made.
struct Change {
    partner: usize,
    sent: Instant,
    answered: Instant,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.bench {
        println!("Nothing is measured: run `cargo bench --bench sockets --profile perf`.");
        return ExitCode::SUCCESS;
    }
    let ran = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(run(&options)));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Fallible<()> {
    println!("{options:?}; {}", report::machine()?);
    let server = Server::start(options.database.as_deref())?;
    let api = Api::new(&server.base);
    let claims = api.set_stage(options.partners).await?;
    println!("{} claims are there; the server has {}", claims.len(), server.usage()?);
    let before = server.usage()?;
    let (end, ended) = watch::channel(false);
    let began = Instant::now();
    let (listeners, parts) = connect(options, &server, &ended).await?;
    println!("{} sockets follow after {:.1?}", listeners.len(), began.elapsed());
    // Until what was needed for connecting only has been given back.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = server.usage()?;
    println!("with sockets: {idle}; {:.1} KiB a socket", report::per(before.rss, idle.rss, listeners.len()));
    let own = Usage::of("self")?;
    let changes = make_changes(options, &api, &claims).await?;
    let due = expected(&parts, &changes, options.audience);
    let drained = drain(&listeners, &due).await;
    let after = server.usage()?;
    end.send_replace(true);
    let mut heard = Vec::with_capacity(listeners.len());
    for listener in listeners {
        heard.push(listener.task.await??);
    }
    println!("under load: {after}; {:.1} KiB a socket", report::per(before.rss, after.rss, heard.len()));
    let listening = Usage::of("self")?.cpu - own.cpu;
    println!("CPU for the changes: {:.1} s of the server, {listening:.1} s of this process", after.cpu - idle.cpu);
    println!("{}", report::machine()?);
    report::times(&changes, &heard, drained);
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("after the sockets are gone: {}", server.usage()?);
    report::judge(&due, &heard)
}

/// A listener's task, and how much it has heard.
struct Following {
    count: Arc<std::sync::atomic::AtomicUsize>,
    task: JoinHandle<Fallible<Vec<Arrival>>>,
}

/// Opens all sockets; for each the company whose changes it hears.
async fn connect(
    options: &Options,
    server: &Server,
    ended: &watch::Receiver<bool>,
) -> Fallible<(Vec<Following>, Vec<usize>)> {
    let part = |number: usize| if options.audience == Audience::Spread { number % options.partners } else { 0 };
    let open = |number: usize| {
        let grant = match options.audience {
            Audience::Reviewers => Grant::vendor(&format!("reviewer-{number}"), "REVIEWER"),
            Audience::Spread | Audience::Everybody => Grant::partner(&format!("person-{number}"), part(number)),
        };
        Listener::open(&server.base, grant)
    };
    let mut opening = stream::iter(0..options.sockets).map(open).buffered(64);
    let mut listeners = Vec::with_capacity(options.sockets);
    while let Some(listener) = opening.next().await {
        let listener = listener?;
        let count = Arc::clone(&listener.count);
        listeners.push(Following { count, task: tokio::spawn(listener.listen(ended.clone())) });
    }
    Ok((listeners, (0..options.sockets).map(part).collect()))
}

/// Makes changes one after the other, each a comment that tells its number.
async fn make_changes(options: &Options, api: &Api, claims: &[String]) -> Fallible<Vec<Change>> {
    let mut ticks = tokio::time::interval(Duration::from_millis(options.every));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let began = Instant::now();
    let mut changes = Vec::new();
    while began.elapsed() < Duration::from_secs(options.seconds) {
        ticks.tick().await;
        // A stride that meets every company, and not in order.
        let partner = if options.audience == Audience::Everybody { 0 } else { (changes.len() * 97) % options.partners };
        let sent = Instant::now();
        api.comment(partner, &claims[partner], changes.len()).await?;
        changes.push(Change { partner, sent, answered: Instant::now() });
    }
    println!("{} changes in {:.1?}", changes.len(), began.elapsed());
    Ok(changes)
}

/// The numbers of the changes that each socket must hear, in order.
fn expected(parts: &[usize], changes: &[Change], audience: Audience) -> Vec<Vec<usize>> {
    let reaches = |part: usize, change: &Change| audience == Audience::Reviewers || change.partner == part;
    let of = |part: &usize| {
        let heard = changes.iter().enumerate().filter(|(_, change)| reaches(*part, change));
        heard.map(|(number, _)| number).collect()
    };
    parts.iter().map(of).collect()
}

/// Waits until every socket has heard as much as it must, or for two minutes; how long it took after the last change.
async fn drain(listeners: &[Following], due: &[Vec<usize>]) -> Duration {
    let began = Instant::now();
    let behind = || {
        let heard = |listener: &Following| listener.count.load(std::sync::atomic::Ordering::Relaxed);
        listeners.iter().zip(due).any(|(listener, due)| heard(listener) < due.len())
    };
    while behind() && began.elapsed() < Duration::from_mins(2) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}
