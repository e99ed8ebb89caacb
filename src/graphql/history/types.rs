//! The entry of a history, and the history of claims.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject, dataloader::Loader, parser::types::Field};
use domain::lifecycle;
use uuid::Uuid;

use super::HistoryAction;
use crate::{
    graphql::{
        actor::Actor,
        at_hand::{self, AtHand, Json, Write, plain},
        claim::{self, Claim, ClaimStatus},
        comment::{Comment, CommentById},
        eager::{Eager, EagerList},
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Loaded, Reader, With, by_args, load, loads_by_id, meant},
        page::{self, PageArgs, Total, connection},
        scalar::DateTime,
        wanted::of_connection,
    },
    store::{
        Columns, Visible, history,
        page::{Page, PageRequest},
    },
};

/// An entry that the caller sees.
#[derive(Clone, Debug)]
pub struct HistoryEntry(pub history::HistoryEntry);

impl From<history::HistoryEntry> for HistoryEntry {
    fn from(entry: history::HistoryEntry) -> Self {
        Self(entry)
    }
}

/// The columns to read of entries, by the selection on their connection.
pub(super) fn wanted(ctx: &Context<'_>) -> Columns {
    of_connection::<history::HistoryEntry>(ctx)
}

connection!(HistoryEntryConnection, HistoryEntryEdge, HistoryEntry, "entries", "an entry");

/// A changed field with its old and new value.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChange {
    /// The field's name in the API.
    pub field: String,
    /// The old value as text; null if there was none.
    pub before: Option<String>,
    /// The new value as text; null if there is none.
    pub after: Option<String>,
}

/// A record of something that happened to a claim: who did what, when, and what changed. Entries are only ever added,
/// in the same transaction as the change.
#[Object]
impl HistoryEntry {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::HistoryEntry, self.0.id)
    }

    /// The entry's position among all entries of all claims. Opaque; subscriptions resume after it.
    async fn position(&self) -> String {
        history::encode_position(self.0.id)
    }

    /// The claim that the entry is about. Of a deleted draft only id, number, version, `EDITING`, partner and times are
    /// left; texts and lists are empty, and nullable fields are null. Needs the scope `claims:read`, except in a
    /// mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Eager<Claim>, ApiError> {
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
    async fn actor(&self, ctx: &Context<'_>) -> Result<Eager<Actor>, ApiError> {
        Ok(Eager(Actor::shown_to(Reader::of(ctx)?, &self.0.actor)))
    }

    /// When it happened.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// The status before the action; null if the status did not change.
    async fn from_status(&self) -> Option<ClaimStatus> {
        self.0.from_status.map(Into::into)
    }

    /// The status after the action; null if the status did not change.
    async fn to_status(&self) -> Option<ClaimStatus> {
        self.0.to_status.map(Into::into)
    }

    /// The changed fields. Partners do not see who reviews; the vendor does not see the partner's external reference.
    async fn changes(&self, ctx: &Context<'_>) -> Result<EagerList<FieldChange>, ApiError> {
        let hidden = lifecycle::hidden_changes(Reader::of(ctx)?.is_vendor());
        let shown = |change: domain::history::FieldChange| FieldChange {
            field: change.field,
            before: change.before,
            after: change.after,
        };
        let seen = self.0.changes.iter().filter(|change| !hidden.contains(&change.field.as_str()));
        Ok(EagerList(seen.cloned().map(shown).collect()))
    }

    /// The comment posted with the action; null if there was none. Needs the scope `claims:read`, except in a
    /// mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    async fn comment(&self, ctx: &Context<'_>) -> Result<Option<Eager<Comment>>, ApiError> {
        match self.0.comment_id {
            Some(id) => Ok(load(ctx, CommentById(id)).await?.map(|one| Eager(one.into()))),
            None => Ok(None),
        }
    }

    /// Additional text, such as the detail of a rejection.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The SHA-256 of this entry and the claim's previous entry, in lowercase hexadecimal. It makes altered or removed
    /// entries detectable.
    async fn hash(&self) -> &str {
        &self.0.hash
    }
}

impl AtHand for HistoryEntry {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|entry: &Self, _, out| out.id(Kind::HistoryEntry, entry.0.id)),
            "position" => plain(|entry: &Self, _, out| out.text(&history::encode_position(entry.0.id))),
            "action" => plain(|entry: &Self, _, out| out.word::<HistoryAction>(entry.0.action)),
            "actor" => at_hand::object(field, "Actor", |entry: &Self, reader, write| {
                write(&Actor::shown_to(reader, &entry.0.actor))
            }),
            "at" => plain(|entry: &Self, _, out| out.time(entry.0.at)),
            "fromStatus" => plain(|entry: &Self, _, out| out.maybe(entry.0.from_status, Json::word::<ClaimStatus>)),
            "toStatus" => plain(|entry: &Self, _, out| out.maybe(entry.0.to_status, Json::word::<ClaimStatus>)),
            "note" => plain(|entry: &Self, _, out| out.maybe_text(entry.0.note.as_deref())),
            "hash" => plain(|entry: &Self, _, out| out.text(&entry.0.hash)),
            _ => None,
        }
    }
}

at_hand::nothing_at_hand!(FieldChange);

loads_by_id! {
    /// How many entries of a claim's history the caller sees.
    HistoryCount(Visible<Uuid>) => u64,
    |reader, ids| history::counts_of_claims(reader.db(), &reader.caller, &ids).await?
}

/// A page of a claim's history, with the columns to read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct HistoryPage(PageRequest, Columns);

impl Loader<With<Visible<Uuid>, HistoryPage>> for Reader {
    type Value = Page<history::HistoryEntry>;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Visible<Uuid>, HistoryPage>]) -> Loaded<With<Visible<Uuid>, HistoryPage>> {
        by_args(keys, async |args, claims| {
            history::pages_of_claims(self.db(), &self.caller, &claims, &args.0, args.1).await
        })
        .await
    }
}

/// The history of a claim that is gone: nothing.
pub(in crate::graphql) fn nothing() -> HistoryEntryConnection {
    HistoryEntryConnection::new(Page::<history::HistoryEntry>::empty(), Total::asked(|_| async { Ok(0) }))
}

/// A page of the history of each of these claims, read at once; nothing if any field of them is not at hand.
pub(in crate::graphql) fn of_claims<'a>(
    claims: Vec<Visible<Uuid>>,
    ctx: &'a Context<'a>,
) -> Option<at_hand::Together<'a>> {
    guard::HISTORY.hold(ctx).ok()?;
    let keys = move |request| {
        let args = Arc::new(HistoryPage(request, wanted(ctx)));
        claims.into_iter().map(|id| With::of(id, Arc::clone(&args))).collect()
    };
    page::together(ctx, "HistoryEntryConnection", &history::ORDER_OF_CLAIM, keys, |page| {
        HistoryEntryConnection::new(page, Total::nobody())
    })
}

/// A page of the history of a claim that the caller sees.
pub(in crate::graphql) async fn of_claim(
    ctx: &Context<'_>,
    claim_id: Visible<Uuid>,
    page: PageArgs,
) -> Result<HistoryEntryConnection, ApiError> {
    let page = meant(ctx, || Ok(HistoryPage(page.of(ctx, &history::ORDER_OF_CLAIM)?, wanted(ctx))))?;
    let page = page::loaded(ctx, With::of(claim_id, page)).await?;
    let total = Total::loaded(HistoryCount(claim_id));
    Ok(HistoryEntryConnection::new(page, total))
}
