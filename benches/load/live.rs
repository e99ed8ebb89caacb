//! W5: subscribers to all changes of status, and changes at a fixed rate. A delivery counts from the sending of the change.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Mutex, task::JoinSet, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};
use uuid::Uuid;

use crate::{
    Fallible,
    data::Owned,
    operations::{Tokens, claim_id},
};

const FOLLOW: &str = "subscription { claimStatusChanged { claim { id status version } } }";

/// A review lead asks, the partner answers: each raises the version and changes the status.
const ASK: &str = "mutation($claim: ID!, $version: Int!) { change: requestPartnerAction(input: { claimId: $claim, \
    expectedVersion: $version, reasons: [OTHER], message: \"Please add the date.\" }) { claim { id status version } problems { code message } } }";
const ANSWER: &str = "mutation($claim: ID!, $version: Int!) { change: respondToReview(input: { claimId: $claim, \
    expectedVersion: $version, message: \"The date is on page 1.\" }) { claim { id status version } problems { code message } } }";

/// How long after the last change deliveries may still come.
const LAST: Duration = Duration::from_secs(3);

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub subscribers: usize,
    pub rate: u64,
    pub time: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Delivered {
    /// How long deliveries took, in microseconds; sorted.
    pub times: Vec<u32>,
    /// How many deliveries never came.
    pub lost: u64,
    /// How many came twice.
    pub twice: u64,
    /// How many changes were refused.
    pub failed: u64,
}

/// Where a server takes changes and subscribers.
#[derive(Clone)]
pub enum Door {
    Cpor { address: SocketAddr, lead: String },
    Limit { address: SocketAddr },
}

/// A change as it is delivered: the claim's global id and its new version.
type Change = (String, i64);

fn change(claim: &Value) -> Option<Change> {
    Some((claim["id"].as_str()?.to_owned(), claim["version"].as_i64()?))
}

impl Door {
    fn socket(&self) -> (SocketAddr, &'static str, Value) {
        match self {
            Self::Cpor { address, lead } => {
                (*address, "/graphql", json!({ "Authorization": format!("Bearer {lead}") }))
            }
            Self::Limit { address } => (*address, "/live", json!({})),
        }
    }

    async fn subscribe(&self) -> Fallible<WebSocketStream<TcpStream>> {
        let (address, path, payload) = self.socket();
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let (mut socket, _) = client_async(request, tcp).await?;
        let init = json!({ "type": "connection_init", "payload": payload });
        socket.send(Message::text(init.to_string())).await?;
        // The acknowledgement comes first.
        socket.next().await.ok_or("closed before it was acknowledged")??;
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": FOLLOW } });
        socket.send(Message::text(subscribe.to_string())).await?;
        Ok(socket)
    }

    /// Makes the next change of a claim; returns what subscribers must receive.
    async fn change(&self, http: &reqwest::Client, tokens: &Tokens, exchange: &mut Exchange) -> Fallible<Change> {
        let request = match self {
            Self::Cpor { address, lead } => {
                let (query, token) =
                    if exchange.asked { (ANSWER, tokens.partner(exchange.partner)?) } else { (ASK, lead.clone()) };
                let variables = json!({ "claim": claim_id(exchange.claim), "version": exchange.version });
                let body = json!({ "query": query, "variables": variables });
                http.post(format!("http://{address}/graphql")).bearer_auth(token).json(&body)
            }
            Self::Limit { address } => {
                let status = if exchange.asked { "UNDER_REVIEW" } else { "PARTNER_ACTION_REQUIRED" };
                http.post(format!("http://{address}/status"))
                    .json(&json!({ "claim": exchange.claim, "status": status }))
            }
        };
        let answer: Value = request.send().await?.json().await?;
        let changed = change(&answer["data"]["change"]["claim"]).ok_or_else(|| answer.to_string())?;
        (exchange.asked, exchange.version) = (!exchange.asked, i32::try_from(changed.1)?);
        Ok(changed)
    }
}

/// Where a claim is between asking and answering.
struct Exchange {
    claim: Uuid,
    partner: Uuid,
    version: i32,
    asked: bool,
}

/// What one subscriber heard, and when.
async fn hear(mut socket: WebSocketStream<TcpStream>, end: Instant) -> Vec<(Change, Instant)> {
    let mut heard = Vec::new();
    while let Ok(Some(Ok(message))) = timeout(end.saturating_duration_since(Instant::now()), socket.next()).await {
        let at = Instant::now();
        let Message::Text(text) = message else { continue };
        let message: Value = serde_json::from_str(&text).unwrap_or_default();
        heard.extend(change(&message["payload"]["data"]["claimStatusChanged"]["claim"]).map(|change| (change, at)));
    }
    heard
}

/// Subscribes, makes the changes, and counts what was delivered.
pub async fn run(door: Door, tokens: Arc<Tokens>, claims: &[Owned], plan: Plan) -> Fallible<Delivered> {
    let mut subscribers = Vec::with_capacity(plan.subscribers);
    for _ in 0..plan.subscribers {
        subscribers.push(door.subscribe().await?);
    }
    // A subscription is not acknowledged: it is given the time to begin.
    tokio::time::sleep(Duration::from_millis(700)).await;
    let end = Instant::now() + plan.time + LAST;
    let mut listening: JoinSet<_> = subscribers.into_iter().map(|socket| hear(socket, end)).collect();
    let (sent, failed) = make_changes(&door, &tokens, claims, plan).await?;
    let mut delivered = Delivered { failed, ..Delivered::default() };
    while let Some(heard) = listening.join_next().await {
        let mut times: HashMap<&Change, Instant> = HashMap::new();
        let heard = heard?;
        for (change, at) in &heard {
            if sent.contains_key(change) && times.insert(change, *at).is_some() {
                delivered.twice += 1;
            }
        }
        delivered.lost += (sent.len() - times.len()) as u64;
        let micros = |(change, at): (&&Change, &Instant)| {
            sent.get(*change)
                .map(|sent| u32::try_from(at.saturating_duration_since(*sent).as_micros()).unwrap_or(u32::MAX))
        };
        delivered.times.extend(times.iter().filter_map(micros));
    }
    delivered.times.sort_unstable();
    Ok(delivered)
}

/// Makes changes at the rate, whether or not those before are answered; when each was sent.
async fn make_changes(
    door: &Door,
    tokens: &Arc<Tokens>,
    claims: &[Owned],
    plan: Plan,
) -> Fallible<(HashMap<Change, Instant>, u64)> {
    let exchange =
        |owned: &Owned| Exchange { claim: owned.claim, partner: owned.partner, version: owned.version, asked: false };
    let exchanges: Vec<_> = claims.iter().map(|owned| Arc::new(Mutex::new(exchange(owned)))).collect();
    let (http, mut making) = (reqwest::Client::new(), JoinSet::new());
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(plan.rate.max(1))?);
    for number in 0..usize::try_from(plan.rate * plan.time.as_secs())? {
        ticks.tick().await;
        let exchange = Arc::clone(exchanges.get(number % exchanges.len().max(1)).ok_or("no claims")?);
        let (door, http, tokens) = (door.clone(), http.clone(), Arc::clone(tokens));
        making.spawn(async move {
            let mut exchange = exchange.lock().await;
            let sent = Instant::now();
            (door.change(&http, &tokens, &mut exchange).await, sent)
        });
    }
    let (mut sent, mut failed) = (HashMap::new(), 0);
    while let Some(made) = making.join_next().await {
        match made? {
            (Ok(change), at) => drop(sent.insert(change, at)),
            (Err(error), _) => {
                eprintln!("a change failed: {error}");
                failed += 1;
            }
        }
    }
    Ok((sent, failed))
}
