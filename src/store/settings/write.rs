//! Storing settings.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::setting;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use super::{DELIVERS, DOCUMENT_KEY, OFFSET, delivers_notices, read::stored_document_key};
use crate::store::{Db, Reads, StoreError, Transaction};

/// Remembers how far the sandbox clock is ahead, if that is further than before: it never goes back.
///
/// # Errors
/// Database errors.
pub async fn advance_sandbox_offset(transaction: &Transaction, micros: i64) -> Result<i64, StoreError> {
    let connection = transaction.connection();
    let found = setting::Entity::find_by_id(OFFSET.to_owned()).one(connection).await?;
    let before = found.and_then(|row| row.value.parse().ok()).unwrap_or(0);
    if micros <= before {
        return Ok(before);
    }
    let row = setting::ActiveModel { name: Set(OFFSET.to_owned()), value: Set(micros.to_string()) };
    let again = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(again).exec_without_returning(connection).await?;
    Ok(micros)
}

/// Remembers whether the servers on this database deliver notices.
///
/// # Errors
/// Database errors.
pub async fn deliver_notices(db: &Db, delivers: bool) -> Result<(), StoreError> {
    if delivers_notices(db).await? == delivers {
        return Ok(());
    }
    let transaction = db.begin().await?;
    let connection = transaction.connection();
    if delivers {
        let row = setting::ActiveModel { name: Set(DELIVERS.to_owned()), value: Set("true".to_owned()) };
        let there = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
        setting::Entity::insert(row).on_conflict(there).exec_without_returning(connection).await?;
    } else {
        setting::Entity::delete_by_id(DELIVERS.to_owned()).exec(connection).await?;
    }
    transaction.commit().await
}

/// The key that addresses of documents are signed with, which all servers on this database share (P2). The first one to ask
/// stores `new`.
///
/// # Errors
/// [`StoreError::Corrupt`] for a value that is not a key; the database's.
pub async fn document_key(db: &Db, new: [u8; 32]) -> Result<Vec<u8>, StoreError> {
    if let Some(key) = stored_document_key(db).await? {
        return Ok(key);
    }
    let transaction = db.begin().await?;
    let row = setting::ActiveModel { name: Set(DOCUMENT_KEY.to_owned()), value: Set(URL_SAFE_NO_PAD.encode(new)) };
    // Another server may have been quicker: then its key is the one.
    let there = OnConflict::column(setting::Column::Name).do_nothing().to_owned();
    setting::Entity::insert(row).on_conflict(there).exec_without_returning(transaction.connection()).await?;
    transaction.commit().await?;
    let stored = stored_document_key(db).await?;
    stored.ok_or_else(|| StoreError::Corrupt("setting", DOCUMENT_KEY.to_owned()))
}
