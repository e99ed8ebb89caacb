UPDATE claim SET history_length = head.history_length, history_hash = head.history_hash
FROM claim_activity AS head WHERE head.claim_id = claim.id AND head.history_length <> claim.history_length;
CREATE OR REPLACE FUNCTION claim_tally_loaded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claim_tally
    SELECT status, solution_area, activities, reviewer_subject IS NOT NULL, contested_since IS NOT NULL,
        CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows WHERE status <> 'EDITING' AND deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION claim_tally_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'EDITING' AND OLD.deleted_at IS NULL THEN
        PERFORM claim_tally_add(OLD, -1);
    END IF;
    IF NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL THEN
        PERFORM claim_tally_add(NEW, 1);
    END IF;
    -- With its submission a claim is seen, and what was written on it before. What this very transaction writes is counted
    -- by the triggers of its own tables, which run after the claim has changed.
    IF (OLD.status = 'EDITING' OR OLD.deleted_at IS NOT NULL) <> (NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL) THEN
        INSERT INTO comment_tally SELECT CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END * count(*)
        FROM comment WHERE claim_id = NEW.id AND xmin <> pg_current_xact_id()::xid HAVING count(*) > 0;
        INSERT INTO history_tally (action, day, actor_kind, n)
        SELECT action, at / 86400000000, actor_kind, CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END * count(*)
        FROM history WHERE claim_id = NEW.id AND seq <= OLD.history_length GROUP BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION comment_tally_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comment_tally
    SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows JOIN claim ON claim.id = rows.claim_id
    WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL HAVING count(*) > 0;
    -- Folding costs more than adding: one transaction in many does it.
    IF pg_current_xact_id()::text::bigint % 64 = 0 THEN
        WITH free AS (
            SELECT ctid FROM comment_tally FOR UPDATE SKIP LOCKED
        ), folded AS (
            DELETE FROM comment_tally USING free WHERE comment_tally.ctid = free.ctid RETURNING n
        )
        INSERT INTO comment_tally SELECT sum(n) FROM folded HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION history_tally_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history_tally (action, day, actor_kind, n)
    SELECT rows.action, rows.at / 86400000000, rows.actor_kind, CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows JOIN claim ON claim.id = rows.claim_id
    WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2, 3;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO claim_activity AS known (claim_id, at, shared_at, moved_at)
        SELECT claim_id, max(at), COALESCE(max(at) FILTER (WHERE visibility = 'SHARED'), 0),
            COALESCE(max(at) FILTER (WHERE to_status IS DISTINCT FROM from_status AND to_status IS NOT NULL), 0)
        FROM rows GROUP BY claim_id
        ON CONFLICT (claim_id) DO UPDATE SET at = GREATEST(known.at, EXCLUDED.at),
            shared_at = GREATEST(known.shared_at, EXCLUDED.shared_at), moved_at = GREATEST(known.moved_at, EXCLUDED.moved_at);
    END IF;
    IF pg_current_xact_id()::text::bigint % 64 = 0 THEN
        WITH keys AS (
            SELECT DISTINCT action, at / 86400000000 AS day, actor_kind FROM rows
        ), free AS (
            SELECT tally.ctid FROM history_tally AS tally JOIN keys USING (day, action, actor_kind) FOR UPDATE OF tally SKIP LOCKED
        ), folded AS (
            DELETE FROM history_tally USING free WHERE history_tally.ctid = free.ctid RETURNING action, day, actor_kind, n
        )
        INSERT INTO history_tally (action, day, actor_kind, n) SELECT action, day, actor_kind, sum(n) FROM folded GROUP BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER comment_tally_on_insert ON comment;
CREATE TRIGGER comment_tally_on_insert AFTER INSERT ON comment REFERENCING NEW TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION comment_tally_add();
ALTER TABLE comment ENABLE ALWAYS TRIGGER comment_tally_on_insert;
DROP TRIGGER history_tally_on_insert ON history;
CREATE TRIGGER history_tally_on_insert AFTER INSERT ON history REFERENCING NEW TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION history_tally_add();
ALTER TABLE history ENABLE ALWAYS TRIGGER history_tally_on_insert;
DELETE FROM claim_activity WHERE at = 0;
ALTER TABLE claim_activity DROP COLUMN history_hash;
ALTER TABLE claim_activity DROP COLUMN history_length;
