//! Who made and submitted a claim. The database fills it in from the history; the program only reads it.

use domain::kinds::ActorKind;
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

/// A row of `claim_origin`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim_origin")]
pub struct Model {
    /// The claim.
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_id: Uuid,
    /// On which side the one stands who made the draft.
    pub created_kind: Option<Word<ActorKind>>,
    /// The subject of the one who made the draft.
    pub created_by: Option<String>,
    /// The name of the one who made the draft.
    pub created_name: Option<String>,
    /// On which side the one stands who submitted the claim.
    pub submitted_kind: Option<Word<ActorKind>>,
    /// The subject of the one who submitted the claim.
    pub submitted_by: Option<String>,
    /// The name of the one who submitted the claim.
    pub submitted_name: Option<String>,
    /// When a reviewer first asked the partner to act (L4).
    pub asked_at: Option<Micros>,
}

impl ActiveModelBehavior for ActiveModel {}
