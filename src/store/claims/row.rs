//! Reading claims: only the parts of the row that are asked for, together with what it refers to.

use domain::{claim::Claim, time::Timestamp};
use entity::claim::Entity;
use sea_orm::{JoinType, Related, sea_query::SelectStatement};
use uuid::Uuid;

use super::{
    activity::ActivityView,
    lines::{LineRow, LinesWanted},
};
use crate::store::{
    StoreError, Visible,
    customers::Customer,
    partners::{Location, Partner},
    rows::{Cells, Columns, Record, Shape, select},
    sql::join,
};

/// The columns to read of each claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Columns of its row.
    pub columns: Columns,
    /// The customer, and columns of it.
    pub customer: Option<Columns>,
    /// The partner, and columns of it.
    pub partner: Option<Columns>,
    /// The partner's location, and columns of it.
    pub location: Option<Columns>,
    /// The lines, which come with a claim that is looked up by itself.
    pub lines: Option<LinesWanted>,
    /// When something last happened on it, in this view (L17).
    pub activity: Option<ActivityView>,
}

impl Wanted {
    /// The whole row, and nothing that it refers to.
    pub const ROW: Self =
        Self { columns: Columns::ALL, customer: None, partner: None, location: None, lines: None, activity: None };

    /// The columns that are always read.
    #[must_use]
    pub fn least() -> Self {
        Self { columns: Columns::always::<Claim>(), ..Self::ROW }
    }

    /// How many columns are read.
    pub(super) fn width(&self) -> usize {
        let of = |columns: Option<Columns>, width: fn(Columns) -> usize| columns.map_or(0, width);
        self.columns.width::<Claim>()
            + of(self.customer, Columns::width::<Customer>)
            + of(self.partner, Columns::width::<Partner>)
            + of(self.location, Columns::width::<Location>)
            + usize::from(self.activity.is_some())
    }

    /// The same and these columns.
    pub(super) fn with(self, columns: Columns) -> Self {
        Self { columns: self.columns.and(columns), ..self }
    }
}

/// A claim that its reader sees, as far as it was read.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    /// On the heap, for it is large and the row is moved often.
    claim: Box<Claim>,
    is_whole: bool,
    /// The customer, if it was read.
    pub customer: Option<Customer>,
    /// The partner, if it was read.
    pub partner: Option<Partner>,
    /// The location, if it was read.
    pub location: Option<Location>,
    /// The lines in their order, if they were read.
    pub lines: Option<Vec<LineRow>>,
    /// When something last happened on it that its reader may see, if it was read (L17).
    pub last_activity_at: Option<Timestamp>,
}

impl ClaimRow {
    /// The whole claim, as a use case answers it to a caller who changed it.
    #[must_use]
    pub fn answered(claim: Claim) -> Self {
        Self {
            claim: Box::new(claim),
            is_whole: true,
            customer: None,
            partner: None,
            location: None,
            lines: None,
            last_activity_at: None,
        }
    }

    /// What is left of a deleted draft: the row as it was kept, and blank what deletion leaves in it that is not the partner's own.
    #[must_use]
    pub fn emptied(self) -> Self {
        let tenant_id = self.claim.tenant_id;
        let claim = Claim { domain: String::new(), activities: Vec::new(), ..*self.claim };
        let customer = Customer { tenant_id, name: String::new(), domain: String::new() };
        Self { customer: Some(customer), lines: Some(Vec::new()), ..Self::answered(claim) }
    }

    /// The claim, blank where it was not read. Its id, tenant, status and solution area always are.
    #[must_use]
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The same by value.
    #[must_use]
    pub fn into_claim(self) -> Claim {
        *self.claim
    }

    /// Whether the whole row was read.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The claim's id, by which what hangs on it may be read.
    #[must_use]
    pub fn id(&self) -> Visible<Uuid> {
        Visible::new(self.claim.id)
    }
}

impl Shape for Wanted {
    type Entity = Entity;
    type Record = ClaimRow;

    fn select(&self, query: &mut SelectStatement) {
        select::<Claim>(query, self.columns);
        if let Some(wanted) = self.customer {
            joined::<Customer>(query, wanted);
        }
        if let Some(wanted) = self.partner {
            joined::<Partner>(query, wanted);
        }
        if let Some(wanted) = self.location {
            joined::<Location>(query, wanted);
        }
        if let Some(view) = self.activity {
            query.expr(view.of_row());
        }
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<ClaimRow, StoreError> {
        Ok(ClaimRow {
            claim: Box::new(cells.record(self.columns)?),
            is_whole: self.columns == Columns::ALL,
            customer: self.customer.map(|columns| cells.record(columns)).transpose()?,
            partner: self.partner.map(|columns| cells.record(columns)).transpose()?,
            location: self.location.map(|columns| cells.record(columns)).transpose()?,
            lines: None,
            last_activity_at: if self.activity.is_some() { cells.maybe_time()? } else { None },
        })
    }
}

/// Joins what claims refer to, and selects it.
fn joined<R: Record>(query: &mut SelectStatement, wanted: Columns)
where
    Entity: Related<R::Entity>,
{
    join::<Entity, R::Entity>(query, JoinType::InnerJoin);
    select::<R>(query, wanted);
}
