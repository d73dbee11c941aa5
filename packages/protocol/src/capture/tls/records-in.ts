/** Where the records of TLS 1.2 lie in a message. */
import { contentType } from "../../mep/security/tls/codes.ts";
import { recordHeader } from "../../mep/security/tls/records.ts";

/** A record's type, and its fragment among the bytes around it. */
export interface RecordPlace {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/**
 * All whole records, where one stands directly after another; the last one may be cut. Undefined if one does not begin as a record does.
 *
 * @example
 * recordsIn(Uint8Array.of(21, 3, 3, 0, 2, 1, 0)) // [{ type: 21, start: 5, end: 7 }]
 */
export const recordsIn = (bytes: Uint8Array): RecordPlace[] | undefined => {
  const records: RecordPlace[] = [];
  for (let at = 0; at + recordHeader <= bytes.length; ) {
    const [type = 0, major, , high = 0, low = 0] = bytes.subarray(at, at + recordHeader);
    if (type < contentType.changeCipherSpec || type > contentType.applicationData || major !== 3) return undefined;
    const start = at + recordHeader;
    const end = start + ((high << 8) | low);
    if (end > bytes.length) break;
    records.push({ type, start, end });
    at = end;
  }
  return records;
};

/** The same if nothing follows the last one; undefined otherwise, and for no record at all. */
export const wholeRecordsIn = (bytes: Uint8Array): RecordPlace[] | undefined => {
  const records = recordsIn(bytes);
  return records !== undefined && records.at(-1)?.end === bytes.length ? records : undefined;
};
