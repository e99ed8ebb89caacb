//! Every list by every filter, order and side: first page, deep page, last page and count, on a filled database,
//! through the store as the server uses it. Prints what took longer than 50 ms,
//! and the plans of the slowest ten.
//!
//! ```sh
//! DATABASE_URL=postgres://.. cargo bench --bench lists --profile perf
//! ```
//!
//! `CASES=statistics,"updatedAt since"` reads only those whose names contain one of the words.
#![expect(clippy::print_stdout, reason = "a report is printed")]
#![expect(
    clippy::disallowed_methods,
    reason = "only time that passes is measured; the address comes from the environment"
)]

mod cases;
mod plan;

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::Instant,
};

use cpor::store::Db;

use cases::{Case, Place};

/// What can go wrong here.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each read is measured; the best counts.
const TIMES: usize = 3;

/// How many of the slowest are shown with their plans.
const SHOWN: usize = 10;

/// How long a list may take, in milliseconds.
const SLOW: f64 = 50.0;

/// How long a read took, and the statements that it ran.
struct Measured {
    name: String,
    millis: f64,
    statements: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL must name a filled database")?;
    let ran: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&ran);
    let db = Db::connect(&url).await.map_err(|error| format!("{error:?}"))?.on_statement(move |sql| {
        if let Ok(mut seen) = seen.lock() {
            seen.push(sql.to_owned());
        }
    });
    let words = std::env::var("CASES").unwrap_or_default();
    let words: Vec<&str> = words.split(',').collect();
    let mut measured = Vec::new();
    for case in cases::all(&url).await?.into_iter().filter(|case| words.iter().any(|word| case.name.contains(word))) {
        for place in Place::ALL {
            measured.push(measure(&db, &case, place, &ran).await?);
        }
    }
    measured.sort_by(|one, other| other.millis.total_cmp(&one.millis));
    let slow = measured.iter().filter(|read| read.millis > SLOW).count();
    println!("{slow} of {} reads took longer than {SLOW} ms (best of {TIMES}), slowest first", measured.len());
    for read in measured.iter().take(slow.max(SHOWN)) {
        println!("{:9.1} ms  {}", read.millis, read.name);
    }
    for read in measured.iter().take(SHOWN) {
        println!("\n{:.1} ms  {}", read.millis, read.name);
        for sql in &read.statements {
            println!("  {sql}\n{}", plan::of(&url, sql).await?);
        }
    }
    Ok(())
}

async fn measure(db: &Db, case: &Case, place: Place, ran: &Mutex<Vec<String>>) -> Fallible<Measured> {
    let request = case.request(db, place).await?;
    let mut best = f64::INFINITY;
    let mut statements = Vec::new();
    for _ in 0..TIMES {
        let _ = std::mem::take(&mut *ran.lock().map_err(|_| "a lock was poisoned")?);
        let started = Instant::now();
        case.read(db, request.as_ref()).await?;
        best = best.min(started.elapsed().as_secs_f64() * 1000.0);
        statements = std::mem::take(&mut *ran.lock().map_err(|_| "a lock was poisoned")?);
    }
    Ok(Measured { name: format!("{} {}", case.name, place.name()), millis: best, statements })
}
