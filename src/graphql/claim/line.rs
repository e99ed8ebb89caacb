//! A claimed product.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, parser::types::Field};
use domain::kinds::ClaimStatus;

use super::{enums::LineOutcome, loads::KnownDraftState};
use crate::{
    graphql::{
        association::{Association, AssociationOfLine},
        at_hand::{self, AtHand, Write, plain},
        directory::{CustomerSubscription, Product, ProductById, SubscriptionById},
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        loader::{Reader, load, load_required},
    },
    store::claims::{ClaimRow, LineRow},
};

/// A line of a claim.
pub struct ClaimLine {
    claim: Arc<ClaimRow>,
    standing: KnownDraftState,
    row: LineRow,
    place: usize,
}

impl ClaimLine {
    /// The line at this place of the claim.
    #[must_use]
    pub fn new(claim: Arc<ClaimRow>, standing: KnownDraftState, place: usize, row: LineRow) -> Self {
        Self { claim, standing, row, place }
    }

    /// The outcome as this reader may know it (A3).
    fn outcome_to(&self, reader: &Reader) -> LineOutcome {
        if reader.is_customer() { LineOutcome::Pending } else { self.row.line.outcome.into() }
    }

    fn is_of_draft(&self) -> bool {
        self.claim.claim().status == ClaimStatus::Editing
    }
}

/// One claimed product. Its subject is the subscription in Business Applications, and the customer's workload (the
/// product) in Microsoft 365. Each subject has at most one live association.
#[Object]
impl ClaimLine {
    /// The line's id, for `UpdateClaimInput.removeLineIds`. Not the id of a `Node`.
    async fn id(&self) -> ID {
        global_id::encode(Kind::ClaimLine, self.row.line.id)
    }

    /// The claimed product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Eager<Product>, ApiError> {
        if let Some(product) = &self.row.product {
            return Ok(Eager(product.clone().into()));
        }
        Ok(Eager(load_required(ctx, ProductById(self.row.line.sku_id)).await?.into()))
    }

    /// The subscription id: as typed while the claim is a draft, afterwards that of the resolved subscription. Null if
    /// none was given, and in Microsoft 365, where products are claimed without one.
    async fn subscription_id(&self) -> Option<String> {
        self.row.line.subscription_id.map(|id| id.to_string()).or_else(|| self.row.line.typed.clone())
    }

    /// The subscription that the line resolves to; for a draft, the one that it would be submitted with. Null while
    /// that is not settled, and in Microsoft 365.
    async fn subscription(&self, ctx: &Context<'_>) -> Result<Option<Eager<CustomerSubscription>>, ApiError> {
        if let Some(subscription) = self.row.subscription.as_ref().filter(|_| !self.is_of_draft()) {
            return Ok(Some(Eager(subscription.clone().into())));
        }
        let id = if self.is_of_draft() {
            self.standing.of(ctx, &self.claim).await?.resolved.get(self.place).copied().flatten()
        } else {
            self.row.line.subscription_id
        };
        match id {
            Some(id) => Ok(load(ctx, SubscriptionById(id)).await?.map(|one| Eager(one.into()))),
            None => Ok(None),
        }
    }

    /// Whether another partner competed for the subject, and who won. Always `PENDING` for customers.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<LineOutcome, ApiError> {
        Ok(self.outcome_to(Reader::of(ctx)?))
    }

    /// The association that approval created for this line, even if it has ended; null before approval.
    async fn association(&self, ctx: &Context<'_>) -> Result<Option<Eager<Association>>, ApiError> {
        Ok(load(ctx, AssociationOfLine(self.row.line.id)).await?.map(|one| Eager(one.into())))
    }
}

impl AtHand for ClaimLine {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|line: &Self, _, out| out.id(Kind::ClaimLine, line.row.line.id)),
            "product" => at_hand::object(field, "Product", |line: &Self, _, write| {
                line.row.product.clone().is_some_and(|product| write(&Product(product)))
            }),
            "outcome" => plain(|line: &Self, reader, out| out.word::<LineOutcome>(line.outcome_to(reader))),
            _ => None,
        }
    }
}
