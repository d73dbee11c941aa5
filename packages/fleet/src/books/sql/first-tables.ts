/** The first version of the tables. Never changed once released: what comes later is another migration. */
export const firstTables = `
  CREATE TABLE fleet (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), fleet_id text NOT NULL, name text NOT NULL,
    shards smallint NOT NULL CHECK (shards > 0), made timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE site (
    site_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, name text NOT NULL,
    link jsonb NOT NULL DEFAULT '{}', shard smallint NOT NULL, zone text NOT NULL, paused_until timestamptz
  );
  CREATE INDEX site_by_shard ON site (shard);
  CREATE TABLE meter (
    meter_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site_id int REFERENCES site, serial text COLLATE "C" NOT NULL UNIQUE,
    profile text, key_id int, first_seen timestamptz
  );
  CREATE TABLE metering_point (
    point_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, site_id int REFERENCES site,
    gsrn text UNIQUE, name text NOT NULL, zone text, address jsonb
  );
  CREATE INDEX point_by_site ON metering_point (site_id);
  CREATE TABLE installation (
    point_id int NOT NULL REFERENCES metering_point, from_at timestamptz NOT NULL, to_at timestamptz, meter_id int REFERENCES meter,
    serial text COLLATE "C", about text COLLATE "C" NOT NULL, start_register text COLLATE "C" NOT NULL, end_register text COLLATE "C",
    stored timestamptz NOT NULL, PRIMARY KEY (point_id, from_at)
  );
  COMMENT ON COLUMN installation.about IS 'JSON; a text, so that two of them have one order everywhere';
  CREATE INDEX installation_by_meter ON installation (meter_id, from_at);

  CREATE TABLE channel (
    channel_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, point_id int NOT NULL REFERENCES metering_point,
    name text COLLATE "C" NOT NULL, tier smallint NOT NULL, step int NOT NULL, phase int NOT NULL, digits smallint NOT NULL,
    obis text, unit text NOT NULL, scale numeric NOT NULL, UNIQUE (point_id, name, tier, step, phase, digits)
  );
  CREATE TABLE profile_day (
    channel_id int NOT NULL, day date NOT NULL, raw int[] NOT NULL, rank "char"[] NOT NULL, status "char"[] NOT NULL,
    PRIMARY KEY (channel_id, day)
  ) PARTITION BY RANGE (day);
  CREATE TABLE chosen_day (
    point_id int NOT NULL, obis text COLLATE "C" NOT NULL, day date NOT NULL, version int NOT NULL, value int[] NOT NULL,
    code "char"[] NOT NULL, rule smallint[] NOT NULL, by text NOT NULL, at timestamptz NOT NULL,
    PRIMARY KEY (point_id, obis, day, version)
  ) PARTITION BY RANGE (day);
  CREATE TABLE block (
    block_id bigint NOT NULL, point_id int NOT NULL, holder text NOT NULL, attempt int NOT NULL, what jsonb NOT NULL,
    read_at timestamptz NOT NULL, clock_offset_ms int, raw bytea, from_at timestamptz NOT NULL, to_at timestamptz NOT NULL,
    PRIMARY KEY (block_id, read_at)
  ) PARTITION BY RANGE (read_at);
  CREATE INDEX block_by_point ON block (point_id, from_at);
  CREATE TABLE register_reading (
    channel_id int NOT NULL, read_at timestamptz NOT NULL, raw bigint NOT NULL, kind "char" NOT NULL, serial text COLLATE "C",
    PRIMARY KEY (channel_id, read_at)
  ) PARTITION BY RANGE (read_at);
  CREATE TABLE event (
    point_id int NOT NULL REFERENCES metering_point, event_id text COLLATE "C" NOT NULL, at timestamptz NOT NULL, until timestamptz,
    kind text COLLATE "C" NOT NULL, code float8, origin text COLLATE "C" NOT NULL, detail text COLLATE "C" NOT NULL,
    stored timestamptz NOT NULL,
    PRIMARY KEY (point_id, event_id)
  );
  CREATE INDEX event_by_time ON event (point_id, at);
  CREATE TABLE dropped_before (of_table text PRIMARY KEY, day date NOT NULL);

  CREATE TABLE gap (
    channel_id int NOT NULL, day date NOT NULL, slots bit varying(1440) NOT NULL, gone bit varying(1440) NOT NULL,
    asked_at timestamptz, PRIMARY KEY (channel_id, day)
  ) WITH (fillfactor = 70);
  CREATE TABLE campaign (
    campaign_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, spec jsonb NOT NULL, opens timestamptz NOT NULL,
    closes timestamptz NOT NULL, priority smallint NOT NULL, by text NOT NULL
  );
  CREATE TABLE target (
    campaign_id int NOT NULL REFERENCES campaign, meter_id int NOT NULL REFERENCES meter, shard smallint NOT NULL,
    state "char" NOT NULL, attempts smallint NOT NULL DEFAULT 0, next_at timestamptz NOT NULL, reason text,
    PRIMARY KEY (campaign_id, meter_id)
  ) WITH (fillfactor = 70);
  CREATE INDEX target_due ON target (shard, next_at) WHERE state IN ('w', 'f');
  CREATE TABLE holder (holder text PRIMARY KEY, address text NOT NULL, version text NOT NULL, seen timestamptz NOT NULL);
  CREATE TABLE export_run (
    export_id int NOT NULL, day date NOT NULL, version int NOT NULL, state "char" NOT NULL, file text, sha256 bytea, at timestamptz,
    PRIMARY KEY (export_id, day, version)
  );
  CREATE TABLE audit (
    at timestamptz NOT NULL, who text NOT NULL, what text NOT NULL, about jsonb, previous bytea, hash bytea NOT NULL
  );

  -- Ranks of a channel that is stored with several decimal places: of each slot the highest. A single row costs no call.
  CREATE FUNCTION higher_rank(a "char"[], b "char"[]) RETURNS "char"[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT array_agg(greatest(x, y)) FROM unnest(a, b) AS s(x, y) $$;
  CREATE AGGREGATE highest_rank("char"[]) (SFUNC = higher_rank, STYPE = "char"[], PARALLEL = SAFE);
`;
