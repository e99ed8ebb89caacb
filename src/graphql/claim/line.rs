//! A claimed product.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use domain::{
    claim::{Claim, Line},
    kinds::ClaimStatus,
};

use super::{enums::LineOutcome, loads::KnownStanding};
use crate::graphql::{
    association::{Association, AssociationOfLine},
    directory::{CustomerSubscription, Product, ProductById, SubscriptionById},
    error::Failure,
    global_id::{self, Kind},
    loader::{Reader, load, load_required},
};

/// A line of a claim.
pub struct ClaimLine {
    claim: Arc<Claim>,
    standing: KnownStanding,
    line: Line,
    place: usize,
}

impl ClaimLine {
    /// The line that stands at this place of the claim.
    #[must_use]
    pub fn new(claim: Arc<Claim>, standing: KnownStanding, place: usize, line: Line) -> Self {
        Self { claim, standing, line, place }
    }
}

/// One claimed product of a claim. What it claims, its subject, is the subscription in Business Applications, and the
/// customer's workload (the product) in Microsoft 365. A subject has at most one live association.
#[Object]
impl ClaimLine {
    /// The line's id, as `updateClaim` takes it in `removeLineIds`. No `Node`.
    async fn id(&self) -> ID {
        global_id::encode(Kind::ClaimLine, self.line.id)
    }

    /// The claimed product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product, Failure> {
        Ok(load_required(ctx, ProductById(self.line.sku_id)).await?.into())
    }

    /// The subscription id: of a draft as it was typed, later that of the subscription. Null where none was given, and
    /// in Microsoft 365, where the product alone is claimed.
    async fn subscription_id(&self) -> Option<String> {
        self.line.subscription_id.map(|id| id.to_string()).or_else(|| self.line.typed.clone())
    }

    /// The subscription that the line stands for. Of a draft the one that it would be submitted with; null while that
    /// is not settled, and in Microsoft 365.
    async fn subscription(&self, ctx: &Context<'_>) -> Result<Option<CustomerSubscription>, Failure> {
        let id = if self.claim.status == ClaimStatus::Editing {
            self.standing.of(ctx, &self.claim).await?.resolved.get(self.place).copied().flatten()
        } else {
            self.line.subscription_id
        };
        match id {
            Some(id) => Ok(load(ctx, SubscriptionById(id)).await?.map(Into::into)),
            None => Ok(None),
        }
    }

    /// How a contest with other partners for the same subject stands. To a customer always `PENDING`.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<LineOutcome, Failure> {
        // A3
        if Reader::of(ctx)?.is_customer() { Ok(LineOutcome::Pending) } else { Ok(self.line.outcome.into()) }
    }

    /// The association that the line became on approval, also when it has ended; null before.
    async fn association(&self, ctx: &Context<'_>) -> Result<Option<Association>, Failure> {
        Ok(load(ctx, AssociationOfLine(self.line.id)).await?.map(Into::into))
    }
}
