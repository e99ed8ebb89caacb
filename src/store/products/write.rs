//! Products as the directory loads them.

use std::collections::HashMap;

use domain::{directory::ProductRow, problem::Problem, text, time::Timestamp};
use entity::{column::Word, product};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction,
    directory::Loadable,
    search_text, sql,
    transaction::rows::{self, Again},
};

impl Loadable for ProductRow {
    type Key = Uuid;
    const KEY_FIELD: &'static str = "skuId";

    fn key(&self) -> Uuid {
        self.sku_id
    }

    async fn existing(transaction: &Transaction, rows: &[Self]) -> Result<HashMap<Uuid, Self>, StoreError> {
        let connection = transaction.connection();
        let keys = rows.iter().map(|row| row.sku_id);
        let found = product::Entity::find()
            .filter(sql::any_of(product::Column::SkuId, keys, connection.get_database_backend()))
            .all(connection)
            .await?;
        let row = |row: product::Model| {
            let product::Model { sku_id, sku_part_number, name, solution_area, .. } = row;
            (sku_id, Self { sku_id, sku_part_number, name, solution_area: solution_area.0 })
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn refused(_: &Transaction, rows: &[Self]) -> Result<Vec<Option<Problem>>, StoreError> {
        Ok(vec![None; rows.len()])
    }

    async fn write(transaction: &Transaction, rows: &[Self], _: Timestamp) -> Result<(), StoreError> {
        let products = rows.iter().map(|row| product::ActiveModel {
            sku_id: Set(row.sku_id),
            sku_part_number: Set(row.sku_part_number.clone()),
            name: Set(row.name.clone()),
            search_text: Set(search_text([row.name.as_str(), row.sku_part_number.as_str()])),
            sort_key: Set(text::sort_key(&row.name)),
            solution_area: Set(Word(row.solution_area)),
        });
        rows::insert(transaction, products.collect(), Some(AGAIN)).await
    }
}

const AGAIN: Again<product::Column> = Again {
    key: product::Column::SkuId,
    columns: &[
        product::Column::SkuPartNumber,
        product::Column::Name,
        product::Column::SearchText,
        product::Column::SortKey,
        product::Column::SolutionArea,
    ],
};
