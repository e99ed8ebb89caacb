//! Subscriptions as the directory loads them; the customer and the product must be there.

use std::collections::{HashMap, HashSet};

use domain::{directory::SubscriptionRow, problem::Problem, time::Timestamp};
use entity::{
    column::{Micros, Word},
    customer, customer_subscription, product,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction,
    directory::Loadable,
    sql,
    transaction::rows::{self, Again},
};

impl Loadable for SubscriptionRow {
    type Key = Uuid;
    const KEY_FIELD: &'static str = "subscriptionId";
    const MAY_END_ASSOCIATIONS: bool = true;

    fn key(&self) -> Uuid {
        self.subscription_id
    }

    async fn existing(transaction: &Transaction, rows: &[Self]) -> Result<HashMap<Uuid, Self>, StoreError> {
        let connection = transaction.connection();
        let keys = rows.iter().map(|row| row.subscription_id);
        let found = customer_subscription::Entity::find()
            .filter(sql::any_of(customer_subscription::Column::SubscriptionId, keys, connection.get_database_backend()))
            .all(connection)
            .await?;
        Ok(found.iter().map(|row| (row.subscription_id, there(row))).collect())
    }

    async fn refused(transaction: &Transaction, rows: &[Self]) -> Result<Vec<Option<Problem>>, StoreError> {
        let connection = transaction.connection();
        let backend = connection.get_database_backend();
        let tenants: HashSet<Uuid> = customer::Entity::find()
            .select_only()
            .column(customer::Column::TenantId)
            .filter(sql::any_of(customer::Column::TenantId, rows.iter().map(|row| row.tenant_id), backend))
            .into_tuple::<Uuid>()
            .all(connection)
            .await?
            .into_iter()
            .collect();
        let products: HashSet<Uuid> = product::Entity::find()
            .select_only()
            .column(product::Column::SkuId)
            .filter(sql::any_of(product::Column::SkuId, rows.iter().map(|row| row.sku_id), backend))
            .into_tuple::<Uuid>()
            .all(connection)
            .await?
            .into_iter()
            .collect();
        let refused = |row: &Self| {
            if !tenants.contains(&row.tenant_id) {
                return Some(Problem::not_found("customer", "tenantId").remedy("Load the customer first."));
            }
            (!products.contains(&row.sku_id))
                .then(|| Problem::not_found("product", "skuId").remedy("Load the product first."))
        };
        Ok(rows.iter().map(refused).collect())
    }

    async fn write(transaction: &Transaction, rows: &[Self], _: Timestamp) -> Result<(), StoreError> {
        let subscriptions = rows.iter().map(|row| customer_subscription::ActiveModel {
            subscription_id: Set(row.subscription_id),
            tenant_id: Set(row.tenant_id),
            sku_id: Set(row.sku_id),
            channel: Set(Word(row.channel)),
            status: Set(Word(row.status)),
            seats: Set(row.seats),
            starts_at: Set(Micros(row.starts_at)),
            ends_at: Set(row.ends_at.map(Micros)),
        });
        rows::insert(transaction, subscriptions.collect(), Some(AGAIN)).await
    }
}

const AGAIN: Again<customer_subscription::Column> = Again {
    key: customer_subscription::Column::SubscriptionId,
    columns: &[
        customer_subscription::Column::TenantId,
        customer_subscription::Column::SkuId,
        customer_subscription::Column::Channel,
        customer_subscription::Column::Status,
        customer_subscription::Column::Seats,
        customer_subscription::Column::StartsAt,
        customer_subscription::Column::EndsAt,
    ],
};

fn there(row: &customer_subscription::Model) -> SubscriptionRow {
    SubscriptionRow {
        subscription_id: row.subscription_id,
        tenant_id: row.tenant_id,
        sku_id: row.sku_id,
        channel: row.channel.0,
        status: row.status.0,
        seats: row.seats,
        starts_at: row.starts_at.0,
        ends_at: row.ends_at.map(|at| at.0),
    }
}
