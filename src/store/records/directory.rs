//! Partners, customers, products, subscriptions, reviewers.

use domain::{
    kinds::{IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus},
    time::Timestamp,
};
use uuid::Uuid;

use super::record;
use crate::store::{StoreError, rows::Cells};

record! {
    /// A partner company (C5).
    pub struct Partner of partner {
        /// The partner's id at the vendor.
        pub id: Uuid = get(Id always ["id", "locations"]),
        /// The company's name.
        pub name: String = get(Name read_for ["name"]),
    }
}

record! {
    /// A reviewer of the vendor (R1).
    pub struct Reviewer of reviewer {
        /// Its id, which follows from the subject.
        pub id: Uuid = get(Id always ["id"]),
        /// The subject of the reviewer's tokens.
        pub subject: String = get(Subject always ["subject"]),
        /// The display name.
        pub name: String = get(Name always ["name"]),
        /// Where notices go.
        pub email: Option<String> = get(Email always ["email"]),
        /// Whether this is a review lead.
        pub lead: bool = get(Lead always ["lead"]),
        /// Whether reviews can be assigned.
        pub active: bool = get(Active always ["active"]),
        /// The absence that was set last.
        pub absence: Option<Absence> = absence(AbsentFrom always ["absence"], AbsentUntil, Deputy),
    }
}

record! {
    /// A partner's location. Its partner type is never read (C5).
    pub struct Location of partner_location {
        /// The MPN id.
        pub mpn_id: String = get(MpnId always ["id", "mpnId"]),
        /// Whose it is.
        pub partner_id: Uuid = get(PartnerId always ["partner"]),
        /// Its name.
        pub name: String = get(Name read_for ["name"]),
        /// The country it lies in.
        pub country: String = get(Country read_for ["country"]),
        /// Where it is enrolled.
        pub enrolled_programs: Vec<IncentiveProgram> = words(EnrolledPrograms read_for ["enrolledPrograms"]),
    }
}

record! {
    /// A customer (C6).
    pub struct Customer of customer {
        /// The tenant's id.
        pub tenant_id: Uuid = get(TenantId always ["id", "tenantId", "subscriptions", "claims"]),
        /// The customer's name.
        pub name: String = get(Name read_for ["name"]),
        /// The default domain.
        pub domain: String = get(Domain read_for ["domain", "domains"]),
    }
}

record! {
    /// A product of the catalog (C1).
    pub struct Product of product {
        /// The SKU's id.
        pub sku_id: Uuid = get(SkuId always ["id", "skuId"]),
        /// The SKU's part number.
        pub sku_part_number: String = get(SkuPartNumber read_for ["skuPartNumber"]),
        /// The name.
        pub name: String = get(Name read_for ["name"]),
        /// The one solution area it belongs to.
        pub solution_area: SolutionArea = word(SolutionArea always ["solutionArea"]),
    }
}

record! {
    /// A customer's subscription (C7).
    pub struct Subscription of customer_subscription {
        /// The subscription's id.
        pub subscription_id: Uuid = get(SubscriptionId always ["id", "subscriptionId"]),
        /// The customer's tenant.
        pub tenant_id: Uuid = get(TenantId always ["customer"]),
        /// The product.
        pub sku_id: Uuid = get(SkuId always ["product"]),
        /// How it was sold.
        pub channel: SubscriptionChannel = word(Channel always ["channel"]),
        /// Where it is in its life.
        pub status: SubscriptionStatus = word(Status always ["status"]),
        /// How many seats were bought.
        pub seats: i32 = get(Seats read_for ["seats"]),
        /// When it starts.
        pub starts_at: Timestamp = time(StartsAt read_for ["startsAt"]),
        /// When it ends, if that is known.
        pub ends_at: Option<Timestamp> = maybe_time(EndsAt read_for ["endsAt"]),
    }
}

/// A time in which a reviewer does not review (R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// The subject of the deputy.
    pub deputy: Option<String>,
}

impl Reviewer {
    /// Whether the reviewer is absent at this time.
    #[must_use]
    pub fn is_absent(&self, now: Timestamp) -> bool {
        self.absence.as_ref().is_some_and(|absence| absence.from <= now && now < absence.until)
    }
}

impl Cells<'_> {
    /// The next three values: an absence, if there is one.
    fn absence(&mut self) -> Result<Option<Absence>, StoreError> {
        Ok(match (self.maybe_time()?, self.maybe_time()?, self.get()?) {
            (Some(from), Some(until), deputy) => Some(Absence { from, until, deputy }),
            _ => None,
        })
    }
}
