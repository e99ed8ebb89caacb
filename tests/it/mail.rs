//! Notices by mail (M1-M6): a real mail server on loopback takes them, refuses, is slow, hangs, dies and comes back.

mod arrival;
mod crash;
mod links;
mod operator;
mod preferences;
mod retries;
mod sandbox;
mod servers;

use std::time::Duration;

use cpor::config::{MailConfig, MailSettings};
use serde_json::{Value, json};

use crate::support::{
    Backend, Caller, Claim, Settings, World,
    directory::{ALPINE, BOREAL, CONTOSO},
    smtp::Smtp,
};

/// Where the links of the tests' mails lead.
pub const PUBLIC: &str = "https://claims.vendor.example";

/// The time limit of a message, short enough for tests that let it run out.
const TIMEOUT: Duration = Duration::from_millis(1_500);

pub fn settings(smtp: &Smtp) -> MailSettings {
    MailSettings {
        templates: None,
        sending: Some(MailConfig {
            smtp_url: smtp.url().into(),
            from: "Claims <claims@vendor.example>".to_owned(),
            host: "claims.vendor.example".to_owned(),
            timeout: TIMEOUT,
            connections: 4,
        }),
    }
}

/// A world with a mail server, in which the directory says where people are reached.
pub async fn start(backend: Backend) -> (World, Smtp) {
    let smtp = Smtp::start().await;
    let settings = Settings { mail: settings(&smtp), public_url: Some(PUBLIC.to_owned()), ..Settings::default() };
    let world = World::start(backend, settings).await;
    reached(&world, "desk@contoso.example", "en").await;
    for (id, name, address) in
        [(ALPINE, "Alpine Consulting", "desk@alpine.example"), (BOREAL, "Boreal Partners", "desk@boreal.example")]
    {
        let row = json!({ "partnerId": id, "name": name, "locations": [], "contactEmail": address });
        world.load("upsertPartners", vec![row]).await;
    }
    for (caller, lead) in [(&world.reviewer, false), (&world.second_reviewer, false), (&world.lead, true)] {
        let subject = &caller.subject;
        let row = json!({ "subject": subject, "name": subject, "email": subject, "lead": lead, "active": true });
        world.load("upsertReviewers", vec![row]).await;
    }
    (world, smtp)
}

/// Has the directory say where the customer is reached.
pub async fn reached(world: &World, address: &str, locale: &str) {
    let row = json!({ "tenantId": CONTOSO, "name": "Contoso", "domain": "contoso.example", "contactEmail": address, "locale": locale });
    world.load("upsertCustomers", vec![row]).await;
}

/// Runs these tests, each an `async fn name(world: &World, smtp: &Smtp)`, on both databases.
macro_rules! mailed {
    ($($name:ident),+ $(,)?) => {
        $(mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let (world, smtp) = $crate::mail::start($crate::support::Backend::Sqlite).await;
                super::$name(&world, &smtp).await;
                world.finish().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let (world, smtp) = $crate::mail::start($crate::support::Backend::Postgres).await;
                super::$name(&world, &smtp).await;
                world.finish().await;
            }
        })+
    };
}
pub(crate) use mailed;

const NOTICES: &str = "query($filter: NoticeFilter) { notices(first: 100, filter: $filter) { totalCount nodes { \
    id kind recipient locale subject text createdAt state deliveredAt claim { id number } } } }";

/// The caller's notices, newest first.
pub async fn notices(caller: &Caller, filter: Value) -> Vec<Value> {
    let answer = caller.graphql(NOTICES, json!({ "filter": filter })).await;
    answer.data()["notices"]["nodes"].as_array().unwrap().clone()
}

/// The caller's notices of a kind about a claim.
pub async fn of_kind(caller: &Caller, claim: &Claim, kind: &str) -> Vec<Value> {
    notices(caller, json!({ "claimId": claim.id(), "kind": [kind] })).await
}

/// Waits until a notice of the caller's is in this state.
pub async fn becomes(caller: &Caller, kind: &str, state: &str) -> Value {
    for _ in 0..3_000 {
        let found = notices(caller, json!({ "kind": [kind], "state": [state] })).await;
        if let Some(found) = found.into_iter().next() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let all = notices(caller, json!({})).await;
    panic!("no {kind} became {state}: {all:#?}")
}

/// Everything of the database's notices, as text.
pub async fn rows(world: &World) -> String {
    let sql = "SELECT COALESCE(told, '') || ' ' || COALESCE(message, '') || ' ' || COALESCE(mail_text, '') || ' ' || \
               COALESCE(token_hash, '') || ' ' || COALESCE(failure, '') FROM notice";
    world.server.database.read(sql).await.join("\n")
}
