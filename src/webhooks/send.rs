//! One attempt: a POST without redirects, proxies or cookies, done within ten seconds (W6).

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Client, Response, header::CONTENT_TYPE, redirect::Policy};
use url::{Host, Url};

use super::{
    Signer,
    address::Ranges,
    answer,
    resolve::{Checked, NotPermitted},
};
use crate::{clock::Clock, telemetry};

/// How long an attempt may take in all, and how long connecting.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECTING: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next message to the same host.
const KEPT_OPEN: Duration = Duration::from_secs(30);
/// The longest text of an error, in characters.
const LONGEST_ERROR: usize = 500;

/// A message, ready to be signed and sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id, the same at every attempt.
    pub id: String,
    /// The body, JSON.
    pub body: String,
    /// What signs it.
    pub signer: Signer,
}

/// The result of an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The status of the answer; `None` if none came.
    pub status: Option<u16>,
    /// How long it took.
    pub milliseconds: i32,
    /// What went wrong before there was an answer.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// The address that answered.
    pub address: Option<String>,
    /// For how long the receiver asks not to be tried again, in microseconds.
    pub retry_after: Option<i64>,
}

impl Sent {
    /// Nothing was sent.
    pub(super) fn never(why: String) -> Self {
        Self { error: Some(why), ..Self::default() }
    }

    /// Whether the receiver has accepted the message.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver wants no more messages, ever (W4).
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// The clients, one for each scheme: they differ in the addresses that they may connect to. Made when first used.
#[derive(Debug, Default)]
pub(super) struct Clients {
    ranges: Ranges,
    over_tls: Made,
    in_the_clear: Made,
}

#[derive(Default)]
struct Made(OnceLock<Result<Client, String>>);

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Made")
    }
}

impl Clients {
    pub(super) fn new(ranges: &Ranges) -> Self {
        Self { ranges: ranges.clone(), ..Self::default() }
    }

    /// Sends a message to a URL that was judged.
    pub(super) async fn send(&self, url: Url, message: &Message) -> Sent {
        let over_tls = url.scheme() == "https";
        let made = if over_tls { &self.over_tls } else { &self.in_the_clear };
        let client = match made.0.get_or_init(|| client(&self.ranges, over_tls)) {
            Ok(client) => client,
            Err(why) => {
                tracing::error!(cause = why, "webhooks cannot be sent");
                return Sent::never("The server could not send the request.".to_owned());
            }
        };
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.to_string()),
            Some(Host::Ipv6(address)) => Some(address.to_string()),
            _ => None,
        };
        let second = Clock::System.now().micros().div_euclid(1_000_000);
        let watch = telemetry::stopwatch();
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", second)
            .header("webhook-signature", message.signer.signature(&message.id, second, message.body.as_bytes()))
            .body(message.body.clone());
        let mut sent = match request.send().await {
            Ok(response) => answered(response).await,
            Err(error) => Sent { error: Some(told(&error)), address: literal, ..Sent::default() },
        };
        #[expect(clippy::cast_possible_truncation, reason = "ten seconds at most")]
        let milliseconds = watch.milliseconds().round() as i32;
        sent.milliseconds = milliseconds;
        sent
    }
}

fn client(ranges: &Ranges, over_tls: bool) -> Result<Client, String> {
    let resolver = Checked { ranges: ranges.clone(), over_tls };
    let client = Client::builder()
        .dns_resolver(Arc::new(resolver))
        .redirect(Policy::none())
        // A proxy would connect in our place, to wherever the name leads there.
        .no_proxy()
        .https_only(over_tls)
        .timeout(TIMEOUT)
        .connect_timeout(CONNECTING)
        .pool_idle_timeout(KEPT_OPEN)
        .pool_max_idle_per_host(2)
        .referer(false)
        .user_agent(concat!("cpor-webhooks/", env!("CARGO_PKG_VERSION")))
        .build();
    client.map_err(|error| error.to_string())
}

async fn answered(mut response: Response) -> Sent {
    let status = response.status().as_u16();
    let address = response.remote_addr().map(|address| address.ip().to_canonical().to_string());
    let retry_after = answer::retry_after(&response);
    let answer = answer::beginning(&mut response).await;
    Sent { status: Some(status), address, retry_after, answer: Some(answer), ..Sent::default() }
}

/// What went wrong, with its causes and without what the URL holds.
fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("No response within {} seconds.", TIMEOUT.as_secs());
    }
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<NotPermitted>() {
            return format!("Not sent: {inner}.");
        }
        text = if text.is_empty() { inner.to_string() } else { format!("{text}: {inner}") };
        cause = inner.source();
    }
    if text.is_empty() {
        "the request failed".clone_into(&mut text);
    }
    text.chars().take(LONGEST_ERROR).collect()
}
