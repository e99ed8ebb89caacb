DROP INDEX arbitration_by_product;
DROP INDEX arbitration_by_customer;
DROP INDEX claim_for_statistics;
DROP INDEX claim_by_evaluation;
DROP INDEX claim_by_dispute;
DROP INDEX claim_by_consent;
DROP INDEX claim_by_rejection;
DROP INDEX claim_by_decided_at_desc;
DROP INDEX claim_by_decided_at;
DROP INDEX claim_by_name;
ALTER TABLE claim DROP COLUMN sort_key;
DROP INDEX history_by_customers;
DROP TRIGGER history_origin ON history;
DROP FUNCTION claim_origin_note();
DROP TABLE claim_origin;
CREATE OR REPLACE FUNCTION claim_tally_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'EDITING' AND OLD.deleted_at IS NULL THEN
        PERFORM claim_tally_add(OLD, -1);
    END IF;
    IF NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL THEN
        PERFORM claim_tally_add(NEW, 1);
    END IF;
    IF (OLD.status = 'EDITING' OR OLD.deleted_at IS NOT NULL) <> (NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL) THEN
        INSERT INTO comment_tally SELECT CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END * count(*)
        FROM comment WHERE claim_id = NEW.id AND xmin <> pg_current_xact_id()::xid HAVING count(*) > 0;
        INSERT INTO history_tally SELECT action, at / 86400000000, CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END * count(*)
        FROM history WHERE claim_id = NEW.id AND seq <= OLD.history_length GROUP BY 1, 2;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION history_tally_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history_tally
    SELECT rows.action, rows.at / 86400000000, CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows JOIN claim ON claim.id = rows.claim_id
    WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2;
    IF pg_current_xact_id()::text::bigint % 64 = 0 THEN
        WITH keys AS (
            SELECT DISTINCT action, at / 86400000000 AS day FROM rows
        ), free AS (
            SELECT tally.ctid FROM history_tally AS tally JOIN keys USING (day, action) FOR UPDATE OF tally SKIP LOCKED
        ), folded AS (
            DELETE FROM history_tally USING free WHERE history_tally.ctid = free.ctid RETURNING action, day, n
        )
        INSERT INTO history_tally SELECT action, day, sum(n) FROM folded GROUP BY 1, 2;
    END IF;
    RETURN NULL;
END $$;
ALTER TABLE history_tally DROP COLUMN actor_kind;
DROP TABLE claim_activity;
