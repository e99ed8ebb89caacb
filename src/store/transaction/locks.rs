//! The locks of a transaction that writes history: the customer first, and then the claim.
//!
//! A command that may affect other partners' claims on a subject locks the customer exclusively, so that two rivals
//! always see each other (X1, X6); any other command on a claim shares the customer's lock and locks the claim.
//!
//! On PostgreSQL the locks are advisory ones, for the sake of the order of events (H2): locking or writing a row gives the
//! transaction its number. With that in hand it must not wait for another lock, or an event of the claim that it waits for
//! would get a later number and yet happen earlier. Advisory locks give no number, and whoever holds them finds no row
//! locked by anybody else. Rows are not locked beside: [`super::change`] stores nothing on a claim that has changed since it
//! was read, whoever changed it. SQLite has one writer at a time and needs none of this.

use std::collections::BTreeSet;

use domain::caller::Caller;
use entity::claim;
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Statement, StatementBuilder, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{Reads, StoreError, Transaction, scope, sql::id_array};

/// How a customer is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// With others who do not look beyond their own claim.
    Shared,
    /// Alone.
    Exclusive,
}

impl Lock {
    const fn function(self) -> &'static str {
        match self {
            Self::Shared => "pg_advisory_xact_lock_shared",
            Self::Exclusive => "pg_advisory_xact_lock",
        }
    }

    /// Locks the customer of this id. A void of PostgreSQL, made a text so that every driver can skip it.
    fn customer(self, id: &str) -> String {
        format!("{}({})::text", self.function(), customer_key(id))
    }
}

/// Locks the claim of this id.
fn claim(id: &str) -> String {
    format!("pg_advisory_xact_lock({})::text", claim_key(id))
}

/// Locks the claim of this id and shares its customer, if nobody has to be waited for; whether both are locked.
pub(super) fn try_shared(customer: &str, claim: &str) -> String {
    let (customer, claim) = (customer_key(customer), claim_key(claim));
    format!("pg_try_advisory_xact_lock_shared({customer}) AND pg_try_advisory_xact_lock({claim})")
}

fn customer_key(id: &str) -> String {
    format!("hashtextextended({id}::text, 0)")
}

/// Another seed: a claim's lock is never taken for a customer's.
fn claim_key(id: &str) -> String {
    format!("hashtextextended({id}::text, 1)")
}

/// What a transaction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nothing: the claim is not there or not visible to the caller (A4).
    Nothing,
    /// This customer, and the claim itself where the customer is shared.
    Customer(Uuid),
    /// The database.
    Everything,
}

/// Locks the customer of a claim that the caller may see, and the claim itself where the customer is shared. The claim of a
/// draft may have another customer by the time that it is locked.
///
/// # Errors
/// Database errors.
pub async fn customer_of(transaction: &Transaction, caller: &Caller, id: Uuid, lock: Lock) -> Result<Held, StoreError> {
    if !transaction.is_postgres() {
        return Ok(Held::Everything);
    }
    let mut query =
        claim::Entity::find_by_id(id).filter(scope::claims(caller)).select_only().column(claim::Column::TenantId);
    // A select list is computed in the order in which it is written.
    QueryTrait::query(&mut query).expr(Expr::cust(lock.customer("\"claim\".\"tenant_id\"")));
    if lock == Lock::Shared {
        QueryTrait::query(&mut query).expr(Expr::cust(claim("\"claim\".\"id\"")));
    }
    let connection = transaction.connection();
    let statement = StatementBuilder::build(&query.into_query(), &connection.get_database_backend());
    let row = connection.query_one_raw(statement).await?;
    Ok(match row {
        Some(row) => Held::Customer(row.try_get_by_index(0)?),
        None => Held::Nothing,
    })
}

/// Locks a customer for this transaction alone.
///
/// # Errors
/// Database errors.
pub async fn customer(transaction: &Transaction, tenant_id: Uuid) -> Result<(), StoreError> {
    if transaction.is_postgres() {
        let connection = transaction.connection();
        let sql = format!("SELECT {}", Lock::Exclusive.customer("$1"));
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [tenant_id.into()]);
        connection.query_one_raw(statement).await?;
    }
    Ok(())
}

/// Locks the customers of several claims, and the claims themselves where the customers are shared. Customers come before
/// claims and both in the order of their ids, so that two such transactions never wait for each other.
///
/// # Errors
/// The database's.
pub async fn customers(
    transaction: &Transaction,
    customers: BTreeSet<Uuid>,
    claims: BTreeSet<Uuid>,
    lock: Lock,
) -> Result<(), StoreError> {
    if !transaction.is_postgres() {
        return Ok(());
    }
    let claims = if lock == Lock::Shared { claims } else { BTreeSet::new() };
    for (ids, taken) in [(customers, lock.customer("id")), (claims, claim("id"))] {
        if ids.is_empty() {
            continue;
        }
        let ids = id_array(ids);
        let connection = transaction.connection();
        let sql = format!("SELECT {taken} FROM unnest($1::uuid[]) AS given (id)");
        connection.query_all_raw(Statement::from_sql_and_values(connection.get_database_backend(), sql, [ids])).await?;
    }
    Ok(())
}

/// Locks the queue of webhooks: exclusively for adding deliveries and changing endpoints, shared for storing results.
/// So adding a delivery sees whether an earlier one of its claim is pending, and ending one sees whether a later one
/// waits.
///
/// # Errors
/// Database errors.
pub async fn webhooks(transaction: &Transaction, lock: Lock) -> Result<(), StoreError> {
    if transaction.is_postgres() {
        let connection = transaction.connection();
        // Another seed: never taken for a customer's or a claim's.
        let sql = format!("SELECT {}(hashtextextended('webhooks', 2))::text", lock.function());
        connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    }
    Ok(())
}
