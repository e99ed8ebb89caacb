//! The real router, started in this process on a port of its own.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    time::Duration,
};

use cpor::{
    app::{App, notices::Outbox},
    auth::Authenticator,
    clock::Clock,
    config::{Config, Identity, Introspection, Limits, LogFormat, MailSettings, StorageOptions, WebhookOptions},
    documents::Documents,
    http::Shutdown,
    store::Db,
    webhooks::Webhooks,
};
use domain::{policy::Policy, time::Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{caller::Caller, database::Database, files};

/// What a test may want to be otherwise.
#[derive(Clone, Debug)]
pub struct Settings {
    /// As by default, but without limits by the minute.
    pub limits: Limits,
    pub introspection: Introspection,
    pub graphiql: bool,
    pub cors_origins: Vec<String>,
    pub public_url: Option<String>,
    pub policy: Policy,
    /// Whose tokens are accepted; by default those of the tests' own secret.
    pub identity: Identity,
    /// How notices are sent; by default they are recorded only.
    pub mail: MailSettings,
    /// Where webhooks may be sent.
    pub webhooks: WebhookOptions,
    /// Whether webhooks are sent.
    pub dispatches: bool,
}

impl Settings {
    /// A server that sends webhooks, also to this machine.
    pub fn dispatching() -> Self {
        let allow = vec!["127.0.0.0/8".parse().unwrap()];
        Self { webhooks: WebhookOptions { allow, keys: Vec::new() }, dispatches: true, ..Self::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let unlimited = Limits {
            requests_per_minute: 0,
            cost_per_minute: 0,
            bad_tokens_per_minute: 0,
            // However slow the machine is, what a test has done is settled when it asks for it.
            settle_timeout: Duration::from_secs(9),
            ..Limits::default()
        };
        Self {
            limits: unlimited,
            introspection: Introspection::Authenticated,
            graphiql: false,
            cors_origins: Vec::new(),
            public_url: None,
            policy: Policy::default(),
            identity: identity(),
            mail: MailSettings::default(),
            webhooks: WebhookOptions::default(),
            dispatches: false,
        }
    }
}

/// Answers that no request may get: the server's own faults.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<String>>>);

impl Faults {
    pub fn note(&self, fault: String) {
        self.0.lock().unwrap().push(fault);
    }

    /// Those noted so far, which are forgotten with that.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A running server on a database of its own.
pub struct Server {
    pub app: App,
    pub clock: Clock,
    /// What tells its callers; fetched keys are kept by a clock of its own.
    pub authenticator: Arc<Authenticator>,
    pub keys_clock: Clock,
    pub database: Database,
    pub faults: Faults,
    /// Where the content of documents lies.
    pub documents: std::path::PathBuf,
    base: String,
    statements: Arc<Mutex<Vec<String>>>,
    http: reqwest::Client,
    shutdown: Shutdown,
    running: tokio::task::JoinHandle<()>,
    tail: tokio::task::JoinHandle<()>,
    courier: Option<tokio::task::JoinHandle<()>>,
    dispatcher: Option<tokio::task::JoinHandle<()>>,
}

/// What the tests' tokens are signed with.
pub const SECRET: &str = "a secret of the tests, which opens nothing else";

/// The one issuer of the tests' tokens.
pub fn identity() -> Identity {
    Identity::of_secret(SECRET.into(), "cpor", "cpor").unwrap()
}

/// A token of these claims, and its subject; `sub`, `iss`, `aud` and a far `exp` are filled in where they are missing.
pub fn token(claims: Value) -> (String, String) {
    // Judged by real time, so far away as to be no matter.
    let mut whole = json!({ "sub": "somebody", "iss": "cpor", "aud": "cpor", "exp": 4_102_444_800_u64 });
    if let (Some(whole), Value::Object(claims)) = (whole.as_object_mut(), claims) {
        whole.extend(claims);
    }
    let subject = whole["sub"].as_str().unwrap_or_default().to_owned();
    let token =
        encode(&Header::new(Algorithm::HS256), &whole, &EncodingKey::from_secret(SECRET.as_bytes()).unwrap()).unwrap();
    (subject, token)
}

/// Where the clock of every test stands at first: a Monday morning.
pub fn monday() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

impl Server {
    pub async fn start(database: Database, settings: Settings) -> Self {
        let statements = Arc::new(Mutex::new(Vec::new()));
        let observer = Arc::clone(&statements);
        let db = Db::connect(&database.url).await.unwrap();
        let db = db.on_statement(move |sql| observer.lock().unwrap().push(sql.to_owned()));
        let clock = Clock::standing_at(monday());
        let folder = files::new_folder("documents");
        let documents = Documents::open(&format!("file://{}", folder.display())).unwrap();
        let app = App::new(db, clock.clone(), settings.policy.clone(), documents, settings.public_url.clone());
        let app = app.with_settle_timeout(settings.limits.settle_timer());
        let app = app.with_webhooks(Webhooks::new(&settings.webhooks));
        let app = cpor::server::with_addresses(app, &config(&database, settings.clone())).await.unwrap();
        let app = if settings.mail.sending.is_some() { app.with_outbox(Outbox::with_channel()) } else { app };
        let courier = cpor::server::courier(&app, &settings.mail).unwrap();
        let courier = courier.map(|courier| tokio::spawn(courier.run(std::future::pending())));
        let sends_webhooks = settings.dispatches;
        let config = config(&database, settings);
        let shutdown = Shutdown::default();
        let keys_clock = Clock::standing_at(monday());
        let authenticator = Authenticator::with(&config.identity, &keys_clock, app.revocations().clone());
        let authenticator = Arc::new(authenticator);
        app.refresh_revocations().await.unwrap();
        statements.lock().unwrap().clear();
        let routes = cpor::server::routes(app.clone(), &config, Arc::clone(&authenticator), &shutdown);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (ended, slow_reader_timeout) = (shutdown.clone(), config.limits.slow_reader_timer());
        let tail = tokio::spawn({
            let tail = app.tail().clone();
            async move { tail.run(std::future::pending()).await }
        });
        let dispatcher = sends_webhooks.then(|| {
            let app = app.clone();
            tokio::spawn(async move { app.run_webhooks(std::future::pending()).await })
        });
        let running = tokio::spawn(async move {
            cpor::http::serve(listener, routes, slow_reader_timeout, &ended).await.unwrap();
        });
        Self {
            app,
            clock,
            authenticator,
            keys_clock,
            database,
            faults: Faults::default(),
            documents: folder,
            base,
            statements,
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
            shutdown,
            running,
            tail,
            courier,
            dispatcher,
        }
    }

    /// A caller with a [`token`] of these claims.
    pub fn caller(&self, claims: Value) -> Caller {
        let (subject, token) = token(claims);
        Caller { subject, token: Some(token), ..self.anonymous() }
    }

    /// A caller with this text for a token.
    pub fn caller_with_token(&self, token: &str) -> Caller {
        Caller { token: Some(token.to_owned()), ..self.anonymous() }
    }

    pub fn anonymous(&self) -> Caller {
        Caller {
            http: self.http.clone(),
            base: self.base.clone(),
            subject: String::new(),
            token: None,
            faults: self.faults.clone(),
        }
    }

    /// The SQL of the statements that ran since this was last called, transactions' ends aside.
    pub fn statements(&self) -> Vec<String> {
        std::mem::take(&mut self.statements.lock().unwrap())
    }

    /// Asks the server to stop, as a signal to its process would.
    pub fn ask_to_stop(&self) {
        self.shutdown.ask();
    }

    /// Stops the server as a signal would, and waits until it has ended: nothing of it runs any more.
    pub async fn end(&mut self) {
        self.shutdown.ask();
        std::mem::replace(&mut self.running, tokio::spawn(async {})).await.unwrap();
    }

    /// Stops the server at once and gives its database back.
    pub async fn stop(self) -> Database {
        if let Some(dispatcher) = self.dispatcher {
            dispatcher.abort();
            drop(dispatcher.await);
        }
        self.running.abort();
        drop(self.running.await);
        self.tail.abort();
        drop(self.tail.await);
        if let Some(courier) = self.courier {
            courier.abort();
            drop(courier.await);
        }
        self.database
    }
}

fn config(database: &Database, settings: Settings) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        storage: StorageOptions { database_url: database.url.clone(), documents: String::new(), policy: None },
        identity: settings.identity,
        public_url: settings.public_url,
        migrate: false,
        sandbox: true,
        graphiql: settings.graphiql,
        people: None,
        introspection: settings.introspection,
        cors_origins: settings.cors_origins,
        log_format: LogFormat::Text,
        metrics_token: None,
        mail: settings.mail,
        webhooks: settings.webhooks,
        limits: settings.limits,
    }
}
