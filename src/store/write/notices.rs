//! Notices: recorded in the transaction of what they tell (D4, N1).

use domain::{notice::Notice, time::Timestamp};
use entity::notice;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::{
    ids,
    store::{Reads, StoreError, Transaction},
};

/// Records notices about a claim.
///
/// # Errors
/// The database's.
pub async fn insert(
    transaction: &Transaction,
    claim_id: Uuid,
    notices: &[Notice],
    at: Timestamp,
) -> Result<(), StoreError> {
    if notices.is_empty() {
        return Ok(());
    }
    let rows = notices.iter().map(|notice| row(ids::new(), claim_id, notice, at));
    notice::Entity::insert_many(rows).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// The row of a notice.
pub(super) fn row(id: Uuid, claim_id: Uuid, notice: &Notice, at: Timestamp) -> notice::ActiveModel {
    notice::ActiveModel {
        id: Set(id),
        claim_id: Set(claim_id),
        recipient: Set(notice.recipient.as_str().to_owned()),
        subject: Set(notice.subject.clone()),
        body: Set(notice.body.clone()),
        created_at: Set(at.micros()),
    }
}
