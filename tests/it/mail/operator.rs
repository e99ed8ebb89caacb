//! What the operator sees and does (M6).

use serde_json::json;

use super::{becomes, mailed, notices};
use crate::support::{
    Backend, World,
    database::Database,
    files,
    process::Home,
    program::{cpor, run},
    smtp::{Mood, Smtp},
    source::root,
};

mailed!(parked_notices_are_listed_and_sent_again, what_was_delivered_can_be_sent_again_with_a_link_of_its_own);

fn command(world: &World, words: &[&str]) -> crate::support::program::Ended {
    let documents = format!("file://{}", world.server.documents.display());
    let all: Vec<&str> = ["notices"].iter().chain(words).copied().collect();
    run(cpor(root(), &all).env("DATABASE_URL", &world.server.database.url).env("CPOR_DOCUMENTS", documents))
}

async fn parked_notices_are_listed_and_sent_again(world: &World, smtp: &Smtp) {
    // M6 M2
    smtp.is(Mood::Refuses("desk@alpine.example".to_owned()));
    let claim = world.rejected().await;
    becomes(&world.partner, "DECIDED", "PARKED").await;
    let number = claim.field("number").as_str().unwrap();
    let listed = command(world, &["list"]);
    let line = listed.done().lines().next().unwrap().to_owned();
    for words in ["PARKED", "DECIDED", "desk@alpine.example", "5.1.1 No such mailbox", number] {
        assert!(line.contains(words), "{words} in {line}");
    }
    let id = line.split(' ').next().unwrap();
    assert!(command(world, &["resend", "0197b3a0-0000-7000-8000-000000000000"]).failed(1).contains("no notice"));
    smtp.is(Mood::Accepts);
    command(world, &["resend", id]).done();
    smtp.came(2).await;
    becomes(&world.partner, "DECIDED", "SENT").await;
    let sent = command(world, &["list"]);
    assert!(sent.done().contains("SENT") && !sent.out.contains("PARKED"), "{sent:?}");
    assert_eq!(command(world, &["list", "--parked"]).done(), "none");
    // The address is no longer marked.
    world.rejected().await;
    smtp.came(3).await;
    assert_eq!(smtp.to("desk@alpine.example").len(), 2);
}

async fn what_was_delivered_can_be_sent_again_with_a_link_of_its_own(world: &World, smtp: &Smtp) {
    // M3 M6
    world.approved().await;
    smtp.came(2).await;
    becomes(&world.customer, "CONSENT_REQUESTED", "SENT").await;
    let listed = command(world, &["list"]);
    let line = listed.done().lines().find(|line| line.contains("CONSENT_REQUESTED")).unwrap().to_owned();
    let id = line.split(' ').next().unwrap().to_owned();
    command(world, &["resend", &id]).done();
    smtp.came(3).await;
    let mails = smtp.to("desk@contoso.example");
    assert_ne!(mails[0].id(), mails[1].id(), "another writing has another id");
    assert_ne!(mails[0].consent_path(), mails[1].consent_path());
    let open = |path: String| world.anonymous.send(world.anonymous.request(reqwest::Method::GET, &path));
    assert_eq!(open(mails[0].consent_path()).await.status, 404, "the later link replaces it");
    assert_eq!(open(mails[1].consent_path()).await.status, 200);
    becomes(&world.customer, "CONSENT_REQUESTED", "SENT").await;
    world.later("P8D").await;
    assert!(command(world, &["resend", &id]).failed(1).contains("deadline"));
    assert_eq!(notices(&world.customer, json!({})).await.len(), 1);
}

#[test]
fn every_kind_in_every_language_is_rendered_as_eml() {
    // M1 M4
    let folder = files::new_folder("eml");
    let rendered = run(&mut cpor(root(), &["notices", "render", folder.to_str().unwrap()]));
    assert!(rendered.done().starts_with("96 mails"), "{rendered:?}");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 96);
    for file in ["consent-requested.tr.eml", "digest.sv.eml", "disputed.hu.eml", "webhook-disabled.en.eml"] {
        let mail = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(mail.contains("multipart/alternative") && mail.contains("Message-ID: <notice."), "{mail}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_could_not_send_refuses_to_start() {
    // M1
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let sender = ["--mail-from", "Claims <claims@vendor.example>"];
    let server = ["serve", "--smtp-url", "smtp://127.0.0.1:1"];
    let with = |more: &[&str]| home.run(&[&server[..], more].concat());
    assert!(with(&sender).failed(2).contains("--public-url"), "links need an address");
    let public = ["--public-url", super::PUBLIC];
    assert!(with(&public).failed(2).contains("--mail-from"));
    assert!(with(&[&public[..], &["--mail-from", "nobody"]].concat()).failed(1).contains("--mail-from"));
    let url = home.run(&[&["serve", "--smtp-url", "http://x"][..], &public, &sender].concat());
    assert!(url.failed(2).contains("--smtp-url"), "{url:?}");
    // A template or text that something is missing in is found at the start, not when somebody is to be told.
    let folder = files::new_folder("templates");
    std::fs::write(folder.join("notice.txt"), "{{ subjekt }}").unwrap();
    let templates = ["serve", "--mail-templates", folder.to_str().unwrap()];
    assert!(home.run(&templates).failed(1).contains("notice.txt"));
    std::fs::remove_file(folder.join("notice.txt")).unwrap();
    std::fs::write(folder.join("sv.ftl"), "approved-lead = { $nothing }\n").unwrap();
    assert!(home.run(&templates).failed(1).contains("approved-lead"));
    home.database.delete().await;
}

/// A server in a process of its own that sends through this mail server.
fn options(url: &str) -> [&str; 7] {
    ["--sandbox", "--smtp-url", url, "--public-url", super::PUBLIC, "--mail-from", "claims@vendor.example"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outbox_is_measured() {
    // M6
    let (home, smtp) = (Home::new(Database::copied(Backend::Sqlite).await), Smtp::start().await);
    let url = smtp.url();
    let server = home.serve(&options(&url));
    // One claim is asked for more, one approved.
    crate::crash::Cast::of(&server).claims(2).await;
    smtp.came(3).await;
    let mut text = String::new();
    for _ in 0..200 {
        text = reqwest::get(format!("{}/metrics", server.base)).await.unwrap().text().await.unwrap();
        if text.contains("cpor_notice_attempts_total{outcome=\"sent\"} 3") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(text.contains("cpor_notice_attempts_total{outcome=\"sent\"} 3"), "{text}");
    for gauge in ["cpor_notices_waiting ", "cpor_notices_oldest_seconds ", "cpor_notices_parked 0"] {
        assert!(text.lines().any(|line| line.starts_with(gauge)), "{gauge} in {text}");
    }
    drop(server);
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_has_the_token_of_a_link() {
    // M3
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve_logging("debug", &[]);
    let token = "Zk3".repeat(15);
    for path in ["consent", "unsubscribe"] {
        let answer = reqwest::get(format!("{}/{path}/{token}", server.base)).await.unwrap();
        assert_eq!(answer.status(), 404);
    }
    let ended = server.stop();
    assert!(ended.err.contains("/consent/") && !ended.err.contains(&token), "{}", ended.err);
    home.database.delete().await;
}
