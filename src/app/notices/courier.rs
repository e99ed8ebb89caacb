//! The courier: leases due notices from the outbox, has each written once, sends it to the mail server, and stores the
//! result (M2, M5, M6).
//!
//! Any number of servers may have one. A notice is leased while it is being delivered; the leases of a server that dies
//! expire after a few seconds, and another server continues with the same message.

use std::{future::Future, sync::Arc, time::Duration};

use domain::time::Timestamp;
use tokio::{sync::Semaphore, task::JoinSet, time::MissedTickBehavior};
use uuid::Uuid;

use super::attempt::Attempt;
use crate::{
    app::App,
    clock::Clock,
    config::MailConfig,
    ids,
    mail::{MailError, Mailer},
    store::{
        StoreError,
        notices::{
            self as reads,
            outbox::{self, Lease},
        },
    },
    telemetry,
};

/// How long between two looks at the outbox where nothing wakes the courier: other servers write to it, and clocks move.
const EVERY: Duration = Duration::from_secs(1);

/// How long a lease is good, and how often it is renewed meanwhile. A server that was killed holds a notice up no longer
/// than that.
const LEASE: i64 = 10_000_000;
pub(super) const RENEWAL: Duration = Duration::from_secs(3);

/// How long the deliveries under way have when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// After how many looks the metrics of the outbox are read again.
const LOOKS_PER_COUNT: u32 = 10;

/// Delivers notices by mail.
#[derive(Debug)]
pub struct Courier {
    pub(super) app: App,
    pub(super) mailer: Mailer,
    pub(super) from: String,
    pub(super) host: String,
    /// Distinguishes this server's leases from others'.
    pub(super) id: Uuid,
    at_once: usize,
}

impl Courier {
    /// A courier for this mail server.
    ///
    /// # Errors
    /// An address of a server or sender that cannot be used.
    pub fn new(app: App, config: MailConfig) -> Result<Self, MailError> {
        let at_once = usize::try_from(config.connections).unwrap_or(1).max(1);
        let (from, host) = (config.from.clone(), config.host.clone());
        Ok(Self { app, mailer: Mailer::new(config)?, from, host, id: ids::new(), at_once })
    }

    /// Delivers until `stop` completes; deliveries in progress then have a few seconds to end.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let room = Arc::new(Semaphore::new(self.at_once));
        let mut under_way = JoinSet::new();
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut looks = 0;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = self.app.outbox().changed() => {}
                _ = ticks.tick() => {
                    if looks == 0 {
                        self.count().await;
                    }
                    looks = (looks + 1) % LOOKS_PER_COUNT;
                }
            }
            while under_way.try_join_next().is_some() {}
            if let Err(error) = self.take(&room, &mut under_way).await {
                tracing::warn!(cause = error.for_the_log(), "the outbox could not be read; trying again");
            }
        }
        let ended = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::info!("unfinished deliveries are left to another server or the next start");
        }
    }

    /// Leases due notices up to the limit; each is delivered by its own task, which wakes the courier when it ends.
    async fn take(self: &Arc<Self>, room: &Arc<Semaphore>, under_way: &mut JoinSet<()>) -> Result<(), StoreError> {
        let most = u32::try_from(room.available_permits()).unwrap_or(u32::MAX);
        let Ok(mut places) = Arc::clone(room).try_acquire_many_owned(most) else { return Ok(()) };
        if most == 0 {
            return Ok(());
        }
        for notice in outbox::claim(self.app.db(), self.app.now(), self.lease(), most).await? {
            let (courier, place) = (Arc::clone(self), places.split(1));
            under_way.spawn(async move {
                let id = notice.id;
                if let Err(error) = (Attempt { courier: &courier, notice }).make().await {
                    // Its lease ends by itself.
                    tracing::error!(notice = %id, cause = ?error, "a notice could not be delivered; trying again");
                }
                drop(place);
                courier.app.outbox().wake();
            });
        }
        Ok(())
    }

    /// The lease of what is taken or worked on now, by the machine's clock: a sandbox's may jump.
    pub(super) fn lease(&self) -> Lease {
        let now = Clock::System.now();
        let until = Timestamp::from_micros(now.micros().saturating_add(LEASE)).unwrap_or(now);
        Lease { by: self.id, now, until }
    }

    async fn count(&self) {
        match reads::queue(self.app.db()).await {
            Ok(queue) => {
                let now = self.app.now().micros();
                let age = queue.oldest.map_or(0, |oldest| now.saturating_sub(oldest.micros()).max(0));
                telemetry::outbox(queue.waiting, age, queue.parked);
            }
            Err(error) => tracing::warn!(cause = error.for_the_log(), "the outbox could not be counted"),
        }
    }
}
