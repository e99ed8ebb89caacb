//! The notice.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use uuid::Uuid;

use crate::{
    app::notices::Worded,
    graphql::{
        claim::{Claim, ClaimById},
        error::Failure,
        global_id::{self, Kind},
        guard,
        loader::{Load, Reader, load},
        page::connection,
        range::listed,
        scalar::DateTime,
    },
    store::{
        claims::Wanted,
        notices::{self, NoticeFilter as Filter},
        records,
    },
};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::NoticeKind")]
pub enum NoticeKind {
    /// To the customer: a claim was approved, and may be declined until the time it gives. Always sent at once.
    ConsentRequested,
    /// To the partner: the claim was approved or rejected, with the reason and how to dispute.
    Decided,
    /// To the partner: the reviewers ask for more. Always sent at once.
    ActionRequired,
    /// To the partner: a product of the claim is in arbitration.
    ArbitrationOpened,
    /// To the partner: the arbitration is over for the claim.
    ArbitrationSettled,
    /// To the partner: a subscription has ended, and the association for it.
    SubscriptionEnded,
    /// To the assigned reviewer, else to every active review lead: the partner has responded.
    Responded,
    /// To the assigned reviewer, else to every active review lead: the partner disputes a rejection.
    Disputed,
    /// To the owner of a webhook endpoint: it was disabled.
    WebhookDisabled,
    /// The notices of a day that are wanted daily, in one message.
    Digest,
}

/// How the delivery of a notice or an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DeliveryState")]
pub enum DeliveryState {
    /// Recorded only: no channel is configured, or no address is known.
    Recorded,
    /// Waiting for its first or next attempt, or for the daily digest.
    Pending,
    /// Delivered.
    Sent,
    /// Given up: refused for good, or without success for 24 hours. An operator can have it sent again.
    Parked,
    /// Not sent: it was turned off, its deadline has passed, or it no longer applies.
    Skipped,
}

/// How a kind of notice is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::NoticePreference")]
pub enum NoticePreference {
    /// As a message of its own, at once.
    Immediately,
    /// In one message a day, with the other notices of the day.
    Daily,
    /// Not at all; it can still be read here.
    Off,
}

/// Which notices are returned. Conditions are combined with AND.
#[derive(Clone, Debug, Default, InputObject)]
pub struct NoticeFilter {
    /// Only notices of these kinds; at most 1,000 entries.
    pub kind: Option<Vec<NoticeKind>>,
    /// Only notices whose delivery is in one of these states; at most 1,000 entries.
    pub state: Option<Vec<DeliveryState>>,
    /// Only notices about this claim; an id that names no visible claim finds none.
    pub claim_id: Option<ID>,
}

impl TryFrom<NoticeFilter> for Filter {
    type Error = Failure;

    fn try_from(filter: NoticeFilter) -> Result<Self, Failure> {
        Ok(Self {
            kinds: listed(filter.kind, Into::into)?,
            states: listed(filter.state, Into::into)?,
            claim_id: filter.claim_id.map(|id| global_id::key_or_none(Kind::Claim, &id)),
        })
    }
}

/// A notice to the caller.
#[derive(Clone, Debug)]
pub struct Notice(records::Notice);

impl From<records::Notice> for Notice {
    fn from(notice: records::Notice) -> Self {
        Self(notice)
    }
}

connection!(NoticeConnection, NoticeEdge, Notice, "notices", "a notice");

impl Notice {
    async fn worded(&self, ctx: &Context<'_>) -> Result<Worded, Failure> {
        let worded = load(ctx, InWords(self.0.id)).await?;
        worded.ok_or_else(|| Failure::internal("a notice has no words"))
    }
}

/// A notice to the caller: to a partner or customer as a company, or to a reviewer. It is written once, and what is
/// delivered later is the same message, however often it is tried.
#[Object]
impl Notice {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Notice, self.0.id)
    }

    /// What it is about.
    async fn kind(&self) -> NoticeKind {
        self.0.kind.into()
    }

    /// The claim that it is about; null for a webhook endpoint and a digest, and if the caller does not see the claim (any
    /// more). Needs the scope `claims:read`.
    #[graphql(guard = "guard::CLAIMS")]
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<Claim>, Failure> {
        let Some(id) = self.0.claim_id else { return Ok(None) };
        Ok(load(ctx, ClaimById::new(id, Wanted::ROW)).await?.map(Into::into))
    }

    /// The e-mail address that it goes to; the recipient's name if no address is known.
    async fn recipient(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(self.worded(ctx).await?.recipient)
    }

    /// The language of `subject` and `text`: `en`, `tr`, `hu` or `sv`.
    async fn locale(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(self.worded(ctx).await?.locale)
    }

    /// The subject, one line.
    async fn subject(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(self.worded(ctx).await?.subject)
    }

    /// The text as it is sent, without the links that only the message carries.
    async fn text(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        Ok(self.worded(ctx).await?.text)
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// How its delivery stands.
    async fn state(&self) -> DeliveryState {
        self.0.state.into()
    }

    /// When it was delivered to the mail server; null until then.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(Into::into)
    }
}

/// A notice of the caller in words, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct InWords(Uuid);

impl Load for InWords {
    type Value = Worded;

    async fn load(reader: Reader, keys: Vec<Self>) -> Result<HashMap<Self, Worded>, Failure> {
        let ids: Vec<Uuid> = keys.into_iter().map(|key| key.0).collect();
        let found = notices::by_ids(reader.db(), &reader.caller, &ids).await?;
        Ok(reader.app.worded(&found).await?.into_iter().map(|(id, worded)| (Self(id), worded)).collect())
    }
}
