/** Names the bytes of a request and its reply. */
import { UsageError } from "@meterport/protocol/errors";
import type { ByteRange } from "@meterport/protocol/layout/annotate";
import type { Profile } from "@meterport/protocol/layout/index";
import { decodeRequest, readResponseHeader, type TableRequest } from "@meterport/protocol/mep/frame/apdu";
import { code, responseCode } from "@meterport/protocol/mep/frame/response-codes";
import { digestLength } from "@meterport/protocol/mep/security/digest";
import { sequenceLength } from "@meterport/protocol/mep/security/rc4/authentication";
import { tableIdOf } from "@meterport/protocol/tables/catalogue";
import { tablesByNumber } from "@meterport/protocol/tables/index";
import { type ExplainedBody, explainBody } from "./body.ts";
import type { DimensionsOf } from "./given-dimensions.ts";
import { tableName } from "./messages.ts";
import { lengthTrouble, type Packet, type Packets } from "./packets.ts";
import { type OpenRequest, openRequest, type Verdict } from "./trial.ts";
import { type Field, Walk } from "./walk.ts";

export interface Message {
  /** In the clear, if the key decrypts it. */
  readonly bytes: Uint8Array;
  readonly encrypted: boolean;
  readonly fields: readonly Field[];
  readonly unknown: readonly ByteRange[];
  /** What is unusual about it. */
  readonly notes: readonly string[];
}
export interface Exchange {
  readonly request: Message & { readonly asked: TableRequest | undefined };
  readonly response: Message | undefined;
  readonly digests: { readonly request: Verdict; readonly response: Verdict };
  /** "BT28"; undefined if the request could not be read. */
  readonly table: string | undefined;
  /** Offset of the data in the table. */
  readonly offset: number;
  /** The data of a read's reply or of a write's request. */
  readonly data: Uint8Array | undefined;
  readonly body: ExplainedBody | undefined;
}

const codeNames: Readonly<Record<number, string>> = {
  48: "read a table",
  63: "read a part of a table",
  64: "write a table",
  79: "write a part of a table",
  87: "the end of a TLS session",
  88: "the beginning of a TLS handshake; a whole capture and --key open it",
  89: "a step of a TLS handshake; a whole capture and --key open it",
  128: "a request inside TLS; a whole capture and --key open it",
};
const lastTable = 8191;

const verdictText: Readonly<Record<Verdict, string>> = {
  valid: "valid: the key fits and no bit is wrong",
  invalid: "invalid: another key, or a wrong bit",
  unchecked: "unchecked",
};
const tellDigest = (verdict: Verdict) => (_: number, hex: string) => ({ value: hex, meaning: verdictText[verdict] });
const tellLength = (value: number) => ({ meaning: value === 1 ? "1 byte follows" : `${value} bytes follow` });
const tellSequence = (_: number, hex: string) => ({ meaning: `0x${hex}` });

const clear = (packet: Packet, body: Uint8Array): Uint8Array => {
  const bytes = packet.bytes.slice();
  bytes.set(body, packet.start);
  return bytes;
};

const cutNote = ({ cut, body }: Packet): string[] =>
  cut === undefined ? [] : [`cut short: ${body.length} of ${cut} bytes`];

/** Bytes of the request without sequence number and digest; undefined if they cannot be determined. */
const headerLength = (asked: TableRequest, body: Uint8Array, security: number): number => {
  const fixed = asked.kind === "read" ? 5 : asked.kind === "write" ? 5 + asked.data.length : 8;
  const length = asked.kind === "write-at" ? 8 + asked.data.length : fixed;
  // The count may be missing (p. 18): then 3 or 6 bytes come before the sequence number.
  if (body.length < length + security && body.length >= security + 3 && asked.kind.startsWith("read"))
    return body.length - security;
  return length;
};

export interface InsideTls {
  /** Whether the reply also came inside TLS: a port that has lost its session answers without. */
  readonly reply: boolean;
}

const insideTls = (body: Uint8Array, { reply }: InsideTls): OpenRequest => ({
  body,
  encrypted: true,
  verdict: "valid",
  openReply: (body) => ({ body, verdict: reply ? "valid" : "unchecked" }),
});

const explainRequest = (packet: Packet, key: Uint8Array | undefined, inside: InsideTls | undefined) => {
  const opened =
    inside === undefined
      ? openRequest(packet.body, packet.cut === undefined ? key : undefined)
      : insideTls(packet.body, inside);
  const { body, verdict, encrypted } = opened;
  const bytes = clear(packet, body);
  const security = inside === undefined ? sequenceLength + digestLength : 0;
  const withoutSecurity = decodeRequest(body.length >= security + 3 ? body.subarray(0, body.length - security) : body);
  const decoded = withoutSecurity.kind === "malformed" ? decodeRequest(body) : withoutSecurity;
  const walk = new Walk(bytes, 0);
  if (packet.start === 2) walk.take("length", 2, tellLength);
  if (decoded.kind === "malformed") {
    if (codeNames[body[0] ?? 0] !== undefined) walk.take("code", 1, (value) => ({ meaning: codeNames[value] ?? "" }));
    const trouble = packet.start === 0 ? lengthTrouble(bytes) : undefined;
    const guess = key === undefined ? ["it may be encrypted: try --key"] : [];
    const message: Message = {
      bytes,
      encrypted,
      fields: walk.fields,
      unknown: walk.rest(),
      notes: trouble === undefined ? [decoded.detail, ...cutNote(packet), ...guess] : [trouble],
    };
    return { message, opened, asked: undefined };
  }
  walk.take("code", 1, (value) => ({ meaning: codeNames[value] ?? "" }));
  walk.take("table", 2, (value) => ({ meaning: tableName(value) }));
  const length = headerLength(decoded, body, security);
  if (decoded.kind === "read-at" || decoded.kind === "write-at") walk.take("offset", 3);
  const header = decoded.kind === "read" || decoded.kind === "write" ? 3 : 6;
  walk.take("count", Math.min(2, length - header));
  if (decoded.kind === "write" || decoded.kind === "write-at")
    walk.take("data", decoded.data.length, (_, hex) => ({ value: hex }));
  if (inside === undefined) {
    walk.take("sequence", sequenceLength, tellSequence);
    walk.take("digest", digestLength, tellDigest(verdict));
  }
  const shown = inside === undefined ? "encrypted; shown decrypted" : "inside TLS; shown decrypted";
  const notes = [...cutNote(packet), ...(encrypted ? [shown] : [])];
  const message: Message = { bytes, encrypted, fields: walk.fields, unknown: walk.rest(), notes };
  return { message, opened, asked: decoded };
};

const explainReply = (packet: Packet, opened: ReturnType<typeof openRequest>, asked: TableRequest | undefined) => {
  // 0x0B is never encrypted (MEP guide 1.1, p. 262): its decryption would be a random byte.
  const refusal = packet.body[0] === code.notAuthentic && packet.body.length <= 1 + digestLength;
  const { body, verdict } = refusal
    ? { body: packet.body, verdict: "unchecked" as Verdict }
    : opened.openReply(packet.body, packet.cut === undefined);
  const bytes = clear(packet, body);
  const walk = new Walk(bytes, 0);
  if (packet.start === 2) walk.take("length", 2, tellLength);
  walk.take("code", 1, (value) => ({ meaning: responseCode(value).meaning }));
  let data: Uint8Array | undefined;
  const reads = asked?.kind === "read" || asked?.kind === "read-at";
  if (body[0] === code.wrongSequence) walk.take("sequence", sequenceLength, tellSequence);
  else if (body[0] === code.ok && reads) {
    walk.take("count", 2);
    const count = ((body[1] ?? 0) << 8) | (body[2] ?? 0);
    const room = packet.cut === undefined ? Math.max(0, body.length - readResponseHeader) : count;
    data = walk.take("data", Math.min(count, room), (_, hex) => ({ value: hex }));
  }
  walk.take("digest", digestLength, tellDigest(verdict));
  const notes = cutNote(packet);
  const message: Message = {
    bytes,
    encrypted: opened.encrypted && !refusal,
    fields: walk.fields,
    unknown: walk.rest(),
    notes,
  };
  return { message, verdict, data };
};

export interface ExchangeOptions {
  readonly key: Uint8Array | undefined;
  readonly profile: Profile | undefined;
  readonly dimensions?: DimensionsOf | undefined;
  /** For messages that were already opened and have neither sequence number nor digest. */
  readonly inside?: InsideTls | undefined;
  /** Whether the data of a table are explained too; true if omitted. */
  readonly withBody?: boolean | undefined;
}

/**
 * Explains a request with its reply.
 *
 * @throws UsageError (`hex`) if the bytes are a reply alone
 */
export const explainExchange = (
  { request, reply }: Packets,
  { key, profile, dimensions, inside, withBody = true }: ExchangeOptions,
): Exchange => {
  const { message, opened, asked } = explainRequest(request, key, inside);
  if (asked === undefined && reply === undefined && request.start === 2 && request.body[0] === code.ok)
    throw new UsageError("hex", "this is a reply without its request: name its table with --table");
  const answer = reply === undefined ? undefined : explainReply(reply, opened, asked);
  const written = asked?.kind === "write" || asked?.kind === "write-at" ? asked.data : undefined;
  const data = written ?? answer?.data;
  const offset = asked?.kind === "read-at" || asked?.kind === "write-at" ? asked.offset : 0;
  const known = asked !== undefined && asked.table <= lastTable;
  return {
    request: { ...message, asked },
    response: answer?.message,
    digests: { request: opened.verdict, response: answer?.verdict ?? "unchecked" },
    table: known ? tableIdOf(asked.table) : undefined,
    offset,
    data,
    body:
      !withBody || data === undefined || asked === undefined
        ? undefined
        : explainBody(tablesByNumber.get(asked.table), data, { offset, profile, dimensions }),
  };
};
