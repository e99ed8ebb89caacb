//! Figures over the claims that a caller sees (S1).

use domain::{caller::Caller, kinds::ClaimStatus, time::Timestamp};
use entity::claim::Column;
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Asterisk, Expr},
};

use super::{ClaimFilter, filter::overdue, order::hides_clocks, seen};
use crate::store::{Db, Reads, StoreError, keyset::natural};

/// Figures over claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many there are.
    pub total: u64,
    /// How many are in each status, in the order of the vocabulary.
    pub by_status: Vec<(ClaimStatus, u64)>,
    /// How many have a clock that has run out; 0 for customers, who do not see clocks (A3).
    pub overdue: u64,
    /// How many are approved.
    pub approved: u64,
    /// How many are rejected.
    pub rejected: u64,
    /// When each decided claim was handed in and when it was decided.
    pub decided: Vec<(Timestamp, Timestamp)>,
}

/// The figures over the claims that the caller sees and the filter leaves, in two statements.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn statistics(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    now: Timestamp,
) -> Result<Statistics, StoreError> {
    let late = Expr::case(overdue(now), 1).finally(0);
    let counted = seen(db, caller, filter)
        .select_only()
        .column(Column::Status)
        .expr(Expr::col(Asterisk).count())
        .expr(Expr::expr(late).sum())
        .group_by(Column::Status)
        .into_tuple::<(String, i64, i64)>()
        .all(db.connection())
        .await?;
    let mut figures =
        Statistics { by_status: ClaimStatus::ALL.iter().map(|status| (*status, 0)).collect(), ..Statistics::default() };
    for (word, count, overdue) in counted {
        let overdue = if hides_clocks(caller) { 0 } else { natural(overdue) };
        figures.add(&word, natural(count), overdue)?;
    }
    figures.decided = decided(db, caller, filter).await?;
    Ok(figures)
}

impl Statistics {
    fn add(&mut self, word: &str, count: u64, overdue: u64) -> Result<(), StoreError> {
        let status: ClaimStatus = word.parse().map_err(|_| StoreError::Corrupt("claim", format!("status {word:?}")))?;
        self.total += count;
        self.overdue += overdue;
        match status {
            ClaimStatus::Approved => self.approved += count,
            ClaimStatus::Rejected => self.rejected += count,
            _ => {}
        }
        if let Some((_, known)) = self.by_status.iter_mut().find(|(known, _)| *known == status) {
            *known += count;
        }
        Ok(())
    }
}

async fn decided(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
    let both = Condition::all().add(Column::SubmittedAt.is_not_null()).add(Column::DecidedAt.is_not_null());
    let rows = seen(db, caller, filter)
        .filter(both)
        .select_only()
        .column(Column::SubmittedAt)
        .column(Column::DecidedAt)
        .into_tuple::<(i64, i64)>()
        .all(db.connection())
        .await?;
    let time =
        |micros| Timestamp::from_micros(micros).map_err(|_| StoreError::Corrupt("claim", format!("time {micros}")));
    rows.into_iter().map(|(submitted, decided)| Ok((time(submitted)?, time(decided)?))).collect()
}
