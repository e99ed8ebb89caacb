//! Arbitrations that a caller sees, by id, and their parties.

use std::collections::HashMap;

use domain::{caller::Caller, kinds::ArbitrationStatus};
use entity::{
    arbitration::{Column, Entity},
    arbitration_claim,
};
use sea_orm::{
    ColumnTrait, Condition, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use super::Arbitration;
use crate::store::{
    Db, Reads, StoreError,
    claims::{ClaimRow, Wanted},
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Cells, Plain, Rows, Shape},
    scope,
    sql::any_of,
};

/// The list, for [`crate::store::page::Cursor::decode`]. Ids rise with time.
pub const ORDER: ListOrder = ListOrder { tag: "arbitrations", kinds: &[KeyKind::Id], descending: false };

/// Which arbitrations are asked for; what is not given leaves everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArbitrationFilter {
    /// In this status.
    pub status: Option<ArbitrationStatus>,
    /// At this customer.
    pub tenant_id: Option<Uuid>,
    /// For this product.
    pub sku_id: Option<Uuid>,
}

/// The arbitrations that the caller sees and the filter leaves.
fn seen(caller: &Caller, filter: ArbitrationFilter) -> Rows<Entity> {
    let of_filter = Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(filter.tenant_id.map(|id| Column::TenantId.eq(id)))
        .add_option(filter.sku_id.map(|id| Column::SkuId.eq(id)));
    Rows::<Entity>::all().filter(scope::arbitrations(caller)).filter(of_filter)
}

/// One page of the arbitrations that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: ArbitrationFilter,
    request: &PageRequest,
) -> Result<Page<Arbitration>, StoreError> {
    let keyset: Keyset<'_, Arbitration> = Keyset {
        order: ORDER,
        columns: vec![Expr::col(Column::Id.as_column_ref())],
        keys: &|row| vec![Key::Id(row.id)],
    };
    keyset::page(db, seen(caller, filter), &keyset, request, &Plain::<Arbitration>::all()).await
}

/// How many arbitrations the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: ArbitrationFilter) -> Result<u64, StoreError> {
    keyset::count(db, seen(caller, filter)).await
}

/// Those of the arbitrations that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Arbitration>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(caller, ArbitrationFilter::default()).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Arbitration>::all()).await
}

/// The arbitrations that each claim takes or took part in, oldest first. A claim without one that the caller sees is
/// missing.
///
/// # Errors
/// As [`page`].
pub async fn of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Arbitration>>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<arbitration_claim::Entity>::all()
        .join(JoinType::InnerJoin, arbitration_claim::Relation::Arbitration.def())
        .filter(scope::arbitrations(caller))
        .filter(any_of(arbitration_claim::Column::ClaimId, claims.iter().copied(), backend))
        .order_by_asc(Column::Id);
    let shape = Party(arbitration_claim::Column::ClaimId, Plain::<Arbitration>::all());
    Ok(grouped(keyset::all(db, query, &shape).await?))
}

/// Those of the claims that take or took part in each arbitration which the caller sees, in the order in which they came
/// in (X2). An arbitration without any is missing.
///
/// # Errors
/// As [`page`].
pub async fn parties(
    db: &Db,
    caller: &Caller,
    arbitrations: &[Uuid],
    wanted: Wanted,
) -> Result<HashMap<Uuid, Vec<ClaimRow>>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<arbitration_claim::Entity>::all()
        .join(JoinType::InnerJoin, arbitration_claim::Relation::Claim.def())
        .filter(scope::parties(caller))
        .filter(any_of(arbitration_claim::Column::ArbitrationId, arbitrations.iter().copied(), backend))
        .order_by_asc(arbitration_claim::Column::JoinedAt)
        .order_by_asc(arbitration_claim::Column::ClaimId);
    Ok(grouped(keyset::all(db, query, &Party(arbitration_claim::Column::ArbitrationId, wanted)).await?))
}

/// One end of a party, and the record of the other one.
struct Party<S>(arbitration_claim::Column, S);

impl<S: Shape> Shape for Party<S> {
    type Entity = arbitration_claim::Entity;
    type Record = (Uuid, S::Record);

    fn select(&self, query: &mut SelectStatement) {
        query.column(self.0.as_column_ref());
        self.1.select(query);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Record, StoreError> {
        Ok((cells.get()?, self.1.read(cells)?))
    }
}

fn grouped<T>(pairs: Vec<(Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (id, one) in pairs {
        groups.entry(id).or_default().push(one);
    }
    groups
}
