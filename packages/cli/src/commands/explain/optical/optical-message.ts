/** Names the bytes of a message on the optical port: services, reads and writes, and their answers. */

import { opticalBaudRates } from "@meterport/protocol/baud-rates";
import { toHex } from "@meterport/protocol/bytes";
import type { ByteRange } from "@meterport/protocol/layout/annotate";
import type { Profile } from "@meterport/protocol/layout/index";
import { decodeRequest, requestCode } from "@meterport/protocol/mep/frame/apdu";
import { code, responseCode } from "@meterport/protocol/mep/frame/response-codes";
import type { SaidMessage, Speaker } from "@meterport/protocol/optical/conversation";
import {
  decodeIdentified,
  decodeService,
  type ServiceRequest,
  serviceCode,
} from "@meterport/protocol/optical/services";
import { checksum } from "@meterport/protocol/optical/table-service";
import { plainText } from "@meterport/protocol/plain-text";
import { isShown } from "@meterport/protocol/secret-fields";
import { tableIdOf } from "@meterport/protocol/tables/catalogue";
import { tablesByNumber } from "@meterport/protocol/tables/index";
import { type ExplainedBody, explainBody } from "../body.ts";
import type { DimensionsOf } from "../given-dimensions.ts";
import { requestText, tableName } from "../messages.ts";
import { type Field, Walk } from "../walk.ts";

/** Shown instead of a key. */
export const secretText = "[secret]";

/** The request: a service, or a read or write of a table. */
export type Service = ServiceRequest["kind"] | "read" | "read-at" | "write" | "write-at";

export interface ExplainedMessage {
  readonly by: Speaker;
  /** Indexes of its packets in the conversation. */
  readonly packets: readonly number[];
  readonly bytes: Uint8Array;
  /** The service that is asked for or answered; null if unknown. */
  readonly service: Service | null;
  /** A short description. */
  readonly what: string;
  readonly fields: readonly Field[];
  /** Bytes of the message without a name. */
  readonly unknown: readonly ByteRange[];
  /** Bytes of the message that are a key or reveal something about one: never shown. */
  readonly secrets: readonly ByteRange[];
  readonly notes: readonly string[];
  /** What the client sent, echoed by an optical head. */
  readonly echoed: boolean;
  /** Number of the table that is read or written. */
  readonly table: number | undefined;
  /** Offset of the data in the table. */
  readonly offset: number;
  readonly data: Uint8Array | undefined;
  readonly body: ExplainedBody | undefined;
}

export interface OpticalOptions {
  /** The table of an answer whose request is missing. */
  readonly table: number | undefined;
  readonly profile: Profile | undefined;
  readonly dimensions: DimensionsOf | undefined;
}

/** The part of a request that its answer depends on. */
interface Asked {
  readonly service: Service | null;
  readonly table: number | undefined;
  readonly offset: number;
}

const serviceNames: Readonly<Record<ServiceRequest["kind"], string>> = {
  identification: "Identification: which protocol is spoken",
  terminate: "Terminate: ends the session, whatever its state",
  logon: "Logon",
  security: "Security: the password",
  logoff: "Logoff",
  negotiate: "Negotiate: size and number of packets, and speeds",
  wait: "Wait: keeps the silent session open",
};
const tableServices: Readonly<Record<number, string>> = {
  [requestCode.read]: "read a table",
  [requestCode.readAt]: "read a part of a table",
  [requestCode.write]: "write a table",
  [requestCode.writeAt]: "write a part of a table",
};

const tellHex = (_: number, hex: string) => ({ value: hex });
const tellText = (_: number, hex: string) => ({
  value: plainText(String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)))).trimEnd(),
});
const tellRate = (value: number) => {
  const rate = opticalBaudRates[value];
  return { meaning: rate === undefined ? "the speed stays as it is" : `${rate} baud` };
};
const tellSum = (data: Uint8Array) => (value: number) => ({
  meaning:
    value === checksum(data)
      ? "valid: with all bytes of the data it is a multiple of 256"
      : `invalid: the data want 0x${checksum(data).toString(16).padStart(2, "0")}`,
});
const tellCode = (value: number) => ({ meaning: value === code.ok ? "ok" : responseCode(value).meaning });

interface Told {
  readonly service: Service | null;
  readonly what: string;
  readonly notes?: readonly string[];
  readonly table?: number;
  readonly offset?: number;
  /** Where the data are in the message. */
  readonly data?: ByteRange;
  readonly secrets?: readonly ByteRange[];
}

const serviceTold = (service: ServiceRequest, walk: Walk, length: number): Told => {
  const { kind } = service;
  walk.take("code", 1, () => ({ meaning: serviceNames[kind] }));
  switch (service.kind) {
    case "logon":
      walk.take("userId", 2, () => ({ meaning: "the meter logs it with events" }));
      walk.take("user", 10, tellText);
      return { service: kind, what: `Logon as user ${service.userId}` };
    case "security":
      walk.take("password", length - 1, () => ({ value: secretText, meaning: "a key of the optical port" }));
      return { service: kind, what: "Security: the password", secrets: [{ start: 1, end: length }] };
    case "negotiate":
      walk.take("packetSize", 2, () => ({ meaning: "largest packet, bytes" }));
      walk.take("packets", 1, () => ({ meaning: "most packets per message" }));
      for (let i = 0; i < service.bauds.length; i++) walk.take("rate", 1, tellRate);
      return {
        service: kind,
        what: `Negotiate: packets of ${service.packetSize} bytes, ${service.packets} of them`,
      };
    case "wait":
      walk.take("seconds", 1);
      return { service: kind, what: `Wait: ${service.seconds} s` };
    default:
      return { service: kind, what: serviceNames[kind].split(":")[0] ?? kind };
  }
};

const requestTold = (bytes: Uint8Array, walk: Walk): Told => {
  const service = decodeService(bytes);
  if (service !== undefined && service.kind !== "malformed") return serviceTold(service, walk, bytes.length);
  const asked = decodeRequest(bytes);
  // A password of a wrong length is still a password.
  if (bytes[0] === serviceCode.security) {
    walk.take("code", 1, () => ({ meaning: serviceNames.security }));
    walk.take("password", bytes.length, () => ({ value: secretText, meaning: `${bytes.length - 1} bytes, not 20` }));
    return {
      service: "security",
      what: "Security: a password of the wrong length",
      secrets: [{ start: 1, end: bytes.length }],
    };
  }
  if (asked.kind === "malformed")
    return { service: null, what: "not a request", notes: [service === undefined ? asked.detail : service.detail] };
  walk.take("code", 1, (value) => ({ meaning: tableServices[value] ?? "" }));
  walk.take("table", 2, (value) => ({ meaning: tableName(value) }));
  const offset = "offset" in asked ? asked.offset : 0;
  if ("offset" in asked) walk.take("offset", 3);
  if (asked.kind !== "read") walk.take("count", 2);
  const told = { service: asked.kind, what: requestText(bytes), table: asked.table, offset };
  if (asked.kind === "read" || asked.kind === "read-at") return told;
  const start = bytes.length - walk.left;
  walk.take("data", asked.data.length, tellHex);
  const data = { start, end: bytes.length - walk.left };
  walk.take("checksum", 1, tellSum(asked.data));
  return { ...told, data };
};

/** The only thing that an answer without its request can be. */
const guessed = (bytes: Uint8Array): Service | null => {
  const count = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
  if (bytes.length >= 4 && count === bytes.length - 4 && checksum(bytes.subarray(3, -1)) === bytes.at(-1))
    return "read";
  if (bytes.length !== 5) return null;
  // Versions are small numbers, sizes of packets are not.
  return (bytes[1] ?? 0) < 10 && (bytes[2] ?? 0) < 10 && (bytes[3] ?? 0) < 10 && bytes[4] === 0
    ? "identification"
    : "negotiate";
};

const answerTold = (bytes: Uint8Array, walk: Walk, asked: Asked | undefined, given: number | undefined): Told => {
  const [first = 0] = bytes;
  walk.take("code", 1, tellCode);
  const said = first === code.ok ? "ok" : responseCode(first).meaning;
  const table = asked?.table ?? given;
  const alone = asked === undefined;
  const service = alone ? (given === undefined ? guessed(bytes) : "read") : asked.service;
  const notes = alone && bytes.length > 1 ? ["its request is missing"] : [];
  const place = { service, ...(table === undefined ? {} : { table }), offset: asked?.offset ?? 0 };
  if (first !== code.ok || bytes.length === 1) return { ...place, what: said, notes: [] };
  if (service === "identification" && decodeIdentified(bytes) !== undefined) {
    walk.take("standard", 1, (value) => ({ meaning: value === 0 ? "ANSI C12.18" : "another standard" }));
    walk.take("version", 1);
    walk.take("revision", 1);
    walk.take("features", walk.left - 1, tellHex);
    walk.take("end", 1, () => ({ meaning: "no more features" }));
    return { service, what: `ok, version ${bytes[2]}.${bytes[3]}`, notes };
  }
  if (service === "negotiate" && bytes.length === 5) {
    walk.take("packetSize", 2, () => ({ meaning: "largest packet, bytes" }));
    walk.take("packets", 1, () => ({ meaning: "most packets per message" }));
    walk.take("rate", 1, tellRate);
    return { service, what: "ok, agreed", notes };
  }
  if (service !== "read" && service !== "read-at") return { ...place, what: said, notes };
  walk.take("count", 2);
  const count = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
  const start = bytes.length - walk.left;
  const data = walk.take("data", Math.min(count, Math.max(0, walk.left - 1)), tellHex);
  const range = { start, end: start + data.length };
  walk.take("checksum", 1, tellSum(data));
  const lost = data.length < count ? [`${data.length} of ${count} bytes are present`] : [];
  const hint = table === undefined ? ["name its table with --table"] : [];
  return { ...place, what: `ok, ${count} bytes`, data: range, notes: [...notes, ...lost, ...hint] };
};

/** Fields of the table that hold keys, as ranges of the message. */
const keysIn = (body: ExplainedBody | undefined, data: ByteRange | undefined, offset: number): ByteRange[] =>
  (body?.spans ?? [])
    .filter(({ path, value }) => value instanceof Uint8Array && !isShown(path, value))
    .map(({ start, end }) => ({
      start: (data?.start ?? 0) + start - offset,
      end: (data?.start ?? 0) + end - offset,
    }));

const last = 8191;

const explained = (
  { by, packets, data: bytes }: SaidMessage,
  asked: Asked | undefined,
  options: OpticalOptions,
): ExplainedMessage => {
  const walk = new Walk(bytes, 0);
  // Codes of requests are above those of answers: a head that echoes brings them back.
  const echoed = by === "meter" && (bytes[0] ?? 0) >= serviceCode.identification;
  const told = by === "client" || echoed ? requestTold(bytes, walk) : answerTold(bytes, walk, asked, options.table);
  const { service, what, notes = [], table, offset = 0 } = told;
  const data = told.data === undefined ? undefined : bytes.subarray(told.data.start, told.data.end);
  const { profile, dimensions } = options;
  const known = table === undefined ? undefined : tablesByNumber.get(table);
  const body =
    data === undefined || table === undefined ? undefined : explainBody(known, data, { offset, profile, dimensions });
  const keys = keysIn(body, told.data, offset);
  // The checksum over a key reveals something about it.
  const sums = keys.length === 0 ? [] : [{ start: bytes.length - 1, end: bytes.length }];
  const secrets = [...(told.secrets ?? []), ...keys, ...sums];
  const hidden = (field: Field): Field =>
    keys.length > 0 && (field.name === "data" || field.name === "checksum") ? { ...field, value: secretText } : field;
  const nameless = data === undefined || table !== undefined || told.data === undefined ? [] : [told.data];
  return {
    by,
    packets,
    bytes,
    service,
    what: echoed
      ? `echo of ${what}`
      : by === "meter" && known !== undefined && data !== undefined
        ? `${what} of ${tableName(table ?? 0)}`
        : what,
    echoed,
    fields: walk.fields.map(hidden),
    unknown: [...walk.rest(), ...nameless],
    secrets,
    notes,
    table,
    offset,
    data,
    body,
  };
};

/** Explains each message with the help of the request before it. */
export const explainMessages = (
  messages: readonly SaidMessage[],
  options: OpticalOptions,
): readonly ExplainedMessage[] => {
  let asked: Asked | undefined;
  return messages.map((message) => {
    const result = explained(message, asked, options);
    const { by, service, table, offset } = result;
    if (!result.echoed) asked = by === "client" ? { service, table, offset } : undefined;
    return result;
  });
};

/** "BT28"; undefined for what is not a table. */
export const tableIdText = ({ table }: ExplainedMessage): string | undefined =>
  table === undefined || table > last ? undefined : tableIdOf(table);

/** Bytes as hexadecimal, with stars instead of secret ones. */
export const maskedHex = (bytes: Uint8Array, secrets: readonly ByteRange[], between = ""): string =>
  Array.from(bytes, (byte, at) =>
    secrets.some(({ start, end }) => at >= start && at < end) ? "**" : toHex(Uint8Array.of(byte)),
  ).join(between);
