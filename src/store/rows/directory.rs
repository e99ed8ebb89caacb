//! Partners, customers, products, subscriptions.

use entity::{customer, customer_subscription, partner, partner_location, product};

use super::Row;
use crate::store::{
    StoreError,
    records::{Customer, Location, Partner, Product, Subscription},
};

impl TryFrom<partner::Model> for Partner {
    type Error = StoreError;

    fn try_from(row: partner::Model) -> Result<Self, StoreError> {
        Ok(Self { id: row.id, name: row.name })
    }
}

impl TryFrom<partner_location::Model> for Location {
    type Error = StoreError;

    fn try_from(row: partner_location::Model) -> Result<Self, StoreError> {
        let at = Row { table: "partner_location", key: &row.mpn_id };
        Ok(Self {
            enrolled_programs: at.words(&row.enrolled_programs)?,
            mpn_id: row.mpn_id,
            partner_id: row.partner_id,
            name: row.name,
            country: row.country,
        })
    }
}

impl TryFrom<customer::Model> for Customer {
    type Error = StoreError;

    fn try_from(row: customer::Model) -> Result<Self, StoreError> {
        Ok(Self { tenant_id: row.tenant_id, name: row.name, domain: row.domain })
    }
}

impl TryFrom<product::Model> for Product {
    type Error = StoreError;

    fn try_from(row: product::Model) -> Result<Self, StoreError> {
        let at = Row { table: "product", key: &row.sku_id };
        Ok(Self {
            solution_area: at.word(&row.solution_area)?,
            sku_id: row.sku_id,
            sku_part_number: row.sku_part_number,
            name: row.name,
        })
    }
}

impl TryFrom<customer_subscription::Model> for Subscription {
    type Error = StoreError;

    fn try_from(row: customer_subscription::Model) -> Result<Self, StoreError> {
        let at = Row { table: "customer_subscription", key: &row.subscription_id };
        Ok(Self {
            subscription_id: row.subscription_id,
            tenant_id: row.tenant_id,
            sku_id: row.sku_id,
            channel: at.word(&row.channel)?,
            status: at.word(&row.status)?,
            seats: row.seats,
            starts_at: at.time(row.starts_at)?,
            ends_at: at.maybe_time(row.ends_at)?,
        })
    }
}
