//! Partners, customers, products, subscriptions.

use entity::{customer, customer_subscription, partner, partner_location, product};

use super::Row;
use crate::store::{
    StoreError,
    records::{Customer, Location, Partner, Product, Subscription},
};

pub fn partner(row: partner::Model) -> Result<Partner, StoreError> {
    Ok(Partner {
        id: row.id,
        name: row.name,
    })
}

pub fn location(row: partner_location::Model) -> Result<Location, StoreError> {
    let at = Row {
        table: "partner_location",
        key: &row.mpn_id,
    };
    Ok(Location {
        enrolled_programs: at.words(&row.enrolled_programs)?,
        mpn_id: row.mpn_id,
        partner_id: row.partner_id,
        name: row.name,
        country: row.country,
    })
}

pub fn customer(row: customer::Model) -> Result<Customer, StoreError> {
    Ok(Customer {
        tenant_id: row.tenant_id,
        name: row.name,
        domain: row.domain,
    })
}

pub fn product(row: product::Model) -> Result<Product, StoreError> {
    let at = Row {
        table: "product",
        key: &row.sku_id,
    };
    Ok(Product {
        solution_area: at.word(&row.solution_area)?,
        sku_id: row.sku_id,
        sku_part_number: row.sku_part_number,
        name: row.name,
    })
}

pub fn subscription(row: customer_subscription::Model) -> Result<Subscription, StoreError> {
    let at = Row {
        table: "customer_subscription",
        key: &row.subscription_id,
    };
    Ok(Subscription {
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
