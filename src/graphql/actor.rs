//! Who did something.

use async_graphql::{Enum, SimpleObject, parser::types::Field};

use super::{
    at_hand::{AtHand, Write, plain},
    loader::Reader,
};

/// Who performed an action, with the details that the caller may see.
#[derive(Clone, Debug, SimpleObject)]
pub struct Actor {
    /// The side that the actor belongs to.
    pub kind: ActorKind,
    /// The actor's display name. Partners see `Reviewer` for every reviewer; the server itself is `System`.
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

/// The side that an actor belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ActorKind")]
pub enum ActorKind {
    /// A person of the claim's partner.
    Partner,
    /// A person of the vendor.
    Reviewer,
    /// An administrator of the customer.
    Customer,
    /// The server itself: a deadline that passed, or a consequence of another change.
    System,
}
