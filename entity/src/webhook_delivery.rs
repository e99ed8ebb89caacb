//! Webhook deliveries: one event for one endpoint (W3).

use domain::kinds::{DeliveryState, WebhookEventType};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

/// A row of `webhook_delivery`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// Its id, which follows from the endpoint, the entry and the type.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The endpoint.
    pub endpoint_id: Uuid,
    /// The type of the event.
    pub event_type: Word<WebhookEventType>,
    /// The claim.
    pub claim_id: Uuid,
    /// The entry of the history that tells of it.
    pub entry_id: Uuid,
    /// The position of the entry.
    pub epoch: i32,
    /// The same.
    pub xid: i64,
    /// The same.
    pub pos: i64,
    /// How it stands.
    pub state: Word<DeliveryState>,
    /// How many attempts have failed in a row.
    pub failures: i32,
    /// When it was planned.
    pub created_at: Micros,
    /// When it is attempted; null means never, or not yet.
    pub next_attempt_at: Option<Micros>,
    /// Until when a server works on it, by real time.
    pub leased_until: Option<Micros>,
}

impl ActiveModelBehavior for ActiveModel {}
