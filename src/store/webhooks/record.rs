//! Webhooks: endpoints, deliveries, attempts.

use domain::{
    kinds::{DeliveryState, Scope, WebhookEventType, WebhookState},
    time::Timestamp,
};
use uuid::Uuid;

use super::Owner;
use crate::store::{
    StoreError,
    history::Position,
    rows::{Cells, record},
};

record! {
    /// Where events of one side are sent (W1).
    pub struct Endpoint of webhook_endpoint {
        /// Its id.
        pub id: Uuid = get(Id),
        /// The partner whose it is; nothing for the vendor's.
        pub partner_id: Owner = get(PartnerId),
        /// Where it is.
        pub url: String = get(Url),
        /// The types of events that it receives.
        pub events: Vec<WebhookEventType> = words(Events),
        /// The selection on an event; `None` for the default payload.
        pub selection: Option<String> = get(Selection),
        /// The scopes of reading that its owner's token had.
        pub scopes: Vec<Scope> = words(Scopes),
        /// Whether it receives events.
        pub state: WebhookState = word(State),
        /// Its secret, sealed.
        pub secret: String = get(Secret),
        /// The secret before that one, and until when it signs too.
        pub secret_before: Option<(String, Timestamp)> = secret_before(SecretBefore, SecretBeforeUntil),
        /// The public key of `v1a` signatures, if they are made.
        pub public_key: Option<String> = get(PublicKey),
        /// When it was made.
        pub created_at: Timestamp = time(CreatedAt),
        /// Up to where the history was looked through for it; nothing as for all others.
        pub behind: Option<Position> = maybe_position(BehindEpoch, BehindXid, BehindPos),
        /// When it last accepted a message.
        pub last_success_at: Option<Timestamp> = maybe_time(LastSuccessAt),
        /// When an attempt last failed.
        pub last_failure_at: Option<Timestamp> = maybe_time(LastFailureAt),
        /// The first failure since the last success.
        pub failing_since: Option<Timestamp> = maybe_time(FailingSince),
    }
}

record! {
    /// One event for one endpoint (W3).
    pub struct Delivery of webhook_delivery {
        /// Its id.
        pub id: Uuid = get(Id),
        /// The endpoint.
        pub endpoint_id: Uuid = get(EndpointId),
        /// The type of the event.
        pub event_type: WebhookEventType = word(EventType),
        /// The claim.
        pub claim_id: Uuid = get(ClaimId),
        /// The history entry of the event.
        pub entry_id: Uuid = get(EntryId),
        /// The position of that entry.
        pub position: Position = position(Epoch, Xid, Pos),
        /// Its current state.
        pub state: DeliveryState = word(State),
        /// How many attempts have failed in a row.
        pub failures: i32 = get(Failures),
        /// When it was planned.
        pub created_at: Timestamp = time(CreatedAt),
        /// When it is attempted next.
        pub next_attempt_at: Option<Timestamp> = maybe_time(NextAttemptAt),
    }
}

record! {
    /// An attempt to deliver (W5).
    pub struct Attempt of webhook_attempt {
        /// Its id.
        pub id: Uuid = get(Id),
        /// The delivery.
        pub delivery_id: Uuid = get(DeliveryId),
        /// When it was made.
        pub at: Timestamp = time(At),
        /// The status of the answer.
        pub status: Option<i32> = get(Status),
        /// How long it took.
        pub milliseconds: i32 = get(Milliseconds),
        /// What went wrong.
        pub error: Option<String> = get(Error),
        /// The beginning of the answer.
        pub answer: Option<String> = get(Answer),
        /// The address that answered.
        pub address: Option<String> = get(Address),
    }
}

impl Cells<'_> {
    /// The next two values: a secret and when it ends, if there is one.
    fn secret_before(&mut self) -> Result<Option<(String, Timestamp)>, StoreError> {
        let before: Option<String> = self.get()?;
        Ok(before.zip(self.maybe_time()?))
    }

    /// The next three values: a position, if there is one.
    fn maybe_position(&mut self) -> Result<Option<Position>, StoreError> {
        let (epoch, xid, pos): (Option<i32>, Option<i64>, Option<i64>) = (self.get()?, self.get()?, self.get()?);
        Ok(epoch.zip(xid).zip(pos).map(|((epoch, xid), pos)| Position { epoch, xid, pos }))
    }
}
