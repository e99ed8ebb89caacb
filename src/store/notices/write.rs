//! The rows of notices, for the transaction of the change that they report.

use domain::{
    claim::Claim,
    kinds::DeliveryState,
    notice::{self as told, NoticeFacts, Recipient},
    time::Timestamp,
};
use entity::{
    column::{Json, Micros, Word},
    notice,
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::{Notice, record::LEADS};
use crate::{
    ids,
    store::{Reads, StoreError, Transaction},
};

/// What notices are about, and so whose they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The claim.
    pub claim_id: Option<Uuid>,
    /// The partner, for notices to it.
    pub partner_id: Option<Uuid>,
    /// The customer, for notices to it.
    pub tenant_id: Option<Uuid>,
}

impl From<&Claim> for About {
    fn from(claim: &Claim) -> Self {
        Self { claim_id: Some(claim.id), partner_id: Some(claim.partner_id), tenant_id: Some(claim.tenant_id) }
    }
}

/// The rows of notices, `PENDING` where they are to be delivered.
pub fn rows(
    about: About,
    notices: &[told::Notice],
    state: DeliveryState,
    at: Timestamp,
) -> impl Iterator<Item = notice::ActiveModel> {
    notices.iter().map(move |notice| row(ids::new(), about, notice, state, at))
}

/// The row of a notice. Every row sets the same columns, as rows that are inserted together must.
pub(in crate::store) fn row(
    id: Uuid,
    about: About,
    notice: &told::Notice,
    state: DeliveryState,
    at: Timestamp,
) -> notice::ActiveModel {
    // Words, numbers and times: this cannot fail. Without its facts a notice would be recorded only, with the reason.
    let (partner_id, tenant_id, reviewer) = match &notice.recipient {
        Recipient::Partner => (about.partner_id, None, None),
        Recipient::Customer => (None, about.tenant_id, None),
        Recipient::Reviewer(subject) => (None, None, Some(subject.clone())),
        Recipient::Leads => (None, None, Some(LEADS.to_owned())),
    };
    notice::ActiveModel {
        id: Set(id),
        claim_id: Set(about.claim_id),
        recipient: Set(notice.recipient.as_str().to_owned()),
        subject: Set(notice.subject.clone()),
        body: Set(notice.body.clone()),
        created_at: Set(Micros(at)),
        kind: Set(Some(Word(notice.told.kind()))),
        partner_id: Set(partner_id),
        tenant_id: Set(tenant_id),
        reviewer: Set(reviewer),
        told: Set(Some(Json(notice.told.clone()))),
        state: Set(Word(state)),
        useless_from: Set(notice.told.useless_from().map(Micros)),
        due_at: Set((state == DeliveryState::Pending).then_some(Micros(at))),
        ..Default::default()
    }
}

/// Records notices beside other writes of a transaction.
///
/// # Errors
/// Database errors.
pub async fn record(
    transaction: &Transaction,
    about: About,
    notices: &[told::Notice],
    state: DeliveryState,
    at: Timestamp,
) -> Result<(), StoreError> {
    if notices.is_empty() {
        return Ok(());
    }
    let rows = rows(about, notices, state, at);
    notice::Entity::insert_many(rows).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// The row of a digest for the recipient of this notice, due now.
#[must_use]
pub fn digest(of: &Notice, at: Timestamp) -> notice::ActiveModel {
    let recipient = match (of.partner_id, of.tenant_id, &of.reviewer) {
        (Some(_), ..) => Recipient::Partner,
        (None, Some(_), _) => Recipient::Customer,
        (None, None, Some(subject)) => Recipient::Reviewer(subject.clone()),
        (None, None, None) => Recipient::Leads,
    };
    let notice = told::Notice {
        recipient,
        told: NoticeFacts::Digest,
        subject: "Your daily digest".to_owned(),
        body: "The notices of the day.".to_owned(),
    };
    let about = About { claim_id: None, partner_id: of.partner_id, tenant_id: of.tenant_id };
    row(ids::new(), about, &notice, DeliveryState::Pending, at)
}
