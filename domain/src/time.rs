//! One instant: microseconds since 1970 in UTC, so that both databases store, sort and compare it as a plain integer.

use jiff::civil::{Date, DateTime};

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
/// 9999-12-31T23:59:59.999999Z
const LAST: i64 = 253_402_300_799_999_999;

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

    /// The same instant for the calendar. The last hours of the year 9999 become the last instant that jiff can show in every
    /// time zone.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond().clamp(FIRST, LAST))
    }
}

/// The text of an instant.
#[derive(Clone, Copy, Debug)]
pub struct Rfc3339 {
    text: [u8; LONGEST],
    length: usize,
}

/// The length of `2026-11-20T09:30:00.123456Z`.
const LONGEST: usize = 27;
/// Where the digits of the fraction begin.
const FRACTION: usize = 20;

impl Rfc3339 {
    /// The text, which is ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }
}

impl Timestamp {
    /// RFC 3339 in UTC, with as many fractional digits as needed. Pages have hundreds of times, and formatting them through jiff
    /// took 7 % of a page's instructions in the server.
    #[must_use]
    pub fn rfc3339(self) -> Rfc3339 {
        let (days, micros) = (self.0.div_euclid(MICROS_OF_A_DAY), self.0.rem_euclid(MICROS_OF_A_DAY));
        let (year, month, day) = civil(days);
        let seconds = micros / 1_000_000;
        let fraction = micros % 1_000_000;
        let [[y1, y2], [y3, y4], [m1, m2], [d1, d2]] = [year / 100, year, month, day].map(last_digits);
        let [[h1, h2], [n1, n2], [s1, s2]] = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(last_digits);
        let [[f1, f2], [f3, f4], [f5, f6]] = [fraction / 10_000, fraction / 100, fraction].map(last_digits);
        let mut text = [
            y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', // the time of day
            h1, h2, b':', n1, n2, b':', s1, s2, b'.', f1, f2, f3, f4, f5, f6, b'Z',
        ];
        let digits = text[FRACTION..LONGEST - 1].iter().rposition(|digit| *digit != b'0');
        // Without a fraction, without its point.
        let end = digits.map_or(FRACTION - 1, |last| FRACTION + last + 1);
        text[end] = b'Z';
        Rfc3339 { text, length: end + 1 }
    }
}

const MICROS_OF_A_DAY: i64 = 86_400_000_000;

/// A number's last two digits.
fn last_digits(number: i64) -> [u8; 2] {
    let number = u8::try_from(number % 100).unwrap_or_default();
    [b'0' + number / 10, b'0' + number % 10]
}

/// Year, month and day, so many days after 1970 began: of the Gregorian calendar, also before there was one.
const fn civil(days: i64) -> (i64, i64, i64) {
    const OF_400_YEARS: i64 = 146_097;
    // Years begin in March here, so that the leap day is the last of a year; the first of them was 719,468 days before 1970.
    let (era, day) = ((days + 719_468).div_euclid(OF_400_YEARS), (days + 719_468).rem_euclid(OF_400_YEARS));
    let year = (day - day / 1_460 + day / 36_524 - day / (OF_400_YEARS - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five months in a row have 153 days together.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + era * 400 + next, month, day)
}

/// 1970 began.
const EPOCH: DateTime = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);

impl std::fmt::Display for Timestamp {
    /// As [`Timestamp::rfc3339`] has it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(self.rfc3339().as_bytes()).unwrap_or_default())
    }
}

impl std::str::FromStr for Timestamp {
    type Err = NotAnInstant;

    /// Reads RFC 3339 with any offset; finer than a microsecond is cut off, and a leap second is the second before it.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        read(text.as_bytes()).ok_or(NotAnInstant)
    }
}

/// Reads RFC 3339 and nothing else: `2026-11-20T09:30:00.5+01:00`.
fn read(text: &[u8]) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let [b'T' | b't' | b' ', rest @ ..] = rest else { return None };
    let (clock, rest) = rest.split_at_checked(8)?;
    let [year @ .., b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let [h1, h2, b':', n1, n2, b':', s1, s2] = clock else { return None };
    let (year, month, day) = (number(year)?, number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
    let digits = rest.strip_prefix(b".").map(|rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let (fraction, offset) = match digits {
        Some(digits) => (micros(rest.get(1..=digits)?)?, rest.get(1 + digits..)?),
        None => (0, rest),
    };
    let narrow = |number: i64| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(year).ok()?, narrow(month)?, narrow(day)?).ok()?;
    let in_range = hour < 24 && minute < 60 && second <= 60;
    let seconds = hour * 3_600 + minute * 60 + second.min(59);
    let days = i64::from(date.since(EPOCH.date()).ok()?.get_days());
    let utc = (days * 86_400 + seconds - offset_seconds(offset)?) * 1_000_000 + fraction;
    Timestamp::from_micros(utc).ok().filter(|_| in_range)
}

/// A number of plain digits.
fn number(digits: &[u8]) -> Option<i64> {
    let is_plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits).ok().filter(|_| is_plain)?.parse().ok()
}

/// The microseconds of a fraction of a second; it has a digit at least.
fn micros(digits: &[u8]) -> Option<i64> {
    let padded = digits.iter().map(|digit| i64::from(digit - b'0')).chain(std::iter::repeat(0)).take(6);
    (!digits.is_empty()).then(|| padded.fold(0, |number, digit| number * 10 + digit))
}

/// The seconds of an offset from UTC.
fn offset_seconds(text: &[u8]) -> Option<i64> {
    let sign = match text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let [_, h1, h2, b':', m1, m2] = text else { return None };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_and_the_last_instant_are_read_and_written() {
        // L13: what the scalar promises.
        for text in [
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "9999-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:59:59.5Z",
            "2026-11-20T09:30:00.000001Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().map(|at| at.to_string()).as_deref(), Ok(text));
        }
        for (text, same) in [
            ("2026-11-20T09:30:00+14:00", "2026-11-19T19:30:00Z"),
            ("2026-11-20t09:30:00.1234567z", "2026-11-20T09:30:00.123456Z"),
            ("2026-11-20 09:30:00-00:30", "2026-11-20T10:00:00Z"),
            ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59Z"),
            ("9999-12-31T23:59:59+01:00", "9999-12-31T22:59:59Z"),
        ] {
            assert_eq!(text.parse::<Timestamp>().map(|at| at.to_string()).as_deref(), Ok(same));
        }
        assert_eq!("9999-12-31T23:59:59Z".parse::<Timestamp>().map(Timestamp::to_jiff), Ok(jiff::Timestamp::MAX));
    }

    #[test]
    fn what_is_not_rfc_3339_is_refused() {
        for text in [
            "",
            "now",
            "2026-11-20",
            "2026-11-20T09:30Z",
            "2026-11-20T09:30:00",
            "2026-11-20T09:30:00.Z",
            "2026-11-20T09:30:00+01",
            "2026-11-20T09:30:00+0100",
            "2026-11-20T09:30:00+24:00",
            "2026-11-20T09:30:00Z[Europe/Paris]",
            "2026-11-20T24:00:00Z",
            "2026-11-20T09:60:00Z",
            "2026-11-20T09:30:61Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "20261120T093000Z",
            "+002026-11-20T09:30:00Z",
            "20-0026-11T09:30:00Z",
            " 2026-11-20T09:30:00Z",
            "2026-11-20T09:30:00Z ",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "٢٠٢٦-11-20T09:30:00Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotAnInstant), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_is_read_as_it_is_written(micros in FIRST..=LAST) {
            let at = Timestamp(micros);
            prop_assert_eq!(at.to_string().parse::<Timestamp>(), Ok(at));
        }

        #[test]
        fn every_instant_is_written_as_the_calendar_has_it(micros in FIRST..=LAST) {
            let civil = EPOCH.checked_add(jiff::SignedDuration::from_micros(micros)).unwrap();
            prop_assert_eq!(Timestamp(micros).to_string(), format!("{civil}Z"));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*", digits in "[0-9TZ:.+-]{0,40}") {
            let _ = (text.parse::<Timestamp>(), digits.parse::<Timestamp>());
        }
    }
}
