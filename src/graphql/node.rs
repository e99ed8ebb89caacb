//! Objects by their global ids.

use std::future::Future;

use async_graphql::{Context, ID, Interface, Object, dataloader::Loader};
use domain::{caller::Side, kinds::Scope};
use uuid::Uuid;

use super::{
    arbitration::Arbitration,
    association::Association,
    claim::Claim,
    comment::Comment,
    customer::Customer,
    directory::{CustomerSubscription, Partner, PartnerLocation, Product},
    error::ApiError,
    global_id::{self, Kind, Named},
    guard::{self, Root},
    history::HistoryEntry,
    loader::{Loaded, Reader, load},
    notice::Notice,
    proof::ProofDocument,
    reviewer::Reviewer,
    webhook::{self, WebhookDelivery, WebhookEndpoint},
};
use crate::store::{
    Columns, arbitrations, associations,
    claims::{self, Wanted},
    comments, customers, documents, history, notices, partners, products, reviewers, subscriptions,
};

/// The most ids that one call may name.
const MOST_IDS: usize = 100;

/// An object with a global id, which `node` looks up.
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id: opaque, permanent, and different for every object."))]
#[expect(clippy::large_enum_variant, reason = "there are few at a time, and not for long")]
pub enum Node {
    /// A company that makes claims.
    Partner(Partner),
    /// A partner's location.
    PartnerLocation(PartnerLocation),
    /// A customer.
    Customer(Customer),
    /// A product.
    Product(Product),
    /// A customer's subscription.
    CustomerSubscription(CustomerSubscription),
    /// A claim.
    Claim(Claim),
    /// An association.
    Association(Association),
    /// An arbitration.
    Arbitration(Arbitration),
    /// A proof document.
    ProofDocument(ProofDocument),
    /// A comment.
    Comment(Comment),
    /// An entry of a history.
    HistoryEntry(HistoryEntry),
    /// A reviewer.
    Reviewer(Reviewer),
    /// A notice to the caller.
    Notice(Notice),
    /// A webhook endpoint.
    WebhookEndpoint(WebhookEndpoint),
    /// A delivery to a webhook endpoint.
    WebhookDelivery(WebhookDelivery),
}

/// The scope that looking up an object of a kind needs (A5).
const fn scope_of(kind: Kind) -> Scope {
    match kind {
        Kind::Partner
        | Kind::PartnerLocation
        | Kind::Customer
        | Kind::Product
        | Kind::CustomerSubscription
        | Kind::Reviewer => Scope::DirectoryRead,
        Kind::Claim | Kind::ClaimLine | Kind::Association | Kind::Arbitration | Kind::ProofDocument | Kind::Comment => {
            Scope::ClaimsRead
        }
        Kind::HistoryEntry => Scope::HistoryRead,
        Kind::Notice => Scope::NoticesRead,
        Kind::WebhookEndpoint | Kind::WebhookDelivery => Scope::WebhooksRead,
    }
}

/// Declares the keys of one kind of node, loaded in one statement each.
macro_rules! nodes {
    ($($key:ident => |$reader:ident, $ids:ident| $read:expr;)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        struct $key(Uuid);

        impl Loader<$key> for Reader {
            type Value = Node;
            type Error = ApiError;

            async fn load(&self, keys: &[$key]) -> Loaded<$key> {
                let $reader = self;
                let $ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
                Ok($read.into_iter().map(|(id, node)| ($key(id), node)).collect())
            }
        }
    )*};
}

nodes! {
    PartnerNode => |reader, ids| partners::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.id, Node::Partner(found.into())));
    CustomerNode => |reader, ids| customers::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.tenant_id, Node::Customer(found.into())));
    ProductNode => |reader, ids| products::get_many(reader.db(), &ids).await?
        .into_iter().map(|found| (found.sku_id, Node::Product(found.into())));
    SubscriptionNode => |reader, ids| subscriptions::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.subscription_id, Node::CustomerSubscription(found.into())));
    ClaimNode => |reader, ids| claims::by_ids(reader.db(), &reader.caller, &ids, Wanted::ROW).await?
        .into_iter().map(|found| (found.claim().id, Node::Claim(found.into())));
    AssociationNode => |reader, ids| associations::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.id, Node::Association(found.into())));
    ArbitrationNode => |reader, ids| arbitrations::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.id, Node::Arbitration(found.into())));
    DocumentNode => |reader, ids| documents::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.id, Node::ProofDocument(found.into())));
    ReviewerNode => |reader, ids| reviewers::by_ids(reader.db(), &ids).await?
        .into_iter().map(|found| (found.id, Node::Reviewer(found.into())));
    NoticeNode => |reader, ids| notices::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.id, Node::Notice(found.into())));
    EndpointNode => |reader, ids| webhook::endpoints(reader, &ids).await?
        .into_iter().map(|found| (found.id, Node::WebhookEndpoint(found.into())));
    DeliveryNode => |reader, ids| webhook::deliveries(reader, &ids).await?
        .into_iter().map(|found| (found.id, Node::WebhookDelivery(found.into())));
    CommentNode => |reader, ids| comments::by_ids(reader.db(), &reader.caller, &ids).await?
        .into_iter().map(|found| (found.id, Node::Comment(found.into())));
    HistoryNode => |reader, ids| history::by_ids(reader.db(), &reader.caller, &ids, Columns::ALL).await?
        .into_iter().map(|found| (found.id, Node::HistoryEntry(found.into())));
}

/// A location, by its MPN id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LocationNode(String);

impl Loader<LocationNode> for Reader {
    type Value = Node;
    type Error = ApiError;

    async fn load(&self, keys: &[LocationNode]) -> Loaded<LocationNode> {
        let ids: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let found = partners::locations(self.db(), &ids).await?;
        let seen = found.into_iter().filter(|location| match self.caller.side {
            Side::Partner(own) => own == location.partner_id,
            Side::Vendor => true,
            Side::Customer(_) => false,
        });
        Ok(seen.map(|found| (LocationNode(found.mpn_id.clone()), Node::PartnerLocation(found.into()))).collect())
    }
}

/// The object that an id names, if the caller sees it.
async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<Node>, ApiError> {
    let Some(named) = global_id::decode(id) else { return Ok(None) };
    let kind = match &named {
        Named::Uuid(kind, _) => *kind,
        Named::Location(_) => Kind::PartnerLocation,
    };
    guard::has(&Reader::of(ctx)?.caller, &[scope_of(kind)])?;
    match named {
        Named::Location(mpn_id) => load(ctx, LocationNode(mpn_id)).await,
        Named::Uuid(Kind::Partner, id) => load(ctx, PartnerNode(id)).await,
        Named::Uuid(Kind::Customer, id) => load(ctx, CustomerNode(id)).await,
        Named::Uuid(Kind::Product, id) => load(ctx, ProductNode(id)).await,
        Named::Uuid(Kind::CustomerSubscription, id) => load(ctx, SubscriptionNode(id)).await,
        Named::Uuid(Kind::Claim, id) => load(ctx, ClaimNode(id)).await,
        Named::Uuid(Kind::Association, id) => load(ctx, AssociationNode(id)).await,
        Named::Uuid(Kind::Arbitration, id) => load(ctx, ArbitrationNode(id)).await,
        Named::Uuid(Kind::ProofDocument, id) => load(ctx, DocumentNode(id)).await,
        Named::Uuid(Kind::Comment, id) => load(ctx, CommentNode(id)).await,
        Named::Uuid(Kind::HistoryEntry, id) => load(ctx, HistoryNode(id)).await,
        Named::Uuid(Kind::Reviewer, _) if !Reader::of(ctx)?.is_vendor() => Ok(None),
        Named::Uuid(Kind::Notice, id) => load(ctx, NoticeNode(id)).await,
        Named::Uuid(Kind::Reviewer, id) => load(ctx, ReviewerNode(id)).await,
        Named::Uuid(Kind::WebhookEndpoint, id) => load(ctx, EndpointNode(id)).await,
        Named::Uuid(Kind::WebhookDelivery, id) => load(ctx, DeliveryNode(id)).await,
        // A line is not a `Node`.
        Named::Uuid(Kind::ClaimLine | Kind::PartnerLocation, _) => Ok(None),
    }
}

/// Objects by id at the root.
#[derive(Default)]
pub struct NodeQuery;

#[Object(guard = "Root")]
impl NodeQuery {
    /// The object with this global id; null if the caller sees no such object. Needs the scope of the object's type:
    /// `directory:read` for partners, locations, customers, products, subscriptions and reviewers, `claims:read` for
    /// claims, associations, arbitrations, documents and comments, `history:read` for history entries, `notices:read`
    /// for notices, `webhooks:read` for webhook endpoints and deliveries.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of any object.")] id: ID,
    ) -> Result<Option<Node>, ApiError> {
        find(ctx, &id).await
    }

    /// The objects with these global ids, in the order of the ids; null for each that the caller does not see. Needs
    /// the scopes of their types, as `node` does.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100; more is `BAD_USER_INPUT`.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > MOST_IDS {
            return Err(ApiError::BadInput(format!(
                "The request has more than {MOST_IDS} ids. Split them into several requests."
            )));
        }
        all(ids.iter().map(|id| find(ctx, id))).await
    }
}

/// All of them at once, so that each kind is one statement.
async fn all(
    lookups: impl Iterator<Item = impl Future<Output = Result<Option<Node>, ApiError>>>,
) -> Result<Vec<Option<Node>>, ApiError> {
    futures_util::future::try_join_all(lookups).await
}
