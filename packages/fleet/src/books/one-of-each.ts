/** Facts of one batch that are of the same thing become one, since a statement cannot change a row twice. Pure. */
import type {
  BlockFact,
  BookBatch,
  ChannelKey,
  DayFact,
  EventFact,
  GoneFact,
  InstallationFact,
  RegisterFact,
} from "./facts.ts";
import { absent, emptyDay, putFact, type SlotDay } from "./slots.ts";

/** A text that is the same for the same channel. */
export const channelText = ({ point, name, tier, step, phase, digits }: ChannelKey): string =>
  `${point}\n${name}\n${tier}\n${step}\n${phase}\n${digits}`;

const collected = <T>(items: readonly T[], keyOf: (item: T) => string, both: (a: T, b: T) => T): readonly T[] => {
  const found = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const other = found.get(key);
    found.set(key, other === undefined ? item : both(other, item));
  }
  return [...found.values()];
};

const copyInto = (to: SlotDay, from: SlotDay): void => {
  for (const [slot, rank] of from.rank.entries())
    if (rank !== absent) putFact(to, slot, { rank, raw: from.raw[slot] ?? 0, bits: from.bits[slot] ?? 0 });
};

const bothDays = (a: DayFact, b: DayFact): DayFact => {
  const slots = emptyDay(a.channel.step);
  copyInto(slots, a.slots);
  copyInto(slots, b.slots);
  return { ...a, slots };
};

const bothGone = (a: GoneFact, b: GoneFact): GoneFact => ({
  ...a,
  slots: [...new Set([...a.slots, ...b.slots])].sort((x, y) => x - y),
});

const bothBlocks = (a: BlockFact, b: BlockFact): BlockFact => ({
  ...a,
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
});

/** Compares lists of numbers and texts, the first difference counts. */
const isGreater = (a: readonly (number | string)[], b: readonly (number | string)[]): boolean => {
  for (const [n, left] of a.entries()) {
    const right = b[n] as number | string;
    if (left !== right) return left > right;
  }
  return false;
};

const greater =
  <T>(orderOf: (item: T) => readonly (number | string)[]) =>
  (a: T, b: T): T =>
    isGreater(orderOf(b), orderOf(a)) ? b : a;

/** The orders of `book-facts.ts`, in which the greater fact counts. */
export const registerOrder = ({ kind, raw, serial }: RegisterFact) => [kind, raw, serial ?? ""];
export const eventOrder = ({ stored, at, until, kind, code, origin, detail }: EventFact) => [
  ...[stored, at, until ?? Number.POSITIVE_INFINITY, kind, code ?? Number.POSITIVE_INFINITY, origin, detail],
];
export const installationOrder = ({ stored, to, serial, about, start, end }: InstallationFact) => [
  ...[stored, to ?? Number.NEGATIVE_INFINITY, serial ?? "", about, start, end ?? ""],
];

const saysSomething = ({ slots }: DayFact): boolean => slots.rank.some((rank) => rank !== absent);

/** The same batch with one fact of each thing, without days of which nothing is known. */
export const oneOfEach = (batch: BookBatch): BookBatch => ({
  ...batch,
  days: collected(batch.days.filter(saysSomething), ({ channel, day }) => `${channelText(channel)}\n${day}`, bothDays),
  gone: collected(batch.gone, ({ channel, day }) => `${channelText(channel)}\n${day}`, bothGone),
  blocks: collected(batch.blocks, ({ id, readAt }) => `${id} ${readAt}`, bothBlocks),
  registers: collected(batch.registers, ({ channel, at }) => `${channelText(channel)}\n${at}`, greater(registerOrder)),
  events: collected(batch.events, ({ point, id }) => `${point}\n${id}`, greater(eventOrder)),
  installations: collected(batch.installations, ({ point, from }) => `${point}\n${from}`, greater(installationOrder)),
});
