//! The root query of associations.

use async_graphql::{Context, ID, Object};

use super::AssociationConnection;
use crate::{
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        page::{self, PageArgs, Total},
    },
    store::associations::{self, AssociationFilter},
};

/// Associations at the root.
#[derive(Default)]
pub struct AssociationQuery;

#[Object(guard = "Root")]
impl AssociationQuery {
    /// The associations that the caller sees, oldest first. Partners see their own, reviewers all, customers those on
    /// their tenant. Needs the scope `claims:read`.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn associations(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only associations after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only associations before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only associations with this customer; an id that names no customer matches nothing.")]
        customer_id: Option<ID>,
        #[graphql(desc = "Only live associations (`true`), or only those that have ended (`false`).")] live: Option<
            bool,
        >,
    ) -> Result<AssociationConnection, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &associations::ORDER)?;
        let tenant_id = customer_id.map(|id| global_id::key_or_none(Kind::Customer, &id));
        let filter = AssociationFilter { tenant_id, live };
        let page = page::asked(ctx, move |reader| async move {
            associations::page(reader.db(), &reader.caller, filter, &request).await
        })
        .await?;
        let total =
            Total::asked(move |reader| async move { associations::count(reader.db(), &reader.caller, filter).await });
        Ok(AssociationConnection::new(page, total))
    }
}
