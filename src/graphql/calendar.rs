//! The root query of the vendor's calendar.

use async_graphql::{Context, Object, SimpleObject};

use super::{error::ApiError, guard::Root, loader::Reader};

/// The vendor's calendar: what a business day is, and when it begins.
#[derive(Clone, Debug, SimpleObject)]
pub struct VendorCalendar {
    /// The IANA name of the time zone in which days begin and end, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The days that are not business days although they are not Saturdays or Sundays, as `YYYY-MM-DD`, oldest first.
    pub holidays: Vec<String>,
}

/// The calendar at the root.
#[derive(Default)]
pub struct CalendarQuery;

#[Object(guard = "Root")]
impl CalendarQuery {
    /// The calendar by which this server counts deadlines and statistics, so that clients can show a deadline in its time
    /// zone. For any token.
    async fn calendar(&self, ctx: &Context<'_>) -> Result<VendorCalendar, ApiError> {
        let policy = Reader::of(ctx)?.app.policy();
        Ok(VendorCalendar {
            time_zone: policy.time_zone_name.clone(),
            holidays: policy.holidays.iter().map(ToString::to_string).collect(),
        })
    }
}
