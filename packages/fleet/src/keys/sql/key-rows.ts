/** Keys of the fleet and of its meters, all of them sealed. */

/** The fleet's own keys, oldest first. */
export const readFleetKeys = "SELECT key_id, proof, next FROM fleet_key ORDER BY key_id";

/** One at a time makes or rotates keys; $1 names the fleet's schema. */
export const lockKeys = "SELECT pg_advisory_xact_lock(hashtext('meterport fleet keys ' || $1))";

/** Number $1, proof $2. */
export const addFleetKey = "INSERT INTO fleet_key (key_id, proof) VALUES ($1, $2)";

/** The key after number $1, sealed with that: $2. */
export const sayNext = "UPDATE fleet_key SET next = $2 WHERE key_id = $1";

/** Keys of the fleet before number $1 that no meter needs any more. */
export const forgetFleetKeys = `
  DELETE FROM fleet_key f WHERE key_id < $1 AND NOT EXISTS (SELECT FROM meter_key k WHERE k.key_id = f.key_id)`;

/** Holders that live and were given another key of the fleet than number $1, or do not say: at most $2. */
export const readBehind = `
  SELECT holder, key_id FROM holder WHERE seen > now() - interval '60 seconds' AND key_id IS DISTINCT FROM $1::int
  ORDER BY holder LIMIT $2`;

/** Keys of the meters with the serials $1. */
export const readMeterKeys = `
  SELECT m.serial, k.key_id, k.sealed FROM meter_key k JOIN meter m USING (meter_id) WHERE m.serial = ANY($1::text[])`;

/** Serials $1, number of the fleet's key $2, sealed keys $3. What has no meter is not written. */
export const writeMeterKeys = `
  INSERT INTO meter_key (meter_id, key_id, sealed)
  SELECT m.meter_id, $2, u.sealed FROM unnest($1::text[], $3::text[]) AS u(serial, sealed) JOIN meter m ON m.serial = u.serial
  ON CONFLICT (meter_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, stored = now()`;

/** Those of the serials $1 that no meter has. */
export const readStrangers = `
  SELECT u.serial FROM unnest($1::text[]) AS u(serial) WHERE NOT EXISTS (SELECT FROM meter m WHERE m.serial = u.serial)`;

/** Up to $2 keys of meters after number $3 that are sealed with a key before number $1; nobody else changes them meanwhile. */
export const takeOldKeys = `
  SELECT m.meter_id, m.serial, k.key_id, k.sealed FROM meter_key k JOIN meter m USING (meter_id)
  WHERE k.key_id < $1 AND k.meter_id > $3 ORDER BY k.meter_id LIMIT $2 FOR UPDATE OF k`;

/** How many keys are sealed with which key of the fleet, and how many meters with a link have none. */
export const countKeys = `
  SELECT key_id, count(*) AS keys FROM meter_key GROUP BY key_id
  UNION ALL SELECT NULL, count(*) FROM meter m WHERE link IS NOT NULL AND NOT EXISTS (SELECT FROM meter_key k WHERE k.meter_id = m.meter_id)`;

/** Up to $2 sealed keys of meters after serial $1, in the order of serials. */
export const pageOfKeys = `
  SELECT m.serial, k.key_id, k.sealed FROM meter_key k JOIN meter m USING (meter_id) WHERE m.serial > $1 ORDER BY m.serial LIMIT $2`;

/** Up to $1 meters that have a link and no key. */
export const readKeyless = `
  SELECT serial FROM meter m WHERE link IS NOT NULL AND NOT EXISTS (SELECT FROM meter_key k WHERE k.meter_id = m.meter_id)
  ORDER BY serial LIMIT $1`;
