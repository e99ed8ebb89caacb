//! The rows that load the directory: what a file or a mutation gives, checked and brought to one form (C5-C8).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    kinds::{IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus},
    problem::Problem,
    text::{self, NAME_MAX},
    time::Timestamp,
};

mod form;
mod reviewer;

pub use form::{country, host_name, mpn_id};
pub use reviewer::ReviewerRow;

/// A row that can be checked; the fields of problems are paths inside the row, in the API's spelling.
pub trait Row: Sized {
    /// The row in its one form, so that loading it again changes nothing (C8).
    ///
    /// # Errors
    /// The first value that is not acceptable.
    fn check(self) -> Result<Self, Problem>;
}

/// A partner company with all its locations (C5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerRow {
    /// The partner's id.
    pub partner_id: Uuid,
    /// The company's name.
    pub name: String,
    /// Its locations.
    pub locations: Vec<LocationRow>,
    /// Where notices go (M1b). Left out it stays as it is; null or blank clears it.
    #[serde(default, deserialize_with = "form::null_as_blank", skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// The language of notices (M4). Left out it stays as it is; null or blank clears it.
    #[serde(default, deserialize_with = "form::null_as_blank", skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// A location of a partner (C5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocationRow {
    /// The MPN id.
    pub mpn_id: String,
    /// The location's name.
    pub name: String,
    /// The country: a two-letter code or a name.
    pub country: String,
    /// Where it is enrolled.
    pub enrolled_programs: Vec<IncentiveProgram>,
    /// The partner type, which no claim ever shows (C5).
    #[serde(default)]
    pub partner_type: Option<String>,
}

/// A customer (C6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerRow {
    /// The tenant id.
    pub tenant_id: Uuid,
    /// The customer's name.
    pub name: String,
    /// The default domain.
    pub domain: String,
    /// All verified domains; once checked, in order and with the default one among them. Left out, they stay as they are
    /// (L12).
    #[serde(default, deserialize_with = "form::null_as_empty")]
    pub domains: Option<Vec<String>>,
    /// Where notices go (M1b). Left out it stays as it is; null or blank clears it.
    #[serde(default, deserialize_with = "form::null_as_blank", skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// The language of notices (M4). Left out it stays as it is; null or blank clears it.
    #[serde(default, deserialize_with = "form::null_as_blank", skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// A customer's subscription (C7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscriptionRow {
    /// The subscription id.
    pub subscription_id: Uuid,
    /// Whose it is.
    pub tenant_id: Uuid,
    /// What it is for.
    pub sku_id: Uuid,
    /// How it was sold.
    pub channel: SubscriptionChannel,
    /// Where it is in its life.
    pub status: SubscriptionStatus,
    /// How many seats it has.
    pub seats: i32,
    /// When it starts, RFC 3339.
    #[serde(with = "form::rfc3339")]
    pub starts_at: Timestamp,
    /// When it ends, RFC 3339, if it does.
    #[serde(default, with = "form::rfc3339_or_none")]
    pub ends_at: Option<Timestamp>,
}

/// A product of the catalog (C1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductRow {
    /// The SKU id.
    pub sku_id: Uuid,
    /// The SKU part number.
    pub sku_part_number: String,
    /// The product's name.
    pub name: String,
    /// The solution area that it belongs to.
    pub solution_area: SolutionArea,
}

impl Row for PartnerRow {
    fn check(self) -> Result<Self, Problem> {
        let name = text::required("name", &self.name, NAME_MAX)?;
        let mut seen = BTreeSet::new();
        let mut locations = Vec::with_capacity(self.locations.len());
        for (index, location) in self.locations.into_iter().enumerate() {
            let location = location.check(index)?;
            if !seen.insert(location.mpn_id.clone()) {
                let message = format!("The row contains the location {} twice.", location.mpn_id);
                let problem = form::invalid(&format!("locations.{index}.mpnId"), message, "List each location once.");
                return Err(problem.param("mpnId", location.mpn_id));
            }
            locations.push(location);
        }
        let (contact_email, locale) = form::contact(self.contact_email.as_deref(), self.locale.as_deref())?;
        Ok(Self { partner_id: self.partner_id, name, locations, contact_email, locale })
    }
}

impl LocationRow {
    fn check(self, index: usize) -> Result<Self, Problem> {
        let field = |name: &str| format!("locations.{index}.{name}");
        let mut enrolled_programs = self.enrolled_programs;
        enrolled_programs.sort_unstable();
        enrolled_programs.dedup();
        Ok(Self {
            mpn_id: mpn_id(&field("mpnId"), &self.mpn_id)?,
            name: text::required(&field("name"), &self.name, NAME_MAX)?,
            country: country(&field("country"), &self.country)?,
            enrolled_programs,
            partner_type: text::optional(&field("partnerType"), self.partner_type.as_deref(), NAME_MAX)?,
        })
    }
}

impl CustomerRow {
    /// The row with what it leaves out as it is there already (L12).
    #[must_use]
    pub fn completed(self, there: Option<&Self>) -> Self {
        let kept = || there.and_then(|there| there.domains.clone()).unwrap_or_default();
        let domains = self.domains.unwrap_or_else(|| with_default(&self.domain, kept()));
        let contact_email = kept_text(self.contact_email, there.and_then(|there| there.contact_email.as_deref()));
        let locale = kept_text(self.locale, there.and_then(|there| there.locale.as_deref()));
        Self { domains: Some(domains), contact_email, locale, ..self }
    }
}

impl PartnerRow {
    /// The row with what it leaves out as it is there already (L12); its locations are its own.
    #[must_use]
    pub fn completed(self, there: Option<&Self>) -> Self {
        let contact_email = kept_text(self.contact_email, there.and_then(|there| there.contact_email.as_deref()));
        let locale = kept_text(self.locale, there.and_then(|there| there.locale.as_deref()));
        Self { contact_email, locale, ..self }
    }
}

/// The text, where it was left out as it is there; a blank one clears it.
fn kept_text(given: Option<String>, there: Option<&str>) -> Option<String> {
    given.or_else(|| there.map(str::to_owned)).filter(|text| !text.is_empty())
}

/// Domains in order, with the default one among them.
fn with_default(default: &str, others: Vec<String>) -> Vec<String> {
    let all: BTreeSet<String> = others.into_iter().chain([default.to_owned()]).collect();
    all.into_iter().collect()
}

impl Row for CustomerRow {
    fn check(self) -> Result<Self, Problem> {
        let name = text::required("name", &self.name, NAME_MAX)?;
        let domain = host_name("domain", &self.domain)?;
        let given = self.domains.is_some();
        let others = self.domains.into_iter().flatten().enumerate();
        let others: Vec<String> =
            others.map(|(index, other)| host_name(&format!("domains.{index}"), &other)).collect::<Result<_, _>>()?;
        let domains = given.then(|| with_default(&domain, others));
        let (contact_email, locale) = form::contact(self.contact_email.as_deref(), self.locale.as_deref())?;
        Ok(Self { tenant_id: self.tenant_id, name, domain, domains, contact_email, locale })
    }
}

impl Row for SubscriptionRow {
    fn check(self) -> Result<Self, Problem> {
        if self.seats < 0 {
            let message = format!("{} is not a number of seats.", self.seats);
            return Err(form::invalid("seats", message, "Give 0 or a positive number.").param("value", self.seats));
        }
        if self.ends_at.is_some_and(|end| end <= self.starts_at) {
            let remedy = "Give an end that is later than the start, or omit it.";
            return Err(form::invalid("endsAt", "The subscription ends before it starts.", remedy));
        }
        Ok(self)
    }
}

impl Row for ProductRow {
    fn check(self) -> Result<Self, Problem> {
        Ok(Self {
            sku_id: self.sku_id,
            sku_part_number: text::required("skuPartNumber", &self.sku_part_number, NAME_MAX)?,
            name: text::required("name", &self.name, NAME_MAX)?,
            solution_area: self.solution_area,
        })
    }
}

#[cfg(test)]
mod tests;
