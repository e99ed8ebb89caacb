//! The hash chain (H3).
#![cfg(test)]

use domain::{
    caller::Actor,
    history::{Entry, Event, FieldChange},
    kinds::{ActorKind, ClaimStatus, CommentVisibility, HistoryAction},
    time::Timestamp,
};
use uuid::Uuid;

fn entry() -> Entry {
    let mut event =
        Event::new(HistoryAction::Submitted).moving(ClaimStatus::Editing, ClaimStatus::Submitted).note("note");
    event.comment_id = Some(Uuid::from_u128(3));
    event.changes = vec![FieldChange { field: "name".to_owned(), before: None, after: Some("a".to_owned()) }];
    Entry {
        id: Uuid::from_u128(1),
        claim_id: Uuid::from_u128(2),
        seq: 1,
        actor: Actor { kind: ActorKind::Partner, subject: "s".to_owned(), name: Some("n".to_owned()) },
        at: Timestamp::from_micros(5).unwrap(),
        event,
        comment_body: Some("body".to_owned()),
    }
}

// H3
#[test]
fn every_part_of_an_entry_and_the_entry_before_it_is_in_its_hash() {
    let changes: [fn(&mut Entry); 14] = [
        |e| e.id = Uuid::from_u128(9),
        |e| e.claim_id = Uuid::from_u128(9),
        |e| e.seq = 2,
        |e| e.actor.kind = ActorKind::System,
        |e| e.actor.subject.push('x'),
        |e| e.actor.name = None,
        |e| e.at = Timestamp::from_micros(6).unwrap(),
        |e| e.event.action = HistoryAction::Approved,
        |e| e.event.from = None,
        |e| e.event.to = Some(ClaimStatus::Approved),
        |e| e.event.changes[0].after = Some("b".to_owned()),
        |e| e.event.note = None,
        |e| e.event.visibility = CommentVisibility::Internal,
        |e| e.comment_body = Some("Body".to_owned()),
    ];
    let whole = entry().hash(None);
    assert_eq!(whole.len(), 64);
    for (index, change) in changes.into_iter().enumerate() {
        let mut altered = entry();
        change(&mut altered);
        assert_ne!(altered.hash(None), whole, "change {index} is not in the hash");
    }
    assert_ne!(entry().hash(Some("x")), whole);
}

// H3: chains that exist must still verify in every later release
#[test]
fn the_hash_of_an_entry_never_changes() {
    assert_eq!(entry().hash(Some("previous")), "c2f2800f9846663c135076164026781136cc414a750b75c70b70ddab24dda709");
}
