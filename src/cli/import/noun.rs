//! The kinds of rows that load the directory: their columns, and how a row is made of cells.

use domain::{
    directory::{CustomerRow, LocationRow, PartnerRow, ProductRow, SubscriptionRow},
    kinds::{IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus},
};
use serde::{Serialize, de::DeserializeOwned};

use super::cells::{Cells, Column};
use crate::store::directory::Loadable;

/// A kind of row that files hold.
pub trait FileRow: DeserializeOwned {
    /// The columns of a CSV file.
    const COLUMNS: &'static [Column];

    /// The row of a CSV file's cells.
    ///
    /// # Errors
    /// The first cell that cannot be read, in words.
    fn from_cells(cells: &Cells<'_>) -> Result<Self, String>;
}

/// A kind of row that the directory is loaded with.
pub trait Noun: Loadable + Serialize + FileRow + 'static {
    /// The mutation that does the same through the API.
    const MUTATION: &'static str;

    /// The column of a problem's field.
    #[must_use]
    fn column(field: &[String]) -> String {
        field.first().map(|name| snake_case(name)).unwrap_or_default()
    }

    /// Takes another row with the same key into this one, where a CSV file tells it in parts. Gives it back where it
    /// is not a part of this one.
    fn absorb(&mut self, other: Self) -> Option<Self> {
        Some(other)
    }

    /// Removes the part that the problem's field names, and gives its place; `None` if the whole row is meant.
    fn remove_part(&mut self, _field: &[String]) -> Option<usize> {
        None
    }
}

impl FileRow for ProductRow {
    const COLUMNS: &'static [Column] = &[
        Column::required("sku_id"),
        Column::required("sku_part_number"),
        Column::required("name"),
        Column::required("solution_area"),
    ];

    fn from_cells(cells: &Cells<'_>) -> Result<Self, String> {
        Ok(Self {
            sku_id: cells.uuid("sku_id")?,
            sku_part_number: cells.text("sku_part_number").to_owned(),
            name: cells.text("name").to_owned(),
            solution_area: cells.word("solution_area", SolutionArea::ALL)?,
        })
    }
}

impl Noun for ProductRow {
    const MUTATION: &'static str = "upsertProducts";
}

impl FileRow for CustomerRow {
    const COLUMNS: &'static [Column] = &[
        Column::required("tenant_id"),
        Column::required("name"),
        Column::required("domain"),
        Column::optional("domains"),
        Column::optional("contact_email"),
        Column::optional("locale"),
    ];

    fn from_cells(cells: &Cells<'_>) -> Result<Self, String> {
        Ok(Self {
            tenant_id: cells.uuid("tenant_id")?,
            name: cells.text("name").to_owned(),
            domain: cells.text("domain").to_owned(),
            domains: Some(cells.list("domains").map(str::to_owned).collect())
                .filter(|all: &Vec<String>| !all.is_empty()),
            contact_email: given(cells, "contact_email"),
            locale: given(cells, "locale"),
        })
    }
}

impl Noun for CustomerRow {
    const MUTATION: &'static str = "upsertCustomers";
}

impl FileRow for SubscriptionRow {
    const COLUMNS: &'static [Column] = &[
        Column::required("subscription_id"),
        Column::required("tenant_id"),
        Column::required("sku_id"),
        Column::required("channel"),
        Column::required("status"),
        Column::required("seats"),
        Column::required("starts_at"),
        Column::optional("ends_at"),
    ];

    fn from_cells(cells: &Cells<'_>) -> Result<Self, String> {
        Ok(Self {
            subscription_id: cells.uuid("subscription_id")?,
            tenant_id: cells.uuid("tenant_id")?,
            sku_id: cells.uuid("sku_id")?,
            channel: cells.word("channel", SubscriptionChannel::ALL)?,
            status: cells.word("status", SubscriptionStatus::ALL)?,
            seats: cells.number("seats")?,
            starts_at: cells.time("starts_at")?,
            ends_at: cells.time_or_none("ends_at")?,
        })
    }
}

impl Noun for SubscriptionRow {
    const MUTATION: &'static str = "upsertSubscriptions";
}

impl FileRow for PartnerRow {
    const COLUMNS: &'static [Column] = &[
        Column::required("partner_id"),
        Column::required("partner_name"),
        Column::required("mpn_id"),
        Column::required("location_name"),
        Column::required("country"),
        Column::required("enrolled_programs"),
        Column::optional("partner_type"),
        Column::optional("contact_email"),
        Column::optional("locale"),
    ];

    fn from_cells(cells: &Cells<'_>) -> Result<Self, String> {
        let partner_type = Some(cells.text("partner_type").to_owned()).filter(|text| !text.is_empty());
        let location = LocationRow {
            mpn_id: cells.text("mpn_id").to_owned(),
            name: cells.text("location_name").to_owned(),
            country: cells.text("country").to_owned(),
            enrolled_programs: cells.words("enrolled_programs", IncentiveProgram::ALL)?,
            partner_type,
        };
        Ok(Self {
            partner_id: cells.uuid("partner_id")?,
            name: cells.text("partner_name").to_owned(),
            locations: vec![location],
            contact_email: given(cells, "contact_email"),
            locale: given(cells, "locale"),
        })
    }
}

/// A CSV file has a row per location (C5); those of one partner are put together.
impl Noun for PartnerRow {
    const MUTATION: &'static str = "upsertPartners";

    fn column(field: &[String]) -> String {
        match (field.first().map(String::as_str), field.last().map(String::as_str)) {
            (Some("locations"), Some("name")) => "location_name".to_owned(),
            (Some("name"), _) => "partner_name".to_owned(),
            (_, last) => last.map(snake_case).unwrap_or_default(),
        }
    }

    fn absorb(&mut self, other: Self) -> Option<Self> {
        let known = |location: &LocationRow| self.locations.iter().any(|mine| mine.mpn_id == location.mpn_id);
        if self.name != other.name || other.locations.iter().any(known) {
            return Some(other);
        }
        self.locations.extend(other.locations);
        self.contact_email = self.contact_email.take().or(other.contact_email);
        self.locale = self.locale.take().or(other.locale);
        None
    }

    fn remove_part(&mut self, field: &[String]) -> Option<usize> {
        let [first, place, ..] = field else { return None };
        let place = place.parse().ok().filter(|place| first == "locations" && *place < self.locations.len())?;
        self.locations.remove(place);
        Some(place)
    }
}

/// What a cell says; an empty one says nothing, so that what is stored stays.
pub(super) fn given(cells: &Cells<'_>, column: &str) -> Option<String> {
    Some(cells.text(column).to_owned()).filter(|text| !text.is_empty())
}

/// `skuPartNumber` as `sku_part_number`.
pub(super) fn snake_case(name: &str) -> String {
    name.chars()
        .flat_map(|c| c.is_ascii_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()]))
        .collect()
}
