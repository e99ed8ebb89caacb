//! The assembly: options become an open database, the use cases, the schema, and a server on a socket.

mod edge;
mod mail;
mod stop;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
};

use domain::policy::{Policy, PolicyFile};

use crate::{
    app::{
        App,
        exports::Naming,
        notices::{Courier, Outbox},
    },
    auth::Authenticator,
    clock::Clock,
    config::{Config, Introspection, Secret, StorageOptions},
    documents::{Addresses, Documents},
    graphql::{document::Gate, endpoint::Endpoint, global_id, root_fields, schema},
    http::{self, Shutdown},
    ids, jobs,
    store::{Db, StoreError, settings},
    telemetry,
    webhooks::Webhooks,
};

use edge::Edge;
pub use mail::courier;
use stop::StopSignal;

/// How the API names what is exported.
pub const NAMING: Naming = Naming {
    claim: |id| global_id::encode(global_id::Kind::Claim, id).to_string(),
    association: |id| global_id::encode(global_id::Kind::Association, id).to_string(),
};

/// Why nothing could be started, and what to do about it.
#[derive(Clone, Debug)]
pub struct StartError {
    /// The error.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl StartError {
    fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::new(
            format!("The server stopped: {error}."),
            "Start it again; the database contains everything that was confirmed.",
        )
    }
}

/// Opens the database.
///
/// # Errors
/// When the address is of no kind that is known, or nothing answers there.
pub async fn connect(url: &str) -> Result<Db, StartError> {
    Db::connect(url).await.map_err(|error| match error {
        StoreError::Address(message) => StartError::new(
            format!("The database URL cannot be used: {message}."),
            "Set DATABASE_URL or --database-url.",
        ),
        error => StartError::new(
            format!("The database cannot be opened: {}.", error.for_the_log()),
            "Check DATABASE_URL, that the database server is running, and that this user may connect.",
        ),
    })
}

/// Applies every step of the schema that is missing.
///
/// # Errors
/// See [`schema_error`].
pub async fn migrate(db: &Db) -> Result<(), StartError> {
    db.migrate_up().await.map_err(schema_error)
}

/// What a failure of the schema's steps means for the operator.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
#[must_use]
pub fn schema_error(error: StoreError) -> StartError {
    StartError::new(
        format!("The database's schema cannot be read or changed: {}.", error.for_the_log()),
        "Check that the user may change tables, and that no newer release has migrated the database. Nothing was changed.",
    )
}

/// For what a database is opened, which decides about its clock (T5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To serve real claims: by the machine's clock, and never on a database whose clock was moved.
    Serve,
    /// Whether to run a sandbox, whose clock continues with its stored offset.
    Sandbox,
    /// To import or verify: by whatever clock the database is on.
    Maintain,
}

async fn clock(db: &Db, purpose: Purpose) -> Result<Clock, StartError> {
    let offset = settings::sandbox_offset(db).await.map_err(schema_error)?;
    match (purpose, offset) {
        (Purpose::Serve, Some(_)) => Err(StartError::new(
            "The database belongs to a sandbox whose clock was moved.",
            "Start with --sandbox, or choose another database.",
        )),
        (Purpose::Sandbox, offset) => Ok(Clock::sandbox(offset.unwrap_or(0))),
        (Purpose::Maintain, Some(offset)) => Ok(Clock::sandbox(offset)),
        (Purpose::Serve | Purpose::Maintain, None) => Ok(Clock::System),
    }
}

/// Opens everything that the use cases need. With `migrate` pending migrations are applied; without it there must be
/// none.
///
/// # Errors
/// For the first part that cannot be opened.
pub async fn open(
    storage: &StorageOptions,
    public_url: Option<String>,
    migrate: bool,
    purpose: Purpose,
) -> Result<App, StartError> {
    let policy = storage.policy.as_deref().map_or_else(|| Ok(Policy::default()), policy)?;
    let db = connect(&storage.database_url).await?;
    if migrate {
        self::migrate(&db).await?;
    } else if db.migrations().await.map_err(schema_error)?.iter().any(|step| !step.applied) {
        return Err(StartError::new("The database is not fully migrated.", "Run `cpor migrate up`."));
    } else if db.is_behind().await.map_err(schema_error)? {
        let message = "The history comes from another PostgreSQL cluster whose transaction numbers are higher.";
        return Err(StartError::new(message, "Run `cpor migrate up`, which begins a new epoch."));
    }
    let documents = documents(storage)?;
    let clock = clock(&db, purpose).await?;
    let app = App::new(db, clock, policy, documents, public_url);
    // What a command writes is delivered by the servers on the database, if they deliver anything.
    let delivers = purpose == Purpose::Maintain && settings::delivers_notices(app.db()).await.map_err(schema_error)?;
    Ok(if delivers { app.with_outbox(Outbox::with_channel()) } else { app })
}

fn documents(storage: &StorageOptions) -> Result<Documents, StartError> {
    Documents::open(&storage.documents).map_err(|wrong| StartError::new(wrong.message, wrong.remedy))
}

/// Reads the policy file.
///
/// # Errors
/// If it cannot be read or is invalid.
pub fn policy(path: &Path) -> Result<Policy, StartError> {
    let remedy = "Fix the file, or remove --policy to use the defaults.";
    let wrong = |error: &dyn std::fmt::Display| {
        StartError::new(format!("The policy file {} cannot be used: {error}", path.display()), remedy)
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let file: PolicyFile = toml::from_str(&text).map_err(|error| wrong(&error))?;
    Policy::try_from(file).map_err(|error| wrong(&error))
}

/// A server that is bound to its address and ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
    config: Config,
    courier: Option<Arc<Courier>>,
    stop: StopSignal,
}

impl Server {
    /// Opens everything and takes the address; requests wait until [`Server::run`].
    ///
    /// # Errors
    /// For the first part that cannot be opened, or when the address is taken.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        // Its clock is calibrated for up to 0.2 s, while everything else is opened.
        let recorder = tokio::task::spawn_blocking(telemetry::install);
        let purpose = if config.sandbox { Purpose::Sandbox } else { Purpose::Serve };
        let documents = documents(&config.storage)?;
        let (app, checked) =
            tokio::join!(open(&config.storage, config.public_url.clone(), config.migrate, purpose), documents.check());
        let app = app?.with_settle_timeout(config.limits.settle_timer()).with_webhooks(Webhooks::new(&config.webhooks));
        let app = mail::with_mail(app, &config.mail).await?;
        let app = with_addresses(app, config).await?;
        checked.map_err(|wrong| StartError::new(wrong.message, wrong.remedy))?;
        let courier = courier(&app, &config.mail)?;
        let listener = TcpListener::bind(config.listen);
        let taken = |error: io::Error| {
            StartError::new(
                format!("The server cannot listen on {}: {error}.", config.listen),
                "Stop the program that uses the address, or choose another one with --listen or CPOR_LISTEN.",
            )
        };
        let listener = listener.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        // Registered before the server announces its address.
        let stop = StopSignal::listen()?;
        // Measurements before the recorder is installed are lost.
        recorder.await.map_err(io::Error::other)?;
        Ok(Self { listener, address, app, config: config.clone(), courier, stop })
    }

    /// Where it listens: with port 0 the system chose one.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its use cases.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Serves until the process is asked to stop, then lets running requests end.
    ///
    /// # Errors
    /// When the listener cannot be used any more.
    pub async fn run(self) -> io::Result<()> {
        let Self { listener, address, app, config, courier, stop: asked } = self;
        tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "serving");
        let shutdown = Shutdown::default();
        // Followers need it to the very end, so it is not asked to stop: it ends with them.
        let tail = tokio::spawn({
            let tail = app.tail().clone();
            async move { tail.run(std::future::pending()).await }
        });
        // Making the schema takes a while, on a thread of its own.
        let authenticator = authenticator(&app, &config);
        let routes = tokio::task::spawn_blocking({
            let (app, config, shutdown) = (app.clone(), config.clone(), shutdown.clone());
            let authenticator = Arc::clone(&authenticator);
            move || routes(app, &config, authenticator, &shutdown)
        });
        // No request is answered before the tokens that must be refused are known.
        app.refresh_revocations().await.map_err(|error| io::Error::other(format!("{error:?}")))?;
        let revocations = tokio::spawn(jobs::follow_others(app.clone(), std::future::pending()));
        let projection = tokio::spawn(jobs::project(app.clone(), std::future::pending()));
        let keys = tokio::spawn(async move { authenticator.run(std::future::pending()).await });
        // What fell due while no server ran is done before the first request is answered (T5).
        jobs::run_once(&app).await;
        jobs::count_claims(&app).await;
        let routes = routes.await.map_err(io::Error::other)?;
        let (stop_webhooks, webhooks_stopped) = tokio::sync::oneshot::channel::<()>();
        let webhooks = tokio::spawn({
            let app = app.clone();
            async move { app.run_webhooks(async { drop(webhooks_stopped.await) }).await }
        });
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let clocks = tokio::spawn(jobs::run(app, async {
            // Dropped or sent, either way it is time to stop.
            let _ = stopped.await;
        }));
        let (rest, rested) = tokio::sync::oneshot::channel::<()>();
        let deliveries = courier.map(|courier| {
            tokio::spawn(courier.run(async {
                let _ = rested.await;
            }))
        });
        let asking = shutdown.clone();
        tokio::spawn(async move {
            asked.given().await;
            asking.ask();
        });
        let slow_reader_timeout = config.limits.slow_reader_timer();
        let served = http::serve(listener, routes, slow_reader_timeout, &shutdown).await;
        drop((stop, rest, stop_webhooks));
        // While the tail still runs.
        if webhooks.await.is_err() {
            tracing::error!("webhook delivery stopped before the server");
        }
        for ended in [tail, revocations, projection, keys] {
            ended.abort();
        }
        if let Some(deliveries) = deliveries
            && deliveries.await.is_err()
        {
            tracing::error!("notice delivery stopped before the server");
        }
        if clocks.await.is_err() {
            tracing::error!("the clocks stopped before the server");
        }
        served
    }
}

/// The use cases with the keys that addresses of documents are signed with (P2): of the key that all servers on the database
/// share, and of the secrets of the configuration, so that the database alone does not let anyone sign.
///
/// # Errors
/// When the key can be neither read nor stored.
pub async fn with_addresses(app: App, config: &Config) -> Result<App, StartError> {
    let stored = settings::write::document_key(app.db(), ids::secret()).await.map_err(schema_error)?;
    let mut secrets: Vec<&[u8]> = config.identity.secrets().map(Secret::as_bytes).collect();
    if secrets.is_empty() {
        secrets.extend(config.webhooks.keys.iter().map(Secret::as_bytes));
    }
    Ok(app.with_addresses(Addresses::new(&stored, secrets.into_iter())))
}

/// What checks the tokens of a server with these use cases.
#[must_use]
pub fn authenticator(app: &App, config: &Config) -> Arc<Authenticator> {
    Arc::new(Authenticator::with(&config.identity, &Clock::System, app.revocations().clone()))
}

/// The routes of a server with these use cases and this authenticator.
pub fn routes(app: App, config: &Config, authenticator: Arc<Authenticator>, shutdown: &Shutdown) -> http::Router {
    let (engine, rules) = schema::engine(app.clone(), config.introspection != Introspection::Off);
    let gate = Gate::new(config.limits.clone(), root_fields::pages(), rules);
    let endpoint = Endpoint::new(gate, engine, config.introspection, shutdown.tracker());
    let largest = usize::try_from(app.policy().documents.max_size_bytes()).unwrap_or(usize::MAX);
    let renderer = endpoint.webhook_renderer();
    app.render_webhooks_by(&renderer);
    http::router(config, endpoint, Edge::new(app, renderer), authenticator, largest, shutdown)
}
