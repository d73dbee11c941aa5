/** Fields that hold keys, which no output shows. Apart from the tables, because every command knows it from its start. */

/** Names of fields that their declarations call secret. */
export const secretFieldNames: ReadonlySet<string> = new Set(["securityKey"]);

/**
 * Whether the bytes of a field may be shown: any but those of a key. A key of zeros does not count.
 *
 * @example
 * isShown("securityKey", Uint8Array.of(0, 7)) // false
 * isShown("devices.0.securityKey", Uint8Array.of(0, 7)) // false
 * isShown("securityKey", new Uint8Array(2)) // true
 * isShown("customerId", Uint8Array.of(7)) // true
 */
export const isShown = (path: string, bytes: Uint8Array): boolean =>
  !secretFieldNames.has(path.slice(path.lastIndexOf(".") + 1)) || bytes.every((byte) => byte === 0);
