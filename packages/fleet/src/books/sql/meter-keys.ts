/**
 * Keys of meters, sealed with the fleet's key, which is never in the database. \`proof\` tells a fleet's key from another one. While keys are
 * rotated, \`next\` is the following key of the fleet, sealed with this one, so that processes that know only this one go on reading.
 */
export const meterKeys = `
  ALTER TABLE meter DROP COLUMN key_id;
  CREATE TABLE fleet_key (
    key_id int PRIMARY KEY, proof text COLLATE "C" NOT NULL, next text COLLATE "C", made timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE meter_key (
    meter_id int PRIMARY KEY REFERENCES meter ON DELETE CASCADE, key_id int NOT NULL REFERENCES fleet_key,
    sealed text COLLATE "C" NOT NULL, stored timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX meter_key_by_key ON meter_key (key_id);
`;
