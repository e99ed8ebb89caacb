//! The records that the store returns, except claims, which are [`domain::claim::Claim`]: rows in the domain's terms.

use domain::{
    caller::Actor,
    history::FieldChange,
    kinds::{
        ArbitrationStatus, ClaimStatus, CommentVisibility, DeliveryState, EvaluationStatus, HistoryAction,
        IncentiveProgram, NoticeKind, SolutionArea, SubscriptionChannel, SubscriptionStatus,
    },
    notice::NoticeFacts,
    time::Timestamp,
};
use uuid::Uuid;

/// A partner company (C5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// The partner's id at the vendor.
    pub id: Uuid,
    /// The company's name.
    pub name: String,
}

/// A reviewer of the vendor (R1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// Its id, which follows from the subject.
    pub id: Uuid,
    /// The subject of the reviewer's tokens.
    pub subject: String,
    /// The display name.
    pub name: String,
    /// Where notices go.
    pub email: Option<String>,
    /// Whether this is a review lead.
    pub lead: bool,
    /// Whether reviews can be assigned.
    pub active: bool,
    /// The absence that was set last.
    pub absence: Option<Absence>,
}

/// A time in which a reviewer does not review (R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// The subject of the deputy.
    pub deputy: Option<String>,
}

impl Reviewer {
    /// Whether the reviewer is absent at this time.
    #[must_use]
    pub fn is_absent(&self, now: Timestamp) -> bool {
        self.absence.as_ref().is_some_and(|absence| absence.from <= now && now < absence.until)
    }
}

/// A partner's location. Its partner type is never read (C5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The MPN id.
    pub mpn_id: String,
    /// Whose it is.
    pub partner_id: Uuid,
    /// Its name.
    pub name: String,
    /// The country it lies in.
    pub country: String,
    /// Where it is enrolled.
    pub enrolled_programs: Vec<IncentiveProgram>,
}

/// A customer (C6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The tenant's id.
    pub tenant_id: Uuid,
    /// The customer's name.
    pub name: String,
    /// The default domain.
    pub domain: String,
}

/// A product of the catalog (C1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The SKU's id.
    pub sku_id: Uuid,
    /// The SKU's part number.
    pub sku_part_number: String,
    /// The name.
    pub name: String,
    /// The one solution area it belongs to.
    pub solution_area: SolutionArea,
}

/// A customer's subscription (C7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The subscription's id.
    pub subscription_id: Uuid,
    /// The customer's tenant.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// How it was sold.
    pub channel: SubscriptionChannel,
    /// Where it is in its life.
    pub status: SubscriptionStatus,
    /// How many seats were bought.
    pub seats: i32,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends, if that is known.
    pub ends_at: Option<Timestamp>,
}

/// The metadata of a proof document; its content is in the document store (P1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The document's id.
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// The file's name.
    pub name: String,
    /// The media type, found by content.
    pub media_type: String,
    /// The size in bytes.
    pub size: i64,
    /// The SHA-256 of the content, in lower-case hexadecimal.
    pub sha256: String,
    /// Where the file store keeps the content.
    pub storage_key: String,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// Who uploaded it.
    pub uploaded_by: Actor,
}

/// A comment on a claim (K1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment's id.
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// Who wrote it.
    pub author: Actor,
    /// The text.
    pub body: String,
    /// Who may read it.
    pub visibility: CommentVisibility,
    /// When it was written.
    pub created_at: Timestamp,
}

/// The position of an entry in the whole history, from which a subscriber can resume (H2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The life of the database cluster.
    pub epoch: i32,
    /// The transaction that wrote it; 0 on SQLite.
    pub xid: i64,
    /// Its number.
    pub pos: i64,
}

/// An entry of a claim's history (H1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its place in the whole history.
    pub position: Position,
    /// The entry's id.
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// Its place on the claim, from 1.
    pub seq: i32,
    /// What happened.
    pub action: HistoryAction,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// The status before.
    pub from_status: Option<ClaimStatus>,
    /// The status after.
    pub to_status: Option<ClaimStatus>,
    /// What changed, field by field.
    pub changes: Vec<FieldChange>,
    /// The comment that was posted with it.
    pub comment_id: Option<Uuid>,
    /// In words.
    pub note: Option<String>,
    /// Who may read it.
    pub visibility: CommentVisibility,
    /// The hash over it and the entry before it (H3).
    pub hash: String,
}

/// What an approved line became (X6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    /// The association's id.
    pub id: Uuid,
    /// The claim that it comes from.
    pub claim_id: Uuid,
    /// The line that it comes from.
    pub line_id: Uuid,
    /// The partner.
    pub partner_id: Uuid,
    /// The customer's tenant.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// The subscription (Business Applications).
    pub subscription_id: Option<Uuid>,
    /// Whether consent is no longer open (N4).
    pub official: bool,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; nothing while it lives.
    pub ended_at: Option<Timestamp>,
}

/// A contest of claims for one subject (X).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arbitration {
    /// The arbitration's id.
    pub id: Uuid,
    /// The customer's tenant.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// The subscription (Business Applications).
    pub subscription_id: Option<Uuid>,
    /// Its current state.
    pub status: ArbitrationStatus,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it was awarded or settled.
    pub settled_at: Option<Timestamp>,
    /// The claim that has the subject; `None` while it is open, and if no claim was left.
    pub winner_claim_id: Option<Uuid>,
    /// The review lead's reason (X5); for the vendor only.
    pub rationale: Option<String>,
}

/// The incentive evaluation of an approved claim, as the incentive system is given it (I1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The claim.
    pub claim_id: Uuid,
    /// Its current state.
    pub status: EvaluationStatus,
    /// The program that it is for; none for Revenue association.
    pub programs: Vec<IncentiveProgram>,
    /// What the partner finds it by (Microsoft 365).
    pub tenant_id: Option<Uuid>,
    /// What the partner finds it by (Business Applications).
    pub subscription_ids: Vec<Uuid>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

/// A notice to one recipient, with the state of its delivery (M2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The notice's id.
    pub id: Uuid,
    /// The claim that it is about.
    pub claim_id: Option<Uuid>,
    /// What it is about.
    pub kind: NoticeKind,
    /// The partner whose it is.
    pub partner_id: Option<Uuid>,
    /// The customer whose it is.
    pub tenant_id: Option<Uuid>,
    /// The subject of the reviewer; without partner, customer and reviewer, it is for every lead.
    pub reviewer: Option<String>,
    /// The facts; nothing in a row of an older release.
    pub told: Option<NoticeFacts>,
    /// The record in one line of plain English.
    pub record: String,
    /// The state of the delivery.
    pub state: DeliveryState,
    /// From when it is of no use (M6).
    pub useless_from: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When the next attempt is due.
    pub due_at: Option<Timestamp>,
    /// Since when it has been tried.
    pub tried_since: Option<Timestamp>,
    /// How often it has been tried.
    pub attempts: i32,
    /// The language that it was written in.
    pub locale: Option<String>,
    /// Where it goes.
    pub address: Option<String>,
    /// The subject as rendered.
    pub mail_subject: Option<String>,
    /// The text as rendered, without the links that only the mail contains.
    pub mail_text: Option<String>,
    /// The whole mail, until it is delivered.
    pub message: Option<String>,
    /// The mail's Message-ID.
    pub message_id: Option<String>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// Why the last attempt failed, or why it is not sent.
    pub failure: Option<String>,
    /// Whether it waits for the daily digest.
    pub for_digest: bool,
    /// The digest that contains it.
    pub digest_id: Option<Uuid>,
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
