/** Which bytes of a request or an answer a trace may show in full. */
import { toHex } from "@meterport/protocol/bytes";
import type { Description } from "@meterport/protocol/layout/index";
import { decodeRequest, decodeResponse } from "@meterport/protocol/mep/frame/apdu";
import { tablesByNumber } from "@meterport/protocol/tables/index";

/** Bytes in one line of a trace. */
const mostBytes = 64;

/** These tables carry other messages, with parameters of procedures and whole tables: any of it may be a key. */
const envelopes: ReadonlySet<string> = new Set(["BT07", "BT08", "ET52", "ET53", "ET59", "ET85"]);

const hasSecret = (description: Description): boolean => {
  switch (description.kind) {
    case "array":
      return hasSecret(description.element);
    case "when":
      return hasSecret(description.inner);
    case "struct":
      return description.fields.some(({ meta, layout }) => meta.secret === true || hasSecret(layout));
    default:
      return false;
  }
};

const open = new Map<number, boolean>();

/** Only declared tables whose declaration has no key. */
const isOpen = (number: number): boolean => {
  const known = open.get(number);
  if (known !== undefined) return known;
  const table = tablesByNumber.get(number);
  const decided = table !== undefined && !envelopes.has(table.id) && !hasSecret(table.describe());
  open.set(number, decided);
  return decided;
};

const hex = (data: Uint8Array): string =>
  data.length > mostBytes ? `${toHex(data.subarray(0, mostBytes), " ")} … (${data.length})` : toHex(data, " ");

const withheld = "bytes withheld: there may be a key among them";

/**
 * The data of a request or, if it is given, of its answer, as hex digits; undefined if there are none. Bytes of tables that hold
 * keys, or that carry other messages, are withheld.
 *
 * @example
 * shownData(Uint8Array.of(0x30, 0, 1), Uint8Array.of(0, 0, 2, 0x4e, 0x45)) // "4e 45"
 * shownData(Uint8Array.of(0x30, 8, 13), Uint8Array.of(0, 0, 2, 0x4e, 0x45)) // "bytes withheld: there may be a key among them"
 */
export const shownData = (request: Uint8Array, answer?: Uint8Array): string | undefined => {
  const asked = decodeRequest(request);
  if (asked.kind === "malformed") return undefined;
  let data: Uint8Array | undefined;
  if (answer === undefined) data = "data" in asked ? asked.data : undefined;
  else {
    const response = decodeResponse(answer, asked.kind);
    data = response.kind === "data" ? response.data : undefined;
  }
  if (data === undefined || data.length === 0) return undefined;
  return isOpen(asked.table) ? hex(data) : withheld;
};
