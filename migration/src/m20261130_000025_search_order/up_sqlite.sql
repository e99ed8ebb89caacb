-- The sort key of the claim's name, as `claim` has it.
ALTER TABLE claim_search ADD COLUMN sort_key text NOT NULL DEFAULT '';
UPDATE claim_search SET sort_key = (SELECT claim.sort_key FROM claim WHERE claim.id = claim_search.claim_id);
DROP TRIGGER claim_searched;
CREATE TRIGGER claim_searched AFTER INSERT ON claim WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL
BEGIN
    INSERT INTO claim_search (claim_id, text, sort_key)
    SELECT NEW.id, NEW.search_text || char(10) || search_text, NEW.sort_key FROM customer WHERE tenant_id = NEW.tenant_id
    ON CONFLICT (claim_id) DO UPDATE SET text = excluded.text, sort_key = excluded.sort_key;
END;
DROP TRIGGER claim_searched_again;
CREATE TRIGGER claim_searched_again AFTER UPDATE OF search_text, sort_key, tenant_id, status, deleted_at ON claim
WHEN (OLD.search_text, OLD.sort_key, OLD.tenant_id, OLD.status = 'EDITING', OLD.deleted_at IS NULL)
    <> (NEW.search_text, NEW.sort_key, NEW.tenant_id, NEW.status = 'EDITING', NEW.deleted_at IS NULL)
BEGIN
    DELETE FROM claim_search WHERE claim_id = NEW.id;
    INSERT INTO claim_search (claim_id, text, sort_key)
    SELECT NEW.id, NEW.search_text || char(10) || search_text, NEW.sort_key FROM customer
    WHERE tenant_id = NEW.tenant_id AND NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL;
END;
