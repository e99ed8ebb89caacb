//! The dispatcher: one loop per server, which plans deliveries, takes due ones, and stores their results. Only the
//! attempts run beside it.

use std::{collections::HashMap, future::Future, time::Duration};

use domain::webhook::PROMPT_WITHIN;
use tokio::{
    sync::watch,
    task::{Id, JoinError, JoinSet},
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{
    attempt::Attempted,
    plan::{MOST_PENDING, MOST_UNTRIED, Step},
    slots::Slots,
};
use crate::{
    app::{App, AppError},
    clock::Clock,
    store::{
        StoreError,
        history::Position,
        webhooks::{
            self, Active, Lane,
            write::{self as writes, Outcome},
        },
    },
    telemetry,
};

/// How often to look for due deliveries while nothing else happens.
const EVERY: Duration = Duration::from_millis(250);
/// How often the endpoints are read again, and how often it is measured how much waits, in microseconds.
const ENDPOINTS_EVERY: i64 = 1_000_000;
const QUEUE_EVERY: i64 = 10_000_000;
/// How long to wait between two rounds, at least and at most: twice as long as the last one took, so that no more than a third of
/// the time goes to this work, however much there is.
const PAUSE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));
/// How many steps of planning one round makes, and how many results it notes at once.
const STEPS: usize = 4;
const RESULTS: usize = 100;
/// How long the attempts that run may take when the server stops.
const PARTING: Duration = Duration::from_secs(2);

/// The dispatcher of one server.
struct Dispatcher {
    app: App,
    active: Vec<Active>,
    /// When the endpoints were read, and the queue measured, by real time; never at first.
    read_at: i64,
    measured_at: i64,
    /// Up to where the tail has come.
    reached: watch::Receiver<Option<Position>>,
    attempts: JoinSet<Attempted>,
    /// The endpoint and the delivery of each attempt that runs.
    tasks: HashMap<Id, (Uuid, Uuid)>,
    slots: Slots,
    ended: Vec<Attempted>,
}

impl App {
    /// Sends webhooks until `stop` is done. Any number of servers may do so on one database.
    pub async fn run_webhooks(&self, stop: impl Future<Output = ()>) {
        let mut dispatcher = Dispatcher {
            app: self.clone(),
            active: Vec::new(),
            read_at: 0,
            measured_at: 0,
            reached: self.tail().watch(),
            attempts: JoinSet::new(),
            tasks: HashMap::new(),
            slots: Slots::default(),
            ended: Vec::new(),
        };
        tokio::pin!(stop);
        loop {
            // A round is never dropped in the middle: what it has taken would be left until its lease ends.
            let pause = dispatcher.timed_round().await;
            tokio::select! {
                () = &mut stop => break,
                () = dispatcher.wait(pause) => {}
            }
        }
        dispatcher.part().await;
    }
}

impl Dispatcher {
    /// One round; how long to wait until the next.
    async fn timed_round(&mut self) -> Duration {
        let watch = telemetry::stopwatch();
        if let Err(error) = self.round().await {
            if error.is_unavailable() {
                tracing::debug!(error = error.for_the_log(), "webhooks are waiting for the database");
            } else {
                tracing::error!(error = error.for_the_log(), "webhooks cannot be dispatched; trying again");
            }
            return EVERY;
        }
        let (least, most) = PAUSE;
        Duration::from_secs_f64(watch.milliseconds() * 2.0 / 1_000.0).clamp(least, most)
    }

    /// Waits until there may be something to do, and at least for the pause.
    async fn wait(&mut self, pause: Duration) {
        sleep(pause).await;
        tokio::select! {
            Some(ended) = self.attempts.join_next_with_id(), if !self.attempts.is_empty() => self.note(ended),
            () = self.app.0.webhooks_shared.hint.notified() => {
                self.read_at = 0;
                self.slots.wake();
            }
            Ok(()) = self.reached.changed(), if !self.active.is_empty() => {}
            () = sleep(EVERY) => {}
        }
    }

    fn note(&mut self, ended: Result<(Id, Attempted), JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        if let Some((endpoint, delivery)) = self.tasks.remove(&id) {
            self.slots.end(endpoint, delivery);
        }
        match ended {
            Ok((_, attempted)) => {
                self.learn(&attempted);
                self.ended.push(attempted);
            }
            // The delivery is made again when its lease is over.
            Err(error) => tracing::error!(%error, "an attempt to send a webhook was aborted"),
        }
    }

    /// Learns from an attempt how its endpoint stands, before that is noted and read again.
    fn learn(&mut self, attempted: &Attempted) {
        let id = attempted.endpoint.id;
        let took = attempted.result.attempt.as_ref().map_or(0, |attempt| attempt.milliseconds);
        let lane = match attempted.result.outcome {
            Outcome::Sent if took < PROMPT_WITHIN => Lane::Prompt,
            Outcome::Sent | Outcome::Retry(_) | Outcome::Parked => Lane::Troubled,
            Outcome::Skipped | Outcome::Later(_) => return,
        };
        if attempted.result.outcome == Outcome::Sent {
            self.slots.accepted(id);
        } else {
            self.slots.failed(id, Clock::System.now().micros());
        }
        self.active.iter_mut().filter(|one| one.id == id).for_each(|one| one.lane = lane);
    }

    async fn round(&mut self) -> Result<(), StoreError> {
        self.settle().await?;
        let now = Clock::System.now().micros();
        self.slots.look_at_clocks(self.app.now().micros(), now);
        if now - self.read_at >= ENDPOINTS_EVERY {
            self.read_endpoints().await?;
            self.read_at = now;
        }
        if now - self.measured_at >= QUEUE_EVERY {
            self.measure().await?;
            self.measured_at = now;
        }
        if self.active.is_empty() {
            return Ok(());
        }
        self.plan().await?;
        for (lane, taken) in self.app.take_webhooks(&self.slots, &self.active).await? {
            let (endpoint, delivery) = (taken.endpoint.id, taken.delivery.id);
            self.slots.begin(endpoint, delivery, lane, Clock::System.now().micros());
            let app = self.app.clone();
            let task = self.attempts.spawn(async move { app.attempt_webhook(taken).await });
            self.tasks.insert(task.id(), (endpoint, delivery));
        }
        Ok(())
    }

    async fn read_endpoints(&mut self) -> Result<(), StoreError> {
        self.active = webhooks::active(self.app.db(), (MOST_PENDING, MOST_UNTRIED)).await?;
        self.slots.keep(&self.active);
        Ok(())
    }

    async fn plan(&mut self) -> Result<(), StoreError> {
        let Some(reached) = *self.reached.borrow_and_update() else { return Ok(()) };
        let resting = self.slots.resting(Clock::System.now().micros());
        for step in 0..STEPS {
            let troubled = (step == 0).then_some(&resting);
            match self.app.plan_webhooks(&mut self.active, reached, troubled).await? {
                Step::Done => break,
                Step::More => {}
                Step::Stale => self.read_endpoints().await?,
            }
        }
        Ok(())
    }

    /// Stores the results of finished attempts, in batches.
    async fn settle(&mut self) -> Result<(), StoreError> {
        while let Some(ended) = self.attempts.try_join_next_with_id() {
            self.note(ended);
        }
        while !self.ended.is_empty() {
            let some: Vec<Attempted> = self.ended.drain(..self.ended.len().min(RESULTS)).collect();
            match self.app.settle_webhooks(some).await {
                Ok(()) => {}
                Err(AppError::Unavailable(cause)) => return Err(StoreError::Unavailable(cause)),
                Err(error) => tracing::error!(?error, "the results of webhooks could not be stored"),
            }
        }
        Ok(())
    }

    async fn measure(&self) -> Result<(), StoreError> {
        let queue = webhooks::queue(self.app.db()).await?;
        let age = queue.oldest.map_or(0, |oldest| self.app.now().micros().saturating_sub(oldest).max(0));
        telemetry::webhook_queue(queue.depth, age);
        Ok(())
    }

    /// Waits a moment for attempts to end, and releases deliveries that were not attempted.
    async fn part(&mut self) {
        let ending = async {
            while let Some(ended) = self.attempts.join_next_with_id().await {
                self.note(ended);
            }
        };
        drop(timeout(PARTING, ending).await);
        if let Err(error) = self.settle().await {
            tracing::warn!(
                error = error.for_the_log(),
                "the last results of webhooks were not stored; these webhooks will be sent again"
            );
        }
        // Before they are aborted: an aborted attempt is one that has ended, and would keep its lease.
        let left: Vec<Uuid> = self.tasks.drain().map(|(_, (_, delivery))| delivery).collect();
        self.attempts.abort_all();
        let given_back = async {
            let transaction = self.app.db().begin().await?;
            writes::unlease(&transaction, &left).await?;
            transaction.commit().await
        };
        if !left.is_empty()
            && let Err(error) = given_back.await
        {
            tracing::warn!(
                error = error.for_the_log(),
                "leased webhooks could not be released; another server can send them after 30 seconds"
            );
        }
    }
}
