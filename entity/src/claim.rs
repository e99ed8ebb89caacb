//! Claims (L). A deleted draft keeps its row, so that its number is never given again (L12).

use domain::{
    claim::Contact,
    kinds::{
        ActionReason, Activity, ClaimStatus, ConsentStatus, DeadlineKind, DisputeStatus, EvaluationStatus,
        RejectionReason, SolutionArea,
    },
};
use sea_orm::entity::prelude::*;

use crate::column::{Json, Micros, Word, Words};

/// A row of `claim`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    /// The claim's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The number that people use.
    pub number: String,
    /// The name that the partner gave it.
    pub name: String,
    /// The partner's own reference, unique for the partner.
    pub external_reference: Option<String>,
    /// Raised by each change (L11b).
    pub version: i32,
    /// One of the six statuses.
    pub status: Word<ClaimStatus>,
    /// The partner that claims.
    pub partner_id: Uuid,
    /// The partner's location.
    pub mpn_id: String,
    /// The customer's tenant.
    pub tenant_id: Uuid,
    /// The customer's domain as the claim gives it.
    pub domain: String,
    /// The solution area.
    pub solution_area: Word<SolutionArea>,
    /// The activities: words, one space between them.
    pub activities: Words<Activity>,
    /// The customer's contact, as JSON.
    pub customer_contact: Option<Json<Contact>>,
    /// The customer's technical contact, as JSON.
    pub technical_contact: Option<Json<Contact>>,
    /// The partner's contact, as JSON.
    pub partner_contact: Option<Json<Contact>>,
    /// The solution seller's name (C4b).
    pub solution_seller: Option<String>,
    /// The partner's solution (C4b).
    pub partner_solution: Option<String>,
    /// The assigned reviewer's subject.
    pub reviewer_subject: Option<String>,
    /// The assigned reviewer's name.
    pub reviewer_name: Option<String>,
    /// Which clock runs.
    pub deadline_kind: Option<Word<DeadlineKind>>,
    /// When that clock started.
    pub deadline_started_at: Option<Micros>,
    /// When that clock runs out.
    pub due_at: Option<Micros>,
    /// The target for the decision (T4).
    pub decision_due_at: Option<Micros>,
    /// Why the partner must act (L4): words, one space between them.
    pub action_reasons: Option<Words<ActionReason>>,
    /// What the reviewer wrote with it.
    pub action_message: Option<String>,
    /// When it was asked.
    pub action_requested_at: Option<Micros>,
    /// Until when the answer is due.
    pub action_respond_by: Option<Micros>,
    /// Whether the partner has brought something since (L5, X3).
    pub action_answered: bool,
    /// Why it was rejected (L7).
    pub rejection_reason: Option<Word<RejectionReason>>,
    /// The text that goes with it.
    pub rejection_detail: Option<String>,
    /// When it was rejected.
    pub rejected_at: Option<Micros>,
    /// Until when it can be disputed (D1).
    pub disputable_until: Option<Micros>,
    /// The subject of the reviewer who rejected it (D2).
    pub rejected_by: Option<String>,
    /// Whether proof was attached since the rejection (D1).
    pub rejection_new_proof: bool,
    /// How the customer's consent stands (N).
    pub consent_status: Option<Word<ConsentStatus>>,
    /// When the customer was asked.
    pub consent_requested_at: Option<Micros>,
    /// Until when the customer may decline.
    pub consent_decline_until: Option<Micros>,
    /// When it was declined or lapsed.
    pub consent_settled_at: Option<Micros>,
    /// How the last dispute stands (D).
    pub dispute_status: Option<Word<DisputeStatus>>,
    /// The partner's justification.
    pub dispute_justification: Option<String>,
    /// When it was opened.
    pub dispute_opened_at: Option<Micros>,
    /// Until when it is to be answered (D2).
    pub dispute_answer_by: Option<Micros>,
    /// When it was answered.
    pub dispute_answered_at: Option<Micros>,
    /// Whose rejection it is about (D2).
    pub dispute_rejected_by: Option<String>,
    /// How the incentive evaluation stands (I1).
    pub evaluation_status: Option<Word<EvaluationStatus>>,
    /// When it was sent.
    pub evaluation_sent_at: Option<Micros>,
    /// Since when it is in an open arbitration (X).
    pub contested_since: Option<Micros>,
    /// When it was noted that the running clock had run out (T1, T2).
    pub missed_at: Option<Micros>,
    /// When the draft was made.
    pub created_at: Micros,
    /// When it last changed.
    pub updated_at: Micros,
    /// When it was handed in.
    pub submitted_at: Option<Micros>,
    /// When it was decided.
    pub decided_at: Option<Micros>,
    /// When it was approved.
    pub approved_at: Option<Micros>,
    /// When the draft was deleted.
    pub deleted_at: Option<Micros>,
    /// How many entries its history had when the row was inserted, or before the change that last wrote it; `claim_activity` has how
    /// many it has now.
    pub history_length: i32,
    /// The hash of the latest of them.
    pub history_hash: Option<String>,
    /// Its number and name in lower case (L14).
    pub search_text: String,
    /// Its external reference in lower case (L14: the partner side only).
    pub reference_search_text: Option<String>,
    /// Its name's sort key (L14).
    pub sort_key: String,
    /// The partner.
    #[sea_orm(belongs_to, from = "partner_id", to = "id")]
    pub partner: BelongsTo<super::partner::Entity>,
    /// The partner's location.
    #[sea_orm(belongs_to, from = "mpn_id", to = "mpn_id")]
    pub location: BelongsTo<super::partner_location::Entity>,
    /// The customer.
    #[sea_orm(belongs_to, from = "tenant_id", to = "tenant_id")]
    pub customer: BelongsTo<super::customer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
