/** Changes of a worker's journal as facts of the fleet. */
import type { Device } from "@meterport/engine/model/device";
import type { StoredInterval } from "@meterport/engine/model/interval";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Proof } from "@meterport/engine/model/proof";
import type { RegisterState } from "@meterport/engine/model/register-state";
import { storable } from "@meterport/gateway/stores/storable-text";
import { fromHex } from "@meterport/protocol/bytes";
import type { Millis } from "@meterport/protocol/ports";
import { blockIdOf, blockTextOf } from "./block-id.ts";
import type { BlockFact, BookBatch, ChannelKey, EventFact, GoneFact, InstallationFact, RegisterFact } from "./facts.ts";
import { registerKinds } from "./facts.ts";
import { channelText } from "./one-of-each.ts";
import { mostInRegister, mostInSlot, scaled } from "./scaled.ts";
import { bitsOf, emptyDay, placeOf, putFact, rankOf, type SlotDay, slotNotes, void_ } from "./slots.ts";

/** Proofs of entries, as far as the store has some. */
export type ProofOf = (entry: JournalEntry) => Proof | undefined;

/** What has no place in the books: a length that does not divide a day, an end between two slots, a value beyond all bounds. */
export interface Refused {
  readonly count: number;
  /** One of them, for people; undefined if there is none. */
  readonly example: string | undefined;
}

interface Collected {
  readonly days: Map<string, { readonly channel: ChannelKey; readonly day: string; readonly slots: SlotDay }>;
  readonly gone: GoneFact[];
  /** By their texts: a day of a load profile shares one, and making it costs more than all of its values. */
  readonly blocks: Map<string, BlockFact>;
  /** The texts of blocks, by proofs that several entries share. */
  readonly texts: Map<Proof, string>;
  readonly registers: RegisterFact[];
  readonly events: EventFact[];
  readonly installations: InstallationFact[];
  readonly refused: string[];
}

const isVoid = ({ value, flags }: Pick<StoredInterval, "value" | "flags">): boolean =>
  value === null && flags.includes("replaced");

const dayOf = ({ days }: Collected, channel: ChannelKey, day: string): SlotDay => {
  const key = `${channelText(channel)}\n${day}`;
  const known = days.get(key) ?? { channel, day, slots: emptyDay(channel.step) };
  days.set(key, known);
  return known.slots;
};

/** Whether it has a place. */
const putInterval = (into: Collected, interval: Omit<StoredInterval, "proof">): boolean => {
  const { channel: name, end, seconds: step, value, flags } = interval;
  const place = placeOf(end, step);
  // A value that is not known goes where most values of the channel are.
  const number = scaled(name, value ?? 0, mostInSlot);
  if (place === undefined || number === undefined) return false;
  const { day, slot, phase } = place;
  const channel = {
    point: storable(interval.point),
    name: storable(name),
    tier: 0,
    step,
    phase,
    digits: number.digits,
  };
  const rank = isVoid(interval) ? void_ : rankOf(interval);
  if (rank === undefined) into.gone.push({ channel, day, slots: [slot] });
  else {
    const bits = rank === void_ ? 0 : bitsOf(flags) | (number.exact ? 0 : slotNotes.other);
    putFact(dayOf(into, channel, day), slot, { raw: number.raw, rank, bits });
  }
  return true;
};

const putRegister = (into: Collected, state: Omit<RegisterState, "proof">): boolean => {
  const { register, tier, time, value, reason, serial } = state;
  const number = scaled(register, value, mostInRegister);
  if (number === undefined || !Number.isInteger(tier) || tier < 0 || tier > 99) return false;
  const channel = {
    point: storable(state.point),
    name: storable(register),
    tier,
    step: 0,
    phase: 0,
    digits: number.digits,
  };
  into.registers.push({
    ...{ channel, at: time, raw: number.raw, kind: registerKinds[reason] },
    serial: serial === null ? null : storable(serial),
  });
  return true;
};

const putBlock = ({ blocks, texts }: Collected, point: string, proof: Proof, from: Millis, to: Millis): void => {
  const text = texts.get(proof) ?? blockTextOf(point, proof);
  texts.set(proof, text);
  const known = blocks.get(text);
  if (known !== undefined) {
    blocks.set(text, { ...known, from: Math.min(known.from, from), to: Math.max(known.to, to) });
    return;
  }
  blocks.set(text, {
    ...{ point: storable(point), id: blockIdOf(text), readAt: proof.time, clockOffset: proof.clockOffset, from, to },
    what: { table: proof.table, offset: proof.offset, profile: proof.profile, note: storable(proof.note) },
    raw: proof.raw === null ? null : (fromHex(proof.raw) ?? null),
  });
};

const eventOf = ({ point, id, time, until, kind, number, origin, detail }: PointEvent, stored: Millis): EventFact => ({
  ...{ point: storable(point), id: storable(id), at: time, until, kind: storable(kind), code: number, origin },
  ...{ detail: storable(detail), stored },
});

/** JSON in which every text is one that PostgreSQL takes. */
const json = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? storable(part) : part));

const installationOf = (device: Device, stored: Millis): InstallationFact => {
  const { point, from, to, serial, manufacturer, model, firmware, profile, start, end, carried } = device;
  return {
    ...{ point: storable(point), from, to, serial: serial === null ? null : storable(serial), stored },
    about: json({ serial, manufacturer, model, firmware, profile, carried }),
    ...{ start: json(start), end: end === null ? null : json(end) },
  };
};

const put = (into: Collected, entry: JournalEntry, proof: Proof | undefined): boolean => {
  if (entry.kind === "event") into.events.push(eventOf(entry.event, entry.stored));
  if (entry.kind === "device") into.installations.push(installationOf(entry.device, entry.stored));
  if (entry.kind === "interval") {
    const { end, seconds } = entry.interval;
    if (!putInterval(into, entry.interval)) return false;
    if (proof !== undefined) putBlock(into, entry.point, proof, end - 1000 * seconds, end);
  }
  if (entry.kind === "register") {
    const { time } = entry.register;
    if (!putRegister(into, entry.register)) return false;
    if (proof !== undefined) putBlock(into, entry.point, proof, time, time);
  }
  return true;
};

/** What an entry is of, for people. */
const nameOf = (entry: JournalEntry): string => {
  if (entry.kind === "interval") {
    const { channel, end, seconds, value } = entry.interval;
    return `${entry.point}, ${channel}: ${value ?? "no value"} in ${seconds} s until ${new Date(end).toISOString()}`;
  }
  return `${entry.point}, change ${entry.number} (${entry.kind})`;
};

/**
 * The facts of some entries, and what of them has no place.
 *
 * @param by who books, and under which attempt of its claim
 */
export const journalFacts = (
  entries: readonly JournalEntry[],
  proofOf: ProofOf,
  by: Pick<BookBatch, "holder" | "attempt">,
): { readonly batch: BookBatch; readonly refused: Refused } => {
  const into: Collected = {
    ...{
      days: new Map(),
      gone: [],
      blocks: new Map(),
      texts: new Map(),
      registers: [],
      events: [],
      installations: [],
      refused: [],
    },
  };
  for (const entry of entries) if (!put(into, entry, proofOf(entry))) into.refused.push(nameOf(entry));
  const { days, blocks, texts: _, refused, ...others } = into;
  return {
    batch: { ...by, ...others, days: [...days.values()], blocks: [...blocks.values()] },
    refused: { count: refused.length, example: refused[0] },
  };
};
