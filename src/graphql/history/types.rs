//! The entry of a history, and the history of claims.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object, SimpleObject};
use domain::lifecycle::ACTING_FOR;
use uuid::Uuid;

use super::HistoryAction;
use crate::{
    graphql::{
        actor::Actor,
        claim::{self, Claim, ClaimStatus},
        comment::{Comment, CommentById},
        eager::{Eager, EagerList},
        error::Failure,
        global_id::{self, Kind},
        guard,
        loader::{Load, Reader, With, by_args, load, loads_by_id, meant},
        page::{self, PageArgs, Total, connection},
        scalar::DateTime,
        wanted::of_connection,
    },
    store::{
        Columns, Visible, history,
        page::{Page, PageRequest},
        records,
    },
};

/// An entry that the caller sees.
#[derive(Clone, Debug)]
pub struct HistoryEntry(pub records::HistoryEntry);

impl From<records::HistoryEntry> for HistoryEntry {
    fn from(entry: records::HistoryEntry) -> Self {
        Self(entry)
    }
}

/// What is to be read of entries, by the selection of a field that answers a connection of them.
pub(super) fn wanted(ctx: &Context<'_>) -> Columns {
    of_connection::<records::HistoryEntry>(ctx)
}

connection!(HistoryEntryConnection, HistoryEntryEdge, HistoryEntry, "entries", "an entry");

/// One field that was changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChange {
    /// The field's name, as the API has it.
    pub field: String,
    /// The value before, as text; null where it had none.
    pub before: Option<String>,
    /// The value after, as text; null where it has none.
    pub after: Option<String>,
}

/// The fields that this reader may not know of (A4, L12).
fn hidden(reader: &Reader) -> &'static [&'static str] {
    if reader.is_vendor() { &["externalReference"] } else { &["reviewer", ACTING_FOR] }
}

/// One thing that happened to a claim: who, what, when, and what changed. Entries are only ever added, together with
/// what they tell.
#[Object]
impl HistoryEntry {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::HistoryEntry, self.0.id)
    }

    /// Where the entry stands among all entries of all claims. Opaque; whoever follows the history resumes from it.
    async fn position(&self) -> String {
        history::encode_position(self.0.id)
    }

    /// The claim. Of a deleted draft what is left: id, number, version, `EDITING`, its partner and times; texts and lists are empty,
    /// and what may be null is null. Needs the scope `claims:read`, unless it is part of a mutation's answer.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Eager<Claim>, Failure> {
        match self.0.action {
            domain::kinds::HistoryAction::Deleted => claim::left_of_deleted(ctx, self.0.claim_id).await.map(Eager),
            _ => claim::visible(ctx, self.0.claim_id).await.map(Eager),
        }
    }

    /// What happened.
    async fn action(&self) -> HistoryAction {
        self.0.action.into()
    }

    /// Who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Eager<Actor>, Failure> {
        Ok(Eager(Actor::shown_to(Reader::of(ctx)?, &self.0.actor)))
    }

    /// When.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// The status before; null where the status did not change.
    async fn from_status(&self) -> Option<ClaimStatus> {
        self.0.from_status.map(Into::into)
    }

    /// The status after; null where the status did not change.
    async fn to_status(&self) -> Option<ClaimStatus> {
        self.0.to_status.map(Into::into)
    }

    /// What changed, field by field. A partner does not see who reviews, the vendor not the partner's own reference.
    async fn changes(&self, ctx: &Context<'_>) -> Result<EagerList<FieldChange>, Failure> {
        let hidden = hidden(Reader::of(ctx)?);
        let shown = |change: domain::history::FieldChange| FieldChange {
            field: change.field,
            before: change.before,
            after: change.after,
        };
        let seen = self.0.changes.iter().filter(|change| !hidden.contains(&change.field.as_str()));
        Ok(EagerList(seen.cloned().map(shown).collect()))
    }

    /// The comment that was posted with it; null where there was none. Needs the scope `claims:read`, unless it is part
    /// of a mutation's answer.
    #[graphql(guard = "guard::CLAIMS")]
    async fn comment(&self, ctx: &Context<'_>) -> Result<Option<Eager<Comment>>, Failure> {
        match self.0.comment_id {
            Some(id) => Ok(load(ctx, CommentById(id)).await?.map(|one| Eager(one.into()))),
            None => Ok(None),
        }
    }

    /// What was said to it, such as the detail of a rejection.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The SHA-256 over this entry and the one before it on the same claim, in lower-case hexadecimal: nothing in the
    /// chain can be altered or removed unseen.
    async fn hash(&self) -> &str {
        &self.0.hash
    }
}

loads_by_id! {
    /// How many entries of a claim's history the caller sees.
    HistoryCount(Visible<Uuid>) => u64,
    |reader, ids| history::counts_of_claims(reader.db(), &reader.caller, &ids).await?
}

/// A page of a claim's history, and what is read of its entries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct HistoryPage(PageRequest, Columns);

impl Load for With<Visible<Uuid>, HistoryPage> {
    type Value = Page<records::HistoryEntry>;

    async fn load(reader: Reader, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, Failure> {
        let reader = &reader;
        by_args(keys, async |args, claims| {
            history::pages_of_claims(reader.db(), &reader.caller, &claims, &args.0, args.1).await
        })
        .await
    }
}

/// The history of a claim that is gone: nothing.
pub(in crate::graphql) fn nothing() -> HistoryEntryConnection {
    HistoryEntryConnection::new(Page::<records::HistoryEntry>::empty(), Total::asked(|_| async { Ok(0) }))
}

/// A page of the history of a claim that the caller sees.
pub(in crate::graphql) async fn of_claim(
    ctx: &Context<'_>,
    claim_id: Visible<Uuid>,
    page: PageArgs,
) -> Result<HistoryEntryConnection, Failure> {
    let place = |text: Option<String>| text.map(|text| history::cursor_of(&history::ORDER_OF_CLAIM, text));
    let page = PageArgs { after: place(page.after), before: place(page.before), ..page };
    let page = meant(ctx, || Ok(HistoryPage(page.of(ctx, &history::ORDER_OF_CLAIM)?, wanted(ctx))))?;
    let page = page::loaded(ctx, With::of(claim_id, page)).await?;
    let total = Total::loaded(HistoryCount(claim_id));
    Ok(HistoryEntryConnection::new(page, total))
}
