//! Signed addresses of documents: for one document, for five minutes of real time, for whoever has them (P2).

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Backend, Caller, Settings, World, both,
    caller::mutation_document,
    database::Database,
    directory::{ALPINE, CONTOSO},
    process::{Home, Process},
    wire::{Wire, request},
    world::{PDF, SCOPES},
};

both!(
    an_address_needs_no_token,
    an_address_ends_after_five_minutes,
    an_address_is_good_for_its_document_only,
    only_pdf_files_and_images_are_shown,
    a_document_by_its_address_can_be_had_in_parts,
    what_an_address_does_not_open_is_answered_alike,
    an_address_needs_the_scope_of_claims,
    an_address_stays_valid_when_the_caller_loses_access,
    the_limits_of_uploads_can_be_read,
);

both!(Settings { public_url: Some("https://cpor.example/api".to_owned()), ..Settings::default() } => addresses_are_absolute_with_a_public_url);
both!(Settings { cors_origins: vec!["https://portal.example".to_owned()], ..Settings::default() } => pages_that_may_call_the_server_may_frame_a_document);
both!(few_at_once() => transfers_by_address_have_the_same_limits);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
const MAIL: &[u8] = b"From: kim@contoso.example\r\nTo: ann@alpine.example\r\nSubject: Acceptance\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\nAccepted.\r\n";

fn few_at_once() -> Settings {
    let mut settings = Settings::default();
    settings.limits.max_transfers_per_subject = 1;
    settings
}

/// A new document of a draft; its id.
async fn document(world: &World, name: &str, content: &[u8]) -> String {
    let draft = world.draft().await;
    let answer = world.partner.attach(draft.id(), name, content).await;
    answer.payload()["document"]["id"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
}

/// The address of a document, as this caller is told it.
async fn address(caller: &Caller, document: &str, disposition: &str) -> String {
    let query = format!("{{ node(id: \"{document}\") {{ ... on ProofDocument {{ downloadUrl{disposition} }} }} }}");
    let data = caller.query(&query).await;
    data["node"]["downloadUrl"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
}

async fn inline(world: &World, document: &str) -> String {
    address(&world.partner, document, "(disposition: INLINE)").await
}

/// Asks without any token.
async fn get(world: &World, url: &str, headers: &[(&str, &str)]) -> Response {
    let request = world.anonymous.request(Method::GET, url);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn an_address_needs_no_token(world: &World) {
    // P2
    let id = document(world, "proof.pdf", PDF).await;
    let url = address(&world.partner, &id, "").await;
    assert!(url.starts_with(&format!("/documents/{id}?token=")), "{url}");
    let response = get(world, &url, &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(header(&response, "content-disposition").starts_with("attachment; filename=\"proof.pdf\""));
    for (name, value) in [
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(header(&response, name), value);
    }
    assert_eq!(response.bytes().await.unwrap(), PDF);
}

async fn an_address_ends_after_five_minutes(world: &World) {
    // P2
    let id = document(world, "proof.pdf", PDF).await;
    let url = address(&world.partner, &id, "").await;
    world.advance(Duration::from_secs(299));
    assert_eq!(get(world, &url, &[]).await.status(), StatusCode::OK);
    world.advance(Duration::from_secs(1));
    assert_eq!(get(world, &url, &[]).await.status(), StatusCode::FORBIDDEN);
    let next = address(&world.partner, &id, "").await;
    assert_eq!(get(world, &next, &[]).await.status(), StatusCode::OK);
}

async fn an_address_is_good_for_its_document_only(world: &World) {
    // P2
    let (one, other) = (document(world, "one.pdf", PDF).await, document(world, "other.pdf", PDF).await);
    let url = address(&world.partner, &one, "").await;
    let elsewhere = url.replace(&one, &other);
    assert_eq!(get(world, &elsewhere, &[]).await.status(), StatusCode::FORBIDDEN);
    // The disposition is a part of what is signed.
    let shown = inline(world, &one).await;
    assert_ne!(shown, url);
    assert!(header(&get(world, &shown, &[]).await, "content-disposition").starts_with("inline"));
}

async fn only_pdf_files_and_images_are_shown(world: &World) {
    // P2
    for (name, content, verb) in
        [("proof.pdf", PDF, "inline"), ("picture.png", PNG, "inline"), ("mail.eml", MAIL, "attachment")]
    {
        let url = inline(world, &document(world, name, content).await).await;
        let response = get(world, &url, &[]).await;
        assert!(header(&response, "content-disposition").starts_with(verb), "{name}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        let policy = header(&response, "content-security-policy");
        assert!(policy.starts_with("sandbox; default-src 'none'") && !policy.contains("allow"), "{policy}");
        assert!(verb == "attachment" || policy.ends_with("frame-ancestors 'self'"), "{policy}");
    }
}

async fn a_document_by_its_address_can_be_had_in_parts(world: &World) {
    // P2
    let url = inline(world, &document(world, "proof.pdf", PDF).await).await;
    let whole = get(world, &url, &[]).await;
    let tag = header(&whole, "etag").to_owned();
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    let part = get(world, &url, &[("range", "bytes=1-3")]).await;
    assert_eq!((part.status(), header(&part, "etag")), (StatusCode::PARTIAL_CONTENT, tag.as_str()));
    assert_eq!(header(&part, "content-range"), format!("bytes 1-3/{}", PDF.len()));
    assert!(header(&part, "content-disposition").starts_with("inline"));
    assert_eq!(part.bytes().await.unwrap(), &PDF[1..=3]);
    assert_eq!(get(world, &url, &[("if-none-match", &tag)]).await.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(get(world, &url, &[("range", "bytes=9999-")]).await.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let head = world.anonymous.request(Method::HEAD, &url).send().await.unwrap();
    assert_eq!((head.status(), header(&head, "content-length")), (StatusCode::OK, PDF.len().to_string().as_str()));
}

async fn what_an_address_does_not_open_is_answered_alike(world: &World) {
    // P2 A4: a removed document, one that never was, and every kind of bad token.
    let draft = world.draft().await;
    let answer = world.partner.attach(draft.id(), "proof.pdf", PDF).await;
    let id = answer.payload()["document"]["id"].as_str().unwrap().to_owned();
    let url = address(&world.partner, &id, "").await;
    let draft = world.partner.claim(draft.id()).await.unwrap();
    world.partner.act("removeProofOfExecution", &draft, json!({ "documentId": id })).await.done();
    let kept = document(world, "kept.pdf", PDF).await;
    let good = address(&world.partner, &kept, "").await;
    let mut answers = Vec::new();
    for url in [
        url,
        format!("/documents/{kept}?token="),
        format!("/documents/{kept}?token=AAAA"),
        format!("{good}A"),
        "/documents/none?token=AAAA".to_owned(),
        "/documents/%ff?token=AAAA".to_owned(),
    ] {
        let response = get(world, &url, &[]).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{url}");
        answers.push(response.text().await.unwrap());
    }
    let first: Value = serde_json::from_str(&answers[0]).unwrap();
    assert_eq!(first["errors"][0]["extensions"]["code"], "DOCUMENT_ADDRESS_NOT_VALID");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // A browser is shown a page in which nothing runs.
    let page = get(world, &format!("{good}A"), &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]).await;
    assert_eq!((page.status(), header(&page, "content-type")), (StatusCode::FORBIDDEN, "text/html; charset=utf-8"));
    assert!(header(&page, "content-security-policy").starts_with("default-src 'none'"));
    assert!(page.text().await.unwrap().contains("DOCUMENT_ADDRESS_NOT_VALID"));
}

async fn an_address_needs_the_scope_of_claims(world: &World) {
    // P2 A5: what a mutation answers needs the mutation's scope only, but an address opens the content.
    let draft = world.draft().await;
    let with =
        |scope: &str| world.server.caller(json!({ "roles": ["GLOBAL_ADMIN"], "scope": scope, "partner_id": ALPINE }));
    let attached = with("claims:write").attach(draft.id(), "proof.pdf", PDF).await;
    let id = attached.payload()["document"]["id"].as_str().unwrap().to_owned();
    assert!(address(&with("claims:read"), &id, "").await.contains("token="));
    let current = world.partner.claim(draft.id()).await.unwrap();
    let query = "mutation($input: UpdateClaimInput!) { updateClaim(input: $input) { claim { proofOfExecution { downloadUrl } } } }";
    let input = json!({ "claimId": draft.id(), "expectedVersion": current.version(), "name": "Again" });
    let answer = with("claims:write").graphql(query, json!({ "input": input })).await;
    assert_eq!(answer.errors(), ["FORBIDDEN"], "{}", answer.text);
    // Whoever does not see the document is told no address of it.
    let query = format!("{{ node(id: \"{id}\") {{ ... on ProofDocument {{ downloadUrl }} }} }}");
    for caller in [&world.rival, &world.customer, &world.reviewer] {
        assert_eq!(caller.query(&query).await["node"], Value::Null);
    }
}

async fn an_address_stays_valid_when_the_caller_loses_access(world: &World) {
    // P2: a capability for five minutes (decision 0023), also when the token that asked for it is revoked.
    let id = document(world, "proof.pdf", PDF).await;
    let url = address(&world.partner, &id, "").await;
    let admin = world.server.caller(json!({ "sub": "admin@alpine.example", "roles": ["GLOBAL_ADMIN"], "scope": "tokens:revoke", "partner_id": ALPINE }));
    let input = json!({ "subject": world.partner.subject, "issuedBefore": "2026-03-02T09:00:00Z" });
    let revoked = admin
        .graphql(
            "mutation($input: RevokeTokensInput!) { revokeTokens(input: $input) { problems { code } } }",
            json!({ "input": input }),
        )
        .await;
    assert_eq!(revoked.payload()["problems"], json!([]), "{}", revoked.text);
    assert_eq!(get(world, &url, &[]).await.status(), StatusCode::OK);
}

async fn the_limits_of_uploads_can_be_read(world: &World) {
    // P1
    let query = "{ uploadLimits { maxBytes maxDocumentsPerClaim mediaTypes } }";
    for caller in [&world.partner, &world.customer, &world.sync] {
        let limits = &caller.query(query).await["uploadLimits"];
        assert_eq!((&limits["maxBytes"], &limits["maxDocumentsPerClaim"]), (&json!(25 * 1024 * 1024), &json!(20)));
        let types = limits["mediaTypes"].as_array().unwrap();
        assert!(types.len() == 11 && types.contains(&json!("application/pdf")), "{types:?}");
    }
}

async fn addresses_are_absolute_with_a_public_url(world: &World) {
    // P2
    let id = document(world, "proof.pdf", PDF).await;
    let url = address(&world.partner, &id, "").await;
    let path = url.strip_prefix("https://cpor.example/api").unwrap_or_else(|| panic!("{url}"));
    assert_eq!(get(world, path, &[]).await.status(), StatusCode::OK);
}

async fn pages_that_may_call_the_server_may_frame_a_document(world: &World) {
    // P2
    let url = inline(world, &document(world, "proof.pdf", PDF).await).await;
    let response = get(world, &url, &[("origin", "https://portal.example")]).await;
    let policy = header(&response, "content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://portal.example"), "{policy}");
    assert_eq!(header(&response, "access-control-allow-origin"), "https://portal.example");
}

async fn transfers_by_address_have_the_same_limits(world: &World) {
    // P2: counted for whoever asked for the address, beside what that caller does with a token.
    let lines = (0..).flat_map(|number: u32| format!("%{number:09}\n").into_bytes());
    let large: Vec<u8> = PDF.iter().copied().chain(lines).take(20 * 1024 * 1024).collect();
    let url = inline(world, &document(world, "proof.pdf", &large).await).await;
    let mut stalled = Wire::to(&world.anonymous).await;
    stalled.send(&request(&world.anonymous, &format!("GET {url}"), "", "")).await.unwrap();
    assert!(stalled.head().await.starts_with("HTTP/1.1 200"));
    let refused = get(world, &url, &[]).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.text().await.unwrap().contains("TOO_MANY_TRANSFERS"));
    drop(stalled);
    // Free again as soon as the server has noticed.
    while get(world, &url, &[("range", "bytes=0-9")]).await.status() == StatusCode::TOO_MANY_REQUESTS {}
}

fn ann(process: &Process) -> Caller {
    let claims =
        json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE, "scope": SCOPES });
    process.caller(claims)
}

/// A document of a new draft; its id.
async fn uploaded(partner: &Caller) -> String {
    let input = json!({ "name": "Draft", "tenantId": CONTOSO, "domain": "contoso.example",
        "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001" });
    let answer = partner.graphql(&mutation_document("createClaim"), json!({ "input": input })).await;
    let claim = answer.payload()["claim"]["id"].as_str().unwrap().to_owned();
    let attached = partner.attach(&claim, "proof.pdf", PDF).await;
    attached.payload()["document"]["id"].as_str().unwrap().to_owned()
}

async fn every_server_accepts_an_address_and_no_log_has_it(backend: Backend) {
    // P2
    let home = Home::new(Database::copied(backend).await);
    let options = ["--sandbox", "--log-format", "json"];
    let (one, other) = (home.serve_logging("debug", &options), home.serve_logging("debug", &options));
    let partner = ann(&one);
    let id = uploaded(&partner).await;
    let url = address(&partner, &id, "").await;
    // The clock of a sandbox is not real time.
    let moved = partner.graphql("mutation { advanceClock(input: { by: \"P20D\" }) { now } }", json!({})).await;
    assert!(moved.data()["advanceClock"]["now"].is_string(), "{}", moved.text);
    for server in [&one, &other] {
        let response = reqwest::get(format!("{}{url}", server.base)).await.unwrap();
        assert_eq!((response.status(), response.bytes().await.unwrap().as_ref()), (StatusCode::OK, PDF));
    }
    let (_, token) = url.split_once("token=").unwrap();
    for server in [one, other] {
        let ended = server.stop();
        assert!(ended.err.contains(&format!("/documents/{id}")), "the path is logged");
        assert!(!ended.err.contains(token), "{}", ended.err);
    }
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_server_accepts_an_address_and_no_log_has_it_on_sqlite() {
    every_server_accepts_an_address_and_no_log_has_it(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_server_accepts_an_address_and_no_log_has_it_on_postgres() {
    every_server_accepts_an_address_and_no_log_has_it(Backend::Postgres).await;
}
