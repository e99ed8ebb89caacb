//! What the fuzz targets know, sent through the API and the command line (issue 10, number 19): it is answered or refused, and the
//! server goes on.

use std::path::PathBuf;

use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::json;

use crate::support::{
    Backend, World, both,
    database::Database,
    program::{cpor, run},
    source::root,
};

both!(
    documents_are_answered_or_refused,
    cursors_are_refused,
    multipart_bodies_are_answered_or_refused,
    tokens_are_refused
);

/// The files of a target's corpus, by name.
fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(root().join("fuzz/corpus").join(target)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 5, "{target}: {files:?}");
    files.into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
}

async fn still_there(world: &World) {
    world.partner.query("{ viewer { subject } }").await;
}

async fn documents_are_answered_or_refused(world: &World) {
    for (file, text) in corpus("document") {
        let query = String::from_utf8_lossy(&text);
        for caller in [&world.partner, &world.reviewer, &world.anonymous] {
            let answer = caller.post(&json!({ "query": query })).await;
            assert!(answer.status.as_u16() < 500, "{file:?}: {}", answer.text);
        }
    }
    still_there(world).await;
}

async fn cursors_are_refused(world: &World) {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let query = "query($c: String) { claims(first: 1, after: $c) { totalCount } \
        history(first: 1, after: $c) { nodes { id } } }";
    for (file, text) in corpus("cursor") {
        for cursor in [String::from_utf8_lossy(&text).into_owned(), URL_SAFE_NO_PAD.encode(&text)] {
            if cursor.is_empty() {
                continue;
            }
            let answer = world.partner.graphql(query, json!({ "c": cursor })).await;
            let errors = answer.errors();
            assert!(
                errors.iter().all(|code| code == "BAD_USER_INPUT") && !errors.is_empty(),
                "{file:?}: {}",
                answer.text
            );
        }
    }
    still_there(world).await;
}

async fn multipart_bodies_are_answered_or_refused(world: &World) {
    for (file, body) in corpus("multipart") {
        let request = world.partner.request(Method::POST, "/graphql");
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=b").body(body);
        let answer = world.partner.send(request).await;
        assert!(answer.status.as_u16() < 500, "{file:?}: {}", answer.text);
    }
    assert_eq!(world.server.app.strays().await.unwrap().count, 0);
    still_there(world).await;
}

async fn tokens_are_refused(world: &World) {
    for (file, token) in corpus("token") {
        let Ok(token) = String::from_utf8(token) else { continue };
        let request = world.anonymous.request(Method::GET, "/graphql?query=%7Bviewer%7Bsubject%7D%7D");
        let answer = world.anonymous.send(request.header(AUTHORIZATION, format!("Bearer {token}"))).await;
        assert_eq!((answer.status.as_u16(), answer.errors()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{file:?}");
    }
    still_there(world).await;
}

async fn bulk_files_are_loaded_or_refused(backend: Backend) {
    let database = Database::copied(backend).await;
    for (file, _) in corpus("csv") {
        let file = file.to_str().unwrap();
        for what in ["customers", "partners"] {
            let arguments = ["import", what, file, "--format", "csv", "--dry-run"];
            let ended = run(cpor(root(), &arguments).env("DATABASE_URL", &database.url));
            let is_told = matches!(ended.code, Some(0 | 1)) && !ended.err.contains("panicked");
            assert!(is_told, "{file} as {what}: {ended:?}");
        }
    }
    database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_files_are_loaded_or_refused_on_sqlite() {
    bulk_files_are_loaded_or_refused(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_files_are_loaded_or_refused_on_postgres() {
    bulk_files_are_loaded_or_refused(Backend::Postgres).await;
}
