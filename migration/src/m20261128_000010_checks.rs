//! On PostgreSQL, the checks of a table become one check, by a function.
//!
//! PostgreSQL reads and plans the expression of every CHECK of a table anew for each statement that inserts or updates, also
//! where the columns of the check are not written. With the lists of words of `claim` and `history` that was about a quarter
//! of the storing statement in one comparison. A function is compiled once a connection. It judges by the very same expressions, which are
//! taken from the catalog. SQLite compiles its checks with the prepared statement.
//!
//! A later step that gives a check of such a table another word replaces the function, and its comment.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::execute;

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, DOWN).await
    }
}

async fn on_postgres(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        execute(manager, &[sql.to_owned()]).await?;
    }
    Ok(())
}

/// For each table with checks: a function of the columns that they look at, which is true or null where all of them are; the
/// check by it; and, as the function's comment, what makes the checks again. The rows that are there have passed them: they
/// are not read again, so that no table is locked for longer than a moment.
const UP: &str = "DO $step$
DECLARE
    checked record;
    one record;
BEGIN
    FOR checked IN
        SELECT conrelid, conrelid::regclass::text AS name, conrelid::regclass::text || '_is_valid' AS valid,
            string_agg('(' || pg_get_expr(conbin, conrelid) || ')', ' AND ' ORDER BY conname) AS expression,
            string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
                '; ' ORDER BY conname) AS again
        FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace AND conrelid <> 0
        GROUP BY conrelid
    LOOP
        SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) AS typed,
            string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS names
        INTO one FROM pg_attribute WHERE attrelid = checked.conrelid AND attnum IN (
            SELECT unnest(conkey) FROM pg_constraint WHERE contype = 'c' AND conrelid = checked.conrelid);
        EXECUTE format('CREATE FUNCTION %I(%s) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
            AS $valid$ BEGIN RETURN %s; END $valid$', checked.valid, one.typed, checked.expression);
        EXECUTE format('COMMENT ON FUNCTION %I IS %L', checked.valid, checked.again);
        EXECUTE (SELECT string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), '; ')
            FROM pg_constraint WHERE contype = 'c' AND conrelid = checked.conrelid);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I(%s)) NOT VALID', checked.name, checked.valid, checked.valid, one.names);
    END LOOP;
END $step$";

const DOWN: &str = "DO $step$
DECLARE
    checked record;
BEGIN
    FOR checked IN
        SELECT valid.oid::regprocedure AS function, constraints.conname, constraints.conrelid::regclass AS name,
            obj_description(valid.oid, 'pg_proc') AS again
        FROM pg_proc AS valid
        JOIN pg_constraint AS constraints ON constraints.conname = valid.proname AND constraints.contype = 'c'
            AND constraints.connamespace = valid.pronamespace
        WHERE valid.pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', checked.name, checked.conname);
        EXECUTE checked.again;
        EXECUTE format('DROP FUNCTION %s', checked.function);
    END LOOP;
END $step$";
