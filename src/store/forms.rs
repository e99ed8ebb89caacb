//! Texts that are kept in a form of their own, for search and order (L14) and as identifiers (L15): when the form changes
//! with a release, what older ones have written is brought into it, once.

use domain::{identifier, text};
use entity::setting;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, Statement, Value, sea_query::OnConflict};
use uuid::Uuid;

use super::{Db, Reads, StoreError, Transaction};

const SETTING: &str = "text_forms";

/// Raised whenever [`domain::text::fold`], [`domain::text::sort_key`] or a form of [`domain::identifier`] changes.
const CURRENT: &str = "2";

/// How many rows are read at once.
const BATCH: usize = 1_000;

/// A column whose texts have a form.
struct Formed {
    table: &'static str,
    key: &'static str,
    column: &'static str,
    /// The column that it is made of: itself, but for a sort key.
    from: &'static str,
    form: fn(&str) -> String,
}

/// A column that is made of itself.
const fn formed(table: &'static str, key: &'static str, column: &'static str, form: fn(&str) -> String) -> Formed {
    Formed { table, key, column, from: column, form }
}

const fn folded(table: &'static str, key: &'static str, column: &'static str) -> Formed {
    formed(table, key, column, text::fold)
}

const fn sorted(table: &'static str, key: &'static str) -> Formed {
    Formed { table, key, column: "sort_key", from: "name", form: text::sort_key }
}

fn domain_form(typed: &str) -> String {
    identifier::domain(typed).unwrap_or_else(|| typed.to_owned())
}

const COLUMNS: [Formed; 8] = [
    folded("claim", "id", "search_text"),
    folded("claim", "id", "reference_search_text"),
    folded("customer", "tenant_id", "search_text"),
    folded("partner", "id", "search_text"),
    folded("product", "sku_id", "search_text"),
    formed("claim", "id", "external_reference", identifier::reference),
    formed("claim", "id", "domain", domain_form),
    formed("customer", "tenant_id", "domain", domain_form),
];

const SORTED: [Formed; 5] = [
    sorted("customer", "tenant_id"),
    sorted("partner", "id"),
    sorted("product", "sku_id"),
    sorted("reviewer", "id"),
    sorted("claim", "id"),
];

/// The rows that a program of an older release wrote. A deleted draft has no name, and so no sort key.
const WITHOUT_KEY: &str = "sort_key = '' AND name <> ''";

impl Db {
    /// Whether the texts of this database are in the forms of this program.
    ///
    /// # Errors
    /// Database errors.
    pub async fn has_current_forms(&self) -> Result<bool, StoreError> {
        is_current(self).await
    }

    /// Brings the texts of this database into the forms of this program; does nothing where they are.
    ///
    /// # Errors
    /// Database errors; then nothing was changed.
    pub(super) async fn renew_forms(&self) -> Result<(), StoreError> {
        if is_current(self).await? {
            return self.fill_sort_keys().await;
        }
        let transaction = self.begin().await?;
        for formed in &COLUMNS {
            renew(&transaction, formed, &may_differ(formed.column, transaction.connection().get_database_backend()))
                .await?;
        }
        for sorted in &SORTED {
            renew(&transaction, sorted, "TRUE").await?;
        }
        renew_verified_domains(&transaction).await?;
        let row = setting::ActiveModel { name: Set(SETTING.to_owned()), value: Set(CURRENT.to_owned()) };
        let again = OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned();
        setting::Entity::insert(row).on_conflict(again).exec_without_returning(transaction.connection()).await?;
        transaction.commit().await
    }
}

impl Db {
    /// Gives a sort key to rows that a program of an older release wrote beside this one.
    async fn fill_sort_keys(&self) -> Result<(), StoreError> {
        for sorted in &SORTED {
            let query = format!("SELECT 1 FROM {} WHERE {WITHOUT_KEY} LIMIT 1", sorted.table);
            let backend = Reads::connection(self).get_database_backend();
            let found = Reads::connection(self).query_one_raw(Statement::from_string(backend, query)).await?;
            if found.is_some() {
                let transaction = self.begin().await?;
                renew(&transaction, sorted, WITHOUT_KEY).await?;
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}

async fn is_current(on: &impl Reads) -> Result<bool, StoreError> {
    let found = setting::Entity::find_by_id(SETTING.to_owned()).one(on.connection()).await?;
    Ok(found.is_some_and(|row| row.value == CURRENT))
}

/// The texts that a form could change: plain ones with one space between words are in every form already.
fn may_differ(column: &str, backend: DbBackend) -> String {
    let bytes = match backend {
        DbBackend::Postgres => format!("octet_length({column})"),
        _ => format!("length(CAST({column} AS blob))"),
    };
    format!("({bytes} <> length({column}) OR {column} LIKE '%xn--%' OR {column} LIKE '%  %')")
}

/// Brings the rows for which this condition holds into the form.
async fn renew(transaction: &Transaction, formed: &Formed, condition: &str) -> Result<(), StoreError> {
    let Formed { table, key, column, from, form } = formed;
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let read = format!(
        "SELECT {key}, {from}, {column} FROM {table} WHERE {key} > $1 AND {condition} ORDER BY {key} LIMIT {BATCH}"
    );
    // An external reference that would be another claim's then stays as it is.
    let guard = if *column == "external_reference" {
        " AND NOT EXISTS (SELECT 1 FROM claim AS other WHERE other.partner_id = claim.partner_id \
            AND other.external_reference = $1)"
    } else {
        ""
    };
    let write = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2{guard}");
    let mut last = Uuid::nil();
    loop {
        let statement = Statement::from_sql_and_values(backend, read.as_str(), [Value::from(last)]);
        let rows = connection.query_all_raw(statement).await?;
        for row in &rows {
            let (id, source): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let (before, after): (String, String) = (row.try_get_by_index(2)?, form(&source));
            if after != before {
                let values = [Value::from(after), Value::from(id)];
                connection.execute_raw(Statement::from_sql_and_values(backend, write.as_str(), values)).await?;
            }
            last = id;
        }
        if rows.len() < BATCH {
            return Ok(());
        }
    }
}

/// A customer's verified domains are keys, so that two spellings of one become one.
async fn renew_verified_domains(transaction: &Transaction) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let read = format!("SELECT tenant_id, domain FROM customer_domain WHERE {}", may_differ("domain", backend));
    for row in connection.query_all_raw(Statement::from_string(backend, read)).await? {
        let (tenant, before): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let after = domain_form(&before);
        if after == before {
            continue;
        }
        for (sql, domain) in [
            ("INSERT INTO customer_domain (tenant_id, domain) VALUES ($1, $2) ON CONFLICT DO NOTHING", after),
            ("DELETE FROM customer_domain WHERE tenant_id = $1 AND domain = $2", before),
        ] {
            let values = [Value::from(tenant), Value::from(domain)];
            connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
    }
    Ok(())
}
