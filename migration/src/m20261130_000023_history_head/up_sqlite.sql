-- As `up_postgres.sql`, where the reasons are. Here triggers cost little, and count whatever is written.

ALTER TABLE claim_activity ADD COLUMN history_length integer NOT NULL DEFAULT 0 CHECK (history_length >= 0);
ALTER TABLE claim_activity ADD COLUMN history_hash text;
INSERT INTO claim_activity (claim_id, at, shared_at, moved_at, history_length, history_hash)
SELECT id, 0, 0, 0, history_length, history_hash FROM claim WHERE true
ON CONFLICT (claim_id) DO UPDATE SET history_length = excluded.history_length, history_hash = excluded.history_hash;
CREATE TRIGGER claim_head AFTER INSERT ON claim
BEGIN
    INSERT INTO claim_activity (claim_id, at, shared_at, moved_at, history_length, history_hash)
    VALUES (NEW.id, 0, 0, 0, NEW.history_length, NEW.history_hash)
    ON CONFLICT (claim_id) DO UPDATE SET history_length = excluded.history_length, history_hash = excluded.history_hash;
END;

DROP TRIGGER history_activity;
CREATE TRIGGER history_activity AFTER INSERT ON history
BEGIN
    INSERT INTO claim_activity (claim_id, at, shared_at, moved_at)
    VALUES (NEW.claim_id, NEW.at, CASE WHEN NEW.visibility = 'SHARED' THEN NEW.at ELSE 0 END,
        CASE WHEN NEW.to_status IS NOT NULL AND NEW.to_status IS NOT NEW.from_status THEN NEW.at ELSE 0 END)
    ON CONFLICT (claim_id) DO UPDATE SET at = max(at, excluded.at),
        shared_at = max(shared_at, excluded.shared_at), moved_at = max(moved_at, excluded.moved_at)
    WHERE at < excluded.at OR shared_at < excluded.shared_at OR moved_at < excluded.moved_at;
END;

DROP TRIGGER claim_tally_on_seen;
CREATE TRIGGER claim_tally_on_seen AFTER UPDATE OF status, deleted_at ON claim
WHEN (OLD.status = 'EDITING' OR OLD.deleted_at IS NOT NULL) <> (NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL)
BEGIN
    UPDATE comment_tally SET n = n + (CASE WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL THEN 1 ELSE -1 END)
        * (SELECT count(*) FROM comment WHERE claim_id = NEW.id);
    INSERT INTO history_tally
    SELECT action, at / 86400000000, actor_kind, (CASE WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL THEN 1 ELSE -1 END) * count(*)
    FROM history WHERE claim_id = NEW.id GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
