/** Gateways behind routers, which bring their values themselves: what each may bring, and how far it has come. Of its token only a hash is kept. */
export const intakeTables = `
  CREATE TABLE intake (
    name text COLLATE "C" PRIMARY KEY, hash text NOT NULL UNIQUE, points text[] NOT NULL, sites text[] NOT NULL,
    made timestamptz NOT NULL DEFAULT now(), by text NOT NULL, number bigint, delivered timestamptz
  );
`;
