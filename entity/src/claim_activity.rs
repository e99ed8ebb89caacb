//! What the history says of each claim at its end: when something last happened (L17), and where it ends (H3).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `claim_activity`. The database makes it with the claim.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim_activity")]
pub struct Model {
    /// The claim.
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_id: Uuid,
    /// When something last happened.
    pub at: Micros,
    /// When something last happened that partners see.
    pub shared_at: Micros,
    /// When the status last changed.
    pub moved_at: Micros,
    /// How many entries the history has (H3).
    pub history_length: i32,
    /// The hash of the latest of them (H3).
    pub history_hash: Option<String>,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Related<Entity> for super::claim::Entity {
    fn to() -> RelationDef {
        Relation::Claim.def().rev()
    }
}
