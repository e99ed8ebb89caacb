//! A client that knows several servers: it takes them in turn, and goes on to the next one where nobody listens. An answer,
//! and a request that broke off, it never repeats.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::support::{Answer, Caller, server, server::Faults};

/// Somebody with a token, which every server takes.
#[derive(Clone, Debug)]
pub struct Person {
    pub subject: String,
    pub token: String,
}

impl Person {
    pub fn of(claims: Value) -> Self {
        let (subject, token) = server::token(claims);
        Self { subject, token }
    }
}

/// The addresses of the servers, as they are at the moment.
#[derive(Clone, Debug, Default)]
pub struct Fleet(Arc<Mutex<Vec<String>>>);

impl Fleet {
    pub fn of(bases: impl IntoIterator<Item = String>) -> Self {
        Self(Arc::new(Mutex::new(bases.into_iter().collect())))
    }

    pub fn bases(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// How many of what there was.
#[derive(Debug, Default)]
pub struct Tally {
    /// Changes that were answered as done, each by the words in it that no other has.
    pub acknowledged: Mutex<Vec<String>>,
    pub refused: AtomicUsize,
    pub unavailable: AtomicUsize,
    /// Requests that were sent, and no answer came.
    pub broken: Mutex<Vec<String>>,
    /// Connections that nobody took.
    pub not_there: AtomicUsize,
}

/// What came of a request.
#[derive(Debug)]
pub enum Outcome {
    Answered(Answer),
    /// The server said that it cannot answer now.
    Unavailable,
    /// The connection broke; it may have been done or not.
    Broken,
}

#[derive(Clone)]
pub struct Courier {
    pub fleet: Fleet,
    pub tally: Arc<Tally>,
    /// What no server may do.
    pub faults: Faults,
    /// How long an answer may take.
    patience: Duration,
    http: reqwest::Client,
    turn: Arc<AtomicUsize>,
}

/// How often nobody may be there, 50 ms apart.
const TRIES: usize = 200;

impl Courier {
    /// One who keeps connections open, or makes a new one for each request.
    pub fn new(fleet: Fleet, keeps_connections: bool, patience: Duration) -> Self {
        let idle = if keeps_connections { 32 } else { 0 };
        // Given up before the server does, which closes them after 10 s: else a request may meet the close on its way.
        let builder = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(4));
        let http = builder.pool_max_idle_per_host(idle).build().unwrap();
        Self { fleet, tally: Arc::default(), faults: Faults::default(), patience, http, turn: Arc::default() }
    }

    fn caller(&self, person: &Person, base: &str) -> Caller {
        Caller {
            http: self.http.clone(),
            base: base.to_owned(),
            subject: person.subject.clone(),
            token: Some(person.token.clone()),
            // Judged here: a server may say that it is unavailable.
            faults: Faults::default(),
        }
    }

    /// Sends what `build` makes to a server that is there.
    pub async fn deliver(&self, person: &Person, build: impl Fn(&Caller) -> RequestBuilder) -> Outcome {
        for _ in 0..TRIES {
            let bases = self.fleet.bases();
            for _ in 0..bases.len() {
                let base = &bases[self.turn.fetch_add(1, Ordering::Relaxed) % bases.len()];
                let caller = self.caller(person, base);
                match tokio::time::timeout(self.patience, caller.try_send(build(&caller))).await {
                    Ok(Ok(answer)) => return self.judge(answer),
                    Ok(Err(error)) if error.is_connect() => {
                        self.tally.not_there.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(Err(error)) => {
                        self.tally.broken.lock().unwrap().push(format!("{error:?}"));
                        return Outcome::Broken;
                    }
                    Err(_) => {
                        self.faults.note(format!("no response within {:?}", self.patience));
                        return Outcome::Broken;
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no server was there");
    }

    fn judge(&self, answer: Answer) -> Outcome {
        let mut codes =
            answer.body["errors"].as_array().into_iter().flatten().map(|error| &error["extensions"]["code"]);
        if codes.any(|code| code == "SERVICE_UNAVAILABLE") {
            self.tally.unavailable.fetch_add(1, Ordering::Relaxed);
            return Outcome::Unavailable;
        }
        if answer.status.is_server_error() || !answer.body["errors"].is_null() {
            self.faults.note(format!("{} {}", answer.status, answer.text));
            return Outcome::Broken;
        }
        Outcome::Answered(answer)
    }

    /// Delivers it again and again until it is answered: for what may be done twice.
    pub async fn insist(&self, person: &Person, build: impl Fn(&Caller) -> RequestBuilder) -> Answer {
        for _ in 0..TRIES {
            if let Outcome::Answered(answer) = self.deliver(person, &build).await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never answered");
    }
}
