UPDATE claim SET history_length = head.history_length, history_hash = head.history_hash
FROM claim_activity AS head WHERE head.claim_id = claim.id AND head.history_length <> claim.history_length;
DROP TRIGGER claim_head;
DROP TRIGGER history_activity;
CREATE TRIGGER history_activity AFTER INSERT ON history
BEGIN
    INSERT INTO claim_activity (claim_id, at, shared_at, moved_at)
    VALUES (NEW.claim_id, NEW.at, CASE WHEN NEW.visibility = 'SHARED' THEN NEW.at ELSE 0 END,
        CASE WHEN NEW.to_status IS NOT NULL AND NEW.to_status IS NOT NEW.from_status THEN NEW.at ELSE 0 END)
    ON CONFLICT (claim_id) DO UPDATE SET at = max(at, excluded.at),
        shared_at = max(shared_at, excluded.shared_at), moved_at = max(moved_at, excluded.moved_at);
END;
DROP TRIGGER claim_tally_on_seen;
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
DELETE FROM claim_activity WHERE at = 0;
ALTER TABLE claim_activity DROP COLUMN history_hash;
ALTER TABLE claim_activity DROP COLUMN history_length;
