//! The lines and documents of claims.

use std::collections::HashMap;

use domain::{claim::Line, kinds::LineOutcome};
use entity::{claim, claim_line, customer_subscription, product, proof_document};
use foldhash::fast::RandomState;
use sea_orm::{
    Condition, ConnectionTrait, EntityName, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, RelationTrait, StatementBuilder,
    sea_query::{Asterisk, Expr, SelectStatement},
};
use uuid::Uuid;

use super::row::{ClaimRow, Wanted};
use crate::store::{
    Db, Reads, StoreError, Visible,
    kept::Form,
    keyset, line_from_row,
    products::Product,
    rows::{ById, Cells, Columns, Read, Record, Rows, Shape, always, read_all, read_for, select},
    sql::{any_of, id_array, is_in_array, join},
    subscriptions::Subscription,
    visible::bare,
};

/// The columns to read of each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesWanted {
    /// Columns of its row.
    pub columns: Columns,
    /// The product, and columns of it.
    pub product: Option<Columns>,
    /// The subscription that it resolves to, and columns of it.
    pub subscription: Option<Columns>,
}

impl LinesWanted {
    /// What is read in any case.
    #[must_use]
    pub fn least() -> Self {
        Self { columns: Columns::always::<LineOfClaim>(), product: None, subscription: None }
    }
}

/// A line and whose it is.
#[derive(Clone, Debug)]
pub struct LineOfClaim {
    claim_id: Uuid,
    /// The line, blank where it was not read. Whether its association lives is not read.
    pub line: Line,
}

/// A line of a claim, as far as it was read.
#[derive(Clone, Debug)]
pub struct LineRow {
    claim_id: Uuid,
    /// The line, blank where it was not read. Whether its association lives is not read.
    pub line: Line,
    /// The product, if it was read.
    pub product: Option<Product>,
    /// The subscription, if it was read and the line has one.
    pub subscription: Option<Subscription>,
}

impl Record for LineOfClaim {
    type Entity = claim_line::Entity;

    const COLUMNS: &'static [Read<claim_line::Column>] = &[
        // First, for it is never NULL in a row that is there.
        always(claim_line::Column::ClaimId, &["product"]),
        read_for(claim_line::Column::Id, &["id", "association"]),
        read_for(claim_line::Column::SkuId, &[]),
        read_for(claim_line::Column::SubscriptionTyped, &["subscriptionId"]),
        read_for(claim_line::Column::SubscriptionId, &["subscription", "subscriptionId"]),
        read_for(claim_line::Column::Outcome, &["outcome"]),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        let claim_id = cells.get()?;
        let line = Line {
            id: cells.get()?,
            sku_id: cells.get()?,
            typed: cells.get()?,
            subscription_id: cells.get()?,
            outcome: cells.word_or(LineOutcome::Pending)?,
            associated: false,
        };
        Ok(Self { claim_id, line })
    }
}

impl Shape for LinesWanted {
    type Entity = claim_line::Entity;
    type Record = LineRow;

    fn select(&self, query: &mut SelectStatement) {
        select::<LineOfClaim>(query, self.columns);
        if let Some(wanted) = self.product {
            join::<claim_line::Entity, product::Entity>(query, JoinType::LeftJoin);
            select::<Product>(query, wanted);
        }
        if let Some(wanted) = self.subscription {
            join::<claim_line::Entity, customer_subscription::Entity>(query, JoinType::LeftJoin);
            select::<Subscription>(query, wanted);
        }
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<LineRow, StoreError> {
        let LineOfClaim { claim_id, line } = cells.record(self.columns)?;
        let product = self.product.map(|columns| cells.record(columns)).transpose()?;
        let subscription = match self.subscription {
            Some(columns) if !cells.is_null()? => Some(cells.record(columns)?),
            _ => None,
        };
        Ok(LineRow { claim_id, line, product, subscription })
    }
}

/// Claims with their lines: a row for each line, or one without for a claim that has none.
struct WithLines(Wanted, LinesWanted);

impl Shape for WithLines {
    type Entity = claim::Entity;
    type Record = (ClaimRow, Option<LineRow>);

    fn select(&self, query: &mut SelectStatement) {
        self.0.select(query);
        let on = claim_line::Relation::Claim.def();
        query.join(JoinType::LeftJoin, claim_line::Entity.table_ref(), Condition::from(on));
        self.1.select(query);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Record, StoreError> {
        let claim = self.0.read(cells)?;
        Ok((claim, self.line(cells)?))
    }
}

impl WithLines {
    /// The line of a row whose claim was read already.
    fn next_line(&self, cells: &mut Cells<'_>) -> Result<Option<LineRow>, StoreError> {
        cells.pass(self.0.width());
        self.line(cells)
    }

    fn line(&self, cells: &mut Cells<'_>) -> Result<Option<LineRow>, StoreError> {
        Ok(if cells.is_null()? { None } else { Some(self.1.read(cells)?) })
    }
}

/// The statement for the claims that the query selects, with their lines if they are wanted.
pub(super) fn statement(query: Rows<claim::Entity>, wanted: Wanted) -> SelectStatement {
    let Some(of_lines) = wanted.lines else { return keyset::selected(query, &wanted) };
    let query = query.order_by_asc(claim_line::Column::Position).order_by_asc(claim_line::Column::Id);
    keyset::selected(query, &WithLines(wanted, of_lines))
}

/// Reads a claim from the next row that [`statement`] found of it, or what that row adds to the claim.
///
/// # Errors
/// [`StoreError::Corrupt`] for a value that the domain does not have.
pub(super) fn read(claim: &mut Option<ClaimRow>, cells: &mut Cells<'_>, wanted: Wanted) -> Result<(), StoreError> {
    match (claim, wanted.lines) {
        (Some(claim), Some(of_lines)) => {
            let line = WithLines(wanted, of_lines).next_line(cells)?;
            claim.lines.get_or_insert_default().extend(line);
        }
        (claim, Some(of_lines)) => {
            let (mut read, line) = WithLines(wanted, of_lines).read(cells)?;
            read.lines = Some(line.into_iter().collect());
            *claim = Some(read);
        }
        (claim, None) => *claim = Some(wanted.read(cells)?),
    }
    Ok(())
}

/// The one claim of rows that [`statement`] found.
///
/// # Errors
/// [`StoreError::Corrupt`] for a value that the domain does not have.
pub(super) fn read_one(rows: &[QueryResult], wanted: Wanted) -> Result<Option<ClaimRow>, StoreError> {
    let mut claim = None;
    for row in rows {
        read(&mut claim, &mut Cells::of::<claim::Entity>(row)?, wanted)?;
    }
    Ok(claim)
}

/// The one claim that the query selects, with its lines if they are wanted.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub(super) async fn one(db: &Db, query: Rows<claim::Entity>, wanted: Wanted) -> Result<Option<ClaimRow>, StoreError> {
    read_one(&db.connection().query_all(&statement(query, wanted)).await?, wanted)
}

/// The lines of claims that the caller sees, in their order. A claim without lines is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn lines_of(
    db: &Db,
    claims: &[Visible<Uuid>],
    wanted: LinesWanted,
) -> Result<ById<Vec<LineRow>>, StoreError> {
    let backend = db.connection().get_database_backend();
    let statement = |of_claims: Expr| {
        let query = Rows::<claim_line::Entity>::all()
            .filter(of_claims)
            .order_by_asc(claim_line::Column::Position)
            .order_by_asc(claim_line::Column::Id);
        StatementBuilder::build(&keyset::selected(query, &wanted), &backend)
    };
    let column = claim_line::Column::ClaimId;
    let statement = if db.is_postgres() && claims.len() > 1 {
        let ids = id_array(bare(claims));
        db.kept.statement(Form::Lines(wanted), ids, |ids| statement(is_in_array(column, ids)))
    } else {
        statement(any_of(column, bare(claims), backend))
    };
    let mut lines = ById::<Vec<LineRow>>::with_capacity_and_hasher(claims.len(), RandomState::default());
    for row in read_all(&db.connection().query_all_raw(statement).await?, &wanted)? {
        lines.entry(row.claim_id).or_default().push(row);
    }
    Ok(lines)
}

/// The lines of the claims, in their order. A claim without lines is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn lines(on: &impl Reads, claims: &[Uuid]) -> Result<HashMap<Uuid, Vec<Line>>, StoreError> {
    let column = claim_line::Column::ClaimId;
    let backend = on.connection().get_database_backend();
    let rows = claim_line::Entity::find()
        .filter(any_of(column, claims.iter().copied(), backend))
        .order_by_asc(claim_line::Column::Position)
        .order_by_asc(claim_line::Column::Id)
        .all(on.connection())
        .await?;
    let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
    for row in rows {
        let claim = row.claim_id;
        lines.entry(claim).or_default().push(line_from_row(row));
    }
    Ok(lines)
}

/// How many proof documents the claims have. A claim without any is missing.
///
/// # Errors
/// As [`lines`].
pub async fn document_counts(on: &impl Reads, claims: &[Uuid]) -> Result<HashMap<Uuid, u32>, StoreError> {
    let column = proof_document::Column::ClaimId;
    let backend = on.connection().get_database_backend();
    let counts = proof_document::Entity::find()
        .filter(any_of(column, claims.iter().copied(), backend))
        .select_only()
        .column(column)
        .expr(Expr::col(Asterisk).count())
        .group_by(column)
        .into_tuple::<(Uuid, i64)>()
        .all(on.connection())
        .await?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(counts.into_iter().map(|(id, n)| (id, small(n))).collect())
}
