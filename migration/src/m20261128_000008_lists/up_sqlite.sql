-- As `up_postgres.sql`, where the reasons are. SQLite has one writer: a counter has one row, which is changed in place.
-- Its UPDATE writes only the indexes whose columns change, so `updated_at` keeps its index and there is no `claim_change`.
DROP INDEX claim_by_status;
DROP INDEX claim_by_created_at;
DROP INDEX claim_by_submitted_at;
DROP INDEX claim_by_due_at;
DROP INDEX claim_by_updated_at;
CREATE INDEX claim_by_created_at ON claim (created_at, id) WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_updated_at ON claim (updated_at, id) WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_submitted_at ON claim (COALESCE(submitted_at, 1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_submitted_at_desc ON claim (COALESCE(submitted_at, -1000000000000000000), id)
    WHERE deleted_at IS NULL AND status <> 'EDITING';
CREATE INDEX claim_by_due_at ON claim (COALESCE(due_at, 1000000000000000000), id)
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
CREATE INDEX claim_hidden ON claim (id) WHERE deleted_at IS NOT NULL OR status = 'EDITING';
CREATE INDEX claim_deleted ON claim (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX claim_decided ON claim (submitted_at, decided_at)
    WHERE deleted_at IS NULL AND status <> 'EDITING' AND submitted_at IS NOT NULL AND decided_at IS NOT NULL;
CREATE INDEX claim_line_by_product ON claim_line (sku_id, claim_id);

-- A trigger of SQLite cannot change the row that is inserted: the partner is added to it, which is the one change that the
-- guards allow.
DROP TRIGGER history_no_update;
ALTER TABLE history ADD COLUMN partner_id blob;
UPDATE history SET partner_id = (SELECT partner_id FROM claim WHERE claim.id = history.claim_id);
CREATE TRIGGER history_no_update BEFORE UPDATE OF pos, epoch, xid, id, claim_id, seq, action, actor_kind, actor_subject,
    actor_name, at, from_status, to_status, changes, comment_id, note, visibility, hash ON history
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_no_other_partner BEFORE UPDATE OF partner_id ON history
WHEN OLD.partner_id IS NOT NULL
    OR NEW.partner_id IS NOT (SELECT partner_id FROM claim WHERE claim.id = NEW.claim_id)
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_partner AFTER INSERT ON history WHEN NEW.partner_id IS NULL
BEGIN
    UPDATE history SET partner_id = (SELECT partner_id FROM claim WHERE claim.id = NEW.claim_id) WHERE pos = NEW.pos;
END;
CREATE INDEX history_by_partner ON history (partner_id, epoch, xid, pos, action, at);
DROP INDEX history_by_position;
CREATE INDEX history_by_position ON history (epoch, xid, pos, at);
CREATE INDEX history_by_action ON history (action, epoch, xid, pos, at);
CREATE INDEX history_by_time ON history (at, epoch, xid, pos);

CREATE INDEX customer_subscription_by_status ON customer_subscription (status, subscription_id);
CREATE INDEX customer_subscription_by_channel ON customer_subscription (channel, subscription_id);
CREATE INDEX customer_subscription_by_sku ON customer_subscription (sku_id, subscription_id);

CREATE TABLE claim_tally (
    status text NOT NULL,
    solution_area text NOT NULL,
    activities text NOT NULL,
    assigned integer NOT NULL,
    contested integer NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (status, solution_area, activities, assigned, contested)
) STRICT;
CREATE TABLE comment_tally (
    only_row integer NOT NULL PRIMARY KEY CHECK (only_row = 1),
    n integer NOT NULL
) STRICT;
CREATE TABLE history_tally (
    action text NOT NULL,
    day integer NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (day, action)
) STRICT;
INSERT INTO claim_tally
SELECT status, solution_area, activities, reviewer_subject IS NOT NULL, contested_since IS NOT NULL, count(*)
FROM claim WHERE status <> 'EDITING' AND deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5;
INSERT INTO comment_tally
SELECT 1, count(*) FROM comment JOIN claim ON claim.id = comment.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL;
INSERT INTO history_tally
SELECT history.action, history.at / 86400000000, count(*) FROM history JOIN claim ON claim.id = history.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2;

CREATE TRIGGER claim_tally_on_insert AFTER INSERT ON claim WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL
BEGIN
    INSERT INTO claim_tally VALUES (NEW.status, NEW.solution_area, NEW.activities, NEW.reviewer_subject IS NOT NULL,
        NEW.contested_since IS NOT NULL, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER claim_tally_on_delete AFTER DELETE ON claim WHEN OLD.status <> 'EDITING' AND OLD.deleted_at IS NULL
BEGIN
    UPDATE claim_tally SET n = n - 1
    WHERE status = OLD.status AND solution_area = OLD.solution_area AND activities = OLD.activities
        AND assigned = (OLD.reviewer_subject IS NOT NULL) AND contested = (OLD.contested_since IS NOT NULL);
END;
CREATE TRIGGER claim_tally_on_leaving AFTER UPDATE OF status, solution_area, activities, reviewer_subject, contested_since, deleted_at
ON claim WHEN OLD.status <> 'EDITING' AND OLD.deleted_at IS NULL
    AND (OLD.status, OLD.solution_area, OLD.activities, OLD.reviewer_subject IS NULL, OLD.contested_since IS NULL, OLD.deleted_at IS NULL)
    <> (NEW.status, NEW.solution_area, NEW.activities, NEW.reviewer_subject IS NULL, NEW.contested_since IS NULL, NEW.deleted_at IS NULL)
BEGIN
    UPDATE claim_tally SET n = n - 1
    WHERE status = OLD.status AND solution_area = OLD.solution_area AND activities = OLD.activities
        AND assigned = (OLD.reviewer_subject IS NOT NULL) AND contested = (OLD.contested_since IS NOT NULL);
END;
CREATE TRIGGER claim_tally_on_coming AFTER UPDATE OF status, solution_area, activities, reviewer_subject, contested_since, deleted_at
ON claim WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL
    AND (OLD.status, OLD.solution_area, OLD.activities, OLD.reviewer_subject IS NULL, OLD.contested_since IS NULL, OLD.deleted_at IS NULL)
    <> (NEW.status, NEW.solution_area, NEW.activities, NEW.reviewer_subject IS NULL, NEW.contested_since IS NULL, NEW.deleted_at IS NULL)
BEGIN
    INSERT INTO claim_tally VALUES (NEW.status, NEW.solution_area, NEW.activities, NEW.reviewer_subject IS NOT NULL,
        NEW.contested_since IS NOT NULL, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER claim_tally_on_seen AFTER UPDATE OF status, deleted_at ON claim
WHEN (OLD.status = 'EDITING' OR OLD.deleted_at IS NOT NULL) <> (NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL)
BEGIN
    UPDATE comment_tally SET n = n + (CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END)
        * (SELECT count(*) FROM comment WHERE claim_id = NEW.id);
    INSERT INTO history_tally
    SELECT action, at / 86400000000, (CASE WHEN OLD.status = 'EDITING' THEN 1 ELSE -1 END) * count(*)
    FROM history WHERE claim_id = NEW.id AND seq <= OLD.history_length GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER comment_tally_on_insert AFTER INSERT ON comment
WHEN EXISTS (SELECT 1 FROM claim WHERE id = NEW.claim_id AND status <> 'EDITING' AND deleted_at IS NULL)
BEGIN UPDATE comment_tally SET n = n + 1; END;
CREATE TRIGGER comment_tally_on_delete AFTER DELETE ON comment
WHEN EXISTS (SELECT 1 FROM claim WHERE id = OLD.claim_id AND status <> 'EDITING' AND deleted_at IS NULL)
BEGIN UPDATE comment_tally SET n = n - 1; END;
CREATE TRIGGER history_tally_on_insert AFTER INSERT ON history
WHEN EXISTS (SELECT 1 FROM claim WHERE id = NEW.claim_id AND status <> 'EDITING' AND deleted_at IS NULL)
BEGIN
    INSERT INTO history_tally VALUES (NEW.action, NEW.at / 86400000000, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE claim_search (
    claim_id blob NOT NULL PRIMARY KEY,
    text text NOT NULL
) STRICT;
INSERT INTO claim_search
SELECT claim.id, claim.search_text || char(10) || customer.search_text
FROM claim JOIN customer ON customer.tenant_id = claim.tenant_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL;
CREATE TRIGGER claim_searched AFTER INSERT ON claim WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL
BEGIN
    INSERT INTO claim_search (claim_id, text)
    SELECT NEW.id, NEW.search_text || char(10) || search_text FROM customer WHERE tenant_id = NEW.tenant_id
    ON CONFLICT (claim_id) DO UPDATE SET text = excluded.text;
END;
CREATE TRIGGER claim_searched_again AFTER UPDATE OF search_text, tenant_id, status, deleted_at ON claim
WHEN (OLD.search_text, OLD.tenant_id, OLD.status = 'EDITING', OLD.deleted_at IS NULL)
    <> (NEW.search_text, NEW.tenant_id, NEW.status = 'EDITING', NEW.deleted_at IS NULL)
BEGIN
    DELETE FROM claim_search WHERE claim_id = NEW.id;
    INSERT INTO claim_search (claim_id, text)
    SELECT NEW.id, NEW.search_text || char(10) || search_text FROM customer
    WHERE tenant_id = NEW.tenant_id AND NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL;
END;
CREATE TRIGGER customer_searched_again AFTER UPDATE OF search_text ON customer WHEN OLD.search_text <> NEW.search_text
BEGIN
    UPDATE claim_search SET text = (SELECT claim.search_text FROM claim WHERE claim.id = claim_search.claim_id) || char(10) || NEW.search_text
    WHERE claim_id IN (SELECT id FROM claim WHERE tenant_id = NEW.tenant_id);
END;
