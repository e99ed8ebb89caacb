//! The caller's notices at the root.

use async_graphql::{Context, Object};

use super::types::{NoticeConnection, NoticeFilter};
use crate::{
    graphql::{
        error::Failure,
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
    /// The caller's notices, newest first: those to its company, or, for a reviewer, those to them; a review lead also sees
    /// those to leads in general. Needs the scope `notices:read`.
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only notices after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only notices before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which notices; without it all.")] filter: Option<NoticeFilter>,
    ) -> Result<NoticeConnection, Failure> {
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
