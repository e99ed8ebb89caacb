//! History entries and their hash chain (H1, H3).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    caller::Actor,
    claim::{Claim, Contact, Line},
    kinds::{ClaimStatus, CommentVisibility, HistoryAction},
    time::Timestamp,
};

/// A changed field of an entry, by its API name, with values as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The API's name of the field.
    pub field: String,
    /// The value before; `None` if it had none.
    pub before: Option<String>,
    /// The value after; `None` if it has none.
    pub after: Option<String>,
}

impl FieldChange {
    /// The change of one field, if it is one.
    #[must_use]
    pub fn of(field: &str, before: Option<String>, after: Option<String>) -> Option<Self> {
        (before != after).then(|| Self { field: field.to_owned(), before, after })
    }
}

/// What happened, before it has its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The action.
    pub action: HistoryAction,
    /// The status before.
    pub from: Option<ClaimStatus>,
    /// The status after.
    pub to: Option<ClaimStatus>,
    /// Field by field.
    pub changes: Vec<FieldChange>,
    /// The comment that was posted with it.
    pub comment_id: Option<Uuid>,
    /// In words.
    pub note: Option<String>,
    /// Who may read the entry: internal comments are the vendor's only (K1).
    pub visibility: CommentVisibility,
    /// Whether the server is recorded as the actor instead of the caller: the consequences of another partner's action
    /// must not name that partner (A4, X2).
    pub by_system: bool,
}

impl Event {
    /// An event that leaves the status as it is.
    #[must_use]
    pub fn new(action: HistoryAction) -> Self {
        Self {
            action,
            from: None,
            to: None,
            changes: Vec::new(),
            comment_id: None,
            note: None,
            visibility: CommentVisibility::Shared,
            by_system: false,
        }
    }

    /// The same event, done by the server itself.
    #[must_use]
    pub fn by_system(mut self) -> Self {
        self.by_system = true;
        self
    }

    /// The same event, moving the claim.
    #[must_use]
    pub fn moving(mut self, from: ClaimStatus, to: ClaimStatus) -> Self {
        (self.from, self.to) = (Some(from), Some(to));
        self
    }

    /// The same event with words.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same event with its changes.
    #[must_use]
    pub fn changes(mut self, changes: Vec<FieldChange>) -> Self {
        self.changes = changes;
        self
    }
}

/// An entry as it is hashed: its content, and its place in the claim's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry's id.
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// Its place on the claim, from 1.
    pub seq: i32,
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// The text of the comment that it posted, so that the chain proves comments too.
    pub comment_body: Option<String>,
}

impl Entry {
    /// The SHA-256 over the entry before it on the same claim and the content of this one, in lowercase hexadecimal
    /// (H3).
    ///
    /// The text hashed is a JSON array in a fixed order: changing it breaks every chain that exists.
    #[must_use]
    pub fn hash(&self, previous: Option<&str>) -> String {
        let event = &self.event;
        let told = serde_json::json!([
            previous,
            self.id,
            self.claim_id,
            self.seq,
            event.action,
            [self.actor.kind.as_str(), self.actor.subject.as_str()],
            self.actor.name,
            self.at.micros(),
            event.from,
            event.to,
            event.changes.iter().map(|c| (&c.field, &c.before, &c.after)).collect::<Vec<_>>(),
            event.comment_id,
            self.comment_body,
            event.note,
            event.visibility,
        ]);
        hex(&Sha256::digest(told.to_string()))
    }
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads one field of a claim as text.
type Read = fn(&Claim) -> Option<String>;

/// The differences between two states of a claim, by the API's names (H1). Status, version and times are recorded
/// elsewhere.
#[must_use]
pub fn changes(before: Option<&Claim>, after: &Claim) -> Vec<FieldChange> {
    let old = |read: Read| before.and_then(read);
    let fields: [(&str, Read); 14] = [
        ("name", |c| Some(c.name.clone())),
        ("externalReference", |c| c.external_reference.clone()),
        ("tenantId", |c| Some(c.tenant_id.to_string())),
        ("domain", |c| Some(c.domain.clone())),
        ("solutionArea", |c| Some(c.solution_area.to_string())),
        ("activities", |c| Some(words(&c.activities))),
        ("mpnId", |c| Some(c.mpn_id.clone())),
        ("customerContact", |c| contact(c.customer_contact.as_ref())),
        ("technicalContact", |c| contact(c.technical_contact.as_ref())),
        ("partnerContact", |c| contact(c.partner_contact.as_ref())),
        ("solutionSeller", |c| c.solution_seller.clone()),
        ("partnerSolution", |c| c.partner_solution.clone()),
        ("lines", |c| (!c.lines.is_empty()).then(|| lines(&c.lines))),
        ("reviewer", |c| c.reviewer.as_ref().map(|r| r.subject.clone())),
    ];
    fields.into_iter().filter_map(|(field, read)| FieldChange::of(field, old(read), read(after))).collect()
}

fn words<T: std::fmt::Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn contact(contact: Option<&Contact>) -> Option<String> {
    contact.and_then(|contact| serde_json::to_string(contact).ok())
}

fn lines(lines: &[Line]) -> String {
    let line = |line: &Line| match (&line.subscription_id, &line.typed) {
        (Some(id), _) => format!("{} {id}", line.sku_id),
        (None, Some(typed)) => format!("{} {typed}", line.sku_id),
        (None, None) => line.sku_id.to_string(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("; ")
}
