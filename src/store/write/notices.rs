//! Notices: recorded in the transaction of what they tell (D4, N1).

use domain::{notice::Notice, time::Timestamp};
use entity::notice;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use crate::ids;

/// The rows of notices about a claim.
pub fn rows(claim_id: Uuid, notices: &[Notice], at: Timestamp) -> impl Iterator<Item = notice::ActiveModel> {
    notices.iter().map(move |notice| row(ids::new(), claim_id, notice, at))
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
