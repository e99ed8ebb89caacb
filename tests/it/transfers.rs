//! Documents on their way in and out: never held whole, in parts where asked, and no more at once than there is room for
//! (issue 10, number 13; P1).

use std::path::PathBuf;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Backend, Caller, Settings, World, both,
    caller::mutation_document,
    database::Database,
    directory::{ALPINE, CONTOSO},
    process::{Home, Process},
    wire::{self, Wire},
    world::{PDF, SCOPES},
};

both!(
    a_part_of_a_document_can_be_had,
    a_document_that_is_known_is_not_sent_again,
    the_head_of_a_document_reads_no_content,
    damaged_content_is_cut_before_its_end,
    one_file_may_prove_two_claims,
    an_upload_that_breaks_off_leaves_nothing_behind,
);

both!(
    few_at_once() => transfers_have_a_limit_by_subject_and_one_for_all
);

const MIB: usize = 1024 * 1024;

/// A server that takes three transfers at once, and two of one subject.
fn few_at_once() -> Settings {
    let mut settings = Settings::default();
    (settings.limits.max_transfers, settings.limits.max_transfers_per_subject) = (3, 2);
    settings
}

/// A PDF of this size: numbered lines, so that no two parts of it are alike.
fn large(size: usize) -> Vec<u8> {
    let lines = (0..).flat_map(|number: u32| format!("%{number:09}\n").into_bytes());
    PDF.iter().copied().chain(lines).take(size).collect()
}

/// A claim with this document, and where its content is had.
async fn with_document(world: &World, content: &[u8]) -> String {
    let draft = world.draft().await;
    let answer = world.partner.attach(draft.id(), "proof.pdf", content).await;
    answer.payload()["document"]["url"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
}

async fn get(caller: &Caller, url: &str, headers: &[(&str, &str)]) -> Response {
    let request =
        headers.iter().fold(caller.request(Method::GET, url), |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn a_part_of_a_document_can_be_had(world: &World) {
    let content = large(300_000);
    let url = with_document(world, &content).await;
    let whole = get(&world.partner, &url, &[]).await;
    let tag = header(&whole, "etag").to_owned();
    assert_eq!((header(&whole, "accept-ranges"), header(&whole, "content-length")), ("bytes", "300000"));
    assert_eq!(whole.bytes().await.unwrap(), content);
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=65530-131080", 65_530, 131_080),
        ("bytes=299999-", 299_999, 299_999),
        ("bytes=-1000", 299_000, 299_999),
        ("bytes=1000-999999999", 1_000, 299_999),
    ] {
        for more in [&[("range", range)][..], &[("range", range), ("if-range", tag.as_str())]] {
            let part = get(&world.partner, &url, more).await;
            assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{range}");
            assert_eq!(header(&part, "content-range"), format!("bytes {first}-{last}/300000"));
            assert_eq!(header(&part, "content-length"), (last - first + 1).to_string());
            assert_eq!(header(&part, "etag"), tag);
            assert!(header(&part, "content-disposition").starts_with("attachment"));
            assert_eq!(part.bytes().await.unwrap(), content[first..=last], "{range}");
        }
    }
    // What is not understood, several parts, and a part of something else: all of it.
    for headers in [
        &[("range", "bytes=9-5")][..],
        &[("range", "lines=1-2")],
        &[("range", "bytes=0-1,5-6")],
        &[("range", "bytes=0-1"), ("if-range", "\"another\"")],
        &[("range", "bytes=0-1"), ("if-range", "Mon, 02 Mar 2026 09:00:00 GMT")],
    ] {
        let all = get(&world.partner, &url, headers).await;
        assert_eq!((all.status(), header(&all, "content-length")), (StatusCode::OK, "300000"), "{headers:?}");
    }
    let beyond = get(&world.partner, &url, &[("range", "bytes=300000-")]).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(header(&beyond, "content-range"), "bytes */300000");
    assert!(beyond.text().await.unwrap().contains("RANGE_NOT_SATISFIABLE"));
    // A part is authorised like the whole (A4).
    for caller in [&world.rival, &world.customer] {
        let hidden = get(caller, &url, &[("range", "bytes=300000-"), ("if-none-match", tag.as_str())]).await;
        assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
    }
}

async fn a_document_that_is_known_is_not_sent_again(world: &World) {
    let url = with_document(world, PDF).await;
    let first = get(&world.partner, &url, &[]).await;
    let tag = header(&first, "etag").to_owned();
    assert_eq!(tag.len(), 66, "the hash in quotes: {tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = get(&world.partner, &url, &[("if-none-match", known.as_str())]).await;
        assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, tag.as_str()), "{known}");
        assert!(again.bytes().await.unwrap().is_empty());
    }
    let changed = get(&world.partner, &url, &[("if-none-match", "\"other\"")]).await;
    assert_eq!((changed.status(), changed.bytes().await.unwrap().as_ref()), (StatusCode::OK, PDF));
}

/// The one file of content in the folder of documents.
fn the_file(world: &World) -> PathBuf {
    let files: Vec<_> =
        std::fs::read_dir(&world.server.documents).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut files = files.into_iter().filter(|path| path.is_file());
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

async fn the_head_of_a_document_reads_no_content(world: &World) {
    let url = with_document(world, &large(200_000)).await;
    let file = the_file(world);
    let aside = file.with_extension("aside");
    std::fs::rename(&file, &aside).unwrap();
    let head = world.partner.request(Method::HEAD, &url).header("range", "bytes=0-1").send().await.unwrap();
    assert_eq!((head.status(), header(&head, "content-length")), (StatusCode::OK, "200000"));
    assert_eq!((header(&head, "content-type"), header(&head, "accept-ranges")), ("application/pdf", "bytes"));
    assert_eq!(header(&head, "etag").len(), 66);
    let hidden = world.rival.request(Method::HEAD, &url).send().await.unwrap();
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
    std::fs::rename(&aside, &file).unwrap();
}

async fn damaged_content_is_cut_before_its_end(world: &World) {
    let content = large(2 * MIB);
    let url = with_document(world, &content).await;
    let file = the_file(world);
    let mut damaged = content.clone();
    // Far from what is asked for below.
    damaged[2 * MIB - 5] ^= 1;
    std::fs::write(&file, &damaged).unwrap();
    let whole = get(&world.partner, &url, &[]).await;
    assert_eq!(whole.status(), StatusCode::OK, "its beginning was on its way already");
    assert!(whole.bytes().await.is_err(), "cut off: the client knows that it did not get all of it");
    // A part says nothing about the whole, so the whole is looked at all the same.
    let part = get(&world.partner, &url, &[("range", "bytes=0-9")]).await;
    assert_eq!(part.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!part.text().await.unwrap().contains("PDF"));
    let part = get(&world.partner, &url, &[("range", format!("bytes=0-{MIB}").as_str())]).await;
    assert!(part.bytes().await.is_err());
    let report = world.server.app.verify(|_| ()).await.unwrap();
    assert!(report.broken.is_some_and(|what| what.contains("does not match its upload")));
    std::fs::write(&file, content).unwrap();
}

async fn one_file_may_prove_two_claims(world: &World) {
    let (one, other) = (world.draft().await, world.draft().await);
    let field = "attachProofOfExecution(input: $";
    let query = format!(
        "mutation($a: AttachProofOfExecutionInput!, $b: AttachProofOfExecutionInput!) {{ \
         a: {field}a) {{ document {{ url }} }} b: {field}b) {{ document {{ url }} }} }}"
    );
    // The specification gives a file to several places; here each place has a file of the same content.
    let input = |id: &str| json!({ "claimId": id, "file": null });
    let operations = json!({ "query": query, "variables": { "a": input(one.id()), "b": input(other.id()) } });
    let content = large(400_000);
    let file = |content: Vec<u8>| reqwest::multipart::Part::bytes(content).file_name("proof.pdf");
    let form = reqwest::multipart::Form::new()
        .text("operations", operations.to_string())
        .text("map", json!({ "0": ["variables.a.file"], "1": ["variables.b.file"] }).to_string())
        .part("0", file(content.clone()))
        .part("1", file(content.clone()));
    let answer = world.partner.send(world.partner.request(Method::POST, "/graphql").multipart(form)).await;
    // And a file in two fields of one operation.
    let twice = "mutation($f: Upload!, $a: ID!, $b: ID!) { \
        a: attachProofOfExecution(input: { claimId: $a, file: $f }) { document { url } } \
        b: attachProofOfExecution(input: { claimId: $b, file: $f }) { document { url } } }";
    let operations = json!({ "query": twice, "variables": { "f": null, "a": one.id(), "b": other.id() } });
    let form = reqwest::multipart::Form::new()
        .text("operations", operations.to_string())
        .text("map", json!({ "0": ["variables.f"] }).to_string())
        .part("0", file(content.clone()));
    let again = world.partner.send(world.partner.request(Method::POST, "/graphql").multipart(form)).await;
    for answer in [answer, again] {
        for claim in ["a", "b"] {
            let url = answer.data()[claim]["document"]["url"].as_str().unwrap().to_owned();
            assert_eq!(get(&world.partner, &url, &[]).await.bytes().await.unwrap(), content);
        }
    }
}

/// How many temporary files there are.
fn incoming(documents: &std::path::Path) -> usize {
    std::fs::read_dir(documents.join("incoming")).map_or(0, Iterator::count)
}

async fn an_upload_that_breaks_off_leaves_nothing_behind(world: &World) {
    let draft = world.draft().await;
    let content = String::from_utf8(large(3 * MIB)).unwrap();
    for sent in [0, 10, 100_000, 2 * MIB] {
        let (head, _) = wire::upload(&world.partner, draft.id(), content.len(), "");
        let mut wire = Wire::to(&world.partner).await;
        wire.send(&head).await.unwrap();
        wire.send(&content[..sent]).await.unwrap();
        // It is being received.
        while incoming(&world.server.documents) == 0 {
            world.partner.query("{ viewer { subject } }").await;
        }
        drop(wire);
        while incoming(&world.server.documents) > 0 {
            world.partner.query("{ viewer { subject } }").await;
        }
    }
    assert_eq!(world.partner.claim(draft.id()).await.unwrap().field("proofOfExecution"), &json!([]));
    assert_eq!(world.server.app.strays().await.unwrap().count, 0);
    // A whole one leaves nothing beside its content.
    world.partner.attach(draft.id(), "proof.pdf", content).await.claim();
    assert_eq!(incoming(&world.server.documents), 0);
}

/// A download of which nothing is read but its head.
async fn stalled_download(caller: &Caller, url: &str) -> Wire {
    let mut wire = Wire::to(caller).await;
    wire.send(&wire::request(caller, &format!("GET {url}"), "", "")).await.unwrap();
    let head = wire.head().await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    wire
}

/// An upload of which the file's first bytes are sent.
async fn stalled_upload(caller: &Caller, claim: &str, size: usize, content: &str) -> Wire {
    let (head, _) = wire::upload(caller, claim, size, "");
    let mut wire = Wire::to(caller).await;
    wire.send(&head).await.unwrap();
    wire.send(content).await.unwrap();
    wire
}

async fn transfers_have_a_limit_by_subject_and_one_for_all(world: &World) {
    // More than the connections can take in by themselves.
    let url = with_document(world, &large(20 * MIB)).await;
    let draft = world.draft().await;
    let first = stalled_download(&world.partner, &url).await;
    let second = stalled_upload(&world.partner, draft.id(), MIB, "%PDF-1.7").await;
    while incoming(&world.server.documents) == 0 {
        world.user.query("{ viewer { subject } }").await;
    }
    let refused = get(&world.partner, &url, &[]).await;
    assert_eq!((refused.status(), header(&refused, "retry-after")), (StatusCode::TOO_MANY_REQUESTS, "5"));
    assert!(refused.text().await.unwrap().contains("TOO_MANY_TRANSFERS"));
    let refused = world.partner.attach(draft.id(), "proof.pdf", PDF).await;
    assert_eq!(
        (refused.status, refused.errors()),
        (StatusCode::TOO_MANY_REQUESTS, vec!["TOO_MANY_TRANSFERS".to_owned()])
    );
    // Others go on, until all places are taken; what is no transfer goes on in any case.
    let third = stalled_download(&world.user, &url).await;
    let full = get(&world.user, &url, &[]).await;
    assert_eq!((full.status(), header(&full, "retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    assert!(full.text().await.unwrap().contains("SERVICE_UNAVAILABLE"));
    world.partner.query("{ claims { totalCount } }").await;
    let head = world.partner.request(Method::HEAD, &url).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK, "no content, no place");
    drop((first, second, third));
    // Free again as soon as the server has noticed.
    loop {
        let answer = get(&world.partner, &url, &[("range", "bytes=0-9")]).await;
        match answer.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {}
            status => break assert_eq!(status, StatusCode::PARTIAL_CONTENT),
        }
    }
}

/// How many transfers are stalled in each direction, each of this size.
const STALLED: usize = 16;
const SIZE: usize = 10 * MIB;
/// What a stalled transfer may cost: a hundredth of 64 MB, and the noise of a process that works.
const EACH: u64 = 640 * 1024;
const NOISE: u64 = 16 * 1024 * 1024;

fn ann(process: &Process) -> Caller {
    process.caller(
        json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE, "scope": SCOPES }),
    )
}

async fn a_draft(partner: &Caller) -> Value {
    let input = json!({ "name": "Draft", "tenantId": CONTOSO, "domain": "contoso.example",
        "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001" });
    let answer = partner.graphql(&mutation_document("createClaim"), json!({ "input": input })).await;
    answer.payload()["claim"]["id"].clone()
}

async fn stalled_transfers_cost_little_memory(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--max-transfers-per-subject", "100"]);
    let partner = ann(&server);
    let draft = a_draft(&partner).await;
    let draft = draft.as_str().unwrap();
    let content = large(SIZE);
    let attached = partner.attach(draft, "proof.pdf", content.clone()).await;
    let url = attached.payload()["document"]["url"].as_str().unwrap().to_owned();
    assert_eq!(get(&partner, &url, &[]).await.bytes().await.unwrap(), content);
    let before = server.memory();
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        stalled.push(stalled_download(&partner, &url).await);
    }
    let downloads = server.memory();
    // All but the end: what the connection itself cannot hold, the server has taken in when this was sent.
    let content = String::from_utf8(content).unwrap();
    for _ in 0..STALLED {
        stalled.push(stalled_upload(&partner, draft, SIZE, &content[..SIZE - 10]).await);
    }
    let after = server.memory();
    let cost = |from: u64, to: u64| to.saturating_sub(from);
    println!(
        "{backend:?}: {STALLED} downloads {} KiB, as many uploads {} KiB",
        cost(before, downloads) / 1024,
        cost(downloads, after) / 1024
    );
    let most = 2 * STALLED as u64 * EACH + NOISE;
    assert!(cost(before, after) < most, "{before} before, {downloads} with downloads, {after} with uploads");
    // Whoever else asks is answered.
    partner.query("{ claims { totalCount } }").await;
    drop(stalled);
    assert_eq!(server.stop().code, Some(0));
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_transfers_cost_little_memory_on_sqlite() {
    stalled_transfers_cost_little_memory(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_transfers_cost_little_memory_on_postgres() {
    stalled_transfers_cost_little_memory(Backend::Postgres).await;
}
