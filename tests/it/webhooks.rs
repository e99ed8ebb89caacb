//! Webhooks (W1-W6): sent by the real dispatcher to a real receiver on this machine.

mod certificates;
mod crash;
mod disabling;
mod drafts;
mod log;
mod managing;
mod measured;
mod messages;
mod reach;
mod retries;
mod sandbox;
mod slots;
mod targets;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::{
    Caller, World,
    caller::{ATTEMPT, ENDPOINT},
    directory::{ALPINE, BOREAL},
    receiver::{Received, Receiver},
    server::Server,
    world::SCOPES,
};

/// An endpoint as its owner knows it.
#[derive(Clone, Debug)]
struct Endpoint {
    id: String,
    secret: String,
}

fn caller(server: &Server, subject: &str, role: &str, company: Option<&str>) -> Caller {
    let scope = format!("{SCOPES} webhooks:read webhooks:write");
    let mut claims = json!({ "sub": subject, "roles": [role], "scope": scope });
    if let Some(company) = company {
        claims["partner_id"] = json!(company);
    }
    server.caller(claims)
}

/// A global admin of Alpine who may manage webhooks.
fn admin(world: &World) -> Caller {
    caller(&world.server, "ann@alpine.example", "GLOBAL_ADMIN", Some(ALPINE))
}

/// The same of Boreal.
fn rival(world: &World) -> Caller {
    caller(&world.server, "bea@boreal.example", "GLOBAL_ADMIN", Some(BOREAL))
}

/// A review lead who may manage webhooks.
fn lead(world: &World) -> Caller {
    caller(&world.server, "lena@vendor.example", "REVIEW_LEAD", None)
}

/// Creates an endpoint at this path of the receiver.
async fn endpoint(caller: &Caller, receiver: &Receiver, path: &str, events: &[&str]) -> Endpoint {
    endpoint_with(caller, json!({ "url": receiver.url(path), "events": events })).await
}

async fn endpoint_with(caller: &Caller, input: Value) -> Endpoint {
    let answer = caller.mutate("createWebhookEndpoint", input).await;
    let payload = answer.payload();
    assert_eq!(payload["problems"], json!([]), "{}", answer.text);
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
    Endpoint { id: text(&payload["endpoint"]["id"]), secret: text(&payload["secret"]) }
}

/// An endpoint as the API shows it now.
async fn shown(caller: &Caller, id: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on WebhookEndpoint {ENDPOINT} }} }}");
    caller.graphql(&document, json!({ "id": id })).await.data()["node"].clone()
}

/// The deliveries of an endpoint, the newest first.
async fn deliveries(caller: &Caller, id: &str) -> Vec<Value> {
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on WebhookEndpoint {{ deliveries(first: 100) {{ nodes {{ \
         id eventType position state createdAt nextAttemptAt claim {{ id }} attempts {ATTEMPT} }} }} }} }} }}"
    );
    let answer = caller.graphql(&document, json!({ "id": id })).await;
    let page = &answer.data()["node"]["deliveries"];
    page["nodes"].as_array().unwrap().clone()
}

/// Waits until the deliveries of an endpoint are so. What was received may not be noted yet.
async fn deliveries_until(caller: &Caller, id: &str, so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    for _ in 0..400 {
        // Read again: deliveries and their attempts are two statements, and something may have been noted between them.
        if so(&deliveries(caller, id).await) {
            let settled = deliveries(caller, id).await;
            if so(&settled) {
                return settled;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("waited in vain: {:#?}", deliveries(caller, id).await)
}

fn all_in(deliveries: &[Value], state: &str) -> bool {
    !deliveries.is_empty() && deliveries.iter().all(|delivery| delivery["state"] == state)
}

/// Asserts that a message was signed with the secret, by the library of Standard Webhooks, as a receiver would.
#[track_caller]
fn verify(secret: &str, message: &Received) {
    let library = standardwebhooks::Webhook::new(secret).unwrap();
    if let Err(error) = library.verify(message.body.as_bytes(), &message.headers) {
        panic!("{error}: {message:?}");
    }
}

/// Whether a message was signed with the secret.
fn is_signed(secret: &str, message: &Received) -> bool {
    standardwebhooks::Webhook::new(secret).unwrap().verify(message.body.as_bytes(), &message.headers).is_ok()
}

/// The bytes behind the prefix of a key.
fn bytes(key: &str, prefix: &str) -> Vec<u8> {
    STANDARD.decode(key.strip_prefix(prefix).unwrap_or_else(|| panic!("{key}"))).unwrap()
}

/// Moves the clock and lets the dispatcher look at it.
fn advance(world: &World, seconds: u64) {
    world.advance(std::time::Duration::from_secs(seconds));
    world.server.app.wake_webhooks();
}

/// The text of a field of every message's `data`.
fn each(messages: &[Received], field: &str) -> Vec<String> {
    messages.iter().map(|message| message.json()["data"][field].as_str().unwrap_or_default().to_owned()).collect()
}
