//! Writes beside webhook endpoints that fail, and an endpoint that is well beside them: half of a thousand endpoints refuse, the
//! other half hang. Comments are written at a steady rate, to see how long the endpoint that is well waits for its messages, and as
//! fast as a few writers can, to see what the endpoints cost them; both first without the failing ones.
//!
//! ```sh
//! cargo bench --bench webhooks --profile perf -- --endpoints 1000 --seconds 20
//! ```
#![expect(clippy::cast_precision_loss, reason = "the figures are for people")]
#![expect(clippy::print_stdout, reason = "a report is printed")]
#![expect(clippy::disallowed_methods, reason = "here the machine's time is what is measured")]

mod receiver;
#[path = "../stage/mod.rs"]
mod stage;

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use serde_json::{Value, json};

use receiver::Receiver;
use stage::{
    Fallible,
    api::{Api, Grant},
    server::Server,
};

/// The most endpoints of one owner.
const OF_ONE: usize = 100;

/// Writes beside failing webhook endpoints.
#[derive(Debug, Parser)]
struct Options {
    /// How many endpoints fail.
    #[arg(long, default_value_t = 1_000)]
    endpoints: usize,
    /// How many writers there are.
    #[arg(long, default_value_t = 4)]
    writers: usize,
    /// How many comments are written in a second where that is steady.
    #[arg(long, default_value_t = 20)]
    rate: u32,
    /// For how long writes are measured, in seconds, each time.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// An empty database; by default one of `SQLite` in a folder for the time being.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Given by `cargo bench`, and not by `cargo test`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.bench {
        println!("Nothing is measured: run `cargo bench --bench webhooks --profile perf`.");
        return ExitCode::SUCCESS;
    }
    let ran = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(run(options)));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Fallible<()> {
    println!("{options:?}");
    let server = Server::start(options.database.as_deref())?;
    let api = Arc::new(Api::new(&server.base));
    let companies = options.endpoints.div_ceil(OF_ONE).max(1) + 1;
    let claims = Arc::new(api.set_stage(companies).await?);
    println!("{companies} companies with a claim each; the server has {}", server.usage()?);
    let receiver = Receiver::start().await?;
    measure("as fast as can be, without endpoints", &options, None, &api, &claims).await?;
    // The last company's is well.
    endpoint(&api, companies - 1, &receiver.url("accepts")).await?;
    measure("steadily, with one endpoint that is well", &options, Some(options.rate), &api, &claims).await?;
    receiver.report();
    for number in 0..options.endpoints {
        let way = if number % 2 == 0 { "refuses" } else { "hangs" };
        endpoint(&api, number / OF_ONE, &receiver.url(way)).await?;
    }
    println!("{} endpoints fail beside it", options.endpoints);
    for when in ["steadily, when they begin to fail", "steadily, later"] {
        measure(when, &options, Some(options.rate), &api, &claims).await?;
        receiver.report();
    }
    for when in ["as fast as can be, while their queues fill", "as fast as can be, later"] {
        measure(when, &options, None, &api, &claims).await?;
    }
    println!("the server has {}; {} messages were refused or left hanging", server.usage()?, receiver.failed());
    Ok(())
}

async fn endpoint(api: &Api, company: usize, url: &str) -> Fallible<()> {
    let query = "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret problems { message } } }";
    let input = json!({ "url": url, "events": ["COMMENT_ADDED"], "selection": "{ comment { body } }" });
    let answer = api.ask(&Grant::partner("admin", company), query, json!({ "input": input })).await?;
    match &answer["data"]["createWebhookEndpoint"]["secret"] {
        Value::String(_) => Ok(()),
        _ => Err(answer.to_string().into()),
    }
}

/// Lets the writers write, so many comments a second in all or as fast as they can, and tells how fast they were.
async fn measure(
    what: &str,
    options: &Options,
    rate: Option<u32>,
    api: &Arc<Api>,
    claims: &Arc<Vec<String>>,
) -> Fallible<()> {
    let began = Instant::now();
    let every = rate.map(|rate| Duration::from_secs(1) * u32::try_from(options.writers).unwrap_or(1) / rate.max(1));
    let until = began + Duration::from_secs(options.seconds);
    let mut writers = Vec::new();
    for writer in 0..options.writers {
        let (api, claims) = (Arc::clone(api), Arc::clone(claims));
        writers.push(tokio::spawn(async move {
            let mut took = Vec::new();
            let mut company = writer;
            let mut beat = every.map(tokio::time::interval);
            while Instant::now() < until {
                if let Some(beat) = &mut beat {
                    beat.tick().await;
                }
                company = (company + 1) % claims.len();
                let began = Instant::now();
                let sent = usize::try_from(receiver::now()).unwrap_or(0);
                api.comment(company, &claims[company], sent).await?;
                took.push(began.elapsed());
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(took)
        }));
    }
    let mut took = Vec::new();
    for writer in writers {
        took.extend(writer.await??);
    }
    let elapsed = began.elapsed();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    println!(
        "{what}: {:.0} comments a second; p50 {:.1?}, p99 {:.1?}",
        took.len() as f64 / elapsed.as_secs_f64(),
        at(50),
        at(99)
    );
    Ok(())
}
