//! Who did something.

use async_graphql::{Enum, SimpleObject};

use super::loader::Reader;

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
