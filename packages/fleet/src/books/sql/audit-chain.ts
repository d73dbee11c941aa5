/**
 * What people did, as a chain: each entry holds the hash of the one before it. Only \`audit_append\` writes it, with the rights of the schema's
 * owner, so that a role may add entries and can neither choose their times nor change what is there.
 */
export const auditChain = `
  DROP TABLE audit;
  CREATE TABLE audit (
    number bigint PRIMARY KEY, at timestamptz NOT NULL, who text COLLATE "C" NOT NULL, what text COLLATE "C" NOT NULL,
    about text COLLATE "C" NOT NULL, previous bytea NOT NULL, hash bytea NOT NULL
  );
  COMMENT ON COLUMN audit.about IS 'JSON; a text, since the hash is over its bytes';

  -- Of the hash before and of each part with its length in front, so that nothing can move from one part to the next.
  CREATE FUNCTION audit_hash(previous bytea, VARIADIC parts text[]) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || string_agg(int4send(octet_length(bytes)) || bytes, ''::bytea ORDER BY n))
      FROM unnest(parts) WITH ORDINALITY AS part (text, n) CROSS JOIN LATERAL convert_to(part.text, 'UTF8') AS bytes
  $$;

  -- One writer at a time, until its transaction ends: two would follow the same entry.
  CREATE FUNCTION audit_append(of_who text, of_what text, of_about text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
      last audit;
      next audit;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('meterport fleet audit ' || current_schema()));
      SELECT * INTO last FROM audit ORDER BY number DESC LIMIT 1;
      next.number := coalesce(last.number, 0) + 1;
      next.at := date_trunc('milliseconds', clock_timestamp());
      next.who := of_who;
      next.what := of_what;
      next.about := of_about;
      next.previous := coalesce(last.hash, ''::bytea);
      next.hash := audit_hash(next.previous, next.number::text, (1000 * extract(epoch FROM next.at))::bigint::text, of_who, of_what, of_about);
      INSERT INTO audit SELECT next.*;
      RETURN next.number;
    END
  $$;
  REVOKE EXECUTE ON FUNCTION audit_append FROM PUBLIC;
  DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION audit_append SET search_path = %I, pg_temp', current_schema());
  END $$;
`;
