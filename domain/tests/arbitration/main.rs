//! Competing claims (X, L9, L11b): rule by rule, and then in random histories of several partners.
#![cfg(test)]

mod award;
mod contest;
mod settlement;
mod story;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use domain::{
    arbitration::Aftermath,
    kinds::{CommentVisibility, HistoryAction, RejectionReason},
    lifecycle::Command,
};
use support::{
    actions,
    arena::Arena,
    commands::{comment, dispute, reject, respond},
};
use uuid::Uuid;

fn refuse() -> Command {
    reject(RejectionReason::InsufficientPoe)
}

fn claim_again() -> Command {
    dispute(Some("Ours."))
}

fn answer() -> Command {
    respond(Some("Here"))
}

fn remark() -> Command {
    comment(CommentVisibility::Shared)
}

fn parties(arena: &Arena, place: usize) -> BTreeSet<Uuid> {
    arena.arbitration(place).map(|open| open.parties.clone()).unwrap_or_default()
}

fn told(after: &Aftermath, id: Uuid) -> Vec<HistoryAction> {
    after.decisions.get(&id).map(actions).unwrap_or_default()
}

fn nobody_is_named(arena: &Arena, after: &Aftermath) {
    for (id, decision) in &after.decisions {
        let comments = decision.effects.comments.iter().map(|comment| comment.body.clone());
        let notices = decision.effects.notices.iter().map(|notice| format!("{} {}", notice.subject, notice.body));
        let events = decision.events.iter().map(|event| format!("{:?} {:?}", event.note, event.changes));
        for text in comments.chain(notices).chain(events) {
            for other in arena.claims.values().filter(|other| other.id != *id) {
                let own = arena.claim(*id);
                let names = [other.partner_id.to_string(), other.name.clone(), other.mpn_id.clone()];
                let foreign = other.partner_id != own.partner_id;
                assert!(!text.contains(&other.number) && !text.contains(&other.id.to_string()), "{text}");
                assert!(!foreign || !names.iter().any(|name| text.contains(name)), "X2: {text}");
            }
        }
    }
}
