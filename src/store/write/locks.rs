//! Whose turn it is on a customer: taken before anything else in a transaction that writes history.
//!
//! A command that may touch the claims of other partners on a subject takes the customer for itself, so that two rivals
//! can never miss each other (X1, X6); any other command on a claim shares it.
//!
//! On PostgreSQL the locks are advisory ones, for the sake of the order of events (H2): locking a row gives the transaction
//! its number. With that in hand it must not wait for another lock, or an event of the claim that it waits for would get a
//! later number and yet happen earlier. Waiting for the row itself is no better: whoever wakes to a row that was changed
//! meanwhile gets its number, and may then have to wait again, behind one that has come later. Advisory locks give no
//! number. So whoever shares a customer also takes its claim's own lock, and nobody ever waits for a claim's row. SQLite
//! has one writer at a time and needs none of this.

use domain::caller::Caller;
use entity::claim;
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Statement, StatementBuilder, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{Reads, StoreError, Transaction, scope};

/// Locks the claim of a row.
const CLAIM: &str = "pg_advisory_xact_lock(hashtextextended(\"claim\".\"id\"::text, 1))::text";

/// How a customer is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// With others who do not look beyond their own claim.
    Shared,
    /// Alone.
    Alone,
}

impl Turn {
    const fn function(self) -> &'static str {
        match self {
            Self::Shared => "pg_advisory_xact_lock_shared",
            Self::Alone => "pg_advisory_xact_lock",
        }
    }
}

/// Locks the customer of a claim that the caller may see, and the claim itself where the customer is shared; says which
/// customer that is, and nothing where the claim is not there or not in reach (A4). The claim of a draft may have another
/// customer by the time that its row is locked.
///
/// # Errors
/// The database's.
pub async fn customer_of(
    transaction: &Transaction,
    caller: &Caller,
    id: Uuid,
    turn: Turn,
) -> Result<Option<Uuid>, StoreError> {
    let mut query =
        claim::Entity::find_by_id(id).filter(scope::claims(caller)).select_only().column(claim::Column::TenantId);
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    if transaction.is_postgres() {
        // A void of PostgreSQL, made a text so that every driver can skip it.
        let lock = format!("{}(hashtextextended(\"claim\".\"tenant_id\"::text, 0))::text", turn.function());
        QueryTrait::query(&mut query).expr(Expr::cust(lock));
        if turn == Turn::Shared {
            // After the customer's, as they stand here. Another seed: a claim's lock is never taken for a customer's.
            QueryTrait::query(&mut query).expr(Expr::cust(CLAIM));
        }
    }
    let row = connection.query_one_raw(StatementBuilder::build(&query.into_query(), &backend)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Locks a customer for this transaction alone.
///
/// # Errors
/// The database's.
pub async fn customer(transaction: &Transaction, tenant_id: Uuid) -> Result<(), StoreError> {
    if transaction.is_postgres() {
        let connection = transaction.connection();
        let lock = format!("SELECT {}(hashtextextended($1, 0))::text", Turn::Alone.function());
        let values = [tenant_id.to_string().into()];
        connection
            .query_one_raw(Statement::from_sql_and_values(connection.get_database_backend(), lock, values))
            .await?;
    }
    Ok(())
}
