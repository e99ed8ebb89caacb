//! Notices.

use domain::kinds::{DeliveryState, NoticeKind};
use entity::notice;

use super::{
    cells::{Cells, Record},
    columns::{Read, always},
};
use crate::store::{StoreError, notices::LEADS, records::Notice};

impl Record for Notice {
    type Entity = notice::Entity;

    const COLUMNS: &'static [Read<notice::Column>] = {
        use notice::Column::{
            Address, Attempts, ClaimId, CreatedAt, DeliveredAt, DigestId, DueAt, Failure, ForDigest, Id, Kind, Locale,
            MailSubject, MailText, Message, MessageId, PartnerId, Recipient, Reviewer, State, Subject, TenantId, Told,
            TriedSince, UselessFrom,
        };
        &[
            always(Id, &[]),
            always(ClaimId, &[]),
            always(Recipient, &[]),
            always(Kind, &[]),
            always(PartnerId, &[]),
            always(TenantId, &[]),
            always(Reviewer, &[]),
            always(Told, &[]),
            always(Subject, &[]),
            always(State, &[]),
            always(UselessFrom, &[]),
            always(CreatedAt, &[]),
            always(DueAt, &[]),
            always(TriedSince, &[]),
            always(Attempts, &[]),
            always(Locale, &[]),
            always(Address, &[]),
            always(MailSubject, &[]),
            always(MailText, &[]),
            always(Message, &[]),
            always(MessageId, &[]),
            always(DeliveredAt, &[]),
            always(Failure, &[]),
            always(ForDigest, &[]),
            always(DigestId, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        let (id, claim_id) = (cells.get()?, cells.get()?);
        let recipient: String = cells.get()?;
        // A server of the release before recorded rejections to partners, and requests for consent to customers.
        let by_recipient = if recipient == "CUSTOMER" { NoticeKind::ConsentRequested } else { NoticeKind::Decided };
        Ok(Self {
            id,
            claim_id,
            kind: cells.maybe_word()?.unwrap_or(by_recipient),
            partner_id: cells.get()?,
            tenant_id: cells.get()?,
            reviewer: cells.get::<Option<String>>()?.filter(|subject| subject != LEADS),
            told: cells.maybe_json()?,
            record: cells.get()?,
            state: cells.word_or(DeliveryState::Recorded)?,
            useless_from: cells.maybe_time()?,
            created_at: cells.time()?,
            due_at: cells.maybe_time()?,
            tried_since: cells.maybe_time()?,
            attempts: cells.get()?,
            locale: cells.get()?,
            address: cells.get()?,
            mail_subject: cells.get()?,
            mail_text: cells.get()?,
            message: cells.get()?,
            message_id: cells.get()?,
            delivered_at: cells.maybe_time()?,
            failure: cells.get()?,
            for_digest: cells.get()?,
            digest_id: cells.get()?,
        })
    }
}
