//! The association.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::{
    graphql::{
        claim::{self, Claim},
        customer::{Customer, CustomerById},
        directory::{Partner, PartnerById, Product, ProductById},
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{load_required, loads_by_id},
        page::connection,
        scalar::DateTime,
    },
    store::associations,
};

/// An association that the caller sees.
#[derive(Clone, Debug)]
pub struct Association(pub associations::Association);

impl From<associations::Association> for Association {
    fn from(association: associations::Association) -> Self {
        Self(association)
    }
}

connection!(AssociationConnection, AssociationEdge, Association, "associations", "an association");

/// The result of approving a claim line: the partner is the Claiming Partner of Record for the customer and the
/// product. Each subject has at most one live association.
#[Object]
impl Association {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Association, self.0.id)
    }

    /// The approved claim. Needs the scope `claims:read`, except in a mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Claim, ApiError> {
        claim::visible(ctx, self.0.claim_id).await
    }

    /// The Claiming Partner of Record.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        Ok(load_required(ctx, PartnerById(self.0.partner_id)).await?.into())
    }

    /// The customer that the partner is associated with.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer, ApiError> {
        Ok(load_required(ctx, CustomerById(self.0.tenant_id)).await?.into())
    }

    /// The product that was claimed.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product, ApiError> {
        Ok(load_required(ctx, ProductById(self.0.sku_id)).await?.into())
    }

    /// Whether the consent period has passed without the customer declining.
    async fn official(&self) -> bool {
        self.0.official
    }

    /// When the claim was approved.
    async fn started_at(&self) -> DateTime {
        self.0.started_at.into()
    }

    /// When it ended; null while it is live.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(Into::into)
    }
}

loads_by_id! {
    /// The latest association of a line, by the line's id.
    AssociationOfLine(Uuid) => associations::Association,
    |reader, ids| associations::of_lines(reader.db(), &reader.caller, &ids).await?
}

crate::graphql::at_hand::nothing_at_hand!(Association);
