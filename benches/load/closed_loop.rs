//! Closed-loop load: so many connections, each sending its next request when it has read the answer to the last. It speaks
//! just enough HTTP/1.1 to cost little beside what it measures.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use cpor::ids::Seeded;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::Fallible;

/// Requests that are sent at random, and how a right answer is known.
#[derive(Clone)]
pub struct Load {
    /// Where to.
    pub address: SocketAddr,
    /// Whole requests.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// What every right answer holds near its beginning.
    pub marker: &'static str,
}

/// What came of a load.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How long each right answer took, in microseconds; sorted.
    pub times: Vec<u32>,
    /// How many requests failed.
    pub failed: u64,
    /// A failed answer.
    pub sample: Option<String>,
    /// How long it went on.
    pub took: Duration,
}

impl Outcome {
    /// Right answers a second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }

    /// The time within which so many of a hundred answers came, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let place = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(place).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

/// A whole POST of a JSON body.
pub fn post(path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json\r\n{token}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Loads the target on a thread of its own; `watch` is called now and then meanwhile.
pub fn run(load: &Load, connections: usize, time: Duration, seed: u64, mut watch: impl FnMut()) -> Fallible<Outcome> {
    let load = load.clone();
    let loader = std::thread::spawn(move || -> Fallible<Outcome> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(everything(&load, connections, time, seed))
    });
    while !loader.is_finished() {
        std::thread::sleep(Duration::from_millis(100));
        watch();
    }
    loader.join().map_err(|_| "the load generator panicked")?
}

async fn everything(load: &Load, connections: usize, time: Duration, seed: u64) -> Fallible<Outcome> {
    let (start, mut all) = (Instant::now(), JoinSet::new());
    for number in 0..connections {
        let (load, dice) = (load.clone(), Seeded::new(seed).part(number as u64));
        all.spawn(async move { connection(&load, start + time, dice).await });
    }
    let mut outcome = Outcome::default();
    while let Some(one) = all.join_next().await {
        let one = one??;
        outcome.times.extend(one.times);
        outcome.failed += one.failed;
        outcome.sample = outcome.sample.or(one.sample);
    }
    outcome.took = start.elapsed();
    outcome.times.sort_unstable();
    Ok(outcome)
}

async fn connection(load: &Load, end: Instant, mut dice: Seeded) -> Fallible<Outcome> {
    let mut stream = TcpStream::connect(load.address).await?;
    stream.set_nodelay(true)?;
    let (mut outcome, mut buffer) = (Outcome::default(), Vec::with_capacity(128 * 1024));
    while Instant::now() < end {
        let request = dice.pick(&load.requests).ok_or("no requests")?;
        let sent = Instant::now();
        stream.write_all(request).await?;
        let answer = read(&mut stream, &mut buffer).await?;
        if answer.is_right(load.marker) {
            outcome.times.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            outcome.failed += 1;
            outcome.sample.get_or_insert_with(|| String::from_utf8_lossy(answer.start(400)).into_owned());
        }
    }
    Ok(outcome)
}

/// An answer in the buffer.
struct Answer<'a> {
    ok: bool,
    body: &'a [u8],
}

impl Answer<'_> {
    fn start(&self, length: usize) -> &[u8] {
        &self.body[..self.body.len().min(length)]
    }

    /// Errors stand before or behind the data: a long list is not searched through.
    fn is_right(&self, marker: &str) -> bool {
        const NEAR: usize = 4096;
        let end = &self.body[self.body.len().saturating_sub(NEAR)..];
        self.ok && holds(self.start(NEAR), marker) && !holds(self.start(64), "\"errors\"") && !holds(end, "\"errors\"")
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn read<'a>(stream: &mut TcpStream, buffer: &'a mut Vec<u8>) -> Fallible<Answer<'a>> {
    buffer.clear();
    let mut whole = usize::MAX;
    let mut head = 0;
    while buffer.len() < whole {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed a connection".into());
        }
        if whole == usize::MAX
            && let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n")
        {
            head = end + 4;
            whole = head + length(&buffer[..end])?;
        }
    }
    Ok(Answer { ok: buffer.starts_with(b"HTTP/1.1 200"), body: &buffer[head..] })
}

fn length(head: &[u8]) -> Fallible<usize> {
    let head = std::str::from_utf8(head)?;
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let length =
        lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length")).ok_or("no content-length")?;
    Ok(length.1.trim().parse()?)
}
