//! What happens by itself as time passes: deadlines, consent, subscriptions that end (T, N4, I2). Found by scanning, done
//! once, by whichever server comes first (T5).

use domain::{
    arbitration,
    caller::Actor,
    lifecycle::{self, Decision},
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    App, AppError,
    claims::{attempt::UnitError, carry},
    transact::{End, Locks, Unit},
};
use crate::{
    ids,
    store::{
        arbitrations::write as arbitrations,
        claims::write as claims,
        clocks::{self, Due},
        settings,
    },
    telemetry,
};

/// The longest way that the sandbox clock is moved at once, in years.
const YEARS_MAX: i32 = 20;

/// What moving the clock answers.
#[derive(Clone, Debug)]
pub struct Advanced {
    /// What time it is now.
    pub now: Timestamp,
    /// Why the clock was not moved.
    pub problems: Vec<Problem>,
}

impl App {
    /// Does everything that is due by now, in order of time. Safe to run on any number of servers at once.
    ///
    /// # Errors
    /// Database errors; a claim that cannot be moved is logged and left for the next run.
    pub async fn settle(&self) -> Result<(), AppError> {
        let mut failed: Vec<Uuid> = Vec::new();
        loop {
            let now = self.now();
            let due = clocks::due(self.db(), now, &failed).await?;
            if due.is_empty() {
                return Ok(());
            }
            for due in due {
                if let Err(error) = Box::pin(self.fire(due, now)).await {
                    if matches!(error, AppError::Unavailable(_)) {
                        return Err(error);
                    }
                    tracing::error!(claim = %due.claim_id, error = error.for_the_log(), "a clock failed to fire");
                    failed.push(due.claim_id);
                }
            }
        }
    }

    /// Fires what is due on one claim, if it still is once the claim is locked.
    async fn fire(&self, due: Due, now: Timestamp) -> Result<(), AppError> {
        if self.transact(Locks::Customer(due.tenant_id), |unit| self.store_due(unit, due, now)).await? {
            telemetry::clock_fired();
        }
        Ok(())
    }

    async fn store_due(&self, mut unit: Unit, due: Due, now: Timestamp) -> Result<End<bool>, UnitError> {
        let Some(read) = claims::find_all(&unit, &[due.claim_id]).await?.pop() else {
            return Ok(unit.roll_back(false));
        };
        let before = read.claim.clone();
        let decision: Option<Decision> = match due.ended_line {
            Some(line) => lifecycle::subscription_ended(&before, line, ids::new(), now),
            None => lifecycle::fire(&before, self.policy(), now),
        };
        let Some(decision) = decision else { return Ok(unit.roll_back(false)) };
        let mut around = arbitrations::around(&unit, &before, &decision.claim).await?;
        around.heads.insert(before.id, read.head);
        let aftermath = arbitration::reconcile(&around.contest, Some(decision), self.policy(), now, &mut ids::new);
        let plan = carry::plan(&Actor::system(), now, aftermath, around, self.state_of_new_notices())?;
        Box::pin(plan.store(&mut unit)).await?;
        Ok(unit.commit(true))
    }

    /// Moves the sandbox clock forward; everything that falls due on the way has happened, in order of time, before this
    /// answers (T5).
    ///
    /// # Errors
    /// `FORBIDDEN` outside a sandbox; database errors.
    pub async fn advance_clock(&self, by: &str) -> Result<Advanced, AppError> {
        if !self.clock().is_sandbox() {
            return Err(AppError::Forbidden("The clock can be moved only in a sandbox.".to_owned()));
        }
        self.refresh_clock().await?;
        let target = match target(self.now(), by) {
            Ok(target) => target,
            Err(problem) => return Ok(Advanced { now: self.now(), problems: vec![problem] }),
        };
        loop {
            self.settle().await?;
            let next = clocks::next_due(self.db(), self.now()).await?.filter(|next| *next < target);
            self.move_clock(next.unwrap_or(target)).await?;
            if next.is_none() {
                break;
            }
        }
        self.settle().await?;
        self.wake_deliveries();
        Ok(Advanced { now: self.now(), problems: Vec::new() })
    }

    /// Retries and digests fall due by this clock too (M6, W3).
    fn wake_deliveries(&self) {
        self.outbox().wake();
        self.wake_webhooks();
    }

    /// Remembered before it is true: a server that dies in between must not leave history from a time that never was.
    async fn move_clock(&self, to: Timestamp) -> Result<(), AppError> {
        let Some(offset) = self.clock().offset_to(to) else {
            self.clock().move_to(to);
            return Ok(());
        };
        let advance = |unit: Unit| async move {
            let offset = settings::write::advance_sandbox_offset(&unit, offset).await?;
            Ok(unit.commit(offset))
        };
        self.clock().set_offset(self.transact(Locks::Own, advance).await?);
        Ok(())
    }

    /// Takes over how far another server on the same database has moved the sandbox clock.
    ///
    /// # Errors
    /// Database errors.
    pub async fn refresh_clock(&self) -> Result<(), AppError> {
        if self.clock().offset().is_some()
            && let Some(offset) = settings::sandbox_offset(self.db()).await?
        {
            let before = self.clock().offset();
            self.clock().set_offset(offset);
            if self.clock().offset() != before {
                self.wake_deliveries();
            }
        }
        Ok(())
    }
}

/// The instant that lies this ISO 8601 duration ahead.
fn target(now: Timestamp, by: &str) -> Result<Timestamp, Problem> {
    let invalid = |message: &str| {
        Problem::invalid(["by"], message).remedy("Give a positive ISO 8601 duration, such as P7D or PT36H.")
    };
    // Not `Span::from_str`, which takes "7 days" as well.
    let iso = jiff::fmt::temporal::SpanParser::new();
    let span = iso.parse_span(by.trim()).map_err(|_| invalid("The value is not an ISO 8601 duration."))?;
    let here = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
    let too_far = "The duration is longer than the clock can be moved at once.";
    let there = here.checked_add(span).map_err(|_| invalid(too_far))?;
    if there <= here {
        return Err(invalid("The clock moves only forward."));
    }
    let limit = here.checked_add(jiff::Span::new().years(YEARS_MAX)).map_err(|_| invalid(too_far))?;
    if there > limit { Err(invalid(too_far)) } else { Ok(there.timestamp().into()) }
}
