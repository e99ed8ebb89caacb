//! A faster function behind searches by pairs of characters (L14), for PostgreSQL.
//!
//! It took more time of a claim's insert than all of its indexes together. What it answers is the same but for the order of
//! the pairs and repeated ones, which neither the index nor `@>` sees; so the index stays as it is.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::execute_on_postgres;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE OR REPLACE FUNCTION search_pairs(text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    letters text[] := string_to_array($1, NULL);
    pairs text[];
BEGIN
    FOR place IN 1 .. cardinality(letters) - 1 LOOP
        pairs[place] := letters[place] || letters[place + 1];
    END LOOP;
    RETURN pairs;
END $$";

const DOWN: &str = "
CREATE OR REPLACE FUNCTION search_pairs(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT substr($1, place, 2)) FROM generate_series(1, length($1) - 1) AS place
$$";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute_on_postgres(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute_on_postgres(manager, DOWN).await
    }
}
