//! No endpoint waits for those that hang, and those that fail cost little (W3).

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::{admin, advance, caller, deliveries, deliveries_until, endpoint};
use crate::support::{
    Caller, Settings, World, both,
    directory::CONTOSO,
    receiver::{Manners, Received, Receiver},
};

both!(Settings::dispatching() =>
    hundreds_that_hang_from_the_beginning_delay_nobody,
    hundreds_that_begin_to_hang_at_once_delay_nobody,
    one_that_fails_is_tried_seldom_and_has_little_pending,
    one_that_fails_on_one_claim_only_receives_the_others,
);

/// How many companies have how many endpoints each.
const COMPANIES: u128 = 6;
const ENDPOINTS: u128 = 90;
/// How many attempts may hang at the same time, and for how long each of them does (W6).
const SLOTS: u128 = 64;
const HANGS: Duration = Duration::from_secs(10);

/// Other companies with many endpoints, all of which are told of every draft; each endpoint has a path of its own below `/many`.
async fn companies(world: &World, receiver: &Receiver) -> Vec<(Caller, String)> {
    let mut admins = Vec::new();
    for number in 0..COMPANIES {
        let id = uuid::Uuid::from_u128(0xb000_0000_0000_4000_8000_0000_0000_0000 + number).to_string();
        let mpn = format!("90000{number:02}");
        let location = json!({ "mpnId": mpn, "name": "Main", "country": "SE",
            "enrolledPrograms": ["OSA_SELL", "OSU_BUSINESS_APPLICATIONS", "OSU_MICROSOFT_365"] });
        world.load("upsertPartners", vec![json!({ "partnerId": id, "name": mpn, "locations": [location] })]).await;
        let admin = caller(&world.server, &format!("admin@{mpn}.example"), "GLOBAL_ADMIN", Some(&id));
        join_all((0..ENDPOINTS).map(|one| {
            let (admin, path) = (admin.clone(), format!("/many/{number}/{one}"));
            async move { endpoint(&admin, receiver, &path, &["HISTORY_APPENDED"]).await }
        }))
        .await;
        admins.push((admin, mpn));
    }
    admins
}

/// A draft of each company.
async fn drafts(companies: &[(Caller, String)]) {
    for (admin, mpn) in companies {
        let input = json!({ "name": "A draft", "tenantId": CONTOSO, "domain": "contoso.example",
            "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": mpn });
        admin.mutate("createClaim", input).await.claim();
    }
}

fn behave(receiver: &Receiver, manners: Manners) {
    for number in 0..COMPANIES {
        (0..ENDPOINTS).for_each(|one| receiver.behave(&format!("/many/{number}/{one}"), manners));
    }
}

/// Waits until so many messages have come to the many.
async fn come(receiver: &Receiver, count: usize) {
    receiver.until_all(|received| received.iter().filter(|one| one.path.starts_with("/many")).count() >= count).await;
}

/// An endpoint that is known to be well, with its first message.
async fn well(world: &World, receiver: &Receiver) {
    let own = endpoint(&admin(world), receiver, "/well", &["HISTORY_APPENDED"]).await;
    world.draft_on(&world.partner, 1).await;
    deliveries_until(&admin(world), &own.id, |all| super::all_in(all, "SENT")).await;
}

/// Another message comes to it without waiting for those that hang: in their queue it would wait until all of them have had a slot.
/// Half of that time leaves room for a slow machine.
async fn is_not_delayed(world: &World, receiver: &Receiver) {
    let rounds = u32::try_from(COMPANIES * ENDPOINTS / SLOTS).unwrap();
    let before = receiver.at("/well").len();
    world.draft_on(&world.partner, 2).await;
    let came = tokio::time::timeout(HANGS * rounds / 2, receiver.messages("/well", before + 1)).await;
    assert!(came.is_ok(), "it waited for those that hang");
}

async fn hundreds_that_hang_from_the_beginning_delay_nobody(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let companies = companies(world, &receiver).await;
    behave(&receiver, Manners::Hangs);
    well(world, &receiver).await;
    drafts(&companies).await;
    // As many as get a slot at once.
    come(&receiver, usize::try_from(SLOTS).unwrap()).await;
    is_not_delayed(world, &receiver).await;
}

async fn hundreds_that_begin_to_hang_at_once_delay_nobody(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let companies = companies(world, &receiver).await;
    well(world, &receiver).await;
    drafts(&companies).await;
    come(&receiver, usize::try_from(COMPANIES * ENDPOINTS).unwrap()).await;
    let unproven = "SELECT url FROM webhook_endpoint WHERE last_success_at IS NULL";
    while !world.server.database.read(unproven).await.is_empty() {
        tokio::task::yield_now().await;
    }
    behave(&receiver, Manners::Hangs);
    drafts(&companies).await;
    is_not_delayed(world, &receiver).await;
}

fn of(received: &[Received], path: &str) -> usize {
    received.iter().filter(|one| one.path == path).count()
}

async fn one_that_fails_is_tried_seldom_and_has_little_pending(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    receiver.behave("/", Manners::Status(500));
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    for number in 0..40 {
        world.draft_on(&world.partner, number).await;
    }
    // Somebody looks after it again and again; yet one at a time is sent.
    for tries in 1..=5 {
        receiver.messages("/", tries).await;
        let planned = deliveries(&admin, &own.id).await.len();
        let tried = of(&receiver.at("/"), "/");
        assert!(planned <= tried + 8, "{planned} deliveries for {tried} attempts");
        world.server.app.wake_webhooks();
    }
    receiver.behave("/", Manners::Accepts);
    advance(world, 5);
    let accepted = |all: &[Received]| all.iter().filter(|one| one.is_accepted()).count() >= 40;
    receiver.until("/", accepted).await;
    let all = deliveries_until(&admin, &own.id, |all| all.len() == 40 && super::all_in(all, "SENT")).await;
    assert_eq!(all.len(), 40);
}

async fn one_that_fails_on_one_claim_only_receives_the_others(world: &World) {
    // W3: it may be the message and not the endpoint.
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(500));
    let bad = world.draft_on(&world.partner, 0).await;
    receiver.messages("/", 1).await;
    // Many more of its events wait behind the first.
    for _ in 0..10 {
        world.prove(&world.partner, &bad).await;
    }
    deliveries_until(&admin, &own.id, |all| all.iter().any(|one| one["attempts"][0].is_object())).await;
    receiver.behave("/", Manners::Accepts);
    for number in 1..10 {
        world.draft_on(&world.partner, number).await;
    }
    receiver.until("/", |all| all.iter().filter(|one| one.is_accepted()).count() >= 9).await;
    let of_bad = receiver.at("/").iter().filter(|one| one.json()["data"]["claimId"] == bad.id()).count();
    assert_eq!(of_bad, 1, "its retry is not due");
}
