//! Notices: what people are told, recorded with what it tells, and how its delivery stands (M).

use domain::{
    kinds::{DeliveryState, NoticeKind},
    notice::NoticeFacts,
};
use sea_orm::entity::prelude::*;

use crate::column::{Json, Micros, Word};

/// A row of `notice`. Times are by the server's clock, which a sandbox moves, but the lease's, which is the machine's.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// The notice's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The claim that it is about.
    pub claim_id: Option<Uuid>,
    /// PARTNER, CUSTOMER or REVIEWERS.
    pub recipient: String,
    /// The record in one line.
    pub subject: String,
    /// The record: the text.
    pub body: String,
    /// When it was written.
    pub created_at: Micros,
    /// What it is about; nothing in a row that a server of an older release wrote.
    pub kind: Option<Word<NoticeKind>>,
    /// The partner whose it is.
    pub partner_id: Option<Uuid>,
    /// The customer whose it is.
    pub tenant_id: Option<Uuid>,
    /// The subject of the reviewer whose it is; a blank one makes it every lead's.
    pub reviewer: Option<String>,
    /// The facts, as JSON.
    pub told: Option<Json<NoticeFacts>>,
    /// How the delivery stands.
    pub state: Word<DeliveryState>,
    /// From when it is of no use.
    pub useless_from: Option<Micros>,
    /// When the next attempt is due.
    pub due_at: Option<Micros>,
    /// Since when it has been tried.
    pub tried_since: Option<Micros>,
    /// How often it has been tried.
    pub attempts: i32,
    /// The server that is at it.
    pub leased_by: Option<Uuid>,
    /// Until when no other server may be.
    pub leased_until: Option<Micros>,
    /// The language that it was written in.
    pub locale: Option<String>,
    /// Where it goes.
    pub address: Option<String>,
    /// The subject as rendered.
    pub mail_subject: Option<String>,
    /// The text as rendered, without what only the mail may carry.
    pub mail_text: Option<String>,
    /// The whole mail, until it is delivered.
    pub message: Option<String>,
    /// The mail's Message-ID.
    pub message_id: Option<String>,
    /// The SHA-256 of the token in the mail's link.
    pub token_hash: Option<String>,
    /// When it was delivered.
    pub delivered_at: Option<Micros>,
    /// Why the last attempt failed, or why it is not sent.
    pub failure: Option<String>,
    /// Whether it waits for the daily digest.
    pub for_digest: bool,
    /// The digest that carries it.
    pub digest_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
