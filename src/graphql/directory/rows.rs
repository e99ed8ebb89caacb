//! The rows that the directory is loaded with.

use async_graphql::{InputObject, MaybeUndefined};
use domain::directory;

use super::{IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus};
use crate::graphql::scalar::{DateTime, Uuid};

/// A partner company with its locations. Its key is `partnerId`.
#[derive(Clone, Debug, InputObject)]
pub struct PartnerRow {
    /// The partner's id, which its people's tokens carry.
    pub partner_id: Uuid,
    /// The company's name: not blank, at most 200 characters.
    pub name: String,
    /// Its locations. One that is left out stays as it is; one never moves to another partner.
    pub locations: Vec<PartnerLocationRow>,
    /// The e-mail address that notices to the partner go to. If omitted, the stored address is kept; null removes it: notices
    /// then go to the claim's partner contact.
    pub contact_email: MaybeUndefined<String>,
    /// The language of notices to the partner, as a BCP 47 tag: `en`, `tr`, `hu` and `sv` are written, any other language is
    /// written in English. If omitted, the stored language is kept; null removes it.
    pub locale: MaybeUndefined<String>,
}

/// A location of a partner. Its key is `mpnId`.
#[derive(Clone, Debug, InputObject)]
pub struct PartnerLocationRow {
    /// The MPN id: up to 64 letters, digits, hyphens and underscores; unique among all partners.
    pub mpn_id: String,
    /// The location's name: not blank, at most 200 characters.
    pub name: String,
    /// The country: a code of two letters, or a name of at most 200 characters.
    pub country: String,
    /// The incentive programmes that it is enrolled in.
    pub enrolled_programs: Vec<IncentiveProgram>,
    /// The partner type, such as `FRP FastTrack`, of at most 200 characters. It is kept, and never shown.
    pub partner_type: Option<String>,
}

/// A customer. Its key is `tenantId`.
#[derive(Clone, Debug, InputObject)]
pub struct CustomerRow {
    /// The tenant id.
    pub tenant_id: Uuid,
    /// The customer's name: not blank, at most 200 characters.
    pub name: String,
    /// The default domain.
    pub domain: String,
    /// All verified domains, including the default domain. If omitted, the stored domains are kept; null resets them to the
    /// default domain.
    pub domains: MaybeUndefined<Vec<String>>,
    /// The e-mail address that notices to the customer go to. If omitted, the stored address is kept; null removes it: notices
    /// then go to the claim's customer contact.
    pub contact_email: MaybeUndefined<String>,
    /// The language of notices to the customer, as a BCP 47 tag: `en`, `tr`, `hu` and `sv` are written, any other language is
    /// written in English. If omitted, the stored language is kept; null removes it.
    pub locale: MaybeUndefined<String>,
}

/// A customer's subscription. Its key is `subscriptionId`.
#[derive(Clone, Debug, InputObject)]
pub struct SubscriptionRow {
    /// The subscription id.
    pub subscription_id: Uuid,
    /// The tenant id of a customer that is there already.
    pub tenant_id: Uuid,
    /// The SKU id of a product that is there already.
    pub sku_id: Uuid,
    /// How it was sold.
    pub channel: SubscriptionChannel,
    /// Where it is in its life.
    pub status: SubscriptionStatus,
    /// How many seats it has; not negative.
    pub seats: i32,
    /// When it starts.
    pub starts_at: DateTime,
    /// When it ends, after it starts; left out where that is not known.
    pub ends_at: Option<DateTime>,
}

/// A reviewer of the vendor. Its key is `subject`.
#[derive(Clone, Debug, InputObject)]
pub struct ReviewerRow {
    /// The subject of the reviewer's tokens, at most 200 characters.
    pub subject: String,
    /// The display name: not blank, at most 200 characters.
    pub name: String,
    /// Where notices go.
    pub email: Option<String>,
    /// The language of notices, such as `en`.
    pub locale: Option<String>,
    /// Whether this is a review lead.
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

/// A product of the catalogue. Its key is `skuId`.
#[derive(Clone, Debug, InputObject)]
pub struct ProductRow {
    /// The SKU id.
    pub sku_id: Uuid,
    /// The SKU part number: not blank, at most 200 characters.
    pub sku_part_number: String,
    /// The product's name: not blank, at most 200 characters.
    pub name: String,
    /// The one solution area that it belongs to.
    pub solution_area: SolutionArea,
}

/// What a row says of a text: nothing, a blank that clears it, or a new one (L12).
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
