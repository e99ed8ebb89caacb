//! The arbitration.

use async_graphql::{Context, ID, Object, dataloader::Loader};
use uuid::Uuid;

use super::ArbitrationStatus;
use crate::{
    graphql::{
        claim::{Claim, ClaimById, of_claims},
        customer::{Customer, CustomerById},
        directory::{CustomerSubscription, Product, ProductById, SubscriptionById},
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Loaded, Reader, With, by_args, load, load_required, loads_by_id},
        page::connection,
        scalar::DateTime,
    },
    store::{
        arbitrations,
        claims::{ClaimRow, Wanted},
    },
};

/// An arbitration that the caller sees.
#[derive(Clone, Debug)]
pub struct Arbitration(pub arbitrations::Arbitration);

impl From<arbitrations::Arbitration> for Arbitration {
    fn from(arbitration: arbitrations::Arbitration) -> Self {
        Self(arbitration)
    }
}

connection!(ArbitrationConnection, ArbitrationEdge, Arbitration, "arbitrations", "an arbitration");

/// A contest between claims of several partners for one subject: a Business Applications subscription, or a customer's
/// Microsoft 365 workload. It opens when a claim is submitted for a subject that another partner's claim claims or
/// holds. Each claim is reviewed on its own proof, and partners never learn who competes with them.
#[Object]
impl Arbitration {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Arbitration, self.0.id)
    }

    /// Whether the claims still compete, and how the contest ended.
    async fn status(&self) -> ArbitrationStatus {
        self.0.status.into()
    }

    /// The customer whose subscription or product is contested.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer, ApiError> {
        Ok(load_required(ctx, CustomerById(self.0.tenant_id)).await?.into())
    }

    /// The contested product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product, ApiError> {
        Ok(load_required(ctx, ProductById(self.0.sku_id)).await?.into())
    }

    /// The contested subscription; null in Microsoft 365, where products are claimed without one.
    async fn subscription(&self, ctx: &Context<'_>) -> Result<Option<CustomerSubscription>, ApiError> {
        match self.0.subscription_id {
            Some(id) => Ok(load(ctx, SubscriptionById(id)).await?.map(Into::into)),
            None => Ok(None),
        }
    }

    /// When a second partner's claim joined.
    async fn opened_at(&self) -> DateTime {
        self.0.opened_at.into()
    }

    /// When it was awarded, or ended without an award; null while it is open.
    async fn settled_at(&self) -> Option<DateTime> {
        self.0.settled_at.map(Into::into)
    }

    /// The participating claims, including those that have left, in the order in which they joined. A partner sees only
    /// its own. Needs the scope `claims:read`, except in a mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claims(&self, ctx: &Context<'_>) -> Result<Vec<Claim>, ApiError> {
        let claims = load(ctx, PartiesOf::new(self.0.id, Parties(of_claims(ctx)?))).await?.unwrap_or_default();
        Ok(claims.into_iter().map(Into::into).collect())
    }

    /// The winning claim. Null while the arbitration is open, if no claim was left, and for a partner whose claim did
    /// not win; that partner sees the loss as the outcome of its line. Needs the scope `claims:read`, except in a
    /// mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn winner(&self, ctx: &Context<'_>) -> Result<Option<Claim>, ApiError> {
        match self.0.winner_claim_id {
            // X2: another partner's claim is not there.
            Some(id) => Ok(load(ctx, ClaimById::new(id, of_claims(ctx)?)).await?.map(Into::into)),
            None => Ok(None),
        }
    }

    /// The review lead's reason for the award. Null if there was no award, and for everyone outside the vendor.
    async fn rationale(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        Ok(if Reader::of(ctx)?.is_vendor() { self.0.rationale.as_deref() } else { None })
    }
}

loads_by_id! {
    /// An arbitration that the caller sees, by its id.
    ArbitrationById(Uuid) => arbitrations::Arbitration,
    |reader, ids| arbitrations::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter()
        .map(|found| (found.id, found))
}

loads_by_id! {
    /// The arbitrations of a claim, by the claim's id.
    ArbitrationsOf(Uuid) => Vec<arbitrations::Arbitration>,
    |reader, ids| arbitrations::of_claims(reader.db(), &reader.caller, &ids).await?
}

/// The claims in an arbitration that the caller sees, by the arbitration's id, with the columns to read.
type PartiesOf = With<Uuid, Parties>;

/// The columns to read of the claims in an arbitration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Parties(Wanted);

impl Loader<PartiesOf> for Reader {
    type Value = Vec<ClaimRow>;
    type Error = ApiError;

    async fn load(&self, keys: &[PartiesOf]) -> Loaded<PartiesOf> {
        let read = async |args: std::sync::Arc<Parties>, ids: Vec<Uuid>| {
            arbitrations::parties(self.db(), &self.caller, &ids, args.0).await
        };
        by_args(keys, read).await
    }
}

crate::graphql::at_hand::nothing_at_hand!(Arbitration);
