//! Dates and times as a language writes them (CLDR), in the policy's time zone, with the zone named (M4).

use domain::time::Timestamp;
use icu_calendar::{Date, Gregorian};
use icu_datetime::{
    FixedCalendarDateTimeFormatter,
    fieldsets::{YMDE, zone::SpecificLong},
    input::{DateTime, Time, UtcOffset, ZonedDateTime},
};
use icu_locale_core::Locale;
use icu_time::zone::IanaParser;
use jiff::tz::TimeZone;

use super::{Language, MailError};

/// The zone in which times are written.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    zone: TimeZone,
    name: String,
}

impl Zone {
    pub(super) fn new(zone: TimeZone, name: String) -> Self {
        Self { zone, name }
    }

    /// The instant in words: weekday, date, time and zone.
    ///
    /// # Errors
    /// An instant that the calendar does not have; none exists.
    pub(super) fn instant(&self, language: Language, at: Timestamp) -> Result<String, MailError> {
        let wrong = |what: &dyn std::fmt::Display| MailError::new(format!("The time {at} cannot be formatted: {what}"));
        let here = at.to_jiff().to_zoned(self.zone.clone());
        let narrow = |number: i8| u8::try_from(number).unwrap_or_default();
        let date = Date::try_new_gregorian(i32::from(here.year()), narrow(here.month()), narrow(here.day()))
            .map_err(|error| wrong(&format!("{error:?}")))?;
        let time = Time::try_new(narrow(here.hour()), narrow(here.minute()), 0, 0)
            .map_err(|error| wrong(&format!("{error:?}")))?;
        let offset = UtcOffset::try_from_seconds(here.offset().seconds()).ok();
        let zone = IanaParser::new().parse(&self.name).with_offset(offset).at_date_time(DateTime { date, time });
        let fields = YMDE::long().with_time_hm().with_zone(SpecificLong);
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(locale(language)?.into(), fields)
            .map_err(|error| wrong(&format!("{error:?}")))?;
        Ok(formatter.format(&ZonedDateTime { date, time, zone }).to_string())
    }
}

/// The locale of a language; with 24 hours everywhere, so that no deadline at midnight reads "12:00 AM".
fn locale(language: Language) -> Result<Locale, MailError> {
    let tag = format!("{}-u-hc-h23", language.tag());
    Locale::try_from_str(&tag).map_err(|error| MailError::new(format!("The locale {tag} is invalid: {error:?}")))
}
