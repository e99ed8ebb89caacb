-- Lists (A4, L14, H1): an index for each order and filter, counters for what would have to be scanned to be counted.

-- ## Claims
-- Reviewers' lists leave out drafts, so their indexes do, too. The literals are those of `store::claims::order`: a claim
-- without the time comes last in both directions.
DROP INDEX claim_by_status;
DROP INDEX claim_by_created_at;
DROP INDEX claim_by_submitted_at;
DROP INDEX claim_by_due_at;
CREATE INDEX claim_by_created_at ON claim (created_at, id) INCLUDE (submitted_at, due_at)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_submitted_at ON claim (COALESCE(submitted_at, 1000000000000000000), id) INCLUDE (created_at, submitted_at, due_at)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_submitted_at_desc ON claim (COALESCE(submitted_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_due_at ON claim (COALESCE(due_at, 1000000000000000000), id) INCLUDE (created_at, submitted_at, due_at)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_due_at_desc ON claim (COALESCE(due_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_status ON claim (status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX claim_by_status_and_submitted_at ON claim (status, COALESCE(submitted_at, 1000000000000000000), id)
    WHERE deleted_at IS NULL;
CREATE INDEX claim_by_status_and_submitted_at_desc ON claim (status, COALESCE(submitted_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL;
CREATE INDEX claim_by_status_and_due_at ON claim (status, COALESCE(due_at, 1000000000000000000), id)
    WHERE deleted_at IS NULL;
CREATE INDEX claim_by_status_and_due_at_desc ON claim (status, COALESCE(due_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL;
CREATE INDEX claim_by_partner_and_status ON claim (partner_id, status, COALESCE(submitted_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL;
CREATE INDEX claim_by_activities ON claim (activities, created_at, id) WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_in_arbitration ON claim (id) WHERE contested_since IS NOT NULL;
-- What reviewers do not see: found first, where nearly everything is seen.
CREATE INDEX claim_hidden ON claim (id) WHERE deleted_at IS NOT NULL OR status = 'EDITING';
CREATE INDEX claim_deleted ON claim (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX claim_decided ON claim (submitted_at, decided_at)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND submitted_at IS NOT NULL AND decided_at IS NOT NULL;
CREATE INDEX claim_line_by_product ON claim_line (sku_id, claim_id);

-- ## When claims last changed
-- Kept apart: with an index on `updated_at`, each comment would write all indexes of `claim` again. So an update that
-- changes nothing else leaves them alone, where the page of the row has room.
DROP INDEX claim_by_updated_at;
ALTER TABLE claim SET (fillfactor = 85);
CREATE TABLE claim_change (
    claim_id uuid NOT NULL PRIMARY KEY,
    updated_at bigint NOT NULL
);
INSERT INTO claim_change SELECT id, updated_at FROM claim;
CREATE INDEX claim_change_by_time ON claim_change (updated_at, claim_id);
CREATE FUNCTION claim_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claim_change AS noted (claim_id, updated_at) VALUES (NEW.id, NEW.updated_at)
    ON CONFLICT (claim_id) DO UPDATE SET updated_at = EXCLUDED.updated_at;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_changed AFTER INSERT ON claim FOR EACH ROW EXECUTE FUNCTION claim_note_change();
CREATE TRIGGER claim_changed_again AFTER UPDATE ON claim FOR EACH ROW
    WHEN (OLD.updated_at IS DISTINCT FROM NEW.updated_at) EXECUTE FUNCTION claim_note_change();

-- ## The history's partner
-- Of each entry, so that a partner's history need not be looked for in everybody's. Its claim never changes its partner.
ALTER TABLE history DISABLE TRIGGER history_no_update_or_delete;
ALTER TABLE history ADD COLUMN partner_id uuid;
UPDATE history SET partner_id = claim.partner_id FROM claim WHERE claim.id = history.claim_id;
ALTER TABLE history ENABLE TRIGGER history_no_update_or_delete;
CREATE FUNCTION history_fill_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.partner_id := (SELECT partner_id FROM claim WHERE id = NEW.claim_id);
    RETURN NEW;
END $$;
CREATE TRIGGER history_partner BEFORE INSERT ON history FOR EACH ROW
    WHEN (NEW.partner_id IS NULL) EXECUTE FUNCTION history_fill_partner();
-- Action and time at the end: an entry that they leave out is passed over without looking at its row.
CREATE INDEX history_by_partner ON history (partner_id, epoch, xid, pos, action, at) INCLUDE (visibility, claim_id);
DROP INDEX history_by_position;
CREATE INDEX history_by_position ON history (epoch, xid, pos, at);
CREATE INDEX history_by_action ON history (action, epoch, xid, pos, at);
CREATE INDEX history_by_time ON history (at, epoch, xid, pos) INCLUDE (claim_id, id);

-- ## Subscriptions
CREATE INDEX customer_subscription_by_status ON customer_subscription (status, subscription_id);
CREATE INDEX customer_subscription_by_channel ON customer_subscription (channel, subscription_id);
CREATE INDEX customer_subscription_by_sku ON customer_subscription (sku_id, subscription_id);

-- ## Counters
-- How many claims, comments and entries reviewers see. Several rows may count for one key: a change adds a row, and folds
-- those that nobody else is folding into it, so that no transaction waits for another one's counter.
CREATE TABLE claim_tally (
    status text COLLATE "C" NOT NULL,
    solution_area text COLLATE "C" NOT NULL,
    activities text NOT NULL,
    assigned boolean NOT NULL,
    contested boolean NOT NULL,
    n bigint NOT NULL
);
CREATE INDEX claim_tally_by_key ON claim_tally (status, solution_area, activities, assigned, contested);
CREATE TABLE comment_tally (n bigint NOT NULL);
CREATE TABLE history_tally (
    action text COLLATE "C" NOT NULL,
    day bigint NOT NULL,
    n bigint NOT NULL
);
CREATE INDEX history_tally_by_day ON history_tally (day, action);

CREATE FUNCTION claim_tally_add(seen claim, by bigint) RETURNS void LANGUAGE sql AS $$
    WITH free AS (
        SELECT ctid FROM claim_tally
        WHERE status = seen.status AND solution_area = seen.solution_area AND activities = seen.activities
            AND assigned = (seen.reviewer_subject IS NOT NULL) AND contested = (seen.contested_since IS NOT NULL)
        FOR UPDATE SKIP LOCKED
    ), folded AS (
        DELETE FROM claim_tally USING free WHERE claim_tally.ctid = free.ctid RETURNING n
    )
    INSERT INTO claim_tally
    SELECT seen.status, seen.solution_area, seen.activities, seen.reviewer_subject IS NOT NULL,
        seen.contested_since IS NOT NULL, by + COALESCE(sum(n), 0) FROM folded
$$;
CREATE FUNCTION claim_tally_moved() RETURNS trigger LANGUAGE plpgsql AS $$
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
        INSERT INTO history_tally SELECT action, at / 86400000000, CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END * count(*)
        FROM history WHERE claim_id = NEW.id AND seq <= OLD.history_length GROUP BY 1, 2;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_tally_on_update AFTER UPDATE ON claim FOR EACH ROW
    WHEN ((OLD.status, OLD.solution_area, OLD.activities, OLD.reviewer_subject IS NULL, OLD.contested_since IS NULL, OLD.deleted_at IS NULL)
        IS DISTINCT FROM
        (NEW.status, NEW.solution_area, NEW.activities, NEW.reviewer_subject IS NULL, NEW.contested_since IS NULL, NEW.deleted_at IS NULL))
    EXECUTE FUNCTION claim_tally_moved();
CREATE FUNCTION claim_tally_loaded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claim_tally
    SELECT status, solution_area, activities, reviewer_subject IS NOT NULL, contested_since IS NOT NULL,
        CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * count(*)
    FROM rows WHERE status <> 'EDITING' AND deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_tally_on_insert AFTER INSERT ON claim REFERENCING NEW TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION claim_tally_loaded();
CREATE TRIGGER claim_tally_on_delete AFTER DELETE ON claim REFERENCING OLD TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION claim_tally_loaded();

CREATE FUNCTION comment_tally_add() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER comment_tally_on_insert AFTER INSERT ON comment REFERENCING NEW TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION comment_tally_add();
CREATE TRIGGER comment_tally_on_delete AFTER DELETE ON comment REFERENCING OLD TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION comment_tally_add();
CREATE FUNCTION history_tally_add() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER history_tally_on_insert AFTER INSERT ON history REFERENCING NEW TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION history_tally_add();
CREATE TRIGGER history_tally_on_delete AFTER DELETE ON history REFERENCING OLD TABLE AS rows
    FOR EACH STATEMENT EXECUTE FUNCTION history_tally_add();

INSERT INTO claim_tally
SELECT status, solution_area, activities, reviewer_subject IS NOT NULL, contested_since IS NOT NULL, count(*)
FROM claim WHERE status <> 'EDITING' AND deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5;
INSERT INTO comment_tally
SELECT count(*) FROM comment JOIN claim ON claim.id = comment.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL;
INSERT INTO history_tally
SELECT history.action, history.at / 86400000000, count(*) FROM history JOIN claim ON claim.id = history.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2;

-- ## Search
-- What reviewers find a claim by: its own words and its customer's. Of the claims that they see, and nothing else, so that
-- words which an index does not help with are looked for, and counted, in a narrow table.
CREATE TABLE claim_search (
    claim_id uuid NOT NULL PRIMARY KEY,
    text text NOT NULL
);
INSERT INTO claim_search
SELECT claim.id, claim.search_text || E'\n' || customer.search_text
FROM claim JOIN customer ON customer.tenant_id = claim.tenant_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL;
CREATE FUNCTION claim_search_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL THEN
        DELETE FROM claim_search WHERE claim_id = NEW.id;
    ELSE
        INSERT INTO claim_search (claim_id, text)
        SELECT NEW.id, NEW.search_text || E'\n' || search_text FROM customer WHERE tenant_id = NEW.tenant_id
        ON CONFLICT (claim_id) DO UPDATE SET text = EXCLUDED.text;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_searched AFTER INSERT ON claim FOR EACH ROW
    WHEN (NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL) EXECUTE FUNCTION claim_search_claim();
CREATE TRIGGER claim_searched_again AFTER UPDATE ON claim FOR EACH ROW
    WHEN ((OLD.search_text, OLD.tenant_id, OLD.status = 'EDITING', OLD.deleted_at IS NULL)
        IS DISTINCT FROM (NEW.search_text, NEW.tenant_id, NEW.status = 'EDITING', NEW.deleted_at IS NULL))
    EXECUTE FUNCTION claim_search_claim();
CREATE FUNCTION claim_search_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE claim_search SET text = claim.search_text || E'\n' || NEW.search_text
    FROM claim WHERE claim.tenant_id = NEW.tenant_id AND claim_search.claim_id = claim.id;
    RETURN NULL;
END $$;
CREATE TRIGGER customer_searched_again AFTER UPDATE ON customer FOR EACH ROW
    WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text) EXECUTE FUNCTION claim_search_customer();
-- Pairs of characters, for words without three letters or digits in a row, which have no trigram.
CREATE FUNCTION search_pairs(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT substr($1, place, 2)) FROM generate_series(1, length($1) - 1) AS place
$$;
CREATE INDEX claim_search_by_pair ON claim_search USING gin (search_pairs(text));
-- Trigrams, where the extension is there or may be created.
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'pg_trgm cannot be created (%): searches look at every claim', SQLERRM;
END $$;
DO $$ DECLARE home text; BEGIN
    SELECT nspname INTO home FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
    IF home IS NOT NULL THEN
        EXECUTE format('CREATE INDEX claim_search_by_trigram ON claim_search USING gin (text %I.gin_trgm_ops)', home);
    END IF;
END $$;

-- Also where rows are repaired with `session_replication_role = replica`: what they keep must stay true.
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_changed;
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_changed_again;
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_tally_on_insert;
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_tally_on_update;
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_tally_on_delete;
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_searched;
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_searched_again;
ALTER TABLE customer ENABLE ALWAYS TRIGGER customer_searched_again;
ALTER TABLE comment ENABLE ALWAYS TRIGGER comment_tally_on_insert;
ALTER TABLE comment ENABLE ALWAYS TRIGGER comment_tally_on_delete;
ALTER TABLE history ENABLE ALWAYS TRIGGER history_partner;
ALTER TABLE history ENABLE ALWAYS TRIGGER history_tally_on_insert;
ALTER TABLE history ENABLE ALWAYS TRIGGER history_tally_on_delete;
