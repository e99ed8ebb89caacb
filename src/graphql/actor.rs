//! Who did something.

use async_graphql::{Enum, SimpleObject, parser::types::Field};

use super::{
    at_hand::{AtHand, Write, plain},
    loader::Reader,
};

/// Who did something, as far as the caller may know.
#[derive(Clone, Debug, SimpleObject)]
pub struct Actor {
    /// On which side the actor stands.
    pub kind: ActorKind,
    /// The actor's name. To a partner every reviewer is `Reviewer`; the server itself is `System`.
    pub name: String,
}

impl Actor {
    /// The actor as this reader may know it (A4).
    #[must_use]
    pub fn shown_to(reader: &Reader, actor: &domain::caller::Actor) -> Self {
        Self { kind: actor.kind.into(), name: actor.shown_to(reader.is_vendor()) }
    }
}

impl AtHand for Actor {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "kind" => plain(|actor: &Self, _, out| out.word::<ActorKind>(actor.kind)),
            "name" => plain(|actor: &Self, _, out| out.text(&actor.name)),
            _ => None,
        }
    }
}

/// On which side an actor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ActorKind")]
pub enum ActorKind {
    /// Somebody of the claim's partner.
    Partner,
    /// Somebody of the vendor.
    Reviewer,
    /// An administrator of the customer.
    Customer,
    /// The server itself: a clock, or what followed from something else.
    System,
}
