//! The one place that asks the machine for the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use domain::time::Timestamp;

/// What time it is: the machine's, or one that is moved by hand in tests.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// Stands still until it is moved; microseconds since 1970.
    Driven(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at this instant until it is moved.
    #[must_use]
    pub fn standing_at(at: Timestamp) -> Self {
        Self::Driven(Arc::new(AtomicI64::new(at.micros())))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else must use")]
            Self::System => jiff::Timestamp::now().into(),
            Self::Driven(micros) => {
                jiff::Timestamp::from_microsecond(micros.load(Ordering::SeqCst)).unwrap_or_default().into()
            }
        }
    }

    /// Moves a driven clock; the machine's own stays as it is.
    pub fn advance(&self, by: std::time::Duration) {
        if let Self::Driven(micros) = self {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}
