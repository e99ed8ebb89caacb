//! A claim as a file has it (B2).

use domain::{
    claim::Contact,
    identifier,
    kinds::{Activity, SolutionArea},
    lifecycle::{ClaimContent, NewLine},
    patch::Patch,
    text::visible,
};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::{
    FileRow,
    cells::{Cells, Column},
    noun::{given, snake_case},
};
use crate::graphql::global_id::{self, Kind};

/// A row of a file of claims. It has an external reference: by that a repeated import knows the claim.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct ClaimRow {
    /// The external reference in its one form (L15).
    pub reference: String,
    /// The row of the use case.
    pub row: ClaimContent,
}

/// A row of JSON Lines, by the names of `CreateClaimRow`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    name: String,
    external_reference: String,
    tenant_id: Uuid,
    domain: String,
    solution_area: SolutionArea,
    activities: Vec<Activity>,
    mpn_id: String,
    #[serde(default, deserialize_with = "patch")]
    lines: Patch<Vec<WrittenLine>>,
    #[serde(default, deserialize_with = "patch")]
    customer_contact: Patch<Contact>,
    #[serde(default, deserialize_with = "patch")]
    technical_contact: Patch<Contact>,
    #[serde(default, deserialize_with = "patch")]
    partner_contact: Patch<Contact>,
    #[serde(default, deserialize_with = "patch")]
    solution_seller: Patch<String>,
    #[serde(default, deserialize_with = "patch")]
    partner_solution: Patch<String>,
}

/// A line, whose product is named by its global id or by its SKU id.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the API's names")]
struct WrittenLine {
    product_id: Option<String>,
    sku_id: Option<Uuid>,
    subscription_id: Option<String>,
}

/// A field that is there: null clears it (L12).
fn patch<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map_or(Patch::Clear, Patch::Set))
}

/// The external reference of a row, which must have one.
fn reference(name: &str, typed: &str) -> Result<String, String> {
    if visible::is_blank(typed) {
        return Err(format!(
            "{name}: the reference is blank. Give the partner's own key, by which a repeated import finds the claim."
        ));
    }
    Ok(identifier::reference(typed))
}

impl TryFrom<Written> for ClaimRow {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let line = |line: WrittenLine| NewLine {
            sku_id: line.sku_id.or_else(|| global_id::key(Kind::Product, line.product_id.as_deref()?)),
            typed: line.subscription_id,
        };
        Ok(Self {
            reference: reference("externalReference", &written.external_reference)?,
            row: ClaimContent {
                name: written.name,
                external_reference: Some(written.external_reference),
                tenant_id: written.tenant_id,
                domain: written.domain,
                solution_area: written.solution_area,
                activities: written.activities,
                mpn_id: written.mpn_id,
                lines: written.lines.map(|lines| lines.into_iter().map(line).collect()),
                customer_contact: written.customer_contact,
                technical_contact: written.technical_contact,
                partner_contact: written.partner_contact,
                solution_seller: written.solution_seller,
                partner_solution: written.partner_solution,
            },
        })
    }
}

impl FileRow for ClaimRow {
    const COLUMNS: &'static [Column] = &[
        Column::required("external_reference"),
        Column::required("name"),
        Column::required("tenant_id"),
        Column::required("domain"),
        Column::required("solution_area"),
        Column::required("activities"),
        Column::required("mpn_id"),
        Column::optional("sku_ids"),
        Column::optional("subscription_ids"),
        Column::optional("customer_contact_name"),
        Column::optional("customer_contact_email"),
        Column::optional("customer_contact_title"),
        Column::optional("customer_contact_phone"),
        Column::optional("technical_contact_name"),
        Column::optional("technical_contact_email"),
        Column::optional("technical_contact_title"),
        Column::optional("technical_contact_phone"),
        Column::optional("partner_contact_name"),
        Column::optional("partner_contact_email"),
        Column::optional("partner_contact_title"),
        Column::optional("partner_contact_phone"),
        Column::optional("solution_seller"),
        Column::optional("partner_solution"),
    ];

    fn from_cells(cells: &Cells<'_>) -> Result<Self, String> {
        let typed = cells.text("external_reference");
        let stated = |column| given(cells, column).map_or(Patch::Keep, Patch::Set);
        Ok(Self {
            reference: reference("external_reference", typed)?,
            row: ClaimContent {
                name: cells.text("name").to_owned(),
                external_reference: Some(typed.to_owned()),
                tenant_id: cells.uuid("tenant_id")?,
                domain: cells.text("domain").to_owned(),
                solution_area: cells.word("solution_area", SolutionArea::ALL)?,
                activities: cells.words("activities", Activity::ALL)?,
                mpn_id: cells.text("mpn_id").to_owned(),
                lines: lines(cells)?,
                customer_contact: contact(cells, CUSTOMER_CONTACT),
                technical_contact: contact(cells, TECHNICAL_CONTACT),
                partner_contact: contact(cells, PARTNER_CONTACT),
                solution_seller: stated("solution_seller"),
                partner_solution: stated("partner_solution"),
            },
        })
    }
}

/// The lines of two cells: products, and for each the subscription or a blank.
fn lines(cells: &Cells<'_>) -> Result<Patch<Vec<NewLine>>, String> {
    let skus: Vec<&str> = cells.list("sku_ids").collect();
    let subscriptions = cells.text("subscription_ids");
    let typed: Vec<&str> =
        if subscriptions.is_empty() { vec![""; skus.len()] } else { subscriptions.split(';').map(str::trim).collect() };
    if typed.len() != skus.len() {
        return Err(format!(
            "subscription_ids: the cell has {} ids and sku_ids has {}. Give one for each SKU id, blank where there is none.",
            typed.len(),
            skus.len()
        ));
    }
    if skus.is_empty() {
        return Ok(Patch::Keep);
    }
    let line = |(sku, typed): (&str, &str)| {
        let sku_id = identifier::uuid(sku).ok_or_else(|| format!("sku_ids: {sku:?} is not a UUID."))?;
        Ok(NewLine { sku_id: Some(sku_id), typed: Some(typed.to_owned()).filter(|typed| !typed.is_empty()) })
    };
    Ok(Patch::Set(skus.into_iter().zip(typed).map(line).collect::<Result<_, String>>()?))
}

/// The columns of a contact: its name, email address, title and telephone number.
type ContactColumns = [&'static str; 4];

const CUSTOMER_CONTACT: ContactColumns =
    ["customer_contact_name", "customer_contact_email", "customer_contact_title", "customer_contact_phone"];
const TECHNICAL_CONTACT: ContactColumns =
    ["technical_contact_name", "technical_contact_email", "technical_contact_title", "technical_contact_phone"];
const PARTNER_CONTACT: ContactColumns =
    ["partner_contact_name", "partner_contact_email", "partner_contact_title", "partner_contact_phone"];

/// A contact of four cells; where all are blank the row says nothing of it.
fn contact(cells: &Cells<'_>, columns: ContactColumns) -> Patch<Contact> {
    let [name, email, title, phone] = columns.map(|column| given(cells, column));
    if [&name, &email, &title, &phone].into_iter().all(Option::is_none) {
        return Patch::Keep;
    }
    Patch::Set(Contact { name: name.unwrap_or_default(), title, email: email.unwrap_or_default(), phone })
}

/// The column of a problem's field, a path inside the row.
#[must_use]
pub fn column(field: &[String]) -> String {
    let last = field.last().map(String::as_str).unwrap_or_default();
    match field.first().map(String::as_str) {
        Some("lines") if last == "subscriptionId" => "subscription_ids".to_owned(),
        Some("lines") => "sku_ids".to_owned(),
        Some(first) if first == last => snake_case(first),
        Some(first) => format!("{}_{}", snake_case(first), snake_case(last)),
        None => String::new(),
    }
}
