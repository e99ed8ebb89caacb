//! The root query of the history.

use async_graphql::{Context, ID, InputObject, Object};

use super::{HistoryAction, HistoryEntryConnection, types::wanted};
use crate::{
    graphql::{
        actor::ActorKind,
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        page::{self, PageArgs, Total},
        range::{DateTimeRange, listed},
    },
    store::history,
};

/// Restricts history entries. Conditions are combined with AND; one that is omitted matches everything.
#[derive(Clone, Debug, Default, InputObject)]
pub struct HistoryFilter {
    /// Only entries of this claim; an id that names no visible claim matches nothing.
    pub claim_id: Option<ID>,
    /// Only entries with one of these actions; an empty list matches nothing. At most 1,000 entries.
    pub actions: Option<Vec<HistoryAction>>,
    /// Only entries in this range of time.
    pub at: Option<DateTimeRange>,
    /// Only entries of claims on this customer; an id that names no customer matches nothing.
    pub customer_id: Option<ID>,
    /// Only entries of this partner's claims; an id that names no partner matches nothing.
    pub partner_id: Option<ID>,
    /// Only entries by actors of this kind.
    pub actor_kind: Option<ActorKind>,
}

impl TryFrom<HistoryFilter> for history::HistoryFilter {
    type Error = ApiError;

    fn try_from(filter: HistoryFilter) -> Result<Self, ApiError> {
        Ok(Self {
            claim_id: filter.claim_id.map(|id| global_id::key_or_none(Kind::Claim, &id)),
            actions: listed(filter.actions, Into::into)?,
            at: filter.at.map(Into::into),
            tenant_id: filter.customer_id.map(|id| global_id::key_or_none(Kind::Customer, &id)),
            partner_id: filter.partner_id.map(|id| global_id::key_or_none(Kind::Partner, &id)),
            actor_kind: filter.actor_kind.map(Into::into),
        })
    }
}

/// The history at the root.
#[derive(Default)]
pub struct HistoryQuery;

#[Object(guard = "Root")]
impl HistoryQuery {
    /// The history entries of all claims that the caller sees, oldest first. Partners do not see entries that are
    /// internal to the vendor; customers see none. Needs the scope `history:read`.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only entries after this cursor or position.")] after: Option<String>,
        #[graphql(
            desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`. For the latest five entries use `last: 5`."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only entries before this cursor or position.")] before: Option<String>,
        #[graphql(desc = "Restricts the entries; by default all.")] filter: Option<HistoryFilter>,
    ) -> Result<Eager<HistoryEntryConnection>, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &history::ORDER)?;
        let filter: history::HistoryFilter = filter.unwrap_or_default().try_into()?;
        let counted = filter.clone();
        let wanted = wanted(ctx);
        let page = page::asked(ctx, move |reader| async move {
            reader.app.tail().page(&reader.caller, &filter, &request, wanted).await
        })
        .await?;
        let total = Total::asked(move |reader| {
            let filter = counted.clone();
            async move { history::count(reader.db(), &reader.caller, &filter).await }
        });
        Ok(Eager(HistoryEntryConnection::new(page, total)))
    }
}
