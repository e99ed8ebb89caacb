//! Business days and the deadlines that count in them (section T).

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::history::hex;
use crate::policy::{Policy, Term, TermKind};
use crate::time::Timestamp;

/// How many days a deadline is looked for, some 500 years: more than the longest [`Term`] needs, and an end to the
/// search where every day is a holiday.
const MAX_SEARCH_DAYS: u32 = 200_000;

/// How many changes of a time zone's offset are looked at: more than any zone has had.
const MAX_CHANGES: usize = 400;

/// The vendor's days: Monday to Friday less the holidays, beginning and ending in the vendor's time zone (T).
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    time_zone: &'a TimeZone,
    holidays: &'a BTreeSet<Date>,
}

impl<'a> Calendar<'a> {
    /// The calendar that a policy sets.
    #[must_use]
    pub const fn new(policy: &'a Policy) -> Self {
        Self { time_zone: &policy.time_zone, holidays: &policy.holidays }
    }

    /// A short text that is the same for calendars with the same days, and differs otherwise: counts of business days that are
    /// kept are of one calendar.
    #[must_use]
    pub fn key(&self) -> String {
        let zone = self.time_zone.iana_name().unwrap_or_default();
        let holidays: Vec<String> = self.holidays.iter().map(Date::to_string).collect();
        hex(&Sha256::digest(format!("{zone} {}", holidays.join(" "))))
    }

    /// The day on which an instant lies for the vendor.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        self.time_zone.to_datetime(at.to_jiff()).date()
    }

    /// Whether the vendor works on this day.
    #[must_use]
    pub fn is_business_day(&self, date: Date) -> bool {
        is_weekday(date) && !self.holidays.contains(&date)
    }

    /// The midnight that ends the last day of a term which starts at `start` (T). The day of `start` itself never counts.
    ///
    /// A term that would end after the last representable time ends at that time.
    #[must_use]
    pub fn due(&self, start: Timestamp, term: Term) -> Timestamp {
        let first = self.date(start);
        let last = match term.kind {
            TermKind::Business => self.nth_business_day_after(first, term.days),
            TermKind::Calendar => first.checked_add(jiff::Span::new().days(term.days)).ok(),
        };
        last.and_then(|day| self.end_of(day)).unwrap_or_else(end_of_time)
    }

    /// How many business days are left after today up to the last day before `due`: 0 on the last day, negative as soon
    /// as it is too late, which is at `due` (T).
    ///
    /// Overdue, it counts the business days since the last one, today's included; at least one, a weekend too.
    #[must_use]
    pub fn business_days_left(&self, now: Timestamp, due: Timestamp) -> i32 {
        let (today, last) = (self.date(now), self.last_day(due));
        if now < due { self.count(today, last) } else { self.count(last, today).saturating_neg().min(-1) }
    }

    /// The latest end of a deadline of which so many business days or fewer are left: one that ends later has more (T).
    #[must_use]
    pub fn latest_due(&self, now: Timestamp, left: u16) -> Timestamp {
        // The day before the next business day is the last that a deadline with so many days left can end with.
        let next = self.nth_business_day_after(self.date(now), left.saturating_add(1));
        next.and_then(|day| day.yesterday().ok()).and_then(|day| self.end_of(day)).unwrap_or_else(end_of_time)
    }

    /// How many business days it took from `start` to `end`: those after the day of `start` up to the day of `end`, so 0 on
    /// the same day; 0 as well when `end` comes first (S1, T4).
    #[must_use]
    pub fn business_days_between(&self, start: Timestamp, end: Timestamp) -> i32 {
        self.count(self.date(start), self.date(end))
    }

    /// The first instant of a day for the vendor. Where the clocks skip midnight, that is the instant at which they skip it.
    #[must_use]
    pub fn start_of(&self, date: Date) -> Timestamp {
        let midnight = self.time_zone.to_timestamp(date.at(0, 0, 0, 0)).ok();
        midnight.map_or_else(end_of_time, Timestamp::from)
    }

    /// The number of the business day that a day is, or that came last before it. Between two days lie as many business days
    /// as their numbers differ by, as [`Self::business_days_between`] counts them.
    #[must_use]
    pub fn business_day_number(&self, date: Date) -> i64 {
        let holidays = self.holidays.range(..=date).filter(|day| is_weekday(**day)).count();
        i64::from(weekdays_until(date)).saturating_sub(i64::try_from(holidays).unwrap_or(i64::MAX))
    }

    /// How far the vendor's time is ahead of UTC, in microseconds, and since when: latest first, up to `until`. The last of
    /// them holds from the beginning of time.
    #[must_use]
    pub fn offsets(&self, until: Timestamp) -> Vec<(Option<Timestamp>, i64)> {
        let micros = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * 1_000_000;
        let changes = self.time_zone.preceding(until.to_jiff()).take(MAX_CHANGES);
        let mut offsets: Vec<(Option<Timestamp>, i64)> =
            changes.map(|change| (Some(change.timestamp().into()), micros(change.offset()))).collect();
        let earliest = offsets.last().and_then(|(since, _)| *since).unwrap_or(until);
        let before = Timestamp::from_micros(earliest.micros() - 1).unwrap_or(earliest);
        offsets.push((None, micros(self.time_zone.to_offset(before.to_jiff()))));
        offsets
    }

    /// The day that ends at `due`; a `due` within a day counts as its end.
    fn last_day(&self, due: Timestamp) -> Date {
        self.date(Timestamp::from_micros(due.micros() - 1).unwrap_or(due))
    }

    fn nth_business_day_after(&self, date: Date, days: u16) -> Option<Date> {
        let (mut day, mut missing) = (date, days);
        for _ in 0..MAX_SEARCH_DAYS {
            if missing == 0 {
                return Some(day);
            }
            day = day.tomorrow().ok()?;
            missing -= u16::from(self.is_business_day(day));
        }
        None
    }

    /// The first instant of the next day. Where the clocks skip midnight, that is the instant at which they skip it.
    fn end_of(&self, date: Date) -> Option<Timestamp> {
        let midnight = date.tomorrow().ok()?.at(0, 0, 0, 0);
        self.time_zone.to_timestamp(midnight).ok().map(Timestamp::from)
    }

    /// Business days after `from` up to and including `to`, by arithmetic: it takes no longer for a century than for a week.
    fn count(&self, from: Date, to: Date) -> i32 {
        if to <= from {
            return 0;
        }
        let holidays = self.holidays.range(from..=to).filter(|day| **day != from && is_weekday(**day)).count();
        (weekdays_until(to) - weekdays_until(from)).saturating_sub(i32::try_from(holidays).unwrap_or(i32::MAX))
    }
}

fn is_weekday(date: Date) -> bool {
    date.weekday().to_monday_one_offset() <= 5
}

/// How many Mondays to Fridays there are from a fixed Monday on up to and including this day; negative before it.
fn weekdays_until(date: Date) -> i32 {
    // 1970-01-05 was a Monday.
    let days = (date - jiff::civil::date(1970, 1, 5)).get_days();
    days.div_euclid(7) * 5 + (days.rem_euclid(7) + 1).min(5)
}

fn end_of_time() -> Timestamp {
    jiff::Timestamp::MAX.into()
}

#[cfg(test)]
mod tests;
