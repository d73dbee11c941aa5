/** Which part of a fleet a site belongs to. What shares a bridge, a serial bus or an uplink is one site, and is read by one holder. */

/** Fixed when a fleet is made; 1,024 for more than 100,000 meters. */
export const usualShards = 256;

const offset = 0x811c9dc5;
const prime = 0x01000193;

const mix = (hash: number, byte: number): number => Math.imul(hash ^ byte, prime) >>> 0;

/** Half of a surrogate pair is no character: encoders put this in its place. */
const replacement = 0xfffd;

/** Mixes the UTF-8 bytes of a character in; written out, since the model runs without a host's encoder. */
const mixCharacter = (hash: number, given: number): number => {
  const code = given >= 0xd800 && given <= 0xdfff ? replacement : given;
  if (code < 0x80) return mix(hash, code);
  if (code < 0x800) return mix(mix(hash, 0xc0 | (code >> 6)), 0x80 | (code & 0x3f));
  const last = (mixed: number): number => mix(mix(mixed, 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
  if (code < 0x10000) return last(mix(hash, 0xe0 | (code >> 12)));
  return last(mix(mix(hash, 0xf0 | (code >> 18)), 0x80 | ((code >> 12) & 0x3f)));
};

/**
 * The shard of a site, from 0 to `shards - 1`: FNV-1a of the UTF-8 bytes of its id. It must never change, because the shards of a fleet are
 * stored.
 *
 * @example shardOf("lindevej-12", 256) // 50
 */
export const shardOf = (site: string, shards: number): number => {
  let hash = offset;
  for (const character of site) hash = mixCharacter(hash, character.codePointAt(0) ?? 0);
  // The low bits of FNV-1a are its weakest: both halves count.
  return ((hash >>> 16) ^ (hash & 0xffff)) % shards;
};
