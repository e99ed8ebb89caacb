//! The rows that the directory is loaded with.

use async_graphql::{InputObject, MaybeUndefined};
use domain::directory;

use super::{IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus};
use crate::graphql::scalar::{DateTime, Uuid};

/// A partner company with its locations to insert or update, identified by `partnerId`.
#[derive(Clone, Debug, InputObject)]
pub struct PartnerRow {
    /// The UUID that the tokens of the partner's people contain as `partner_id`.
    pub partner_id: Uuid,
    /// The company's name: not blank, at most 200 characters.
    pub name: String,
    /// Its locations. Locations that are omitted are kept; a location cannot move to another partner.
    pub locations: Vec<PartnerLocationRow>,
    /// The e-mail address for notices to the partner. If omitted, the stored address is kept. Null removes it; notices
    /// then go to the claim's partner contact.
    pub contact_email: MaybeUndefined<String>,
    /// The language of notices to the partner as a BCP 47 tag: `en`, `tr`, `hu` or `sv`; any other language falls back
    /// to English. If omitted, the stored language is kept; null removes it.
    pub locale: MaybeUndefined<String>,
}

/// A location of a partner to insert or update, identified by `mpnId`.
#[derive(Clone, Debug, InputObject)]
pub struct PartnerLocationRow {
    /// The MPN id: up to 64 letters, digits, hyphens and underscores; unique among all partners.
    pub mpn_id: String,
    /// The location's name: not blank, at most 200 characters.
    pub name: String,
    /// A two-letter country code, or a country's name of at most 200 characters.
    pub country: String,
    /// The incentive programs that the location is enrolled in.
    pub enrolled_programs: Vec<IncentiveProgram>,
    /// The partner type, such as `FRP FastTrack`, at most 200 characters. Stored, but never shown.
    pub partner_type: Option<String>,
}

/// A customer to insert or update, identified by `tenantId`.
#[derive(Clone, Debug, InputObject)]
pub struct CustomerRow {
    /// Uuid,~The tenant id.: The UUID of the customer's tenant.
    pub tenant_id: Uuid,
    /// The customer's name: not blank, at most 200 characters.
    pub name: String,
    /// The default domain.
    pub domain: String,
    /// All verified domains, including the default domain. If omitted, the stored domains are kept; null resets them to the
    /// default domain.
    pub domains: MaybeUndefined<Vec<String>>,
    /// The e-mail address for notices to the customer. If omitted, the stored address is kept. Null removes it; notices
    /// then go to the claim's customer contact.
    pub contact_email: MaybeUndefined<String>,
    /// The language of notices to the customer as a BCP 47 tag: `en`, `tr`, `hu` or `sv`; any other language falls back
    /// to English. If omitted, the stored language is kept; null removes it.
    pub locale: MaybeUndefined<String>,
}

/// A subscription to insert or update, identified by `subscriptionId`.
#[derive(Clone, Debug, InputObject)]
pub struct SubscriptionRow {
    /// The UUID that identifies the subscription.
    pub subscription_id: Uuid,
    /// The tenant id of a customer in the directory.
    pub tenant_id: Uuid,
    /// The SKU id of a product in the catalog.
    pub sku_id: Uuid,
    /// How it was sold.
    pub channel: SubscriptionChannel,
    /// Whether the subscription can be used, and so claimed.
    pub status: SubscriptionStatus,
    /// The number of seats; not negative.
    pub seats: i32,
    /// The beginning of its term.
    pub starts_at: DateTime,
    /// When it ends, later than `startsAt`; omitted or null if unknown.
    pub ends_at: Option<DateTime>,
}

/// A reviewer to insert or update, identified by `subject`.
#[derive(Clone, Debug, InputObject)]
pub struct ReviewerRow {
    /// The subject of the reviewer's tokens, at most 200 characters.
    pub subject: String,
    /// The display name: not blank, at most 200 characters.
    pub name: String,
    /// The e-mail address for notices.
    pub email: Option<String>,
    /// The language of notices as a BCP 47 tag, such as `en`.
    pub locale: Option<String>,
    /// Whether the reviewer may also award arbitrations and move reviews.
    pub lead: bool,
    /// Whether reviews can be assigned to them.
    pub active: bool,
}

impl From<ReviewerRow> for directory::ReviewerRow {
    fn from(row: ReviewerRow) -> Self {
        let ReviewerRow { subject, name, email, locale, lead, active } = row;
        Self { subject, name, email, locale, lead, active }
    }
}

/// A product to insert or update, identified by `skuId`.
#[derive(Clone, Debug, InputObject)]
pub struct ProductRow {
    /// Uuid,~The SKU id.: The catalog's UUID for the product.
    pub sku_id: Uuid,
    /// The SKU part number: not blank, at most 200 characters.
    pub sku_part_number: String,
    /// The product's name: not blank, at most 200 characters.
    pub name: String,
    /// The one solution area that it belongs to.
    pub solution_area: SolutionArea,
}

/// What a row does to a text: nothing, clear it by a blank, or set it (L12).
fn null_as_blank(given: MaybeUndefined<String>) -> Option<String> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

impl From<PartnerRow> for directory::PartnerRow {
    fn from(row: PartnerRow) -> Self {
        Self {
            partner_id: row.partner_id.into(),
            name: row.name,
            locations: row.locations.into_iter().map(Into::into).collect(),
            contact_email: null_as_blank(row.contact_email),
            locale: null_as_blank(row.locale),
        }
    }
}

impl From<PartnerLocationRow> for directory::LocationRow {
    fn from(row: PartnerLocationRow) -> Self {
        Self {
            mpn_id: row.mpn_id,
            name: row.name,
            country: row.country,
            enrolled_programs: row.enrolled_programs.into_iter().map(Into::into).collect(),
            partner_type: row.partner_type,
        }
    }
}

impl From<CustomerRow> for directory::CustomerRow {
    fn from(row: CustomerRow) -> Self {
        Self {
            tenant_id: row.tenant_id.into(),
            name: row.name,
            domain: row.domain,
            domains: match row.domains {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(Vec::new()),
                MaybeUndefined::Value(domains) => Some(domains),
            },
            contact_email: null_as_blank(row.contact_email),
            locale: null_as_blank(row.locale),
        }
    }
}

impl From<SubscriptionRow> for directory::SubscriptionRow {
    fn from(row: SubscriptionRow) -> Self {
        Self {
            subscription_id: row.subscription_id.into(),
            tenant_id: row.tenant_id.into(),
            sku_id: row.sku_id.into(),
            channel: row.channel.into(),
            status: row.status.into(),
            seats: row.seats,
            starts_at: row.starts_at.into(),
            ends_at: row.ends_at.map(Into::into),
        }
    }
}

impl From<ProductRow> for directory::ProductRow {
    fn from(row: ProductRow) -> Self {
        Self {
            sku_id: row.sku_id.into(),
            sku_part_number: row.sku_part_number,
            name: row.name,
            solution_area: row.solution_area.into(),
        }
    }
}
