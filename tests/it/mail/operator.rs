//! What the operator sees and does (M6).

use std::time::Duration;

use serde_json::json;

use crate::{
    crash::Cast,
    support::{
        Backend,
        database::Database,
        files,
        process::Home,
        program::{cpor, run},
        smtp::{Mood, Smtp},
        source::root,
    },
};

/// A line of `cpor notices list` with this text, once there is one.
async fn listed(home: &Home, words: &[&str], text: &str) -> String {
    for _ in 0..100 {
        let ended = home.run(&[&["notices", "list"][..], words].concat());
        if let Some(line) = ended.done().lines().find(|line| line.contains(text)) {
            return line.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{text} is not listed: {:?}", home.run(&["notices", "list", "--all"]))
}

async fn parked_notices_are_listed_and_sent_again(backend: Backend) {
    // M6 M2
    let (home, smtp) = (Home::new(Database::copied(backend).await), Smtp::start().await);
    let url = smtp.url();
    let server = home.serve(&options(&url));
    smtp.is(Mood::Refuses("kim@contoso.example".to_owned()));
    let claims = Cast::of(&server).claims(1).await;
    let line = listed(&home, &[], "PARKED").await;
    for words in ["ACTION_REQUIRED", "kim@contoso.example", "5.1.1 No such mailbox", "1 attempts"] {
        assert!(line.contains(words), "{words} in {line}");
    }
    let id = line.split(' ').next().unwrap();
    assert!(home.run(&["notices", "resend", "0197b3a0-0000-7000-8000-000000000000"]).failed(1).contains("no notice"));
    smtp.is(Mood::Accepts);
    home.run(&["notices", "resend", id]).done();
    let mail = smtp.arrived("kim@contoso.example", 1).await.remove(0);
    assert!(mail.id().contains(id), "its own id: {}", mail.id());
    listed(&home, &[], "SENT").await;
    assert_eq!(home.run(&["notices", "list", "--parked"]).done(), "none");
    // The address is no longer marked.
    let cast = Cast::of(&server);
    let claim = cast.partner.claim(&claims[0].0).await.unwrap();
    drop(cast.partner.act("withdrawClaim", &claim, json!({ "detail": "No longer ours." })).await);
    smtp.arrived("kim@contoso.example", 2).await;
    drop(server);
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parked_notices_are_listed_and_sent_again_on_sqlite() {
    parked_notices_are_listed_and_sent_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parked_notices_are_listed_and_sent_again_on_postgres() {
    parked_notices_are_listed_and_sent_again(Backend::Postgres).await;
}

async fn what_was_delivered_can_be_sent_again_with_a_link_of_its_own(backend: Backend) {
    // M3 M6
    let (home, smtp) = (Home::new(Database::copied(backend).await), Smtp::start().await);
    let url = smtp.url();
    let server = home.serve(&options(&url));
    // The second claim is approved.
    Cast::of(&server).claims(2).await;
    let line = listed(&home, &[], "CONSENT_REQUESTED").await;
    assert!(line.contains("SENT"), "{line}");
    let id = line.split(' ').next().unwrap().to_owned();
    home.run(&["notices", "resend", &id]).done();
    smtp.arrived("kim@contoso.example", 4).await;
    let mut mails = smtp.to("kim@contoso.example");
    mails.retain(|mail| mail.subject().contains("Do you work"));
    assert_eq!(mails.len(), 2);
    assert_ne!(mails[0].id(), mails[1].id(), "another writing has another id");
    assert_ne!(mails[0].consent_path(), mails[1].consent_path());
    for (mail, status) in [(&mails[0], 404), (&mails[1], 200)] {
        let page = reqwest::get(format!("{}{}", server.base, mail.consent_path())).await.unwrap();
        assert_eq!(page.status(), status, "the later link replaces the earlier");
    }
    Cast::of(&server).advance("P8D").await;
    assert!(home.run(&["notices", "resend", &id]).failed(1).contains("deadline"));
    drop(server);
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_delivered_can_be_sent_again_with_a_link_of_its_own_on_sqlite() {
    what_was_delivered_can_be_sent_again_with_a_link_of_its_own(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_delivered_can_be_sent_again_with_a_link_of_its_own_on_postgres() {
    what_was_delivered_can_be_sent_again_with_a_link_of_its_own(Backend::Postgres).await;
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

async fn the_outbox_is_measured(backend: Backend) {
    // M6
    let (home, smtp) = (Home::new(Database::copied(backend).await), Smtp::start().await);
    let (url, token) = (smtp.url(), "a token of the metrics");
    let server = home.serve(&[&options(&url)[..], &["--metrics-token", token]].concat());
    // One claim is asked for more, one approved.
    Cast::of(&server).claims(2).await;
    smtp.arrived("kim@contoso.example", 3).await;
    let mut text = String::new();
    for _ in 0..200 {
        let asked = reqwest::Client::new().get(format!("{}/metrics", server.base)).bearer_auth(token);
        text = asked.send().await.unwrap().text().await.unwrap();
        if text.contains("cpor_notice_attempts_total{outcome=\"sent\"} 3") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(text.contains("cpor_notice_attempts_total{outcome=\"sent\"} 3"), "{text}");
    for gauge in ["cpor_notices_waiting ", "cpor_notices_oldest_seconds ", "cpor_notices_parked 0"] {
        assert!(text.lines().any(|line| line.starts_with(gauge)), "{gauge} in {text}");
    }
    drop(server);
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outbox_is_measured_on_sqlite() {
    the_outbox_is_measured(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outbox_is_measured_on_postgres() {
    the_outbox_is_measured(Backend::Postgres).await;
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
