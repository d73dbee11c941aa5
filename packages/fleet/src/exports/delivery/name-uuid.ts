/** UUIDs of names, the same at each run. */
import { createHash } from "node:crypto";

/** Of this product's exports; made by chance once. */
const space = "7b0d9c52f1a84e0b9d3c6a5e2f4817b6";

/**
 * A UUID of version 5 (RFC 9562, section 5.5) in the space of this product's exports.
 *
 * @example
 * nameUuid("point home").length // 36
 */
export const nameUuid = (name: string): string => {
  const bytes = createHash("sha1").update(Buffer.from(space, "hex")).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
