/**
 * What passed on an optical port, read from outside: packets with their messages, single bytes, and everything else. Every byte
 * is in exactly one item. Whole in memory, and bounded in time whatever the bytes are.
 */
import { concat } from "../bytes.ts";
import { crc16 } from "../mep/frame/crc16.ts";
import { Assembly } from "./message.ts";
import { acknowledge, type Packet, PacketReader, packetOverhead, packetStart, refuse } from "./packet.ts";
import { serviceCode } from "./services.ts";

/** Who said something. */
export type Speaker = "client" | "meter";

/** Bytes as they came, oldest first; their sender is found out if it is not given. */
export interface HeardBytes {
  readonly by?: Speaker | undefined;
  /** Milliseconds since the beginning. */
  readonly t?: number | undefined;
  readonly bytes: Uint8Array;
}

interface Item {
  readonly by: Speaker | undefined;
  readonly t: number | undefined;
  readonly bytes: Uint8Array;
}

/** A packet whose CRC fits. */
export interface SaidPacket extends Item {
  readonly type: "packet";
  readonly packet: Packet;
  /** The same once more as the packet before it. */
  readonly repeated: boolean;
}

/** One stretch of a conversation. */
export type Said =
  | SaidPacket
  /** ACK and NAK, one byte each. */
  | (Item & { readonly type: "acknowledge" | "refuse" })
  /** A byte 0x00 alone, where an acknowledgement may belong. */
  | (Item & { readonly type: "zero" })
  /** Two zero bytes: the MEP port's alert, on a line that both share. */
  | (Item & { readonly type: "alert" })
  /** Bytes 0x55 that wake a head or a meter. */
  | (Item & { readonly type: "wake" })
  /** A packet whose CRC does not fit, or (`cut`) that is shorter than its length. */
  | (Item & { readonly type: "damaged" | "cut"; readonly announced: number })
  | (Item & { readonly type: "noise" });

/** A whole message, in one packet or several. */
export interface SaidMessage {
  readonly by: Speaker;
  /** Where its packets are among the items. */
  readonly packets: readonly number[];
  readonly data: Uint8Array;
}

export interface Conversation {
  readonly items: readonly Said[];
  readonly messages: readonly SaidMessage[];
}

const header = 6;
/** No client asks for larger packets, and a length that noise invents must not cost time. */
const largest = packetOverhead + 2048;
/** Bytes of one message. */
const longestMessage = 0xffff;
const wakeByte = 0x55;

const announcedAt = (bytes: Uint8Array, at: number): number =>
  packetOverhead + (((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number));

/** Whether a packet may begin here, and how long it would be. */
const headerAt = (bytes: Uint8Array, at: number): number | undefined => {
  if (bytes[at] !== packetStart || bytes[at + 1] !== 0 || at + header > bytes.length) return undefined;
  const announced = announcedAt(bytes, at);
  return ((bytes[at + 2] as number) & 0x1f) === 0 && announced > packetOverhead && announced <= largest
    ? announced
    : undefined;
};

const packetAt = (bytes: Uint8Array, at: number): number | undefined => {
  const length = headerAt(bytes, at);
  if (length === undefined || at + length > bytes.length) return undefined;
  const crc = (bytes[at + length - 2] as number) | ((bytes[at + length - 1] as number) << 8);
  return crc16(bytes.subarray(at, at + length - 2)) === crc ? length : undefined;
};

interface Stretch {
  readonly type: Said["type"];
  readonly start: number;
  readonly end: number;
}

const singles: Readonly<Record<number, "acknowledge" | "refuse">> = {
  [acknowledge]: "acknowledge",
  [refuse]: "refuse",
};

/** What bytes are that belong to no packet. */
const restType = (bytes: Uint8Array): Said["type"] => {
  if (bytes.every((byte) => byte === wakeByte)) return "wake";
  if (bytes.some((byte) => byte !== 0)) return "noise";
  return bytes.length === 1 ? "zero" : bytes.length % 2 === 0 ? "alert" : "noise";
};

/** Cuts a stream, by the places at which whole packets begin. */
const stretchesOf = (bytes: Uint8Array): Stretch[] => {
  const packets: { readonly start: number; readonly end: number }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = packetAt(bytes, at);
    if (length !== undefined) packets.push({ start: at, end: at + length });
    at += length ?? 1;
  }
  const out: Stretch[] = [];
  let at = 0;
  for (const { start, end } of [...packets, { start: bytes.length, end: bytes.length }]) {
    between(bytes, at, start, out);
    if (end > start) out.push({ type: "packet", start, end });
    at = end;
  }
  return out;
};

/** What stands between two whole packets. */
const between = (bytes: Uint8Array, from: number, to: number, out: Stretch[]): void => {
  let noise = from;
  const flush = (end: number): void => {
    if (end > noise) out.push({ type: restType(bytes.subarray(noise, end)), start: noise, end });
  };
  for (let at = from; at < to; ) {
    const single = singles[bytes[at] as number];
    const announced = headerAt(bytes, at);
    const end = announced !== undefined ? Math.min(to, at + announced) : at + 1;
    if (single !== undefined || announced !== undefined) {
      flush(at);
      const type = single ?? (at + (announced ?? 0) > to ? "cut" : "damaged");
      out.push({ type, start: at, end });
      noise = end;
    }
    at = end;
  }
  flush(to);
};

/** Codes of requests begin here; those of responses lie below. */
const firstRequest = serviceCode.identification;

const speakerOf = ({ multi, first, data }: Packet, before: Speaker | undefined): Speaker | undefined => {
  if (multi && !first) return before;
  return (data[0] ?? 0) >= firstRequest ? "client" : "meter";
};

const decoded = (raw: Uint8Array): Packet => {
  const [event] = new PacketReader(largest).push(raw);
  if (event?.type !== "packet") throw new RangeError("no whole packet");
  return event.packet;
};

/** Items of one stream, each with the place of the piece in which it began. */
const itemsOf = (
  heard: readonly (HeardBytes & { readonly place: number })[],
): { readonly place: number; readonly said: Said }[] => {
  const bytes = concat(...heard.map((each) => each.bytes));
  const ends: number[] = [];
  for (const each of heard) ends.push((ends.at(-1) ?? 0) + each.bytes.length);
  let piece = 0;
  let speaker: Speaker | undefined;
  const last = new Map<Speaker | undefined, Uint8Array>();
  return stretchesOf(bytes).map(({ type, start, end }) => {
    while ((ends[piece] as number) <= start) piece++;
    const { by, t, place } = heard[piece] as HeardBytes & { readonly place: number };
    const raw = bytes.subarray(start, end);
    const item = { by, t, bytes: raw };
    if (type === "packet") {
      const packet = decoded(raw);
      speaker = by ?? speakerOf(packet, speaker);
      const repeated = isSame(last.get(speaker), raw);
      last.set(speaker, raw);
      return { place, said: { ...item, by: speaker, type, packet, repeated } };
    }
    if (type === "damaged" || type === "cut") return { place, said: { ...item, type, announced: announcedAt(raw, 0) } };
    return { place, said: { ...item, type } };
  });
};

const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);

const messagesOf = (items: readonly Said[]): SaidMessage[] => {
  const parts = new Map<Speaker, { readonly assembly: Assembly; packets: number[] }>();
  const messages: SaidMessage[] = [];
  for (const [index, item] of items.entries()) {
    if (item.type !== "packet" || item.repeated || item.by === undefined) continue;
    const part = parts.get(item.by) ?? { assembly: new Assembly(longestMessage), packets: [] };
    parts.set(item.by, part);
    if (!item.packet.multi || item.packet.first) part.packets = [];
    const result = part.assembly.add(item.packet);
    if (result === "broken") part.packets = [];
    else part.packets.push(index);
    if (!(result instanceof Uint8Array)) continue;
    messages.push({ by: item.by, packets: part.packets, data: result });
    part.packets = [];
  }
  return messages;
};

/**
 * Reads a conversation. Never throws, whatever the bytes are.
 *
 * @example
 * readConversation([{ bytes: Uint8Array.of(0x06) }]).items.map(({ type }) => type) // ["acknowledge"]
 * readConversation([{ bytes: Uint8Array.of(0x55, 0x55) }]).items.map(({ type }) => type) // ["wake"]
 */
export const readConversation = (heard: readonly HeardBytes[]): Conversation => {
  const placed = heard.map((each, place) => ({ ...each, place })).filter(({ bytes }) => bytes.length > 0);
  const streams = [undefined, "client", "meter"].map((by) => placed.filter((each) => each.by === by));
  // What one stream says stays in its order; of two that began in the same piece there is none.
  const items = streams.flatMap(itemsOf).sort((a, b) => a.place - b.place);
  const said = items.map((each) => each.said);
  return { items: said, messages: messagesOf(said) };
};
