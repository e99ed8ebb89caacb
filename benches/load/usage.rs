//! What processes use of the machine, from `/proc`.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::Fallible;

/// A tick of the processor time in `/proc`, in microseconds.
const TICK: u64 = 10_000;

/// The processor time of a server, its database and this process at one moment, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot {
    at: Instant,
    server: u64,
    database: u64,
    own: u64,
    machine: u64,
}

/// What was used between two moments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// Processor time of the server, in microseconds.
    pub server: u64,
    /// Processor time of the database, in microseconds.
    pub database: u64,
    /// The share of all processors that others took.
    pub foreign: f64,
}

/// The fields of `/proc/PID/stat` after the name: the parent, and the ticks of the process and of its ended children.
struct Stat {
    parent: u32,
    ticks: u64,
    ended: u64,
}

fn stat(process: &str) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    Some(Stat { parent, ticks: number(11)? + number(12)?, ended: number(13)? + number(14)? })
}

/// The ticks of a process and of its children, ended ones too.
fn with_children(process: u32) -> u64 {
    let own = stat(&process.to_string()).map_or(0, |stat| stat.ticks + stat.ended);
    let names =
        fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let children = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter_map(|name| stat(&name));
    own + children.filter(|child| child.parent == process).map(|child| child.ticks).sum::<u64>()
}

/// The ticks of all processors that were not idle.
fn machine() -> u64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
    [0, 1, 2, 5, 6].iter().filter_map(|place| ticks.get(*place)).sum()
}

impl Snapshot {
    /// Now; `database` is PostgreSQL's first process, if there is one.
    pub fn take(server: u32, database: Option<u32>) -> Self {
        Self {
            server: stat(&server.to_string()).map_or(0, |stat| stat.ticks) * TICK,
            database: database.map_or(0, with_children) * TICK,
            own: stat("self").map_or(0, |stat| stat.ticks) * TICK,
            machine: machine() * TICK,
            at: Instant::now(),
        }
    }

    /// What was used until a later moment.
    pub fn until(self, later: Self) -> Used {
        let since = |read: fn(&Self) -> u64| read(&later).saturating_sub(read(&self));
        let (server, database) = (since(|s| s.server), since(|s| s.database));
        let others = since(|s| s.machine).saturating_sub(server + database + since(|s| s.own));
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let whole = (later.at - self.at).as_micros() as f64 * processors as f64;
        Used { server, database, foreign: others as f64 / whole.max(1.0) }
    }
}

/// The memory of a process in RAM, in MiB.
pub fn memory(process: u32) -> Fallible<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u32 = line.split_whitespace().next().ok_or("an empty VmRSS")?.parse()?;
    Ok(f64::from(kib) / 1024.0)
}

/// Waits until the server and its database do next to nothing: requests that a run left behind must not burden the next.
pub fn settle(server: u32, database: Option<u32>) {
    for _ in 0..50 {
        let before = Snapshot::take(server, database);
        std::thread::sleep(Duration::from_millis(120));
        let used = before.until(Snapshot::take(server, database));
        if used.server + used.database <= 3 * TICK {
            return;
        }
    }
}
