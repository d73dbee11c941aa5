/** Who reads what now, and how the links are doing: told by the holders, for people and for processes that pass requests on. */
export const toldStates = `
  CREATE TABLE held_shard (
    shard smallint PRIMARY KEY, holder text NOT NULL, attempt int NOT NULL, since timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE point_state (
    point_id int PRIMARY KEY REFERENCES metering_point, holder text NOT NULL, state text NOT NULL, cause text, since timestamptz
  ) WITH (fillfactor = 70);
  CREATE INDEX gap_open ON gap (day) WHERE position(B'1' IN slots) > 0;
`;
