//! Documents: whatever the text, it is refused or planned, and what is planned has a form or is invalid.
#![no_main]

use std::sync::LazyLock;

use async_graphql::Variables;
use cpor::{config::Limits, graphql::{document::Gate, schema}};
use libfuzzer_sys::fuzz_target;

static GATE: LazyLock<Gate> =
    LazyLock::new(|| Gate::new(Limits::default(), ["claims", "comments", "history"], schema::rules()));

fuzz_target!(|text: &str| {
    // Twice: the second time from memory.
    for _ in 0..2 {
        if let Ok(prepared) = GATE.prepare(text, None, &Variables::default(), "fuzz") {
            assert!(prepared.cost <= Limits::default().max_cost);
            let _ = GATE.form(&prepared);
        }
    }
});
