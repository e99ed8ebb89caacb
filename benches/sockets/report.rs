//! Figures, and whether all came that must.

use std::{collections::HashMap, time::Duration};

use super::{Change, listener::Arrival, stage::Fallible};

/// What each of so many has of a growth, in KiB.
pub fn per(before: u64, after: u64, count: usize) -> f64 {
    (after as f64 - before as f64) / count as f64
}

/// How many cores there are, and how busy the machine is, whoever keeps it so.
pub fn machine() -> Fallible<String> {
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let load: Vec<_> = load.split_whitespace().take(3).collect();
    Ok(format!("{} cores, load {}", std::thread::available_parallelism()?, load.join(" ")))
}

/// Prints how long it took from a change to each socket that hears of it.
pub fn times(changes: &[Change], heard: &[Vec<Arrival>], drained: Duration) {
    let all = || heard.iter().flatten().filter_map(|arrival| Some((changes.get(arrival.number)?, arrival.at)));
    println!("{} events arrived; the last ones {drained:.1?} after the last change", all().count());
    let since_answered = all().map(|(change, at)| at.saturating_duration_since(change.answered)).collect();
    let since_sent = all().map(|(change, at)| at.saturating_duration_since(change.sent)).collect();
    spread("from the answer to the arrival (0 where it came before)", since_answered);
    spread("from the request to the arrival", since_sent);
    spread("from the request to the answer", changes.iter().map(|one| one.answered - one.sent).collect());
}

fn spread(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let Some(max) = times.last() else { return };
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{what}: p50 {:.1?}, p95 {:.1?}, p99 {:.1?}, max {max:.1?}", at(50), at(95), at(99));
}

/// Holds against each other what each socket had to hear and what it heard: the same changes, once, in the same order, at the
/// same positions.
pub fn judge(due: &[Vec<usize>], heard: &[Vec<Arrival>]) -> Fallible<()> {
    let mut positions = HashMap::new();
    let (mut wrong, mut events) = (Vec::new(), 0);
    for (socket, (due, heard)) in due.iter().zip(heard).enumerate() {
        events += heard.len();
        if heard.iter().map(|arrival| arrival.number).ne(due.iter().copied()) {
            wrong.push(format!("socket {socket} heard {} of {}, or in another order", heard.len(), due.len()));
        }
        for arrival in heard {
            if positions.entry(arrival.number).or_insert(&arrival.position) != &&arrival.position {
                wrong.push(format!("socket {socket} heard change {} at another position", arrival.number));
            }
        }
    }
    if wrong.is_empty() {
        println!("none lost, none twice, all in order: {} sockets, {events} events", heard.len());
        return Ok(());
    }
    Err(format!("{} faults, the first: {:?}", wrong.len(), wrong.first()).into())
}
