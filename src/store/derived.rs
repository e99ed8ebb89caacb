//! What the database keeps beside the rows, so that lists and counts need not look at all of them: it must agree with them.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Db, Reads, StoreError};

/// Rows that do not agree, by what they are about. `{line}` is the line break, `{folded}` is [`FOLDED`];
/// `claim_change` is PostgreSQL's only.
const DISAGREEING: [(&str, &str); 10] = [
    (
        "claim_change",
        "SELECT COUNT(*) FROM claim LEFT JOIN claim_change ON claim_change.claim_id = claim.id \
         WHERE claim_change.updated_at IS NULL OR claim_change.updated_at <> claim.updated_at",
    ),
    (
        "claim_activity",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT claim_id, at, shared_at, moved_at, -1 AS n FROM claim_activity WHERE at <> 0 UNION ALL \
           SELECT claim_id, MAX(at), COALESCE(MAX(CASE WHEN visibility = 'SHARED' THEN at END), 0), \
             COALESCE(MAX(CASE WHEN to_status IS NOT NULL AND COALESCE(from_status, '') <> to_status THEN at END), 0), 1 \
           FROM history GROUP BY claim_id) AS rows_of_both \
         GROUP BY claim_id, at, shared_at, moved_at HAVING SUM(n) <> 0) AS different",
    ),
    (
        "claim_origin",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT claim_id, created_kind, created_by, created_name, submitted_kind, submitted_by, submitted_name, asked_at, -1 AS n \
           FROM claim_origin UNION ALL \
           SELECT claim_id, MAX(CASE WHEN action = 'CREATED' THEN actor_kind END), \
             MAX(CASE WHEN action = 'CREATED' THEN actor_subject END), MAX(CASE WHEN action = 'CREATED' THEN actor_name END), \
             MAX(CASE WHEN action = 'SUBMITTED' THEN actor_kind END), \
             MAX(CASE WHEN action = 'SUBMITTED' THEN actor_subject END), MAX(CASE WHEN action = 'SUBMITTED' THEN actor_name END), \
             MIN(CASE WHEN action = 'ACTION_REQUESTED' THEN at END), 1 \
           FROM history WHERE action IN ('CREATED', 'SUBMITTED', 'ACTION_REQUESTED') GROUP BY claim_id) AS rows_of_both \
         GROUP BY claim_id, created_kind, created_by, created_name, submitted_kind, submitted_by, submitted_name, asked_at HAVING SUM(n) <> 0) AS different",
    ),
    (
        "claim_search",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT claim_id, text, sort_key, -1 AS n FROM claim_search UNION ALL \
           SELECT claim.id, claim.search_text || {line} || customer.search_text, claim.sort_key, 1 \
           FROM claim JOIN customer ON customer.tenant_id = claim.tenant_id \
           WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL) AS rows_of_both \
         GROUP BY claim_id, text, sort_key HAVING SUM(n) <> 0) AS different",
    ),
    (
        "history.partner_id",
        "SELECT COUNT(*) FROM history JOIN claim ON claim.id = history.claim_id \
         WHERE history.partner_id IS NULL OR history.partner_id <> claim.partner_id",
    ),
    (
        "claim_tally",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT status, solution_area, activities, assigned, contested, -n AS n FROM claim_tally UNION ALL \
           SELECT status, solution_area, activities, reviewer_subject IS NOT NULL, contested_since IS NOT NULL, 1 FROM claim \
           WHERE status <> 'EDITING' AND deleted_at IS NULL) AS rows_of_both \
         GROUP BY status, solution_area, activities, assigned, contested HAVING SUM(n) <> 0) AS different",
    ),
    (
        "comment_tally",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT -n AS n FROM comment_tally UNION ALL \
           SELECT 1 FROM comment JOIN claim ON claim.id = comment.claim_id \
           WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL) AS rows_of_both \
         HAVING SUM(n) <> 0) AS different",
    ),
    (
        "history_tally",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT action, day, actor_kind, -n AS n FROM history_tally UNION ALL \
           SELECT history.action, history.at / 86400000000, history.actor_kind, 1 FROM history JOIN claim ON claim.id = history.claim_id \
           WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL) AS rows_of_both \
         GROUP BY action, day, actor_kind HAVING SUM(n) <> 0) AS different",
    ),
    // Of the claims without an entry that is yet to be folded in.
    (
        "claim_projection",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT id, created_at, updated_at, active_at, traits, submitted_at, decided_at, due_at, -1 AS n FROM claim_projection UNION ALL \
           SELECT id, created_at, updated_at, active_at, traits, submitted_at, decided_at, due_at, 1 FROM claim_unfolded) AS rows_of_both \
         WHERE {folded} \
         GROUP BY id, created_at, updated_at, active_at, traits, submitted_at, decided_at, due_at HAVING SUM(n) <> 0) AS different",
    ),
    (
        "claim_counted",
        "SELECT COUNT(*) FROM (SELECT SUM(n) FROM ( \
           SELECT id, partner_id, submitted_at, decided_at, asked_at, status, rejection_reason, solution_area, reviewer_subject, \
             LENGTH(products) AS products, -1 AS n FROM claim_counted UNION ALL \
           SELECT id, partner_id, submitted_at, decided_at, asked_at, status, rejection_reason, solution_area, reviewer_subject, \
             LENGTH(products), 1 FROM claim_unfolded) AS rows_of_both \
         WHERE {folded} \
         GROUP BY id, partner_id, submitted_at, decided_at, asked_at, status, rejection_reason, solution_area, reviewer_subject, products \
         HAVING SUM(n) <> 0) AS different",
    ),
];

/// The claims that are folded into the projection, if it is built.
const FOLDED: &str = "EXISTS (SELECT 1 FROM projection_cursor WHERE is_built) AND id NOT IN ( \
    SELECT history.claim_id FROM history, projection_cursor AS at \
    WHERE (history.epoch, history.xid, history.pos) > (at.epoch, at.xid, at.pos))";

/// The first of it that does not agree with the rows, if there is one.
///
/// # Errors
/// Database errors.
pub async fn disagreeing(db: &Db) -> Result<Option<&'static str>, StoreError> {
    let backend = db.connection().get_database_backend();
    let line = if backend == DbBackend::Postgres { "chr(10)" } else { "char(10)" };
    let ours = DISAGREEING.iter().filter(|(name, _)| *name != "claim_change" || backend == DbBackend::Postgres);
    for (name, sql) in ours {
        let statement = Statement::from_string(backend, sql.replace("{line}", line).replace("{folded}", FOLDED));
        let row = db.connection().query_one_raw(statement).await?;
        let rows: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        if rows != 0 {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
