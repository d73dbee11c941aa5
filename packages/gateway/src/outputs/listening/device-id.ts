/** The hardware address of a device that a face acts as. */
import { createHash } from "node:crypto";

/**
 * Twelve hexadecimal digits that belong to a point: the same after every start, and of the range that no maker has.
 *
 * @param id of the point
 * @example
 * deviceIdOf("home", undefined) // "068f7f99ab63"
 */
export const deviceIdOf = (id: string, configured: string | undefined): string => {
  if (configured !== undefined) return configured.toLowerCase();
  // The serial number of the meter would name its owner on the network.
  const digits = createHash("sha256").update(`meterport:${id}`).digest("hex").slice(0, 10);
  return `06${digits}`;
};
