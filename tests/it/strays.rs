//! Content without a document, left by a server that was killed between keeping content and committing its row
//! (issue 10, number 14; P1).

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use crate::support::{Backend, World, both, database::Database, ids, process::Home, world::PDF};

both!(
    content_without_a_document_is_removed_once_it_is_an_hour_old,
    an_upload_that_the_database_refuses_leaves_no_content,
);

/// Lets the file be written when the world's clock says now.
fn written_now(world: &World, file: &Path) {
    let now = u64::try_from(world.server.app.now().micros()).unwrap();
    let file = std::fs::File::options().append(true).open(file).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_micros(now)).unwrap();
}

async fn content_without_a_document_is_removed_once_it_is_an_hour_old(world: &World) {
    let (app, folder) = (&world.server.app, &world.server.documents);
    let claim = world.proven().await;
    let stray = cpor::ids::new().to_string();
    app.documents().put(&stray, bytes::Bytes::from_static(PDF)).await.unwrap();
    // And what an upload left that was cut off before that.
    std::fs::create_dir_all(folder.join("incoming")).unwrap();
    let unfinished = folder.join("incoming").join(cpor::ids::new().to_string());
    std::fs::write(&unfinished, PDF).unwrap();
    for entry in std::fs::read_dir(folder).unwrap().chain(std::fs::read_dir(folder.join("incoming")).unwrap()) {
        let path = entry.unwrap().path();
        if path.is_file() {
            written_now(world, &path);
        }
    }
    // `verify` tells, and calls nothing broken.
    let report = app.verify(|_| ()).await.unwrap();
    assert_eq!((report.broken, report.strays.count, report.strays.bytes), (None, 1, PDF.len() as u64));
    assert_eq!(app.collect_strays().await.unwrap().count, 0, "its row may still come");
    world.server.clock.advance(Duration::from_secs(3_599));
    assert_eq!(app.collect_strays().await.unwrap().count, 0);
    assert!(folder.join(&stray).exists() && unfinished.exists());
    world.server.clock.advance(Duration::from_secs(2));
    let removed = app.collect_strays().await.unwrap();
    assert_eq!((removed.count, removed.bytes), (1, PDF.len() as u64));
    assert!(!folder.join(&stray).exists() && !unfinished.exists());
    // What a document speaks of stays, however old it is.
    let url = claim.field("proofOfExecution")[0]["url"].as_str().unwrap();
    let kept = world.partner.request(reqwest::Method::GET, url).send().await.unwrap();
    assert_eq!(kept.bytes().await.unwrap(), PDF);
    assert_eq!(app.verify(|_| ()).await.unwrap().strays.count, 0);
}

async fn an_upload_that_the_database_refuses_leaves_no_content(world: &World) {
    let draft = world.draft().await;
    let database = &world.server.database;
    let (refuse, allow) = match database.backend {
        Backend::Sqlite => (
            "CREATE TRIGGER refused BEFORE INSERT ON proof_document BEGIN SELECT RAISE(ABORT, 'refused'); END",
            "DROP TRIGGER refused",
        ),
        Backend::Postgres => (
            "CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$; \
             CREATE TRIGGER refused BEFORE INSERT ON proof_document FOR EACH ROW EXECUTE FUNCTION refused()",
            "DROP TRIGGER refused ON proof_document",
        ),
    };
    database.tamper(refuse).await;
    let failed = world.partner.attach(draft.id(), "proof.pdf", PDF).await;
    assert_eq!(failed.errors(), ["INTERNAL_SERVER_ERROR"]);
    assert!(!failed.text.contains("refused"), "{}", failed.text);
    // That fault was meant.
    assert_eq!(world.server.faults.take().len(), 1);
    assert_eq!(world.server.app.strays().await.unwrap().count, 0);
    database.tamper(allow).await;
    world.partner.attach(draft.id(), "proof.pdf", PDF).await.claim();
    assert_eq!(world.partner.attach(&ids::of_nothing("Claim"), "a.pdf", PDF).await.refused(), ["NOT_FOUND"]);
    assert_eq!(world.server.app.strays().await.unwrap().count, 0);
}

async fn an_operator_is_told_of_content_without_a_document(backend: Backend) {
    let home = Home::new(Database::empty(backend).await);
    home.run(&["migrate", "up"]).done();
    // Content that many documents share is theirs.
    home.run(&["generate", "--claims", "20", "--partners", "2", "--customers", "5"]).done();
    let told = home.run(&["verify"]);
    assert!(told.done().ends_with("OK") && !told.out.contains("without a document"), "{told:?}");
    std::fs::write(home.documents.join(cpor::ids::new().to_string()), "left over").unwrap();
    let told = home.run(&["verify"]);
    assert!(
        told.done().ends_with("OK") && told.out.contains("content without a document: 1 files, 9 bytes"),
        "{told:?}"
    );
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_is_told_of_content_without_a_document_on_sqlite() {
    an_operator_is_told_of_content_without_a_document(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_is_told_of_content_without_a_document_on_postgres() {
    an_operator_is_told_of_content_without_a_document(Backend::Postgres).await;
}
