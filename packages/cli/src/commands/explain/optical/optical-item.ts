/** Names the bytes of packets on the optical port, and of what lies between them. */
import type { ByteRange } from "@meterport/protocol/layout/annotate";
import type { Conversation, Said, SaidPacket } from "@meterport/protocol/optical/conversation";
import type { Packet } from "@meterport/protocol/optical/packet";
import { type Field, Walk } from "../walk.ts";
import { type ExplainedMessage, maskedHex, secretText } from "./optical-message.ts";

export interface ExplainedItem {
  readonly said: Said;
  /** A short description. */
  readonly what: string;
  readonly fields: readonly Field[];
  readonly unknown: readonly ByteRange[];
  readonly secrets: readonly ByteRange[];
  /** Index of the message that it ends. */
  readonly ends: number | undefined;
}

const header = 6;
/** The most bytes of noise shown: more may be part of a key. */
const mostShown = 4;
/** Response codes are lower, and a message that begins with one is not a password. */
const firstRequest = 0x20;

const controlText = ({ multi, first, toggle }: Packet): string => {
  const place = !multi ? "a message of one packet" : first ? "the first of several packets" : "one of several packets";
  return toggle ? `${place}, toggle bit set` : place;
};
const tellSequence = (value: number) => ({ meaning: value === 0 ? "the last" : `${value} more to come` });

const packetFields = (said: SaidPacket, secrets: readonly ByteRange[]): readonly Field[] => {
  const { packet, bytes } = said;
  const walk = new Walk(bytes, 0);
  walk.take("start", 1);
  walk.take("identity", 1);
  walk.take("control", 1, () => ({ meaning: controlText(packet) }));
  walk.take("sequence", 1, tellSequence);
  walk.take("length", 2, (value) => ({ meaning: value === 1 ? "1 byte of data" : `${value} bytes of data` }));
  walk.take("data", packet.data.length, () => ({
    value: maskedHex(bytes, secrets).slice(2 * header, -4),
  }));
  walk.take("crc", 2, (_, hex) => ({ value: secrets.length > 0 ? secretText : hex, meaning: "valid" }));
  return walk.fields;
};

/** Where the secrets of a message lie in its packets. A checksum over a secret reveals something about it. */
const secretsOf = (
  items: readonly Said[],
  messages: readonly ExplainedMessage[],
): ReadonlyMap<number, readonly ByteRange[]> => {
  const found = new Map<number, readonly ByteRange[]>();
  for (const { packets, secrets } of messages) {
    let from = 0;
    for (const index of packets) {
      const item = items[index];
      if (item?.type !== "packet") continue;
      const end = from + item.packet.data.length;
      const own = secrets
        .filter((range) => range.start < end && range.end > from)
        .map((range) => ({
          start: header + Math.max(0, range.start - from),
          end: header + Math.min(end, range.end) - from,
        }));
      const crc = { start: item.bytes.length - 2, end: item.bytes.length };
      found.set(index, own.length === 0 ? [] : [...own, crc]);
      from = end;
    }
  }
  return found;
};

/** What must not be shown of a packet without a whole message: what it begins is unknown and may be a key. */
const doubtful = ({ packet, bytes }: SaidPacket): readonly ByteRange[] => {
  const later = packet.multi && !packet.first;
  return later || (packet.data[0] ?? firstRequest) >= firstRequest ? [behindHeader(bytes)] : [];
};
const behindHeader = (bytes: Uint8Array): ByteRange => ({ start: header, end: bytes.length });

const words: Readonly<Record<Exclude<Said["type"], "packet">, string>> = {
  acknowledge: "ACK: the packet arrived",
  refuse: "NAK: send it again",
  zero: "0x00, where an acknowledgement may belong",
  alert: "zero bytes: alerts of the MEP port, on a line that both share",
  wake: "0x55: wakes a head or a meter",
  damaged: "a packet with a wrong CRC",
  cut: "a packet that is shorter than its length",
  noise: "bytes that are not a packet",
};

const whole = (bytes: Uint8Array): readonly ByteRange[] => [{ start: 0, end: bytes.length }];

const otherItem = (said: Exclude<Said, SaidPacket>): Omit<ExplainedItem, "ends"> => {
  const { type, bytes } = said;
  const named = type !== "noise" && type !== "damaged" && type !== "cut";
  const what =
    type === "damaged" || type === "cut" ? `${words[type]}: ${bytes.length} of ${said.announced} bytes` : words[type];
  const hidden = type === "noise" && bytes.length > mostShown ? whole(bytes) : [];
  // With a wrong bit it cannot be known whether it is a password.
  const secrets = type === "damaged" || type === "cut" ? [behindHeader(bytes)] : hidden;
  const field = { name: type, start: 0, end: bytes.length, value: maskedHex(bytes, secrets), meaning: words[type] };
  return { said, what, fields: named ? [field] : [], unknown: named ? [] : whole(bytes), secrets };
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/** All items of a conversation, with its messages explained. */
export const explainItems = (
  { items }: Conversation,
  messages: readonly ExplainedMessage[],
): readonly ExplainedItem[] => {
  const secrets = secretsOf(items, messages);
  const ends = new Map(messages.map((message, index) => [message.packets.at(-1), index]));
  /** The last packet of each side with its secret ranges: a repetition has the same. */
  const before = new Map<string | undefined, { readonly bytes: Uint8Array; readonly secrets: readonly ByteRange[] }>();
  return items.map((said, index): ExplainedItem => {
    if (said.type !== "packet") return { ...otherItem(said), ends: undefined };
    const earlier = before.get(said.by);
    const again = said.repeated && earlier !== undefined && sameBytes(earlier.bytes, said.bytes);
    const known = secrets.get(index) ?? (again ? earlier.secrets : undefined);
    const own = known ?? doubtful(said);
    before.set(said.by, { bytes: said.bytes, secrets: own });
    const data = { start: header, end: said.bytes.length - 2 };
    const what = said.repeated
      ? "the same packet again"
      : known === undefined
        ? "a packet of an incomplete message"
        : "";
    const fields = packetFields(said, own);
    return { said, what, fields, unknown: known === undefined ? [data] : [], secrets: own, ends: ends.get(index) };
  });
};
