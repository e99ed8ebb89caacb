//! The notice.

use async_graphql::{Context, Enum, ID, InputObject, Object, dataloader::Loader};
use uuid::Uuid;

use crate::{
    app::notices::Worded,
    graphql::{
        claim::{Claim, ClaimById},
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Loaded, Reader, load},
        page::connection,
        range::listed,
        scalar::DateTime,
    },
    store::{
        claims::Wanted,
        notices::{self, NoticeFilter as Filter},
    },
};

/// The event that a notice reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::NoticeKind")]
pub enum NoticeKind {
    /// To the customer: a claim was approved and can be declined until the given time. Always sent immediately.
    ConsentRequested,
    /// To the partner: the claim was approved or rejected, with the reason and how to dispute.
    Decided,
    /// To the partner: a reviewer asked for more. Always sent immediately.
    ActionRequired,
    /// To the partner: a product of the claim is in arbitration.
    ArbitrationOpened,
    /// To the partner: the arbitration is over for the claim.
    ArbitrationSettled,
    /// To the partner: a subscription has ended, and with it the association.
    SubscriptionEnded,
    /// To the assigned reviewer, or to every active review lead if nobody is assigned: the partner has responded.
    Responded,
    /// To the assigned reviewer, or to every active review lead if nobody is assigned: the partner disputes a
    /// rejection.
    Disputed,
    /// To the owner of a webhook endpoint: it was disabled.
    WebhookDisabled,
    /// The day's notices whose preference is `DAILY`, in one message.
    Digest,
}

/// How far the delivery of a notice or an event has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DeliveryState")]
pub enum DeliveryState {
    /// Not sent, because no channel is configured or no address is known.
    Recorded,
    /// Waiting for its first or next attempt, or for the daily digest.
    Pending,
    /// Accepted by the mail server or the endpoint.
    Sent,
    /// Abandoned: refused permanently, or unsuccessful for 24 hours. An operator can send it again.
    Parked,
    /// Not sent, because it was turned off, its deadline has passed, or it no longer applies.
    Skipped,
}

/// How notices of a kind are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::NoticePreference")]
pub enum NoticePreference {
    /// Each as its own message, without delay.
    Immediately,
    /// In one message a day, with the day's other notices.
    Daily,
    /// Not sent; the API still lists it.
    Off,
}

/// Restricts notices. Conditions are combined with AND; one that is omitted matches everything.
#[derive(Clone, Debug, Default, InputObject)]
pub struct NoticeFilter {
    /// Only notices of these kinds; at most 1,000 entries.
    pub kind: Option<Vec<NoticeKind>>,
    /// Only notices whose delivery is in one of these states; at most 1,000 entries.
    pub state: Option<Vec<DeliveryState>>,
    /// Only notices about this claim; an id that names no visible claim matches nothing.
    pub claim_id: Option<ID>,
}

impl TryFrom<NoticeFilter> for Filter {
    type Error = ApiError;

    fn try_from(filter: NoticeFilter) -> Result<Self, ApiError> {
        Ok(Self {
            kinds: listed(filter.kind, Into::into)?,
            states: listed(filter.state, Into::into)?,
            claim_id: filter.claim_id.map(|id| global_id::key_or_none(Kind::Claim, &id)),
        })
    }
}

/// A notice to the caller.
#[derive(Clone, Debug)]
pub struct Notice(notices::Notice);

impl From<notices::Notice> for Notice {
    fn from(notice: notices::Notice) -> Self {
        Self(notice)
    }
}

connection!(NoticeConnection, NoticeEdge, Notice, "notices", "a notice");

impl Notice {
    async fn worded(&self, ctx: &Context<'_>) -> Result<Worded, ApiError> {
        let worded = load(ctx, InWords(self.0.id)).await?;
        worded.ok_or_else(|| ApiError::internal("a notice has no words"))
    }
}

/// A notice to the caller's company, or to the caller as a reviewer. It is written once; every attempt to deliver it
/// sends the same message.
#[Object]
impl Notice {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Notice, self.0.id)
    }

    /// The event that the notice reports.
    async fn kind(&self) -> NoticeKind {
        self.0.kind.into()
    }

    /// The claim that the notice is about. Null for webhook endpoints and digests, and if the caller cannot see the
    /// claim. Needs the scope `claims:read`.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<Claim>, ApiError> {
        let Some(id) = self.0.claim_id else { return Ok(None) };
        Ok(load(ctx, ClaimById::new(id, Wanted::ROW)).await?.map(Into::into))
    }

    /// The e-mail address that it is sent to, or the recipient's name if no address is known.
    async fn recipient(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.worded(ctx).await?.recipient)
    }

    /// The language of `subject` and `text`: `en`, `tr`, `hu` or `sv`.
    async fn locale(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.worded(ctx).await?.locale)
    }

    /// The subject of the mail, a single line.
    async fn subject(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.worded(ctx).await?.subject)
    }

    /// The text as sent, without the links that only the mail contains.
    async fn text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(self.worded(ctx).await?.text)
    }

    /// When the server wrote the notice.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// How far its delivery has come.
    async fn state(&self) -> DeliveryState {
        self.0.state.into()
    }

    /// When the mail server accepted it; null until then.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(Into::into)
    }
}

/// A notice of the caller in words, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct InWords(Uuid);

impl Loader<InWords> for Reader {
    type Value = Worded;
    type Error = ApiError;

    async fn load(&self, keys: &[InWords]) -> Loaded<InWords> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = notices::by_ids(self.db(), &self.caller, &ids).await?;
        Ok(self.app.worded(&found).await?.into_iter().map(|(id, worded)| (InWords(id), worded)).collect())
    }
}

crate::graphql::at_hand::nothing_at_hand!(Notice);
