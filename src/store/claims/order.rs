//! The orders of a list of claims.

use domain::{
    caller::{Caller, Side},
    claim::Claim,
    time::Timestamp,
};
use entity::claim::Column;
use sea_orm::{ColumnTrait, sea_query::Expr};

use super::{
    activity::ActivityView,
    row::{ClaimRow, Wanted},
};
use crate::store::{
    keyset::Keyset,
    page::{Key, KeyKind, ListOrder},
    rows::Columns,
};

/// What a list of claims is sorted by; then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimOrderField {
    /// When the draft was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// When it was handed in; drafts come last.
    SubmittedAt,
    /// When its clock runs out; claims without a clock come last.
    DueAt,
    /// Its name, as a dictionary has names (L14).
    Name,
    /// Its number.
    Number,
    /// When it was decided; claims without a decision come last.
    DecidedAt,
    /// When something last happened that the caller may see (L17).
    LastActivityAt,
}

/// How a list of claims is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClaimOrder {
    /// By what.
    pub field: ClaimOrderField,
    /// Whether the latest comes first.
    pub descending: bool,
}

impl Default for ClaimOrder {
    /// Newest first.
    fn default() -> Self {
        Self { field: ClaimOrderField::CreatedAt, descending: true }
    }
}

/// Stands for "none", so that it sorts last: outside the years 0 to 9999.
pub(super) const LAST_ASCENDING: i64 = 1_000_000_000_000_000_000;
const LAST_DESCENDING: i64 = -1_000_000_000_000_000_000;

impl ClaimOrder {
    /// The list, for [`crate::store::page::Cursor::decode`].
    #[must_use]
    pub const fn list(self) -> ListOrder {
        use ClaimOrderField::{CreatedAt, DecidedAt, DueAt, LastActivityAt, Name, Number, SubmittedAt, UpdatedAt};
        let tag = match (self.field, self.descending) {
            (CreatedAt, false) => "claims:created",
            (CreatedAt, true) => "claims:-created",
            (UpdatedAt, false) => "claims:updated",
            (UpdatedAt, true) => "claims:-updated",
            (SubmittedAt, false) => "claims:submitted",
            (SubmittedAt, true) => "claims:-submitted",
            (DueAt, false) => "claims:due",
            (DueAt, true) => "claims:-due",
            (Name, false) => "claims:name",
            (Name, true) => "claims:-name",
            (Number, false) => "claims:number",
            (Number, true) => "claims:-number",
            (DecidedAt, false) => "claims:decided",
            (DecidedAt, true) => "claims:-decided",
            (LastActivityAt, false) => "claims:active",
            (LastActivityAt, true) => "claims:-active",
        };
        let kinds: &'static [KeyKind] = match self.field {
            Name => &[KeyKind::Name, KeyKind::Id],
            Number => &[KeyKind::Text],
            _ => &[KeyKind::Int, KeyKind::Id],
        };
        ListOrder { tag, kinds, descending: self.descending }
    }

    pub(super) fn keyset<'a>(
        self,
        caller: &Caller,
        keys: &'a (dyn Fn(&ClaimRow) -> Vec<Key> + Sync),
    ) -> Keyset<'a, ClaimRow> {
        let mut columns = vec![self.column(caller)];
        if self.field != ClaimOrderField::Number {
            columns.push(Expr::col(Column::Id.as_column_ref()));
        }
        Keyset { order: self.list(), columns, keys }
    }

    fn column(self, caller: &Caller) -> Expr {
        if matches!(self.field, ClaimOrderField::DueAt) && hides_clocks(caller) {
            return Expr::cust(format!("CAST({} AS bigint)", self.last()));
        }
        self.key()
    }

    /// Whether it is by a text, in which claims of one time lie anywhere.
    pub(super) const fn is_of_text(self) -> bool {
        matches!(self.field, ClaimOrderField::Name | ClaimOrderField::Number)
    }

    /// What the claims are sorted by, as the indexes have it.
    pub(in crate::store) fn key(self) -> Expr {
        let or_last = |column: &str| {
            // Written out and not bound, so that an index on the expression can serve it.
            Expr::cust(format!("COALESCE(claim.{column}, {})", self.last()))
        };
        match self.field {
            ClaimOrderField::CreatedAt => Expr::col(Column::CreatedAt.as_column_ref()),
            ClaimOrderField::UpdatedAt => Expr::col(Column::UpdatedAt.as_column_ref()),
            ClaimOrderField::SubmittedAt => or_last("submitted_at"),
            ClaimOrderField::DueAt => or_last("due_at"),
            ClaimOrderField::Name => Expr::col(Column::SortKey.as_column_ref()),
            ClaimOrderField::Number => Expr::col(Column::Number.as_column_ref()),
            ClaimOrderField::DecidedAt => or_last("decided_at"),
            // Of the vendor's view; the list joins the caller's.
            ClaimOrderField::LastActivityAt => ActivityView::OfVendor.joined(),
        }
    }

    /// The keys of a row, as [`Self::column`] sorts it; of `columns` at least.
    pub(super) fn keys(self, caller: &Caller, row: &ClaimRow) -> Vec<Key> {
        let claim = row.claim();
        let time = match self.field {
            ClaimOrderField::CreatedAt => Some(claim.created_at),
            ClaimOrderField::UpdatedAt => Some(claim.updated_at),
            ClaimOrderField::SubmittedAt => claim.submitted_at,
            ClaimOrderField::DueAt => claim.deadline.map(|clock| clock.due_at).filter(|_| !hides_clocks(caller)),
            ClaimOrderField::DecidedAt => claim.decided_at,
            ClaimOrderField::LastActivityAt => row.last_activity_at,
            ClaimOrderField::Name => return vec![Key::Text(claim.name.clone()), Key::Id(claim.id)],
            ClaimOrderField::Number => return vec![Key::Text(claim.number.clone())],
        };
        vec![Key::Int(time.map_or(self.last(), Timestamp::micros)), Key::Id(claim.id)]
    }

    /// What the list must read of each claim beside what is asked for, so that it has the keys.
    pub(super) fn with_keys(self, wanted: Wanted, caller: &Caller) -> Wanted {
        let field = match self.field {
            ClaimOrderField::CreatedAt => "createdAt",
            ClaimOrderField::UpdatedAt => "updatedAt",
            ClaimOrderField::SubmittedAt => "submittedAt",
            ClaimOrderField::DueAt => "deadline",
            ClaimOrderField::Name => "name",
            ClaimOrderField::Number => "number",
            ClaimOrderField::DecidedAt => "decidedAt",
            ClaimOrderField::LastActivityAt => {
                return Wanted { activity: Some(ActivityView::seen_by(caller)), ..wanted };
            }
        };
        wanted.with(Columns::of_field::<Claim>(field))
    }

    const fn last(self) -> i64 {
        if self.descending { LAST_DESCENDING } else { LAST_ASCENDING }
    }
}

/// A customer does not learn from an order, or from a cursor, when the vendor's and the partner's clocks run out (A3, A4).
pub(super) const fn hides_clocks(caller: &Caller) -> bool {
    matches!(caller.side, Side::Customer(_))
}
