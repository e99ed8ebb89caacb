//! Partners, customers, products, subscriptions.

use entity::{customer, customer_subscription, partner, partner_location, product};

use super::cells::{Cells, Record};
use crate::store::{
    StoreError,
    records::{Customer, Location, Partner, Product, Subscription},
};

impl Record for Partner {
    type Entity = partner::Entity;

    const COLUMNS: &'static [partner::Column] = &[partner::Column::Id, partner::Column::Name];

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self { id: cells.get()?, name: cells.get()? })
    }
}

impl Record for Location {
    type Entity = partner_location::Entity;

    const COLUMNS: &'static [partner_location::Column] = {
        use partner_location::Column::{Country, EnrolledPrograms, MpnId, Name, PartnerId};
        &[MpnId, PartnerId, Name, Country, EnrolledPrograms]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            mpn_id: cells.get()?,
            partner_id: cells.get()?,
            name: cells.get()?,
            country: cells.get()?,
            enrolled_programs: cells.words()?,
        })
    }
}

impl Record for Customer {
    type Entity = customer::Entity;

    const COLUMNS: &'static [customer::Column] =
        &[customer::Column::TenantId, customer::Column::Name, customer::Column::Domain];

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self { tenant_id: cells.get()?, name: cells.get()?, domain: cells.get()? })
    }
}

impl Record for Product {
    type Entity = product::Entity;

    const COLUMNS: &'static [product::Column] = {
        use product::Column::{Name, SkuId, SkuPartNumber, SolutionArea};
        &[SkuId, SkuPartNumber, Name, SolutionArea]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            sku_id: cells.get()?,
            sku_part_number: cells.get()?,
            name: cells.get()?,
            solution_area: cells.word()?,
        })
    }
}

impl Record for Subscription {
    type Entity = customer_subscription::Entity;

    const COLUMNS: &'static [customer_subscription::Column] = {
        use customer_subscription::Column::{
            Channel, EndsAt, Seats, SkuId, StartsAt, Status, SubscriptionId, TenantId,
        };
        &[SubscriptionId, TenantId, SkuId, Channel, Status, Seats, StartsAt, EndsAt]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            subscription_id: cells.get()?,
            tenant_id: cells.get()?,
            sku_id: cells.get()?,
            channel: cells.word()?,
            status: cells.word()?,
            seats: cells.get()?,
            starts_at: cells.time()?,
            ends_at: cells.maybe_time()?,
        })
    }
}
