/**
 * Where a meter is reached, and which point it measures now. `installation` tells where it hung, by what was read from it; this is what an
 * operator says, before anything was read.
 */
export const meterLinks = `
  ALTER TABLE meter ADD COLUMN link text COLLATE "C", ADD COLUMN point_id int REFERENCES metering_point;
  CREATE UNIQUE INDEX meter_by_link ON meter (link);
  CREATE UNIQUE INDEX meter_at_point ON meter (point_id);
  CREATE INDEX meter_by_site ON meter (site_id);
`;
