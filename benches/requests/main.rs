//! What a request takes, from the client's call to the read answer: the real program on SQLite, one connection of this
//! machine, one request at a time. `docs/performance.md` has figures and how to read them.
//!
//! ```sh
//! cargo bench --bench requests --profile perf
//! ```
#![expect(clippy::cast_precision_loss, reason = "the figures are for people")]
#![expect(clippy::print_stdout, reason = "a report is printed")]

#[path = "../stage/mod.rs"]
mod stage;

use std::{
    fmt::Write,
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
};

use criterion::Criterion;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use stage::{
    Fallible,
    api::{Api, Grant},
    server::Server,
};

/// How many companies there are, each with a claim.
const COMPANIES: usize = 250;

/// What a page of claims shows.
const PAGE: &str = "query($first: Int!) { claims(first: $first, orderBy: { field: CREATED_AT, direction: DESC }) { \
    nodes { id number name status partner { name } customer { name } lines { product { name } } \
    proofOfExecution { name size url } history(last: 3) { nodes { action at } } } pageInfo { hasNextPage endCursor } } }";

/// What graphql-js 16 asks a schema, as the tools send it.
const INTROSPECTION: &str = include_str!("../../src/graphql/document/introspection.graphql");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Fallible<()> {
    let runtime = Runtime::new()?;
    let server = Server::start(None)?;
    let api = Api::new(&server.base);
    let claims = runtime.block_on(api.set_stage(COMPANIES))?;
    println!("{} claims are there; the server has {}", claims.len(), server.usage()?);
    let mut criterion = Criterion::default().configure_from_args();
    reads(&mut criterion, &runtime, &api, &claims)?;
    writes(&mut criterion, &runtime, &api, &claims)?;
    criterion.final_summary();
    println!("the server has {}", server.usage()?);
    Ok(())
}

/// An operation that is read only, and whether it is answered with data.
struct Read {
    name: &'static str,
    text: String,
    variables: Value,
    answered: bool,
}

/// Fragments that double thirty times: a billion fields, if anybody counted them one by one.
fn bomb() -> String {
    let mut text = "{ ...F0 }".to_owned();
    for level in 0..30 {
        // Writing into a string cannot fail.
        let _ = write!(text, " fragment F{level} on Query {{ ...F{0} ...F{0} }}", level + 1);
    }
    text + " fragment F30 on Query { __typename }"
}

fn operations(claim: &str) -> Vec<Read> {
    let one = "query($id: ID!) { claim(id: $id) { id number version status availableActions problems { code } } }";
    let answered = |name, text: &str, variables| Read { name, text: text.to_owned(), variables, answered: true };
    vec![
        answered("viewer", "{ viewer { subject } }", Value::Null),
        answered("one claim and what may be done", one, json!({ "id": claim })),
        answered("page of 10 claims", PAGE, json!({ "first": 10 })),
        answered("page of 50 claims", PAGE, json!({ "first": 50 })),
        answered("introspection", INTROSPECTION, Value::Null),
        Read { name: "refused: a fragment bomb", text: bomb(), variables: Value::Null, answered: false },
    ]
}

fn reads(criterion: &mut Criterion, runtime: &Runtime, api: &Api, claims: &[String]) -> Fallible<()> {
    let mut group = criterion.benchmark_group("reads");
    let grant = Grant::vendor("rita", "REVIEWER");
    for read in operations(&claims[0]) {
        // What is measured is what is meant.
        let answer = runtime.block_on(api.ask(&grant, &read.text, read.variables.clone()))?;
        if answer["data"].is_object() != read.answered || answer["errors"].is_array() == read.answered {
            return Err(format!("{}: {answer}", read.name).into());
        }
        group.bench_function(read.name, |bench| {
            bench.to_async(runtime).iter(|| api.ask(&grant, &read.text, read.variables.clone()));
        });
    }
    group.finish();
    Ok(())
}

/// Mutations, each with its history, its outbox and its way to the tail.
fn writes(criterion: &mut Criterion, runtime: &Runtime, api: &Api, claims: &[String]) -> Fallible<()> {
    let mut group = criterion.benchmark_group("writes");
    let (count, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    group.bench_function("comment", |bench| {
        bench.to_async(runtime).iter(|| async {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let company = number % claims.len();
            if api.comment(company, &claims[company], number).await.is_err() {
                refused.fetch_add(1, Ordering::Relaxed);
            }
        });
    });
    group.finish();
    // What is measured is what is meant.
    match refused.into_inner() {
        0 => Ok(()),
        some => Err(format!("{some} comments were not taken").into()),
    }
}
