/**
 * Makes the partition of a month, unless it is there. It is filled with nothing and then attached, which locks out neither readers nor
 * writers, as CREATE TABLE … PARTITION OF would. With the rights of its owner, because a login that books facts may not change tables otherwise.
 */
export const makeMonthFunction = `
  CREATE FUNCTION make_month(of_table text, of_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
      first date := date_trunc('month', of_month);
      name text := of_table || to_char(first, '_YYYY_MM');
      -- Its rows change for weeks: room on each page, and a vacuum that comes early.
      settings text := CASE of_table
        WHEN 'profile_day' THEN 'WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)' ELSE '' END;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('meterport fleet months ' || current_schema()));
      IF to_regclass(quote_ident(name)) IS NOT NULL THEN RETURN; END IF;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) %s', name, of_table, settings);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', of_table, name, first,
        (first + interval '1 month')::date);
    END
  $$;
  REVOKE EXECUTE ON FUNCTION make_month FROM PUBLIC;
  DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION make_month SET search_path = %I, pg_temp', current_schema());
  END $$;
`;
