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
DROP TRIGGER history_origin;
DROP TABLE claim_origin;
DROP TRIGGER history_activity;
DROP TABLE claim_activity;
DROP TRIGGER claim_tally_on_seen;
DROP TRIGGER history_tally_on_insert;
DROP TABLE history_tally;
CREATE TABLE history_tally (
    action text NOT NULL,
    day integer NOT NULL,
    n integer NOT NULL,
    PRIMARY KEY (day, action)
) STRICT;
INSERT INTO history_tally
SELECT history.action, history.at / 86400000000, count(*) FROM history JOIN claim ON claim.id = history.claim_id
WHERE claim.status <> 'EDITING' AND claim.deleted_at IS NULL GROUP BY 1, 2;
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
CREATE TRIGGER history_tally_on_insert AFTER INSERT ON history
WHEN EXISTS (SELECT 1 FROM claim WHERE id = NEW.claim_id AND status <> 'EDITING' AND deleted_at IS NULL)
BEGIN
    INSERT INTO history_tally VALUES (NEW.action, NEW.at / 86400000000, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
