//! Reading settings.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::setting;
use sea_orm::EntityTrait;

use super::{DELIVERS, DOCUMENT_KEY, OFFSET};
use crate::store::{Db, Reads, StoreError};

/// How far the sandbox clock is ahead of the machine's, in microseconds; `None` if it was never moved.
///
/// # Errors
/// [`StoreError::Corrupt`] for a value that is no number; database errors.
pub async fn sandbox_offset(db: &Db) -> Result<Option<i64>, StoreError> {
    let found = setting::Entity::find_by_id(OFFSET.to_owned()).one(db.connection()).await?;
    found.map(|row| row.value.parse().map_err(|_| StoreError::Corrupt("setting", OFFSET.to_owned()))).transpose()
}

/// Whether the servers on this database deliver notices.
///
/// # Errors
/// Database errors.
pub async fn delivers_notices(db: &Db) -> Result<bool, StoreError> {
    Ok(setting::Entity::find_by_id(DELIVERS.to_owned()).one(db.connection()).await?.is_some())
}

pub(super) async fn stored_document_key(db: &Db) -> Result<Option<Vec<u8>>, StoreError> {
    let found = setting::Entity::find_by_id(DOCUMENT_KEY.to_owned()).one(db.connection()).await?;
    let key = |row: setting::Model| URL_SAFE_NO_PAD.decode(row.value).ok().filter(|key| key.len() == 32);
    found.map(|row| key(row).ok_or_else(|| StoreError::Corrupt("setting", DOCUMENT_KEY.to_owned()))).transpose()
}
