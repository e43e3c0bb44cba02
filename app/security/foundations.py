"""What the policies stand on in PostgreSQL: who acts, proved by a signature.

The functions live in the schema ``wall``, owned by the role that owns the tables. The key is in
a table that only ``wall.claim()`` reads; the application's role may call it, not read the key.
"""

# HMAC-SHA-256 from the built-in sha256(): the padded keys are kept ready. An unsigned, foreign
# or missing claim is NULL, and so is everything derived from it: no rows.
FOUNDATIONS = """
CREATE SCHEMA wall;
CREATE TABLE wall.key (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);
CREATE FUNCTION wall.claim() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  told text := current_setting('portal.claim', true);
  proved boolean;
BEGIN
  IF told IS NULL OR told = '' THEN RETURN NULL; END IF;
  SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad ||
      convert_to(pg_backend_pid()::text || substr(told, 65), 'UTF8'))), 'hex') = left(told, 64)
    INTO proved FROM wall.key k;
  RETURN CASE WHEN proved THEN string_to_array(substr(told, 66), '|', '') END;
END $$;
CREATE FUNCTION wall.role() RETURNS text LANGUAGE sql STABLE
  AS $$ SELECT (wall.claim())[1] $$;
-- The portal's clock at this statement. It is told when the transaction begins; a second is
-- added, so that what the transaction itself has just dated "now" is never in the future.
CREATE FUNCTION wall.now_of(who text[]) RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT who[6]::timestamp + interval '1 second'
    + (statement_timestamp() - transaction_timestamp()) $$;
CREATE FUNCTION wall.switched_on(name text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(c[1] = 'system' AND c[7] = name, false) FROM wall.claim() AS c $$;
-- A mark of this transaction that no other one ever has, also after a restored backup.
CREATE FUNCTION wall.this_transaction() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT hashtextextended(
    pg_current_xact_id_if_assigned()::text || '@' || transaction_timestamp()::text, 0) $$;
"""
