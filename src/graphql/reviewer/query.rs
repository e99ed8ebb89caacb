//! The reviewers at the root.

use async_graphql::{Context, Object};

use super::types::ReviewerConnection;
use crate::{
    graphql::{
        error::ApiError,
        guard::Root,
        loader::Reader,
        page::{self, PageArgs, Total},
    },
    store::reviewers::{self, ReviewerFilter},
};

/// The reviewers at the root.
#[derive(Default)]
pub struct ReviewerQuery;

#[Object(guard = "Root")]
impl ReviewerQuery {
    /// The vendor's reviewers, by name: those loaded into the directory and those who have signed in. Empty for
    /// partners and customers. Needs the scope `directory:read`.
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of the field")]
    async fn reviewers(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only reviewers after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only reviewers before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only reviewers to whom reviews can be assigned (`true`), or only the others (`false`).")]
        active: Option<bool>,
        #[graphql(desc = "Only reviewers that contain all these words in the name or subject; case is ignored.")]
        search: Option<String>,
    ) -> Result<ReviewerConnection, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &reviewers::ORDER)?;
        let filter = ReviewerFilter { active, search };
        let counted = filter.clone();
        let is_vendor = Reader::of(ctx)?.is_vendor();
        let page = page::asked(ctx, move |reader| async move {
            if is_vendor {
                reviewers::page(reader.db(), &filter, &request).await
            } else {
                Ok(crate::store::page::Page::empty())
            }
        });
        let total = Total::asked(move |reader| {
            let filter = counted.clone();
            async move { if is_vendor { reviewers::count(reader.db(), &filter).await } else { Ok(0) } }
        });
        Ok(ReviewerConnection::new(page.await?, total))
    }
}
