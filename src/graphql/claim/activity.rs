//! The latest activity on a claim, and those who created and submitted it, as the caller may see them.

use async_graphql::Context;
use domain::{kinds::ActorKind, time::Timestamp};

use super::{loads::ClaimById, types::Claim};
use crate::{
    graphql::{
        actor::Actor,
        directory::PartnerById,
        error::ApiError,
        loader::{Reader, load, load_required},
    },
    store::claims::{ActivityView, Wanted},
};

impl Claim {
    /// The time of the latest activity that the caller may see (L17), read if it was not selected with the claim.
    pub(super) async fn last_activity(&self, ctx: &Context<'_>) -> Result<Timestamp, ApiError> {
        if let Some(at) = self.row.last_activity_at {
            return Ok(at);
        }
        let view = ActivityView::seen_by(&Reader::of(ctx)?.caller);
        let wanted = Wanted { activity: Some(view), ..Wanted::least() };
        let found = load(ctx, ClaimById::new(self.claim().id, wanted)).await?;
        // A draft that was just deleted is no longer found.
        Ok(found.and_then(|row| row.last_activity_at).unwrap_or(self.claim().updated_at))
    }

    /// An actor as the reader may see it: customers see the partner's company instead of a person (A3).
    pub(super) async fn actor(&self, ctx: &Context<'_>, actor: &domain::caller::Actor) -> Result<Actor, ApiError> {
        let reader = Reader::of(ctx)?;
        let mut shown = Actor::shown_to(reader, actor);
        if reader.is_customer() && actor.kind == ActorKind::Partner {
            shown.name = load_required(ctx, PartnerById(self.claim().partner_id)).await?.name;
        }
        Ok(shown)
    }
}
