//! The lines and documents of claims.

use std::collections::HashMap;

use domain::claim::Line;
use entity::{claim, claim_line, customer_subscription, product, proof_document};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Asterisk, Expr, SelectStatement},
};
use uuid::Uuid;

use super::row::{ClaimRow, Wanted};
use crate::store::{
    Db, Reads, StoreError, Visible, keyset, line_from_row,
    records::{Product, Subscription},
    rows::{Cells, Columns, Rows, Shape, select},
    sql::any_of,
    visible::bare,
};

/// The columns to read of each line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LinesWanted {
    /// The product, and columns of it.
    pub product: Option<Columns>,
    /// The subscription that it resolves to, and columns of it.
    pub subscription: Option<Columns>,
}

/// A line of a claim, as far as it was read.
#[derive(Clone, Debug)]
pub struct LineRow {
    claim_id: Uuid,
    /// The line. Whether its association lives is not read.
    pub line: Line,
    /// The product, if it was read.
    pub product: Option<Product>,
    /// The subscription, if it was read and the line has one.
    pub subscription: Option<Subscription>,
}

const LINE: [claim_line::Column; 6] = [
    claim_line::Column::Id,
    claim_line::Column::ClaimId,
    claim_line::Column::SkuId,
    claim_line::Column::SubscriptionTyped,
    claim_line::Column::SubscriptionId,
    claim_line::Column::Outcome,
];

impl Shape for LinesWanted {
    type Entity = claim_line::Entity;
    type Record = LineRow;

    fn select(&self, query: &mut SelectStatement) {
        query.columns(LINE.map(|column| column.as_column_ref()));
        let equal =
            |from: claim_line::Column, to: sea_orm::sea_query::ColumnRef| Expr::col(from.as_column_ref()).equals(to);
        if let Some(wanted) = self.product {
            let on = equal(claim_line::Column::SkuId, product::Column::SkuId.as_column_ref().into());
            query.join(JoinType::LeftJoin, product::Entity.table_ref(), on);
            select::<Product>(query, wanted);
        }
        if let Some(wanted) = self.subscription {
            let id = customer_subscription::Column::SubscriptionId;
            let on = equal(claim_line::Column::SubscriptionId, id.as_column_ref().into());
            query.join(JoinType::LeftJoin, customer_subscription::Entity.table_ref(), on);
            select::<Subscription>(query, wanted);
        }
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<LineRow, StoreError> {
        let (id, claim_id) = (cells.get()?, cells.get()?);
        let line = Line {
            id,
            sku_id: cells.get()?,
            typed: cells.get()?,
            subscription_id: cells.get()?,
            outcome: cells.word()?,
            associated: false,
        };
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
        let on = Expr::col(claim_line::Column::ClaimId.as_column_ref()).equals(claim::Column::Id.as_column_ref());
        query.join(JoinType::LeftJoin, claim_line::Entity.table_ref(), on);
        self.1.select(query);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Record, StoreError> {
        let claim = self.0.read(cells)?;
        Ok((claim, if cells.is_null()? { None } else { Some(self.1.read(cells)?) }))
    }
}

/// The one claim that the query selects, with its lines if they are wanted.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub(super) async fn one(db: &Db, query: Rows<claim::Entity>, wanted: Wanted) -> Result<Option<ClaimRow>, StoreError> {
    let Some(of_lines) = wanted.lines else { return Ok(keyset::all(db, query, &wanted).await?.pop()) };
    let query = query.order_by_asc(claim_line::Column::Position).order_by_asc(claim_line::Column::Id);
    let mut one: Option<ClaimRow> = None;
    for (claim, line) in keyset::all(db, query, &WithLines(wanted, of_lines)).await? {
        one.get_or_insert(claim).lines.get_or_insert_default().extend(line);
    }
    Ok(one)
}

/// The lines of claims that the caller sees, in their order. A claim without lines is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn lines_of(
    db: &Db,
    claims: &[Visible<Uuid>],
    wanted: LinesWanted,
) -> Result<HashMap<Uuid, Vec<LineRow>>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<claim_line::Entity>::all()
        .filter(any_of(claim_line::Column::ClaimId, bare(claims), backend))
        .order_by_asc(claim_line::Column::Position)
        .order_by_asc(claim_line::Column::Id);
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::with_capacity(claims.len());
    for row in keyset::all(db, query, &wanted).await? {
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
        lines.entry(claim).or_default().push(line_from_row(row)?);
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
