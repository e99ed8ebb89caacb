//! One instant: microseconds since 1970 in UTC, so that both databases store, sort and compare it as a plain integer.

/// An instant, in microseconds since 1970-01-01T00:00:00Z. Years 0000 to 9999 only, as RFC 3339 has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Timestamp(i64);

/// A text or number that is no instant of the years 0000 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInstant;

impl std::fmt::Display for NotAnInstant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an RFC 3339 time of the years 0000 to 9999")
    }
}

impl std::error::Error for NotAnInstant {}

/// 0000-01-01T00:00:00Z
const FIRST: i64 = -62_167_219_200_000_000;
/// 9999-12-30T22:00:00Z, the last instant that jiff can show in every time zone
const LAST: i64 = 253_402_207_200_000_000;

impl Timestamp {
    /// The instant so many microseconds after 1970 began.
    ///
    /// # Errors
    /// [`NotAnInstant`] outside the years 0000 to 9999.
    pub fn from_micros(micros: i64) -> Result<Self, NotAnInstant> {
        if (FIRST..=LAST).contains(&micros) { Ok(Self(micros)) } else { Err(NotAnInstant) }
    }

    /// Microseconds since 1970 began.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same instant for the calendar.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond().clamp(FIRST, LAST))
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with as many fractional digits as needed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.to_jiff())
    }
}

impl std::str::FromStr for Timestamp {
    type Err = NotAnInstant;

    /// Reads RFC 3339 with any offset; finer than a microsecond is cut off.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let at: jiff::Timestamp = text.parse().map_err(|_| NotAnInstant)?;
        Self::from_micros(at.as_microsecond())
    }
}
