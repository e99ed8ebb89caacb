//! Commands as the tests give them.

use domain::{
    kinds::{ActionReason, CommentVisibility, RejectionReason},
    lifecycle::{Command, NewDocument},
};
use uuid::Uuid;

pub const COMMENT: Uuid = Uuid::from_u128(500);

pub fn approve() -> Command {
    Command::Approve { note: None }
}

pub fn reject(reason: RejectionReason) -> Command {
    Command::Reject { reason, detail: "Too thin.".to_owned() }
}

pub fn withdraw() -> Command {
    Command::Withdraw { detail: "Wrong MPN id".to_owned() }
}

pub fn dispute(justification: Option<&str>) -> Command {
    Command::Dispute { justification: justification.map(str::to_owned) }
}

pub fn decline(reason: Option<&str>) -> Command {
    Command::DeclineConsent { reason: reason.map(str::to_owned), by_link: false }
}

pub fn comment(visibility: CommentVisibility) -> Command {
    Command::Comment { body: "Hello".to_owned(), visibility }
}

/// Assigns the review to somebody.
pub fn assign(subject: &str) -> Command {
    Command::Assign { subject: Some(subject.to_owned()) }
}

pub fn request() -> Command {
    Command::RequestPartnerAction { reasons: vec![ActionReason::Other], message: "More".to_owned() }
}

pub fn respond(message: Option<&str>) -> Command {
    Command::Respond { message: message.map(str::to_owned) }
}

pub fn attach() -> Command {
    Command::AttachProof(document())
}

pub fn document() -> NewDocument {
    NewDocument {
        id: Uuid::from_u128(600),
        name: "proof.pdf".to_owned(),
        media_type: Some("application/pdf".to_owned()),
        size: 10,
        sha256: "00".repeat(32),
    }
}
