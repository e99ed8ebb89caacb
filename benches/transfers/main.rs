//! What stalled uploads and downloads cost: the server's memory, and how long everybody else waits, without them and with them.
//!
//! ```sh
//! cargo bench --bench transfers --profile perf -- --stalled 100
//! ```
#![expect(clippy::cast_precision_loss, reason = "the figures are for people")]
#![expect(clippy::print_stdout, reason = "a report is printed")]
#![expect(clippy::disallowed_methods, reason = "here the machine's time is what is measured")]
#![expect(dead_code, reason = "the stage is shared with other benchmarks")]

#[path = "../stage/mod.rs"]
mod stage;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use stage::{
    Fallible,
    api::{Api, Grant},
    server::Server,
};

/// Stalled transfers on one server process.
#[derive(Debug, Parser)]
struct Options {
    /// How many in each direction.
    #[arg(long, default_value_t = 100)]
    stalled: usize,
    /// The size of each document, in MiB.
    #[arg(long, default_value_t = 25)]
    size: usize,
    /// How many queries are asked each time.
    #[arg(long, default_value_t = 2_000)]
    queries: usize,
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
        println!("Nothing is measured: run `cargo bench --bench transfers --profile perf`.");
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
    println!("{options:?}");
    let server = Server::start(options.database.as_deref())?;
    let api = Api::new(&server.base);
    // A subject may have 16 transfers: so many partners as are needed.
    let partners = options.stalled.div_ceil(8).max(1);
    let claims = api.set_stage(partners).await?;
    let mut content = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n".to_vec();
    content.resize(options.size * 1024 * 1024, b' ');
    let address = server.base.trim_start_matches("http://").to_owned();
    let mut urls = Vec::new();
    for (partner, claim) in claims.iter().enumerate() {
        urls.push(attach(&address, &admin(partner), claim, &content).await?);
    }
    let before = server.usage()?;
    println!("before: {before}; a query {}", latency(&api, options.queries).await?);
    let mut stalled = Vec::new();
    for number in 0..options.stalled {
        let partner = number % partners;
        stalled.push(download(&address, &admin(partner), &urls[partner]).await?);
    }
    let downloads = server.usage()?;
    report("downloads", options, before.rss, downloads.rss);
    println!("a query {}", latency(&api, options.queries).await?);
    for number in 0..options.stalled {
        let partner = number % partners;
        let mut upload = upload(&address, &admin(partner), &claims[partner], content.len()).await?;
        upload.write_all(&content[..content.len() - 10]).await?;
        stalled.push(upload);
    }
    let all = server.usage()?;
    report("uploads beside them", options, downloads.rss, all.rss);
    println!("a query {}", latency(&api, options.queries).await?);
    let cost = all.rss.saturating_sub(before.rss) as f64 / 1024.0;
    println!("{} stalled transfers of {} MiB cost {cost:.1} MiB in all", stalled.len(), options.size);
    Ok(())
}

/// Somebody else for each partner, for a subject has so many transfers only.
fn admin(partner: usize) -> Grant {
    Grant::partner(&format!("admin-{partner}"), partner)
}

fn report(what: &str, options: &Options, before: u64, after: u64) {
    let cost = after.saturating_sub(before);
    let each = cost as f64 / options.stalled.max(1) as f64;
    println!("{} stalled {what}: {:.1} MiB, {each:.0} KiB each", options.stalled, cost as f64 / 1024.0);
}

/// How long a query takes, one after the other: median and 99th percentile.
async fn latency(api: &Api, queries: usize) -> Fallible<String> {
    let reviewer = Grant::vendor("reviewer", "REVIEWER");
    let mut took: Vec<Duration> = Vec::with_capacity(queries);
    for _ in 0..queries {
        let began = Instant::now();
        api.ask(&reviewer, "{ claims(first: 5) { nodes { id number status } } }", json!({})).await?;
        took.push(began.elapsed());
    }
    took.sort();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    Ok(format!("takes {:.2?}, at p99 {:.2?}", at(50), at(99)))
}

/// An upload that begins: all that comes before the file's content.
async fn upload(address: &str, grant: &Grant, claim: &str, size: usize) -> Fallible<TcpStream> {
    let query = "mutation($input: AttachProofOfExecutionInput!) { attachProofOfExecution(input: $input) \
        { document { url } problems { code } } }";
    let operations = json!({ "query": query, "variables": { "input": { "claimId": claim, "file": null } } });
    let part = |header: &str| format!("--edge\r\nContent-Disposition: form-data; {header}\r\n\r\n");
    let before = [
        part("name=\"operations\""),
        operations.to_string(),
        format!("\r\n{}{{\"0\":[\"variables.input.file\"]}}", part("name=\"map\"")),
        format!("\r\n{}", part("name=\"0\"; filename=\"proof.pdf\"")),
    ]
    .concat();
    let length = before.len() + size + END.len();
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: cpor\r\nauthorization: Bearer {}\r\ncontent-length: {length}\r\n\
         content-type: multipart/form-data; boundary=edge\r\nconnection: close\r\n\r\n",
        grant.0
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(before.as_bytes()).await?;
    Ok(stream)
}

/// What comes after the file's content.
const END: &str = "\r\n--edge--\r\n";

/// Attaches a document; where its content is had.
async fn attach(address: &str, grant: &Grant, claim: &str, content: &[u8]) -> Fallible<String> {
    let mut stream = upload(address, grant, claim, content.len()).await?;
    stream.write_all(content).await?;
    stream.write_all(END.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let url = answer.split("\"url\":\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok(url.ok_or(answer.clone())?.to_owned())
}

/// A download of which the head is read and nothing else.
async fn download(address: &str, grant: &Grant, url: &str) -> Fallible<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!("GET {url} HTTP/1.1\r\nhost: cpor\r\nauthorization: Bearer {}\r\n\r\n", grant.0);
    stream.write_all(head.as_bytes()).await?;
    let mut first = [0; 12];
    stream.read_exact(&mut first).await?;
    if &first != b"HTTP/1.1 200" {
        return Err(format!("a download was answered with {}", String::from_utf8_lossy(&first)).into());
    }
    Ok(stream)
}
