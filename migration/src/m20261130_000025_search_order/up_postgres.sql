-- ## Names beside the words of a search
-- The table is copied, so that no row is written to the indexes of words twice. Nothing changes a claim or a customer's words meanwhile;
-- readers wait only for the new table to take the old one's place.
LOCK TABLE claim, claim_search IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE claim_search_anew (
    claim_id uuid NOT NULL,
    text text NOT NULL,
    -- Of the claim's name, as `claim` has it.
    sort_key text COLLATE "C" NOT NULL DEFAULT ''
);
INSERT INTO claim_search_anew
SELECT known.claim_id, known.text, claim.sort_key FROM claim_search AS known JOIN claim ON claim.id = known.claim_id;
ALTER TABLE claim_search_anew ADD CONSTRAINT claim_search_anew_pkey PRIMARY KEY (claim_id);
CREATE INDEX claim_search_anew_by_pair ON claim_search_anew USING gin (search_pairs(text));
-- Trigrams, if the old table had them.
DO $$ DECLARE home text; BEGIN
    SELECT nspname INTO home FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
    IF home IS NOT NULL AND to_regclass('claim_search_by_trigram') IS NOT NULL THEN
        EXECUTE format('CREATE INDEX claim_search_anew_by_trigram ON claim_search_anew USING gin (text %I.gin_trgm_ops)', home);
    END IF;
END $$;
ANALYZE claim_search_anew;

DROP TABLE claim_search;
ALTER TABLE claim_search_anew RENAME TO claim_search;
ALTER TABLE claim_search RENAME CONSTRAINT claim_search_anew_pkey TO claim_search_pkey;
ALTER INDEX claim_search_anew_by_pair RENAME TO claim_search_by_pair;
ALTER INDEX IF EXISTS claim_search_anew_by_trigram RENAME TO claim_search_by_trigram;

CREATE OR REPLACE FUNCTION claim_search_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'EDITING' OR NEW.deleted_at IS NOT NULL THEN
        DELETE FROM claim_search WHERE claim_id = NEW.id;
    ELSE
        INSERT INTO claim_search (claim_id, text, sort_key)
        SELECT NEW.id, NEW.search_text || E'\n' || search_text, NEW.sort_key FROM customer WHERE tenant_id = NEW.tenant_id
        ON CONFLICT (claim_id) DO UPDATE SET text = EXCLUDED.text, sort_key = EXCLUDED.sort_key;
    END IF;
    RETURN NULL;
END $$;
-- Replaced and not dropped: that would wait for readers of `claim`, who may be waiting for `claim_search`.
CREATE OR REPLACE TRIGGER claim_searched_again AFTER UPDATE ON claim FOR EACH ROW
    WHEN ((OLD.search_text, OLD.sort_key, OLD.tenant_id, OLD.status = 'EDITING', OLD.deleted_at IS NULL)
        IS DISTINCT FROM (NEW.search_text, NEW.sort_key, NEW.tenant_id, NEW.status = 'EDITING', NEW.deleted_at IS NULL))
    EXECUTE FUNCTION claim_search_claim();
ALTER TABLE claim ENABLE ALWAYS TRIGGER claim_searched_again;
