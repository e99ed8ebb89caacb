-- As `up_postgres.sql`, where the reasons are.

CREATE TABLE claim_activity (
    claim_id blob NOT NULL PRIMARY KEY,
    at integer NOT NULL,
    shared_at integer NOT NULL,
    moved_at integer NOT NULL
) STRICT;
INSERT INTO claim_activity
SELECT claim_id, max(at), COALESCE(max(at) FILTER (WHERE visibility = 'SHARED'), 0),
    COALESCE(max(at) FILTER (WHERE to_status IS NOT NULL AND to_status IS NOT from_status), 0)
FROM history GROUP BY claim_id;
CREATE INDEX claim_activity_by_time ON claim_activity (at, claim_id);
CREATE TRIGGER history_activity AFTER INSERT ON history
BEGIN
    INSERT INTO claim_activity (claim_id, at, shared_at, moved_at)
    VALUES (NEW.claim_id, NEW.at, CASE WHEN NEW.visibility = 'SHARED' THEN NEW.at ELSE 0 END,
        CASE WHEN NEW.to_status IS NOT NULL AND NEW.to_status IS NOT NEW.from_status THEN NEW.at ELSE 0 END)
    ON CONFLICT (claim_id) DO UPDATE SET at = max(at, excluded.at),
        shared_at = max(shared_at, excluded.shared_at), moved_at = max(moved_at, excluded.moved_at);
END;

CREATE TABLE claim_origin (
    claim_id blob NOT NULL PRIMARY KEY,
    created_kind text,
    created_by text,
    created_name text,
    submitted_kind text,
    submitted_by text,
    submitted_name text,
    asked_at integer
) STRICT;
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
CREATE TRIGGER history_origin AFTER INSERT ON history WHEN NEW.action IN ('CREATED', 'SUBMITTED', 'ACTION_REQUESTED')
BEGIN
    INSERT INTO claim_origin VALUES (NEW.claim_id,
        CASE NEW.action WHEN 'CREATED' THEN NEW.actor_kind END, CASE NEW.action WHEN 'CREATED' THEN NEW.actor_subject END,
        CASE NEW.action WHEN 'CREATED' THEN NEW.actor_name END,
        CASE NEW.action WHEN 'SUBMITTED' THEN NEW.actor_kind END, CASE NEW.action WHEN 'SUBMITTED' THEN NEW.actor_subject END,
        CASE NEW.action WHEN 'SUBMITTED' THEN NEW.actor_name END,
        CASE NEW.action WHEN 'ACTION_REQUESTED' THEN NEW.at END)
    ON CONFLICT (claim_id) DO UPDATE SET
        created_kind = COALESCE(created_kind, excluded.created_kind),
        created_by = COALESCE(created_by, excluded.created_by),
        created_name = COALESCE(created_name, excluded.created_name),
        submitted_kind = COALESCE(submitted_kind, excluded.submitted_kind),
        submitted_by = COALESCE(submitted_by, excluded.submitted_by),
        submitted_name = COALESCE(submitted_name, excluded.submitted_name),
        asked_at = COALESCE(min(asked_at, excluded.asked_at), asked_at, excluded.asked_at);
END;

DROP TRIGGER claim_tally_on_seen;
DROP TRIGGER history_tally_on_insert;
DROP TABLE history_tally;
CREATE TABLE history_tally (
    action text NOT NULL,
    day integer NOT NULL,
    actor_kind text NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (day, action, actor_kind)
) STRICT;
INSERT INTO history_tally
SELECT history.action, history.at / 86400000000, history.actor_kind, count(*)
FROM history JOIN claim ON claim.id = history.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2, 3;
CREATE TRIGGER claim_tally_on_seen AFTER UPDATE OF status, deleted_at ON claim
WHEN (OLD.status = 'EDITING' OR OLD.deleted_at IS NOT NULL) <> (NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL)
BEGIN
    UPDATE comment_tally SET n = n + (CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END)
        * (SELECT count(*) FROM comment WHERE claim_id = NEW.id);
    INSERT INTO history_tally
    SELECT action, at / 86400000000, actor_kind, (CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END) * count(*)
    FROM history WHERE claim_id = NEW.id AND seq <= OLD.history_length GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER history_tally_on_insert AFTER INSERT ON history
WHEN EXISTS (SELECT 1 FROM claim WHERE id = NEW.claim_id AND status <> 'EDITING' AND deleted_at IS NULL)
BEGIN
    INSERT INTO history_tally VALUES (NEW.action, NEW.at / 86400000000, NEW.actor_kind, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE INDEX history_by_customers ON history (epoch, xid, pos) WHERE actor_kind = 'CUSTOMER';

ALTER TABLE claim ADD COLUMN sort_key text NOT NULL DEFAULT '';
CREATE INDEX claim_by_name ON claim (sort_key, id);
CREATE INDEX claim_by_decided_at ON claim (COALESCE(decided_at, 1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_decided_at_desc ON claim (COALESCE(decided_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_rejection ON claim (rejection_reason, created_at, id, status)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND rejection_reason IS NOT NULL;
CREATE INDEX claim_by_consent ON claim (consent_status, created_at, id, status)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND consent_status IS NOT NULL;
CREATE INDEX claim_by_dispute ON claim (dispute_status, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND dispute_status IS NOT NULL;
CREATE INDEX claim_by_evaluation ON claim (evaluation_status, created_at, id)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND evaluation_status IS NOT NULL;
CREATE INDEX claim_for_statistics ON claim (partner_id, id, status, solution_area, reviewer_subject, rejection_reason,
    submitted_at, decided_at, due_at, deadline_kind, contested_since) WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX arbitration_by_customer ON arbitration (tenant_id, id);
CREATE INDEX arbitration_by_product ON arbitration (sku_id, id);
