//! Proof of execution: what is taken, what is refused, what is left behind, who may download (P1).

use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Settings, World, both, caller::mutation_document, ids, world::PDF};

both!(
    a_document_is_kept_as_it_came,
    the_type_is_found_by_content,
    what_programs_write_around_a_document_is_taken,
    what_a_reviewer_cannot_open_is_refused_with_its_own_remedy,
    files_that_are_refused_leave_nothing_behind,
    a_claim_takes_so_many_documents,
    a_document_can_be_removed_while_editing,
    downloads_are_authorised_like_the_claim,
    damaged_content_is_not_sent,
    a_download_is_an_attachment_whatever_its_name,
    a_name_is_made_fit_to_show,
    malformed_uploads_are_refused,
);

both!(Settings { public_url: Some("https://cpor.example".to_owned()), ..Settings::default() } => links_are_absolute_with_a_public_url);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9";
const MAIL: &[u8] = b"From: kim@contoso.example\r\nTo: ann@alpine.example\r\nSubject: Acceptance\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\nAccepted.\r\n";

/// How many files lie in the folder of documents.
fn stored(world: &World) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&world.server.documents)
}

fn sha256(content: &[u8]) -> String {
    domain::history::hex(&Sha256::digest(content))
}

async fn a_document_is_kept_as_it_came(world: &World) {
    // P1: name, media type, size, hash, who and when; the same bytes come back.
    let draft = world.draft().await;
    let answer = world.user.attach(draft.id(), "Abnahme – Üb.pdf", PDF).await;
    let document = answer.payload()["document"].clone();
    assert_eq!(document["name"], "Abnahme – Üb.pdf");
    assert_eq!((&document["mediaType"], &document["size"]), (&json!("application/pdf"), &json!(PDF.len())));
    assert_eq!(document["sha256"], sha256(PDF).as_str());
    assert_eq!(document["uploadedAt"], "2026-03-02T09:00:00Z");
    assert_eq!(document["uploadedBy"], json!({ "kind": "PARTNER", "name": "Ulf of Alpine" }));
    let url = document["url"].as_str().unwrap();
    let response = world.partner.request(Method::GET, url).send().await.unwrap();
    let headers = response.headers().clone();
    assert_eq!(response.bytes().await.unwrap(), PDF);
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"), "{headers:?}");
    assert_eq!(stored(world), 1);
}

async fn the_type_is_found_by_content(world: &World) {
    // P1: found by content and not by the name.
    let draft = world.draft().await;
    for (name, content, expected) in [
        ("picture.pdf", PNG, "image/png"),
        ("no-name", JPEG, "image/jpeg"),
        ("letter.docx", PDF, "application/pdf"),
        ("mail.eml", MAIL, "message/rfc822"),
    ] {
        let answer = world.partner.attach(draft.id(), name, content).await;
        assert_eq!(answer.payload()["document"]["mediaType"], expected, "{}", answer.text);
    }
}

async fn what_programs_write_around_a_document_is_taken(world: &World) {
    // P1
    let draft = world.draft().await;
    let mbox = [b"From kim@contoso.example Mon Mar  2 09:00:00 2026\n", MAIL].concat();
    for (content, expected) in [
        ([b"\x1b%-12345X@PJL\r\n", PDF].concat(), "application/pdf"),
        ([&[b'x'; 1000][..], PDF].concat(), "application/pdf"),
        ([b"\xef\xbb\xbf\n", PDF].concat(), "application/pdf"),
        (mbox, "message/rfc822"),
    ] {
        let answer = world.partner.attach(draft.id(), "a", content).await;
        assert_eq!(answer.payload()["document"]["mediaType"], expected, "{}", answer.text);
    }
    assert_eq!(
        world.partner.attach(draft.id(), "a", [&[b'x'; 1024][..], PDF].concat()).await.refused(),
        ["FILE_TYPE_NOT_ALLOWED"]
    );
}

async fn what_a_reviewer_cannot_open_is_refused_with_its_own_remedy(world: &World) {
    // P1
    let draft = world.draft().await;
    let encrypted = String::from_utf8(PDF.to_vec()).unwrap().replace("/Root 1 0 R", "/Root 1 0 R /Encrypt 2 0 R");
    let answer = world.partner.attach(draft.id(), "locked.pdf", encrypted).await;
    let problem = answer.problem("FILE_TYPE_NOT_ALLOWED").clone();
    assert!(problem["message"].as_str().unwrap().contains("encrypted"), "{problem}");
    assert!(problem["remedy"].as_str().unwrap().contains("without a password"), "{problem}");
    let other = world.partner.attach(draft.id(), "odd.pdf", "MZ").await;
    assert_ne!(other.problem("FILE_TYPE_NOT_ALLOWED")["remedy"], problem["remedy"]);
    assert_eq!(stored(world), 0);
}

async fn files_that_are_refused_leave_nothing_behind(world: &World) {
    // P1
    let draft = world.draft().await;
    let refused: [(&str, Vec<u8>, &str); 8] = [
        ("header.pdf", b"%PDF-1.7".to_vec(), "FILE_TYPE_NOT_ALLOWED"),
        ("poster.html", b"<html>%PDF-1.7</html>".to_vec(), "FILE_TYPE_NOT_ALLOWED"),
        ("empty.pdf", Vec::new(), "FILE_EMPTY"),
        ("program.pdf", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(), "FILE_TYPE_NOT_ALLOWED"),
        ("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>".to_vec(), "FILE_TYPE_NOT_ALLOWED"),
        ("drawing.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "FILE_TYPE_NOT_ALLOWED"),
        ("notes.docx", b"PK\x03\x04 but no document inside of it at all".to_vec(), "FILE_TYPE_NOT_ALLOWED"),
        ("huge.pdf", [PDF, &vec![b' '; 25 * 1024 * 1024]].concat(), "FILE_TOO_LARGE"),
    ];
    for (name, content, code) in refused {
        let answer = world.partner.attach(draft.id(), name, content).await;
        assert_eq!(answer.refused(), [code], "{name}");
        assert!(answer.problem(code)["remedy"].is_string(), "{}", answer.text);
    }
    let now = world.partner.claim(draft.id()).await.unwrap();
    assert_eq!((now.version(), now.field("proofOfExecution"), stored(world)), (draft.version(), &json!([]), 0));
    // A claim that is not there takes no file either.
    assert_eq!(world.partner.attach(&ids::of_nothing("Claim"), "a.pdf", PDF).await.refused(), ["NOT_FOUND"]);
    assert_eq!(world.rival.attach(draft.id(), "a.pdf", PDF).await.refused(), ["NOT_FOUND"]);
    assert_eq!(stored(world), 0);
    // Exactly the limit is fine.
    let largest = [PDF, &vec![b' '; 25 * 1024 * 1024 - PDF.len()]].concat();
    assert!(world.partner.attach(draft.id(), "largest.pdf", largest).await.payload()["document"].is_object());
}

async fn a_claim_takes_so_many_documents(world: &World) {
    // P1
    let draft = world.draft().await;
    for number in 0..20 {
        world.partner.attach(draft.id(), &format!("{number}.pdf"), PDF).await.claim();
    }
    assert_eq!(world.partner.attach(draft.id(), "20.pdf", PDF).await.refused(), ["TOO_MANY_FILES"]);
    assert_eq!(stored(world), 20);
    let claim = world.partner.claim(draft.id()).await.unwrap();
    assert_eq!((claim.version(), claim.field("proofOfExecution").as_array().unwrap().len()), (21, 20));
}

async fn a_document_can_be_removed_while_editing(world: &World) {
    // P1, L8
    let claim = world.proven().await;
    let document = claim.field("proofOfExecution")[0].clone();
    let other = world.proven().await;
    let foreign = json!({ "documentId": other.field("proofOfExecution")[0]["id"] });
    assert_eq!(world.partner.act("removeProofOfExecution", &claim, foreign).await.refused(), ["NOT_FOUND"]);
    let answer = world.partner.act("removeProofOfExecution", &claim, json!({ "documentId": document["id"] })).await;
    assert_eq!(answer.claim().field("proofOfExecution"), &json!([]));
    assert_eq!(answer.claim().version(), claim.version() + 1);
    let gone = world.partner.send(world.partner.request(Method::GET, document["url"].as_str().unwrap())).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(stored(world), 1);
    let last = world.history(&claim).await.pop().unwrap();
    assert_eq!(last["action"], "PROOF_REMOVED");
}

async fn downloads_are_authorised_like_the_claim(world: &World) {
    // P1, A3, A4, A5
    let claim = world.proven().await;
    let url = claim.field("proofOfExecution")[0]["url"].as_str().unwrap().to_owned();
    let status = |caller: &crate::support::Caller| {
        let caller = caller.clone();
        let url = url.clone();
        async move { caller.send(caller.request(Method::GET, &url)).await.status.as_u16() }
    };
    assert_eq!(status(&world.user).await, 200);
    assert_eq!(status(&world.lead).await, 404);
    let claim = world.approve(&world.review(&world.submit(&world.partner, &claim).await).await).await;
    assert_eq!(claim.status(), "APPROVED");
    for (caller, expected) in [
        (&world.partner, 200),
        (&world.reviewer, 200),
        (&world.auditor, 200),
        (&world.rival, 404),
        (&world.customer, 404),
        (&world.other_customer, 404),
        (&world.sync, 404),
        (&world.anonymous, 401),
    ] {
        assert_eq!(status(caller).await, expected, "{}", caller.subject);
    }
    let scopeless = world.server.caller(json!({ "roles": ["REVIEWER"], "scope": "history:read" }));
    assert_eq!(status(&scopeless).await, 403);
    for id in ["x", "..%2F..%2Fetc%2Fpasswd", &ids::of_nothing("ProofDocument"), claim.id()] {
        let answer = world.partner.send(world.partner.request(Method::GET, &format!("/documents/{id}"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
}

async fn damaged_content_is_not_sent(world: &World) {
    // P1: checked against the hash.
    let claim = world.proven().await;
    let url = claim.field("proofOfExecution")[0]["url"].as_str().unwrap().to_owned();
    let mut folders = vec![world.server.documents.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let intact = std::fs::read(&files[0]).unwrap();
    let mut damaged = intact.clone();
    damaged[5] ^= 1;
    std::fs::write(&files[0], damaged).unwrap();
    let answer = world.partner.send(world.partner.request(Method::GET, &url)).await;
    assert!(answer.status.is_server_error() && !answer.text.contains("PDF"), "{} {}", answer.status, answer.text);
    // That one fault was meant.
    assert_eq!(world.server.faults.take().len(), 1);
    let report = world.server.app.verify(|_| ()).await.unwrap();
    assert!(report.broken.is_some_and(|what| what.contains("document")));
    std::fs::write(&files[0], intact).unwrap();
}

async fn a_download_is_an_attachment_whatever_its_name(world: &World) {
    // P1: no name breaks out of the header.
    let draft = world.draft().await;
    for name in ["a\"; filename=evil.html; x=\"b.pdf", "日本語.pdf", "../../etc/passwd", "a\\b.pdf"] {
        let answer = world.partner.attach(draft.id(), name, PDF).await;
        let url = answer.payload()["document"]["url"].as_str().unwrap().to_owned();
        let response = world.partner.send(world.partner.request(Method::GET, &url)).await;
        let disposition = response.headers["content-disposition"].to_str().unwrap().to_owned();
        assert!(disposition.starts_with("attachment") && disposition.is_ascii(), "{disposition}");
        assert!(!disposition.contains("filename=evil"), "{disposition}");
    }
}

async fn a_name_is_made_fit_to_show(world: &World) {
    // P1, L13: a file's name is its client's affair; it is mended, not refused.
    let draft = world.draft().await;
    for name in [" ", "C:\\Users\\kim\\a.pdf", "../a.pdf", &"x".repeat(500)] {
        let answer = world.partner.attach(draft.id(), name, PDF).await;
        let kept = answer.payload()["document"]["name"].as_str().unwrap().to_owned();
        let fit = !kept.trim().is_empty()
            && kept.chars().count() <= 200
            && !kept.contains(|c: char| c.is_control() || "/\\".contains(c));
        assert!(fit, "{name:?} became {kept:?}");
    }
}

async fn malformed_uploads_are_refused(world: &World) {
    // The multipart request specification, held strictly: 4xx, no fault, nothing kept.
    let draft = world.draft().await;
    let operations = json!({ "query": mutation_document("attachProofOfExecution"),
        "variables": { "input": { "claimId": draft.id(), "file": null } } })
    .to_string();
    let file = || Part::bytes(PDF).file_name("a.pdf");
    let map = json!({ "0": ["variables.input.file"] }).to_string();
    let forms = [
        Form::new().text("map", map.clone()).part("0", file()),
        Form::new().text("operations", operations.clone()).part("0", file()),
        Form::new().text("operations", operations.clone()).text("map", map.clone()),
        Form::new().part("0", file()).text("operations", operations.clone()).text("map", map.clone()),
        Form::new().text("operations", "no json").text("map", map.clone()).part("0", file()),
        Form::new().text("operations", operations.clone()).text("map", "[1]").part("0", file()),
        Form::new()
            .text("operations", operations.clone())
            .text("map", json!({ "0": ["variables.nowhere.file"] }).to_string())
            .part("0", file()),
        Form::new()
            .text("operations", operations.clone())
            .text("map", json!({ "1": ["variables.input.file"] }).to_string())
            .part("0", file()),
        Form::new().text("operations", operations.clone()).text("map", json!({}).to_string()),
    ];
    for (number, form) in forms.into_iter().enumerate() {
        let answer = world
            .partner
            .send(
                world
                    .partner
                    .request(Method::POST, "/graphql")
                    .header("accept", "application/graphql-response+json")
                    .multipart(form),
            )
            .await;
        assert!(answer.status.is_client_error(), "form {number}: {} {}", answer.status, answer.text);
        assert!(!answer.errors().is_empty());
    }
    // Without a token no byte of it is looked at; by GET neither.
    let form = Form::new().text("operations", operations).text("map", map).part("0", file());
    let answer = world
        .anonymous
        .send(
            world
                .anonymous
                .request(Method::POST, "/graphql")
                .header("accept", "application/graphql-response+json")
                .multipart(form),
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stored(world), 0);
    // A file where the schema has a text is no file.
    let answer =
        world.partner.mutate("attachProofOfExecution", json!({ "claimId": draft.id(), "file": "just text" })).await;
    assert!(
        answer.body["data"].is_null() || answer.body["data"]["attachProofOfExecution"] == Value::Null,
        "{}",
        answer.text
    );
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

async fn links_are_absolute_with_a_public_url(world: &World) {
    // P1
    let claim = world.proven().await;
    let url = claim.field("proofOfExecution")[0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://cpor.example/documents/"), "{url}");
}
