//! Webhook endpoints: where events of one side are sent (W1).

use domain::kinds::{Scope, WebhookEventType, WebhookState};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word, Words};

/// A row of `webhook_endpoint`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The partner whose it is; null means the vendor's.
    pub partner_id: Option<Uuid>,
    /// Where it is.
    pub url: String,
    /// The types of events that it receives.
    pub events: Words<WebhookEventType>,
    /// What is selected of an event; null means the thin payload.
    pub selection: Option<String>,
    /// The scopes of reading that its owner's token had.
    pub scopes: Words<Scope>,
    /// Whether it receives events.
    pub state: Word<WebhookState>,
    /// Its secret, sealed.
    pub secret: String,
    /// The secret before that one, sealed.
    pub secret_before: Option<String>,
    /// Until when that one signs too.
    pub secret_before_until: Option<Micros>,
    /// The public key of `v1a` signatures; null means that there are none.
    pub public_key: Option<String>,
    /// When it was made.
    pub created_at: Micros,
    /// The subject that made it.
    pub created_by: String,
    /// Up to where the history was looked through for it; null means as for all others.
    pub behind_epoch: Option<i32>,
    /// The same.
    pub behind_xid: Option<i64>,
    /// The same.
    pub behind_pos: Option<i64>,
    /// When it last accepted a message.
    pub last_success_at: Option<Micros>,
    /// When an attempt last failed.
    pub last_failure_at: Option<Micros>,
    /// The first failure since the last success.
    pub failing_since: Option<Micros>,
    /// How long its last attempts took, in milliseconds; null before the first.
    pub last_milliseconds: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
