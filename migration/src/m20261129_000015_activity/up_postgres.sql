-- What the history says of each claim, kept beside it, so that lists can be filtered and ordered by it (L17).

-- ## Activity
-- Apart from `claim`, for the reason of `claim_change`: an index on these times must not make a comment write every index of
-- `claim` again. Each reader has a time of its own: the vendor `at`, partners `shared_at` (without internal entries),
-- customers `moved_at` (changes of the status).
CREATE TABLE claim_activity (
    claim_id uuid NOT NULL PRIMARY KEY,
    at bigint NOT NULL,
    shared_at bigint NOT NULL,
    moved_at bigint NOT NULL
);
INSERT INTO claim_activity
SELECT claim_id, max(at), COALESCE(max(at) FILTER (WHERE visibility = 'SHARED'), 0),
    COALESCE(max(at) FILTER (WHERE to_status IS DISTINCT FROM from_status AND to_status IS NOT NULL), 0)
FROM history GROUP BY claim_id;
CREATE INDEX claim_activity_by_time ON claim_activity (at, claim_id);

-- ## Origin
-- Who made and submitted the claim, and when the partner was first asked to act.
CREATE TABLE claim_origin (
    claim_id uuid NOT NULL PRIMARY KEY,
    created_kind text COLLATE "C",
    created_by text COLLATE "C",
    created_name text,
    submitted_kind text COLLATE "C",
    submitted_by text COLLATE "C",
    submitted_name text,
    asked_at bigint
);
INSERT INTO claim_origin
SELECT claim_id,
    max(actor_kind) FILTER (WHERE action = 'CREATED'), max(actor_subject) FILTER (WHERE action = 'CREATED'),
    max(actor_name) FILTER (WHERE action = 'CREATED'),
    max(actor_kind) FILTER (WHERE action = 'SUBMITTED'), max(actor_subject) FILTER (WHERE action = 'SUBMITTED'),
    max(actor_name) FILTER (WHERE action = 'SUBMITTED'),
    min(at) FILTER (WHERE action = 'ACTION_REQUESTED')
FROM history WHERE action IN ('CREATED', 'SUBMITTED', 'ACTION_REQUESTED') GROUP BY claim_id;
CREATE INDEX claim_origin_by_creator ON claim_origin (created_by, claim_id);
CREATE INDEX claim_origin_asked ON claim_origin (claim_id, asked_at) WHERE asked_at IS NOT NULL;
CREATE FUNCTION claim_origin_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO claim_origin AS known VALUES (NEW.claim_id,
        CASE NEW.action WHEN 'CREATED' THEN NEW.actor_kind END, CASE NEW.action WHEN 'CREATED' THEN NEW.actor_subject END,
        CASE NEW.action WHEN 'CREATED' THEN NEW.actor_name END,
        CASE NEW.action WHEN 'SUBMITTED' THEN NEW.actor_kind END, CASE NEW.action WHEN 'SUBMITTED' THEN NEW.actor_subject END,
        CASE NEW.action WHEN 'SUBMITTED' THEN NEW.actor_name END,
        CASE NEW.action WHEN 'ACTION_REQUESTED' THEN NEW.at END)
    ON CONFLICT (claim_id) DO UPDATE SET
        created_kind = COALESCE(known.created_kind, EXCLUDED.created_kind),
        created_by = COALESCE(known.created_by, EXCLUDED.created_by),
        created_name = COALESCE(known.created_name, EXCLUDED.created_name),
        submitted_kind = COALESCE(known.submitted_kind, EXCLUDED.submitted_kind),
        submitted_by = COALESCE(known.submitted_by, EXCLUDED.submitted_by),
        submitted_name = COALESCE(known.submitted_name, EXCLUDED.submitted_name),
        asked_at = LEAST(known.asked_at, EXCLUDED.asked_at);
    RETURN NULL;
END $$;
CREATE TRIGGER history_origin AFTER INSERT ON history FOR EACH ROW
    WHEN (NEW.action IN ('CREATED', 'SUBMITTED', 'ACTION_REQUESTED')) EXECUTE FUNCTION claim_origin_note();
ALTER TABLE history ENABLE ALWAYS TRIGGER history_origin;

-- ## The history's counters, by the kind of the actor as well
ALTER TABLE history_tally ADD COLUMN actor_kind text COLLATE "C" NOT NULL DEFAULT '';
DELETE FROM history_tally;
INSERT INTO history_tally (action, day, actor_kind, n)
SELECT history.action, history.at / 86400000000, history.actor_kind, count(*)
FROM history JOIN claim ON claim.id = history.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2, 3;
ALTER TABLE history_tally ALTER COLUMN actor_kind DROP DEFAULT;
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
-- One trigger for counters and activity: each trigger of its own costs a comment time.
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
-- The other kinds are so frequent that any order soon comes to one.
CREATE INDEX history_by_customers ON history (epoch, xid, pos) WHERE actor_kind = 'CUSTOMER';

-- ## Claims
-- The program fills the sort key in (`store::forms`).
ALTER TABLE claim ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX claim_by_name ON claim (sort_key, id);
CREATE INDEX claim_by_decided_at ON claim (COALESCE(decided_at, 1000000000000000000), id)
    INCLUDE (created_at, submitted_at, due_at, decided_at) WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_decided_at_desc ON claim (COALESCE(decided_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
-- Written when a claim is decided, and seldom afterwards.
CREATE INDEX claim_by_rejection ON claim (rejection_reason, created_at, id) INCLUDE (status)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND rejection_reason IS NOT NULL;
CREATE INDEX claim_by_consent ON claim (consent_status, created_at, id) INCLUDE (status)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND consent_status IS NOT NULL;
CREATE INDEX claim_by_dispute ON claim (dispute_status, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND dispute_status IS NOT NULL;
CREATE INDEX claim_by_evaluation ON claim (evaluation_status, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND evaluation_status IS NOT NULL;
-- What statistics over all claims look at, so that they read an index a tenth as large as the table. Each column is in another
-- index already: no more updates write indexes than before.
CREATE INDEX claim_for_statistics ON claim (partner_id)
    INCLUDE (id, status, solution_area, reviewer_subject, rejection_reason, submitted_at, decided_at, due_at, deadline_kind, contested_since)
    WHERE deleted_at IS NULL AND status <> 'EDITING';

-- ## Arbitrations
CREATE INDEX arbitration_by_customer ON arbitration (tenant_id, id);
CREATE INDEX arbitration_by_product ON arbitration (sku_id, id);
