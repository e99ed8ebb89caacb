//! The one place that asks the machine for the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use domain::time::Timestamp;

/// What time it is: the machine's, one that is ahead of it, or one that is moved by hand in tests.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// The machine's and an offset in microseconds that only grows: the clock of a sandbox (T5).
    Sandbox(Arc<AtomicI64>),
    /// Stands still until it is moved; microseconds since 1970.
    Driven(Arc<AtomicI64>),
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else must use")]
fn machine() -> Timestamp {
    jiff::Timestamp::now().into()
}

fn instant(micros: i64) -> Timestamp {
    jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX).into()
}

impl Clock {
    /// A clock that stands at this instant until it is moved.
    #[must_use]
    pub fn standing_at(at: Timestamp) -> Self {
        Self::Driven(Arc::new(AtomicI64::new(at.micros())))
    }

    /// The clock of a sandbox, this many microseconds ahead of the machine's.
    #[must_use]
    pub fn sandbox(offset: i64) -> Self {
        Self::Sandbox(Arc::new(AtomicI64::new(offset)))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => machine(),
            Self::Sandbox(offset) => instant(machine().micros().saturating_add(offset.load(Ordering::SeqCst))),
            Self::Driven(micros) => instant(micros.load(Ordering::SeqCst)),
        }
    }

    /// Now, without what a sandbox's clock is ahead: for what takes its real time, such as an upload.
    #[must_use]
    pub fn unmoved(&self) -> Timestamp {
        match self {
            Self::System | Self::Sandbox(_) => machine(),
            Self::Driven(_) => self.now(),
        }
    }

    /// Whether it may be moved.
    #[must_use]
    pub const fn is_sandbox(&self) -> bool {
        !matches!(self, Self::System)
    }

    /// Moves a driven clock forward to this instant, never back; any other stays as it is.
    pub fn move_to(&self, to: Timestamp) {
        if let Self::Driven(micros) = self {
            micros.fetch_max(to.micros(), Ordering::SeqCst);
        }
    }

    /// How far ahead a sandbox's clock would be if it stood at this instant, in microseconds.
    #[must_use]
    pub fn offset_to(&self, to: Timestamp) -> Option<i64> {
        match self {
            Self::Sandbox(_) => Some(to.micros().saturating_sub(machine().micros())),
            Self::System | Self::Driven(_) => None,
        }
    }

    /// How far a sandbox's clock is ahead, in microseconds.
    #[must_use]
    pub fn offset(&self) -> Option<i64> {
        match self {
            Self::Sandbox(offset) => Some(offset.load(Ordering::SeqCst)),
            Self::System | Self::Driven(_) => None,
        }
    }

    /// Takes over an offset that is further ahead.
    pub fn set_offset(&self, ahead: i64) {
        if let Self::Sandbox(offset) = self {
            offset.fetch_max(ahead, Ordering::SeqCst);
        }
    }

    /// Moves a driven clock; any other stays as it is.
    pub fn advance(&self, by: std::time::Duration) {
        if let Self::Driven(micros) = self {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}
