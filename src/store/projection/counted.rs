//! What statistics look at of a claim in the projection.

use std::collections::BTreeSet;

use domain::{
    calendar::Calendar,
    kinds::{ClaimStatus, RejectionReason, SolutionArea},
    statistics::is_first_pass,
    time::Timestamp,
};
use sea_orm::{DbBackend, QueryResult};
use uuid::Uuid;

use super::counts::{Cell, Group, Member};
use crate::store::StoreError;

/// The columns of [`CountedClaim`].
pub(in crate::store) const COLUMNS: &str = "id, partner_id, submitted_at, decided_at, asked_at, status, rejection_reason, solution_area, reviewer_subject, products";

/// The types of [`COLUMNS`].
pub(super) const fn types(backend: DbBackend) -> [&'static str; 10] {
    let (uuid, time, text) = match backend {
        DbBackend::Postgres => ("uuid", "bigint", "text"),
        _ => ("blob", "integer", "text"),
    };
    [uuid, uuid, time, time, time, text, text, text, text, text]
}

/// What statistics look at of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct CountedClaim {
    pub(in crate::store) id: Uuid,
    partner_id: Uuid,
    submitted_at: Option<Timestamp>,
    decided_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
    status: ClaimStatus,
    rejection_reason: Option<RejectionReason>,
    solution_area: SolutionArea,
    reviewer_subject: Option<String>,
    products: BTreeSet<Uuid>,
}

impl CountedClaim {
    /// Reads a row of [`COLUMNS`] that begin at this place.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a value that the domain does not have.
    pub(in crate::store) fn read(row: &QueryResult, first: usize) -> Result<Self, StoreError> {
        let id: Uuid = row.try_get_by_index(first)?;
        let corrupt = || StoreError::Corrupt("claim_projection", id.to_string());
        let time = |place: usize| -> Result<Option<Timestamp>, StoreError> {
            let micros: Option<i64> = row.try_get_by_index(first + place)?;
            micros.map(|micros| Timestamp::from_micros(micros).map_err(|_| corrupt())).transpose()
        };
        let (status, area): (String, String) = (row.try_get_by_index(first + 5)?, row.try_get_by_index(first + 7)?);
        let reason: Option<String> = row.try_get_by_index(first + 6)?;
        let products: String = row.try_get_by_index(first + 9)?;
        let products = products.split(',').filter(|id| !id.is_empty()).map(|id| id.parse().map_err(|_| corrupt()));
        Ok(Self {
            id,
            partner_id: row.try_get_by_index(first + 1)?,
            submitted_at: time(2)?,
            decided_at: time(3)?,
            asked_at: time(4)?,
            status: status.parse().map_err(|_| corrupt())?,
            rejection_reason: reason.map(|word| word.parse().map_err(|_| corrupt())).transpose()?,
            solution_area: area.parse().map_err(|_| corrupt())?,
            reviewer_subject: row.try_get_by_index(first + 8)?,
            products: products.collect::<Result<_, _>>()?,
        })
    }

    /// What the claim counts as.
    pub(super) fn cell(&self, calendar: &Calendar<'_>) -> Cell {
        let days = self.submitted_at.zip(self.decided_at);
        Cell {
            area: self.solution_area,
            status: self.status,
            days: days.map(|(submitted, decided)| calendar.business_days_between(submitted, decided)),
        }
    }

    /// Whether it is a first pass (S2).
    pub(super) fn passed_first(&self) -> bool {
        is_first_pass(self.status, self.decided_at, self.asked_at)
    }

    /// The groups that the claim is in: those of one kind, or of every kind.
    pub(super) fn members(&self, of: Option<Group>, calendar: &Calendar<'_>) -> Vec<Member> {
        let reason = self.rejection_reason.filter(|_| self.status == ClaimStatus::Rejected);
        let members = [
            Some(Member::all()),
            self.submitted_at.map(|at| Member::day(calendar.date(at))),
            Some(Member::of(Group::Partner, self.partner_id)),
            self.reviewer_subject.as_ref().map(|subject| Member::of(Group::Reviewer, subject)),
            reason.map(|reason| Member::of(Group::RejectionReason, reason)),
        ];
        let products = self.products.iter().map(|sku_id| Member::of(Group::Product, sku_id));
        let all = members.into_iter().flatten().chain(products);
        all.filter(|member| of.is_none_or(|group| member.group == group)).collect()
    }
}
