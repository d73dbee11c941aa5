/** Which part of a fleet a site belongs to. What shares a bridge, a serial bus or an uplink is one site, and is read by one holder. */

/** Fixed when a fleet is made; 1,024 for more than 100,000 meters. */
export const usualShards = 256;

const offset = 0x811c9dc5;
const prime = 0x01000193;

/**
 * The shard of a site, from 0 to `shards - 1`: FNV-1a of the UTF-8 bytes of its id. It must never change, because the shards of a fleet are
 * stored.
 *
 * @example shardOf("lindevej-12", 256) // 50
 */
export const shardOf = (site: string, shards: number): number => {
  let hash = offset;
  for (const byte of new TextEncoder().encode(site)) hash = Math.imul(hash ^ byte, prime) >>> 0;
  // The low bits of FNV-1a are its weakest: both halves count.
  return ((hash >>> 16) ^ (hash & 0xffff)) % shards;
};
