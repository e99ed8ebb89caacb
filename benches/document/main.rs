//! What the server does for a document beside executing it: planning it the first time, finding its plan again, judging its
//! variables, and writing the answer down. No database and no network.
//!
//! ```sh
//! cargo bench --bench document --profile perf
//! ```
#![expect(clippy::panic, reason = "a benchmark that cannot begin stops")]

use std::{hint::black_box, sync::Arc};

use async_graphql::{Response, Value, Variables, value};
use cpor::{
    config::Limits,
    graphql::{
        answer::Answer,
        document::{Form, Gate},
        schema,
    },
};
use criterion::{BatchSize, Criterion};
use serde_json::json;

/// The page of claims of `../shared/bench`.
const PAGE: &str = "query W2($p:ID!,$s:[ClaimStatus!]){claims(filter:{partnerId:$p,status:$s},\
    orderBy:{field:SUBMITTED_AT,direction:DESC},first:50){nodes{id number status submittedAt customer{name} \
    lines{product{name}} comments(last:5){nodes{body author{name} createdAt}} \
    history(last:5){nodes{action at actor{name}}}}}}";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let rules = schema::rules();
    let gate = || Gate::new(Limits::default(), ["claims", "comments", "history"], Arc::clone(&rules));
    let variables = Variables::from_json(json!({ "p": "AQ", "s": ["SUBMITTED", "UNDER_REVIEW"] }));
    let planned = |gate: &Gate| -> Arc<Form> {
        let Ok(prepared) = gate.prepare(black_box(PAGE), None, &variables, "somebody") else { panic!("within bounds") };
        let Ok(form) = gate.form(&prepared) else { panic!("valid") };
        form
    };
    criterion.bench_function("a document for the first time: parse, measure, validate, merge", |bench| {
        bench.iter_batched_ref(gate, |gate| planned(gate), BatchSize::SmallInput);
    });
    let warm = gate();
    criterion.bench_function("a document again: its plan, its variables, its cost", |bench| {
        bench.iter(|| planned(&warm));
    });
    let rows: Vec<serde_json::Value> = (0..200).map(|n| json!(format!("id{n}"))).collect();
    let ids = Variables::from_json(json!({ "f": { "ids": rows, "status": ["SUBMITTED"], "search": "some words" } }));
    let filtered = "query($f: ClaimFilter) { claims(filter: $f) { nodes { id } } }";
    criterion.bench_function("a document again, with 200 ids in its variables", |bench| {
        bench.iter(|| warm.prepare(black_box(filtered), None, &ids, "somebody").is_ok());
    });
    let form = planned(&warm);
    for (name, is_in_order) in [("in the order of the selection", true), ("in another order", false)] {
        let data = answer(is_in_order);
        let fresh = || Response::new(data.clone());
        criterion.bench_function(&format!("an answer of 50 claims, its keys {name}, written down"), |bench| {
            bench.iter_batched(fresh, |response| Answer::of(response, &form), BatchSize::SmallInput);
        });
    }
    criterion.bench_function("the same selection as a request of the library", |bench| {
        bench.iter(|| form.request(Variables::default()));
    });
    criterion.final_summary();
}

/// What the resolvers make of 50 claims. Out of order, what is read by loaders comes last.
fn answer(is_in_order: bool) -> Value {
    let comment = value!({ "body": "Please add the date of the workshop.", "author": { "name": "Rita" }, "createdAt": "2026-11-20T09:30:00Z" });
    let entry = value!({ "action": "COMMENTED", "at": "2026-11-20T09:30:00Z", "actor": { "name": "Rita" } });
    let (comments, entries) = (Value::List(vec![comment; 5]), Value::List(vec![entry; 5]));
    let line = value!({ "product": { "name": "Dynamics 365 for Sales Enterprise Edition" } });
    let Value::Object(mut claim) = value!({
        "id": "BgAAAAAAAAAAAAAAAAAAAAAA", "number": "C-2026-000001", "status": "SUBMITTED", "submittedAt": "2026-11-20T09:30:00Z",
        "customer": { "name": "Contoso" }, "lines": [],
    }) else {
        return Value::Null;
    };
    claim.insert(async_graphql::Name::new("lines"), Value::List(vec![line; 2]));
    claim.insert(async_graphql::Name::new("comments"), value!({ "nodes": comments }));
    claim.insert(async_graphql::Name::new("history"), value!({ "nodes": entries }));
    if !is_in_order {
        claim.reverse();
    }
    value!({ "claims": { "nodes": (Value::List(vec![Value::Object(claim); 50])) } })
}
