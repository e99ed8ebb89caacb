//! Exports (B3, B4): what they show, to whom, in which form, and where the history goes on after them.

mod checkpoints;
mod command;
mod limits;
mod visibility;

use std::collections::BTreeMap;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Caller, World, both, directory::*, wire::Wire, wire::request};

both!(
    an_export_tells_its_rows_its_position_and_its_hash,
    both_formats_have_the_same_rows,
    a_cell_that_would_be_a_formula_is_defused,
    the_head_of_an_export_has_no_content,
    an_export_needs_the_scopes_of_what_it_shows,
    what_is_no_export_is_refused,
    only_what_changed_since_a_position_is_exported,
);

/// What an export answered.
pub struct Exported {
    pub rows: usize,
    pub position: String,
    pub text: String,
}

impl Exported {
    /// The objects of JSON Lines.
    pub fn objects(&self) -> Vec<Value> {
        let objects: Vec<Value> = self.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects.len(), self.rows);
        objects
    }

    /// The rows of CSV, by the names of the columns.
    pub fn records(&self) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let records: Vec<_> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(records.len(), self.rows);
        records
    }
}

pub async fn ask(caller: &Caller, name: &str) -> Response {
    caller.request(Method::GET, &format!("/exports/{name}")).send().await.unwrap()
}

pub async fn export(caller: &Caller, name: &str) -> Exported {
    let response = ask(caller, name).await;
    assert_eq!(response.status(), StatusCode::OK, "{name}");
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    let (rows, position) = (header("cpor-rows").parse().unwrap(), header("cpor-position"));
    Exported { rows, position, text: response.text().await.unwrap() }
}

/// A chunked answer as it goes over the wire: its content and its trailer.
fn unchunked(mut rest: &[u8]) -> (Vec<u8>, String) {
    let mut content = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").expect("a chunk");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if size == 0 {
            return (content, String::from_utf8(rest.to_vec()).unwrap().to_lowercase());
        }
        content.extend(&rest[..size]);
        rest = &rest[size + 2..];
    }
}

async fn an_export_tells_its_rows_its_position_and_its_hash(world: &World) {
    // B3
    let claim = world.submitted().await;
    world.draft_on(&world.partner, 1).await;
    let mut wire = Wire::to(&world.partner).await;
    let asked = request(&world.partner, "GET /exports/claims.jsonl", "te: trailers\r\nconnection: close\r\n", "");
    wire.send(&asked).await.unwrap();
    let head = wire.head().await.to_lowercase();
    let position = world.history(&claim).await;
    let draft = world.partner.query("{ history(last: 1) { nodes { position } } }").await;
    assert!(position.len() == 3 && head.starts_with("http/1.1 200"), "{head}");
    for line in [
        "cpor-rows: 2\r\n",
        "trailer: cpor-sha256\r\n",
        "content-type: application/jsonl; charset=utf-8\r\n",
        "content-disposition: attachment; filename=\"claims.jsonl\"\r\n",
        "cache-control: no-store\r\n",
    ] {
        assert!(head.contains(line), "{line} {head}");
    }
    let last = draft["history"]["nodes"][0]["position"].as_str().unwrap().to_lowercase();
    assert!(head.contains(&format!("cpor-position: {last}\r\n")), "{last} {head}");
    let (content, trailer) = unchunked(&wire.rest().await);
    let hash = domain::history::hex(&Sha256::digest(&content));
    assert_eq!(trailer, format!("cpor-sha256: {hash}\r\n\r\n"));
    assert_eq!(String::from_utf8(content).unwrap().lines().count(), 2);
}

async fn both_formats_have_the_same_rows(world: &World) {
    // B3
    let claim = world.approved().await;
    world.reviewer.comment(claim.id(), "Two\nlines, \"quoted\"", "SHARED").await.claim();
    for (noun, columns) in [("claims", 26), ("history", 13), ("evaluations", 8), ("associations", 9)] {
        let objects = export(&world.partner, &format!("{noun}.jsonl")).await.objects();
        let table = export(&world.partner, &format!("{noun}.csv")).await;
        let names: Vec<&str> = table.text.lines().next().unwrap().split(',').collect();
        assert_eq!(names.len(), columns, "{noun}");
        let records = table.records();
        assert!(!objects.is_empty() && objects.len() == records.len(), "{noun}");
        for (object, record) in objects.iter().zip(&records) {
            assert_eq!(object.as_object().unwrap().len(), columns);
            for name in &names {
                let mut words = name.split('_');
                let camel: String = words.next().unwrap().to_owned()
                    + &words.map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
                let cell = match &object[&camel] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Array(items) if *name != "changes" => {
                        items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join(";")
                    }
                    Value::Array(_) => {
                        assert_eq!(serde_json::from_str::<Value>(&record[*name]).unwrap(), object[&camel]);
                        continue;
                    }
                    other => other.to_string(),
                };
                assert_eq!(record[*name], cell, "{noun}.{name}");
            }
        }
    }
}

async fn a_cell_that_would_be_a_formula_is_defused(world: &World) {
    // B4
    let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\u{ff1d}1", "'=1", "plain"];
    for (number, name) in (1..).zip(texts) {
        let draft = world.draft_on(&world.partner, number).await;
        world.partner.act("updateClaim", &draft, json!({ "name": name })).await.claim();
    }
    let objects = export(&world.partner, "claims.jsonl").await.objects();
    assert_eq!(objects.iter().map(|row| row["name"].as_str().unwrap()).collect::<Vec<_>>(), texts);
    let records = export(&world.partner, "claims.csv").await.records();
    let cells = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\u{ff1d}1", "''=1", "plain"];
    assert_eq!(records.iter().map(|row| row["name"].as_str()).collect::<Vec<_>>(), cells);
}

async fn the_head_of_an_export_has_no_content(world: &World) {
    // B3
    world.submitted().await;
    let head = world.partner.request(Method::HEAD, "/exports/history.csv").send().await.unwrap();
    assert_eq!((head.status(), head.headers()["cpor-rows"].to_str().unwrap()), (StatusCode::OK, "3"));
    assert_eq!(head.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert!(head.headers()["cpor-position"].len() == 22);
    assert!(head.bytes().await.unwrap().is_empty());
}

async fn an_export_needs_the_scopes_of_what_it_shows(world: &World) {
    // B3 A5
    world.submitted().await;
    let with =
        |scope: &str| world.server.caller(json!({ "roles": ["GLOBAL_ADMIN"], "scope": scope, "partner_id": ALPINE }));
    for (scope, open) in [
        ("claims:read", &["claims", "evaluations", "associations"][..]),
        ("history:read", &[]),
        ("claims:read history:read", &["claims", "history", "evaluations", "associations"]),
        ("claims:write directory:read", &[]),
    ] {
        for noun in ["claims", "history", "evaluations", "associations"] {
            let response = ask(&with(scope), &format!("{noun}.jsonl")).await;
            if open.contains(&noun) {
                assert_eq!(response.status(), StatusCode::OK, "{scope} {noun}");
                continue;
            }
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{scope} {noun}");
            let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
            assert!(challenge.contains("insufficient_scope"), "{challenge}");
            assert!(response.text().await.unwrap().contains("FORBIDDEN"));
        }
    }
    let stranger = ask(&world.anonymous, "claims.jsonl").await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
}

async fn what_is_no_export_is_refused(world: &World) {
    // B3
    for (name, status, code) in [
        ("customers.jsonl", 404, "NOT_FOUND"),
        ("claims", 404, "NOT_FOUND"),
        ("claims.xml", 404, "NOT_FOUND"),
        ("claims.jsonl?since=nothing", 400, "BAD_USER_INPUT"),
        ("claims.jsonl?since=AZpXx5Y5cYKLb0qE0wHn9w", 400, "BAD_USER_INPUT"),
        ("claims.jsonl?since=", 400, "BAD_USER_INPUT"),
        ("claims.jsonl?form=csv", 400, "BAD_USER_INPUT"),
        ("claims.jsonl?since=AAAAAAAAAAAAAAAAAAAAAA&since=AAAAAAAAAAAAAAAAAAAAAA", 400, "BAD_USER_INPUT"),
    ] {
        let response = ask(&world.partner, name).await;
        assert_eq!(response.status(), status, "{name}");
        assert!(response.text().await.unwrap().contains(code), "{name}");
    }
    let written = world.partner.request(Method::POST, "/exports/claims.jsonl").send().await.unwrap();
    assert_eq!(written.status(), StatusCode::METHOD_NOT_ALLOWED);
}

async fn only_what_changed_since_a_position_is_exported(world: &World) {
    // B3 K1
    let numbers = |exported: &Exported| -> Vec<String> {
        exported.objects().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
    };
    let nothing = export(&world.partner, "claims.jsonl").await;
    assert_eq!((nothing.rows, nothing.position.as_str()), (0, "AAAAAAAAAAAAAAAAAAAAAA"), "before every entry");
    let first = world.approved().await;
    let second = world.submitted_on(&world.partner, 1).await;
    let from_start = format!("claims.jsonl?since={}", nothing.position);
    assert_eq!(export(&world.partner, &from_start).await.rows, 2);
    let before = export(&world.partner, "claims.jsonl").await;
    let since = format!("claims.jsonl?since={}", before.position);
    assert_eq!(export(&world.partner, &since).await.rows, 0);
    // What only the vendor sees is a change for the vendor only.
    let vendor = export(&world.auditor, "claims.jsonl").await.position;
    world.reviewer.comment(second.id(), "Among us", "INTERNAL").await.claim();
    assert_eq!(export(&world.partner, &since).await.rows, 0);
    assert_eq!(
        numbers(&export(&world.auditor, &format!("claims.jsonl?since={vendor}")).await),
        [second.field("number").as_str().unwrap()]
    );
    // A comment between partner and vendor is no change for the customer.
    let customer = export(&world.customer, "claims.jsonl").await;
    assert_eq!(customer.rows, 1);
    world.reviewer.comment(first.id(), "To you", "SHARED").await.claim();
    assert_eq!(numbers(&export(&world.partner, &since).await), [first.field("number").as_str().unwrap()]);
    let of_customer = format!("associations.jsonl?since={}", customer.position);
    assert_eq!(export(&world.customer, &of_customer).await.rows, 0);
    world.partner.act("withdrawClaim", &first, json!({ "detail": "The project was cancelled." })).await.done();
    assert_eq!(export(&world.customer, &of_customer).await.rows, 1);
    let history = export(&world.partner, &format!("history.jsonl?since={}", before.position)).await.objects();
    let actions: Vec<&str> = history.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions.first(), Some(&"COMMENTED"), "{actions:?}");
    assert!(actions.contains(&"WITHDRAWN") && !actions.contains(&"SUBMITTED"), "{actions:?}");
}
