//! The root queries of claims, and the claims of a customer or partner.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{
    Claim, ClaimConnection, ClaimFilter, ClaimOrder,
    loads::{ClaimById, ClaimCount, ClaimPage, OwnedPage},
    wanted,
};
use crate::{
    graphql::{
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        loader::{Reader, With, ask, load},
        page::{self, PageArgs, Total},
    },
    store::claims::{self, Owners},
};

/// Claims at the root.
#[derive(Default)]
pub struct ClaimQuery;

#[Object(guard = "Root")]
impl ClaimQuery {
    /// The claim with this global id; null if the caller sees no such claim. Needs the scope `claims:read`.
    async fn claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim's global id.")] id: ID,
    ) -> Result<Option<Eager<Claim>>, ApiError> {
        match global_id::key(Kind::Claim, &id) {
            Some(id) => {
                let row = load(ctx, ClaimById::new(id, wanted::of_claims(ctx)?)).await?;
                Ok(row.map(|row| Eager(row.into())))
            }
            None => Ok(None),
        }
    }

    /// The claim with this number; null if the caller sees no such claim. Needs the scope `claims:read`.
    async fn claim_by_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number, such as `CPOR-7K3M-9Q2D`; case is ignored.")] number: String,
    ) -> Result<Option<Eager<Claim>>, ApiError> {
        let wanted = wanted::of_claims(ctx)?;
        let found =
            ask(
                ctx,
                move |reader| async move { claims::by_number(reader.db(), &reader.caller, &number, wanted).await },
            );
        Ok(found.await?.map(|row| Eager(row.into())))
    }

    /// The claim of the caller's partner with this external reference; null if there is none, and for
    /// callers who are not partners. Needs the scope `claims:read`.
    async fn claim_by_external_reference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reference; white space around and between its words does not matter.")]
        external_reference: String,
    ) -> Result<Option<Eager<Claim>>, ApiError> {
        let wanted = wanted::of_claims(ctx)?;
        let found = ask(ctx, move |reader| async move {
            claims::by_external_reference(reader.db(), &reader.caller, &external_reference, wanted).await
        });
        Ok(found.await?.map(|row| Eager(row.into())))
    }

    /// The claims that the caller sees, newest first by default. Partners see their own, reviewers every claim that was
    /// ever submitted, customers those on their tenant once approved. Needs the scope `claims:read`.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only claims after this cursor, which must come from the same order.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only claims before this cursor, which must come from the same order.")] before: Option<
            String,
        >,
        #[graphql(desc = "Restricts the claims; by default all.")] filter: Option<ClaimFilter>,
        #[graphql(desc = "The sort order; by default newest first.")] order_by: Option<ClaimOrder>,
    ) -> Result<Eager<ClaimConnection>, ApiError> {
        let page = PageArgs { first, after, last, before };
        let ClaimPage { filter, order, request, wanted } = meant(ctx, page, filter, order_by)?;
        let counted = Arc::new(filter.clone());
        let page = page::asked(ctx, move |reader| async move {
            claims::page(reader.db(), &reader.caller, &filter, order, &request, wanted).await
        });
        let total = Total::asked(move |reader| {
            let filter = Arc::clone(&counted);
            async move { claims::count(reader.db(), &reader.caller, &filter).await }
        });
        Ok(Eager(ClaimConnection::new(page.await?, total)))
    }
}

/// The page that the arguments mean.
fn meant(
    ctx: &Context<'_>,
    page: PageArgs,
    filter: Option<ClaimFilter>,
    order: Option<ClaimOrder>,
) -> Result<ClaimPage, ApiError> {
    let order: claims::ClaimOrder = order.map(Into::into).unwrap_or_default();
    let request = page.of(ctx, &order.list())?;
    let app = &Reader::of(ctx)?.app;
    let filter = filter.unwrap_or_default().at(app.now(), app.policy())?;
    Ok(ClaimPage { filter, order, request, wanted: wanted::of_connection(ctx)? })
}

/// A page of the claims of a customer or partner that the caller sees.
pub(in crate::graphql) async fn of_owner(
    ctx: &Context<'_>,
    (owners, id): (Owners, Uuid),
    page: PageArgs,
    filter: Option<ClaimFilter>,
    order: Option<ClaimOrder>,
) -> Result<ClaimConnection, ApiError> {
    let page = meant(ctx, page, filter, order)?;
    let count = With::new(id, ClaimCount(owners, page.filter.clone()));
    let page = page::loaded(ctx, With::new(id, OwnedPage(owners, page))).await?;
    let total = Total::loaded(count);
    Ok(ClaimConnection::new(page, total))
}
