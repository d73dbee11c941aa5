/** What the jobs of a fleet keep: campaigns, what was checked and decided of days, exports, and what is still to be done. */
export const jobTables = `
  ALTER TABLE campaign ADD COLUMN name text NOT NULL DEFAULT '', ADD COLUMN state "char" NOT NULL DEFAULT 'p',
    ADD COLUMN expanded_to int NOT NULL DEFAULT 0;
  COMMENT ON COLUMN campaign.state IS 'p planned, o open, c closed, x cancelled';
  CREATE INDEX campaign_to_do ON campaign (opens) WHERE state IN ('p', 'o');

  ALTER TABLE meter ADD COLUMN memory_days smallint CHECK (memory_days > 0);
  ALTER TABLE metering_point ADD COLUMN fuse jsonb, ADD COLUMN plant boolean;
  ALTER TABLE channel ADD COLUMN begins timestamptz;
  COMMENT ON COLUMN channel.begins IS 'when its first slot began that a gap scan ever saw';

  CREATE TABLE job_mark (
    job text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, done_at timestamptz NOT NULL, PRIMARY KEY (job, key)
  ) WITH (fillfactor = 70);

  CREATE TABLE changed_day (
    channel_id int PRIMARY KEY, first_day date NOT NULL, last_day date NOT NULL, changes int NOT NULL DEFAULT 1
  ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
  COMMENT ON TABLE changed_day IS 'days that are over and of which something changed since they were checked';

  ALTER TABLE chosen_day ADD COLUMN reason text;
  CREATE TABLE vee_day (
    point_id int NOT NULL, obis text COLLATE "C" NOT NULL, day date NOT NULL, verdict text, findings jsonb, state "char" NOT NULL,
    version int NOT NULL, suspect smallint NOT NULL, missing smallint NOT NULL, estimated smallint NOT NULL,
    at timestamptz NOT NULL, seen_by text, PRIMARY KEY (point_id, obis, day)
  ) PARTITION BY RANGE (day);
  COMMENT ON COLUMN vee_day.state IS 'o a person should look at it, s somebody has, f fine';
  CREATE INDEX vee_inbox ON vee_day (day, point_id, obis) WHERE state = 'o';
  CREATE TABLE edit (
    edit_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, point_id int NOT NULL REFERENCES metering_point, obis text COLLATE "C" NOT NULL,
    kind text NOT NULL, from_at timestamptz NOT NULL, to_at timestamptz NOT NULL, value int[], author text NOT NULL, reason text NOT NULL,
    at timestamptz NOT NULL
  );
  CREATE INDEX edit_by_point ON edit (point_id, obis, from_at);

  CREATE TABLE export_plan (
    export_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE, spec jsonb NOT NULL, by text NOT NULL,
    made timestamptz NOT NULL, paused boolean NOT NULL DEFAULT false, delivery jsonb
  );
  ALTER TABLE export_run ADD COLUMN period text NOT NULL DEFAULT '', ADD COLUMN problem text, ADD COLUMN files jsonb,
    ADD COLUMN carried jsonb, ADD COLUMN wanted boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT export_run_of FOREIGN KEY (export_id) REFERENCES export_plan;
  COMMENT ON COLUMN export_run.state IS 'm made, d delivered, e empty, f failed';
  CREATE INDEX export_run_waiting ON export_run (export_id, at) WHERE state = 'm';
  CREATE TABLE export_part (
    export_id int NOT NULL, day date NOT NULL, version int NOT NULL, name text COLLATE "C" NOT NULL, part int NOT NULL, bytes bytea NOT NULL,
    PRIMARY KEY (export_id, day, version, name, part),
    FOREIGN KEY (export_id, day, version) REFERENCES export_run ON DELETE CASCADE
  );
`;
