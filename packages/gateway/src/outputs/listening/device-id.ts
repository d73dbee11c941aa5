/** The names of a device that a face acts as: its hardware address, and its name on the network. */
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

/**
 * The name of a face on the network, as small devices make it of their address.
 *
 * @param id of the point; undefined if the face shows none yet
 * @example
 * instanceOf("tasmota", "home") // "tasmota-99AB63"
 */
export const instanceOf = (kind: string, id: string | undefined): string =>
  id === undefined ? kind : `${kind}-${deviceIdOf(id, undefined).slice(-6).toUpperCase()}`;
