-- ## The head of each history
-- Beside the times that every entry changes, so that an entry without a change of the claim, as a comment is, writes this
-- narrow row and not the claim, whose indexes are opened for each of its changes. The columns of `claim` stay: a new claim brings
-- its head in them, and a change of the claim notes in them how long the history was before.
ALTER TABLE claim_activity ADD COLUMN history_length integer NOT NULL DEFAULT 0 CHECK (history_length >= 0);
ALTER TABLE claim_activity ADD COLUMN history_hash text;
INSERT INTO claim_activity AS known (claim_id, at, shared_at, moved_at, history_length, history_hash)
SELECT id, 0, 0, 0, history_length, history_hash FROM claim
ON CONFLICT (claim_id) DO UPDATE SET history_length = EXCLUDED.history_length, history_hash = EXCLUDED.history_hash;

-- A claim is stored with the head of its history.
CREATE OR REPLACE FUNCTION claim_tally_loaded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claim_tally
    SELECT status, solution_area, activities, reviewer_subject IS NOT NULL, contested_since IS NOT NULL,
        CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows WHERE status <> 'EDITING' AND deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO claim_activity (claim_id, at, shared_at, moved_at, history_length, history_hash)
        SELECT id, 0, 0, 0, history_length, history_hash FROM rows
        ON CONFLICT (claim_id) DO UPDATE SET history_length = EXCLUDED.history_length, history_hash = EXCLUDED.history_hash;
    END IF;
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
    -- With its submission a claim is seen, and what was written on it before. What is written with this change of the claim
    -- is counted with that.
    IF (OLD.status = 'EDITING' OR OLD.deleted_at IS NOT NULL) <> (NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL) THEN
        INSERT INTO comment_tally SELECT CASE WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL THEN 1 ELSE -1 END * count(*)
        FROM comment WHERE claim_id = NEW.id AND xmin <> pg_current_xact_id()::xid HAVING count(*) > 0;
        INSERT INTO history_tally (action, day, actor_kind, n)
        SELECT action, at / 86400000000, actor_kind, CASE WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL THEN 1 ELSE -1 END * count(*)
        FROM history WHERE claim_id = NEW.id AND (seq <= NEW.history_length OR xmin <> pg_current_xact_id()::xid) GROUP BY 1, 2, 3;
    END IF;
    RETURN NULL;
END $$;

-- ## Who counts
-- A statement that is a transaction of its own and counts what it writes says so in `cpor.counts`, and spares itself these
-- triggers: OWN. Now and then one leaves it to them, so that they fold the counters: FOLD. They count everything else.
CREATE OR REPLACE FUNCTION comment_tally_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comment_tally
    SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows JOIN claim ON claim.id = rows.claim_id
    WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL HAVING count(*) > 0;
    -- Folding costs more than adding: one transaction in many does it.
    IF pg_current_xact_id()::text::bigint % 64 = 0 OR current_setting('cpor.counts', true) = 'FOLD' THEN
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
        -- A change of a claim has written the times already.
        INSERT INTO claim_activity AS known (claim_id, at, shared_at, moved_at)
        SELECT claim_id, max(at), COALESCE(max(at) FILTER (WHERE visibility = 'SHARED'), 0),
            COALESCE(max(at) FILTER (WHERE to_status IS DISTINCT FROM from_status AND to_status IS NOT NULL), 0)
        FROM rows GROUP BY claim_id
        ON CONFLICT (claim_id) DO UPDATE SET at = GREATEST(known.at, EXCLUDED.at),
            shared_at = GREATEST(known.shared_at, EXCLUDED.shared_at), moved_at = GREATEST(known.moved_at, EXCLUDED.moved_at)
        WHERE known.at < EXCLUDED.at OR known.shared_at < EXCLUDED.shared_at OR known.moved_at < EXCLUDED.moved_at;
    END IF;
    IF pg_current_xact_id()::text::bigint % 64 = 0 OR current_setting('cpor.counts', true) = 'FOLD' THEN
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
    FOR EACH STATEMENT WHEN (current_setting('cpor.counts', true) IS DISTINCT FROM 'OWN') EXECUTE FUNCTION comment_tally_add();
ALTER TABLE comment ENABLE ALWAYS TRIGGER comment_tally_on_insert;
DROP TRIGGER history_tally_on_insert ON history;
CREATE TRIGGER history_tally_on_insert AFTER INSERT ON history REFERENCING NEW TABLE AS rows
    FOR EACH STATEMENT WHEN (current_setting('cpor.counts', true) IS DISTINCT FROM 'OWN') EXECUTE FUNCTION history_tally_add();
ALTER TABLE history ENABLE ALWAYS TRIGGER history_tally_on_insert;
