//! Inserts new drafts, many in few statements: into a transaction that other writes share (`createClaims`), or by `COPY` in one of
//! their own (`cpor import claims`).

use domain::claim::Claim;
use entity::{claim, claim_line, history};
use sea_orm::ActiveValue::Set;

use crate::store::{
    Db, StoreError, Transaction,
    history::write::Placed,
    transaction::{
        bulk::{claim_row, lines},
        copy::CopyTransaction,
        rows,
    },
};

/// Inserts new drafts with their lines and histories (B1).
///
/// # Errors
/// Database errors; [`StoreError::Unique`] if a number or an external reference was taken meanwhile.
pub async fn insert(transaction: &Transaction, drafts: Vec<(Claim, Placed)>) -> Result<(), StoreError> {
    let Drafts { claims, lines, entries } = Drafts::of(drafts);
    rows::insert(transaction, claims, None).await?;
    rows::insert(transaction, lines, None).await?;
    rows::insert(transaction, entries, None).await
}

/// The same on PostgreSQL, in a transaction of its own.
///
/// # Errors
/// As [`insert`]; then nothing was inserted.
pub async fn copy(db: &Db, drafts: Vec<(Claim, Placed)>) -> Result<(), StoreError> {
    let Drafts { claims, lines, entries } = Drafts::of(drafts);
    let mut transaction = CopyTransaction::begin(db).await?;
    transaction.rows(&claims).await?;
    transaction.rows(&lines).await?;
    transaction.rows(&entries).await?;
    transaction.commit().await
}

/// The rows of drafts.
struct Drafts {
    claims: Vec<claim::ActiveModel>,
    lines: Vec<claim_line::ActiveModel>,
    entries: Vec<history::ActiveModel>,
}

impl Drafts {
    fn of(drafts: Vec<(Claim, Placed)>) -> Self {
        let claims = drafts.iter().map(|(claim, placed)| claim_row(claim, &placed.head)).collect();
        let lines = drafts.iter().flat_map(|(claim, _)| lines(claim)).collect();
        // The partner is known here; otherwise a trigger looks it up.
        let entries = drafts.into_iter().flat_map(|(claim, placed)| {
            let partner_id = Set(Some(claim.partner_id));
            placed.rows.into_iter().map(move |row| history::ActiveModel { partner_id: partner_id.clone(), ..row })
        });
        Self { claims, lines, entries: entries.collect() }
    }
}
