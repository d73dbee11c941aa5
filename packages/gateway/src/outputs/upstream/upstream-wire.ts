/**
 * What a gateway sends to a fleet: lines of JSON, each a proof or an entry of the journal that names one of the proofs before it. Neighbours share a
 * proof, so it goes once. Both sides use these forms; the fleet believes nothing of it.
 */
import { intervalQualities, intervalSources } from "@meterport/engine/model/interval";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import { eventOrigins } from "@meterport/engine/model/point-event";
import type { Proof } from "@meterport/engine/model/proof";
import { registerReasons } from "@meterport/engine/model/register-state";
import { z } from "zod";

export const wireType = "application/x-ndjson";
/** Bytes of a request; the fleet takes no more. */
export const longestBody = 900_000;
/** Entries of a request. */
export const mostEntries = 500;

const time = z.number().int().min(-8.64e15).max(8.64e15);
const name = z.string().min(1).max(200);
const text = z.string().max(65_536);
const value = z.number().refine(Number.isFinite);
const registers = z.record(name, value);

const proof = z.object({
  time,
  table: z.string().max(20).nullable(),
  offset: z.number().int().nullable(),
  raw: z.string().max(131_072).nullable(),
  profile: z.string().max(40).nullable(),
  clockOffset: z.number().nullable(),
  note: text,
}) satisfies z.ZodType<Proof>;

const interval = z.object({
  ...{ point: name, channel: name, end: time, seconds: z.number().int().positive(), value: value.nullable() },
  ...{
    source: z.enum(intervalSources),
    quality: z.enum(intervalQualities),
    flags: z.array(z.string().max(40)).max(40),
  },
  ...{ register: value.nullable(), revision: z.number().int(), stored: time },
});

const register = z.object({
  ...{ point: name, register: name, tier: z.number().int(), time, value, reason: z.enum(registerReasons) },
  serial: z.string().max(200).nullable(),
});

const event = z.object({
  ...{ point: name, id: name, time, until: time.nullable(), kind: name, number: value.nullable() },
  ...{ origin: z.enum(eventOrigins), detail: text },
});

const about = z.string().max(200).nullable();
const device = z.object({
  ...{ point: name, from: time, to: time.nullable(), serial: about, manufacturer: about, model: about },
  ...{ firmware: about, profile: about, start: registers, end: registers.nullable(), carried: registers.optional() },
});

const entry = {
  number: z.number().int().nonnegative(),
  stored: time,
  point: name,
  proof: z.number().int().nonnegative().optional(),
};

const line = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("proof"), id: z.number().int().nonnegative(), value: proof }),
  z.object({ ...entry, kind: z.literal("interval"), interval }),
  z.object({ ...entry, kind: z.literal("register"), register }),
  z.object({ ...entry, kind: z.literal("event"), event }),
  z.object({ ...entry, kind: z.literal("device"), device }),
]);

/** An entry with the proof of its value, if it has one. */
export interface ProvedEntry {
  readonly entry: JournalEntry;
  readonly proof: Proof | undefined;
}

/** One request's worth of entries, and how many it took. */
export interface WireBody {
  readonly text: string;
  readonly taken: number;
  /** Number of the last entry that is in it. */
  readonly last: number;
}

/** Writes as many entries as fit into a request, and at most so many; at least one. */
export const writeBody = (entries: readonly ProvedEntry[], most = mostEntries): WireBody => {
  const ids = new Map<string, number>();
  const texts = new Map<Proof, string>();
  const textOf = (proven: Proof): string => {
    const text = texts.get(proven) ?? JSON.stringify(proven);
    texts.set(proven, text);
    return text;
  };
  const lines: string[] = [];
  let [length, taken] = [0, 0];
  for (const { entry: one, proof: proven } of entries.slice(0, most)) {
    const own: string[] = [];
    const known = proven === undefined ? undefined : textOf(proven);
    const id = known === undefined ? undefined : (ids.get(known) ?? ids.size);
    if (known !== undefined && !ids.has(known)) own.push(`{"kind":"proof","id":${id},"value":${known}}`);
    own.push(JSON.stringify(id === undefined ? one : { ...one, proof: id }));
    const size = own.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0);
    if (taken > 0 && length + size > longestBody) break;
    if (known !== undefined && id !== undefined) ids.set(known, id);
    lines.push(...own);
    length += size;
    taken++;
  }
  return { text: `${lines.join("\n")}\n`, taken, last: entries[taken - 1]?.entry.number ?? 0 };
};

/** Of what point an entry is by its own contents. */
const pointIn = (given: JournalEntry): string =>
  given.kind === "interval"
    ? given.interval.point
    : given.kind === "register"
      ? given.register.point
      : given.kind === "event"
        ? given.event.point
        : given.device.point;

const parsed = (given: string): unknown => {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
};

/** Reads a request; a sentence if it is none. */
export const readBody = (given: string): readonly ProvedEntry[] | string => {
  const proofs = new Map<number, Proof>();
  const entries: ProvedEntry[] = [];
  for (const [n, each] of given.split("\n").entries()) {
    if (each === "") continue;
    const result = line.safeParse(parsed(each));
    if (!result.success) return `line ${n + 1} is no proof and no entry of a journal`;
    if (result.data.kind === "proof") {
      proofs.set(result.data.id, result.data.value);
      continue;
    }
    const { proof: id, ...rest } = result.data;
    // Without what is undefined the parsed forms are those of the engine.
    const one = rest as JournalEntry;
    if (pointIn(one) !== one.point) return `line ${n + 1} names two points`;
    const proven = id === undefined ? undefined : proofs.get(id);
    if (id !== undefined && proven === undefined) return `line ${n + 1} names a proof that is not before it`;
    entries.push({ entry: one, proof: proven });
    if (entries.length > mostEntries) return `there are more than ${mostEntries} entries: send less at once`;
  }
  return entries;
};
