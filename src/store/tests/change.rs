//! A change of a claim is stored on the claim that was read, or not at all.

use domain::{
    caller::Actor,
    claim::Claim,
    history::Event,
    kinds::{ClaimStatus, CommentVisibility, HistoryAction},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use uuid::Uuid;

use super::world::{World, at, claim, reviewer};
use crate::store::{
    Reads, StoreError,
    claims::write::{self as claims, Parts, Snapshot},
    comments::{Comment, write as comments},
    history::write as history,
    transaction::change::ClaimChange,
};

const CLAIM: u128 = 1;

async fn read(world: &World) -> Snapshot {
    claims::find(&world.db, &reviewer(), Uuid::from_u128(CLAIM), Parts::Whole, None).await.unwrap().0.unwrap()
}

/// A new name, with two comments and two entries.
fn renamed(read: &Snapshot, name: &str) -> ClaimChange {
    let claim = Claim { name: name.to_owned(), ..read.claim.clone() };
    let comment = |body: &str| Comment {
        id: crate::ids::new(),
        claim_id: claim.id,
        author: Actor::system(),
        body: body.to_owned(),
        visibility: CommentVisibility::Shared,
        created_at: at(2000),
    };
    let events = vec![Event::new(HistoryAction::Edited), Event::new(HistoryAction::Commented)];
    let placed = history::place(read.head.clone(), claim.id, &Actor::system(), at(2000), events, &[]);
    let mut change = ClaimChange::new(read, &claim, claims::differing(&read.claim, &claim), placed);
    change.insert([comment("One."), comment("Two.")].iter().map(comments::row));
    change
}

async fn counts(world: &World) -> (u64, u64) {
    let connection = world.db.connection();
    let comments = entity::comment::Entity::find().count(connection).await.unwrap();
    (comments, entity::history::Entity::find().count(connection).await.unwrap())
}

#[tokio::test]
async fn a_change_of_what_has_changed_since_stores_nothing() {
    // H1, H3
    let world = World::new().await;
    world.save(&claim(CLAIM, ClaimStatus::Submitted)).await;
    let before = read(&world).await;
    renamed(&before, "First").store_at_once(&world.db).await.unwrap();
    assert_eq!(counts(&world).await, (2, 2));
    let late = renamed(&before, "Late");
    assert!(matches!(late.store_at_once(&world.db).await, Err(StoreError::Retry)));
    let transaction = world.db.begin().await.unwrap();
    assert!(matches!(late.store(&transaction).await, Err(StoreError::Retry)));
    transaction.commit().await.unwrap();
    let after = read(&world).await;
    assert_eq!((after.claim.name.as_str(), after.head.length), ("First", 2));
    assert_eq!(counts(&world).await, (2, 2));
}
