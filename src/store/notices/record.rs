//! Notices.

use domain::{
    kinds::{DeliveryState, NoticeKind},
    notice::NoticeFacts,
    time::Timestamp,
};
use uuid::Uuid;

use crate::store::{
    StoreError,
    rows::{Cells, record},
};

/// Stands for the subject of a reviewer in a notice to every lead: no subject is blank.
pub(super) const LEADS: &str = "";

record! {
    /// A notice to one recipient, with the state of its delivery (M2).
    pub struct Notice of notice {
        /// The notice's id.
        pub id: Uuid = get(Id),
        /// The claim that it is about.
        pub claim_id: Option<Uuid> = get(ClaimId),
        /// What it is about.
        pub kind: NoticeKind = notice_kind(Recipient, Kind),
        /// The partner whose it is.
        pub partner_id: Option<Uuid> = get(PartnerId),
        /// The customer whose it is.
        pub tenant_id: Option<Uuid> = get(TenantId),
        /// The subject of the reviewer; without partner, customer and reviewer, it is for every lead.
        pub reviewer: Option<String> = notice_reviewer(Reviewer),
        /// The facts; nothing in a row of an older release.
        pub told: Option<NoticeFacts> = maybe_json(Told),
        /// The record in one line of plain English.
        pub record: String = get(Subject),
        /// The state of the delivery.
        pub state: DeliveryState = word(State),
        /// From when it is of no use (M6).
        pub useless_from: Option<Timestamp> = maybe_time(UselessFrom),
        /// When it was written.
        pub created_at: Timestamp = time(CreatedAt),
        /// When the next attempt is due.
        pub due_at: Option<Timestamp> = maybe_time(DueAt),
        /// Since when it has been tried.
        pub tried_since: Option<Timestamp> = maybe_time(TriedSince),
        /// How often it has been tried.
        pub attempts: i32 = get(Attempts),
        /// The language that it was written in.
        pub locale: Option<String> = get(Locale),
        /// Where it goes.
        pub address: Option<String> = get(Address),
        /// The subject as rendered.
        pub mail_subject: Option<String> = get(MailSubject),
        /// The text as rendered, without the links that only the mail contains.
        pub mail_text: Option<String> = get(MailText),
        /// The whole mail, until it is delivered.
        pub message: Option<String> = get(Message),
        /// The mail's Message-ID.
        pub message_id: Option<String> = get(MessageId),
        /// When it was delivered.
        pub delivered_at: Option<Timestamp> = maybe_time(DeliveredAt),
        /// Why the last attempt failed, or why it is not sent.
        pub failure: Option<String> = get(Failure),
        /// Whether it waits for the daily digest.
        pub for_digest: bool = get(ForDigest),
        /// The digest that contains it.
        pub digest_id: Option<Uuid> = get(DigestId),
    }
}

impl Cells<'_> {
    /// The next two values: the recipient and the kind of a notice.
    fn notice_kind(&mut self) -> Result<NoticeKind, StoreError> {
        let recipient: String = self.get()?;
        // A server of the release before recorded rejections to partners, and requests for consent to customers.
        let by_recipient = if recipient == "CUSTOMER" { NoticeKind::ConsentRequested } else { NoticeKind::Decided };
        Ok(self.maybe_word()?.unwrap_or(by_recipient))
    }

    /// The next value: the subject of a reviewer; nothing for all leads.
    fn notice_reviewer(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.get::<Option<String>>()?.filter(|subject| subject != LEADS))
    }
}

impl Notice {
    /// Whose preferences decide about it (M5): the company's, or the reviewer's.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        match (self.partner_id, self.tenant_id, &self.reviewer) {
            (Some(id), ..) => Some(owner::partner(id)),
            (None, Some(id), _) => Some(owner::customer(id)),
            (None, None, Some(subject)) => Some(owner::reviewer(subject)),
            (None, None, None) => None,
        }
    }
}

/// The keys under which preferences are kept.
pub mod owner {
    use uuid::Uuid;

    /// A partner's.
    #[must_use]
    pub fn partner(id: Uuid) -> String {
        format!("partner:{id}")
    }

    /// A customer's.
    #[must_use]
    pub fn customer(tenant_id: Uuid) -> String {
        format!("customer:{tenant_id}")
    }

    /// A reviewer's.
    #[must_use]
    pub fn reviewer(subject: &str) -> String {
        format!("reviewer:{subject}")
    }
}
