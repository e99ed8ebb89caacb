//! Customers as the directory loads them.

use std::collections::HashMap;

use domain::{directory::CustomerRow, problem::Problem, text, time::Timestamp};
use entity::{column::Micros, customer, customer_domain};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction,
    directory::Loadable,
    search_text, sql,
    transaction::rows::{self, Again},
};

impl Loadable for CustomerRow {
    type Key = Uuid;
    const KEY_FIELD: &'static str = "tenantId";

    fn key(&self) -> Uuid {
        self.tenant_id
    }

    fn completed(self, there: Option<&Self>) -> Self {
        Self::completed(self, there)
    }

    async fn existing(transaction: &Transaction, rows: &[Self]) -> Result<HashMap<Uuid, Self>, StoreError> {
        let connection = transaction.connection();
        let backend = connection.get_database_backend();
        let keys: Vec<Uuid> = rows.iter().map(|row| row.tenant_id).collect();
        let mut domains: HashMap<Uuid, Vec<String>> = HashMap::new();
        for row in customer_domain::Entity::find()
            .filter(sql::any_of(customer_domain::Column::TenantId, keys.iter().copied(), backend))
            .all(connection)
            .await?
        {
            domains.entry(row.tenant_id).or_default().push(row.domain);
        }
        let found = customer::Entity::find()
            .filter(sql::any_of(customer::Column::TenantId, keys, backend))
            .all(connection)
            .await?;
        let row = |row: customer::Model| {
            let mut domains = domains.remove(&row.tenant_id).unwrap_or_default();
            domains.sort_unstable();
            (
                row.tenant_id,
                Self {
                    tenant_id: row.tenant_id,
                    name: row.name,
                    domain: row.domain,
                    domains: Some(domains),
                    contact_email: row.contact_email,
                    locale: row.locale,
                },
            )
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn refused(_: &Transaction, rows: &[Self]) -> Result<Vec<Option<Problem>>, StoreError> {
        Ok(vec![None; rows.len()])
    }

    async fn write(transaction: &Transaction, rows: &[Self], now: Timestamp) -> Result<(), StoreError> {
        let connection = transaction.connection();
        let customers = rows.iter().map(|row| customer::ActiveModel {
            tenant_id: Set(row.tenant_id),
            name: Set(row.name.clone()),
            domain: Set(row.domain.clone()),
            search_text: Set(search_text(
                std::iter::once(row.name.as_str()).chain(row.domains.iter().flatten().map(String::as_str)),
            )),
            sort_key: Set(text::sort_key(&row.name)),
            created_at: Set(Micros(now)),
            updated_at: Set(Micros(now)),
            contact_email: Set(row.contact_email.clone()),
            locale: Set(row.locale.clone()),
        });
        rows::insert(transaction, customers.collect(), Some(AGAIN)).await?;
        let keys = rows.iter().map(|row| row.tenant_id);
        customer_domain::Entity::delete_many()
            .filter(sql::any_of(customer_domain::Column::TenantId, keys, connection.get_database_backend()))
            .exec(connection)
            .await?;
        let domains = rows
            .iter()
            .flat_map(|row| row.domains.iter().flatten().map(|domain| (row.tenant_id, domain.clone())))
            .map(|(tenant_id, domain)| customer_domain::ActiveModel { tenant_id: Set(tenant_id), domain: Set(domain) });
        rows::insert(transaction, domains.collect(), None).await
    }
}

const AGAIN: Again<customer::Column> = Again {
    key: customer::Column::TenantId,
    columns: &[
        customer::Column::Name,
        customer::Column::Domain,
        customer::Column::SearchText,
        customer::Column::SortKey,
        customer::Column::UpdatedAt,
        customer::Column::ContactEmail,
        customer::Column::Locale,
    ],
};
