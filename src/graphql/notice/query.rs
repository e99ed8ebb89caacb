//! The caller's notices at the root.

use async_graphql::{Context, Object};

use super::types::{NoticeConnection, NoticeFilter};
use crate::{
    graphql::{
        error::ApiError,
        guard::Root,
        page::{self, PageArgs, Total},
    },
    store::notices::{self, NoticeFilter as Filter},
};

/// Notices at the root.
#[derive(Default)]
pub struct NoticeQuery;

#[Object(guard = "Root")]
impl NoticeQuery {
    /// The caller's notices, newest first: those to the caller's company or, for a reviewer, to the reviewer. Review
    /// leads also see those to review leads in general. Needs the scope `notices:read`.
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only notices after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only notices before this cursor.")] before: Option<String>,
        #[graphql(desc = "Restricts the notices; by default all.")] filter: Option<NoticeFilter>,
    ) -> Result<NoticeConnection, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &notices::ORDER)?;
        let filter = Filter::try_from(filter.unwrap_or_default())?;
        let counted = filter.clone();
        let page = page::asked(ctx, move |reader| async move {
            notices::page(reader.db(), &reader.caller, &filter, &request).await
        });
        let total = Total::asked(move |reader| {
            let filter = counted.clone();
            async move { notices::count(reader.db(), &reader.caller, &filter).await }
        });
        Ok(NoticeConnection::new(page.await?, total))
    }
}
