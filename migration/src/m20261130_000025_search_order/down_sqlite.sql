DROP TRIGGER claim_searched;
CREATE TRIGGER claim_searched AFTER INSERT ON claim WHEN NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL
BEGIN
    INSERT INTO claim_search (claim_id, text)
    SELECT NEW.id, NEW.search_text || char(10) || search_text FROM customer WHERE tenant_id = NEW.tenant_id
    ON CONFLICT (claim_id) DO UPDATE SET text = excluded.text;
END;
DROP TRIGGER claim_searched_again;
CREATE TRIGGER claim_searched_again AFTER UPDATE OF search_text, tenant_id, status, deleted_at ON claim
WHEN (OLD.search_text, OLD.tenant_id, OLD.status = 'EDITING', OLD.deleted_at IS NULL)
    <> (NEW.search_text, NEW.tenant_id, NEW.status = 'EDITING', NEW.deleted_at IS NULL)
BEGIN
    DELETE FROM claim_search WHERE claim_id = NEW.id;
    INSERT INTO claim_search (claim_id, text)
    SELECT NEW.id, NEW.search_text || char(10) || search_text FROM customer
    WHERE tenant_id = NEW.tenant_id AND NEW.status <> 'EDITING' AND NEW.deleted_at IS NULL;
END;
ALTER TABLE claim_search DROP COLUMN sort_key;
