/**
 * How intervals of a load profile are proved: the bytes of their entries as the meter gave them, kept once for a run of neighbours. Pure.
 *
 * **Cost.** An entry has four bytes for each channel and half a byte for its status, and so about ten hex digits for each stored
 * interval; what a run says of itself is shared. A day of quarter hours with two channels takes some 12 bytes an interval.
 */
import type { LoadProfileInterval, ProfileChannel } from "@meterport/client/readers/load-profile";
import { toHex } from "@meterport/protocol/bytes";
import type { Millis } from "@meterport/protocol/ports";
import type { Proof } from "../model/proof.ts";

/** Entries that share a proof: more would make a row of the store too large. */
const longestRun = 96;

/** Neighbouring entries of one block, as the note of their proof tells it. */
export interface EntryRun {
  readonly block: number;
  /** Index of the first entry in the block, and of the last. */
  readonly first: number;
  readonly last: number;
  /** Bytes of one entry. */
  readonly size: number;
  /** When the first ended, milliseconds since 1970. */
  readonly end: Millis;
  /** Source of each channel, in the order of the table. */
  readonly sources: readonly number[];
  /** Wh or varh in a step of an energy; null if the meter does not say. */
  readonly unit: number | null;
}

/** Bytes that were read, and where. */
export interface ReadBytes {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const number = /^\d{1,9}$/;

/**
 * One sentence that holds all of it.
 *
 * @example
 * runNote({ block: 3, first: 5, last: 20, size: 10, end: 0, sources: [0, 1], unit: 10 })
 * // "difference of recorded registers; entries 5-20 of block 3, 10 bytes each, the first ends 1970-01-01T00:00:00.000Z; sources 0 1, energies in steps of 10"
 */
export const runNote = ({ block, first, last, size, end, sources, unit }: EntryRun): string =>
  `difference of recorded registers; entries ${first}-${last} of block ${block}, ${size} bytes each, the first ends ${new Date(end).toISOString()}; sources ${sources.join(" ")}${unit === null ? "" : `, energies in steps of ${unit}`}`;

const notePattern =
  /; entries (\d{1,9})-(\d{1,9}) of block (\d{1,9}), (\d{1,9}) bytes each, the first ends (\S{1,30}); sources ([\d ]{1,200})(?:, energies in steps of (\d{1,9}))?$/;

/** The run that a note tells of; undefined for a note of another kind. */
export const runIn = (note: string): EntryRun | undefined => {
  const found = notePattern.exec(note);
  if (found === null) return undefined;
  const [, first, last, block, size, ended, list = "", unit] = found;
  const end = Date.parse(ended ?? "");
  const sources = list.split(" ");
  if (!Number.isFinite(end) || !sources.every((source) => number.test(source))) return undefined;
  return {
    ...{ block: Number(block), first: Number(first), last: Number(last), size: Number(size), end },
    sources: sources.map(Number),
    unit: unit === undefined ? null : Number(unit),
  };
};

/** The part of what was read that holds a range; undefined if a byte of it is not there. */
const bytesOf = (read: readonly ReadBytes[], offset: number, length: number): Uint8Array | undefined => {
  const found = new Uint8Array(length);
  let place = offset;
  const end = offset + length;
  while (place < end) {
    const piece = read.findLast((each) => each.offset <= place && place < each.offset + each.bytes.length);
    if (piece === undefined) return undefined;
    const part = piece.bytes.subarray(place - piece.offset, Math.min(piece.bytes.length, end - piece.offset));
    found.set(part, place - offset);
    place += part.length;
  }
  return found;
};

export interface ProfileProofOptions {
  /** What is the same for all of them. */
  readonly base: Pick<Proof, "time" | "clockOffset" | "table" | "profile">;
  readonly channels: readonly ProfileChannel[];
  readonly unit: number | null;
  /** Where an entry stands in the table. */
  readonly placeOf: (place: Pick<LoadProfileInterval, "block" | "index">) => {
    readonly offset: number;
    readonly length: number;
  };
}

type Placed = Pick<LoadProfileInterval, "block" | "index" | "end">;

const runsOf = (read: readonly Placed[]): readonly (readonly Placed[])[] => {
  const runs: Placed[][] = [];
  for (const each of read) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last !== undefined && last.block === each.block && each.index === last.index + 1;
    if (run !== undefined && follows && run.length < longestRun) run.push(each);
    else runs.push([each]);
  }
  return runs;
};

/** A proof for each run of what was read, oldest first; the function finds that of an interval. */
export const profileProofs = (
  read: readonly LoadProfileInterval[],
  kept: readonly ReadBytes[],
  { base, channels, unit, placeOf }: ProfileProofOptions,
): ((interval: LoadProfileInterval) => Proof | undefined) => {
  const proofs = new Map<Placed, Proof>();
  for (const run of runsOf(read)) {
    const [first, last] = [run[0] as Placed, run.at(-1) as Placed];
    const { offset, length: size } = placeOf(first);
    const bytes = bytesOf(kept, offset, size * run.length);
    const told = { block: first.block, first: first.index, last: last.index, size, end: first.end };
    const proof: Proof = {
      ...{ ...base, offset, raw: bytes === undefined ? null : toHex(bytes) },
      note: runNote({ ...told, sources: channels.map(({ source }) => source), unit }),
    };
    for (const each of run) proofs.set(each, proof);
  }
  return (interval) => proofs.get(interval);
};

/** The entry of one interval. */
export interface ProvedEntry {
  readonly run: EntryRun;
  readonly index: number;
  /** Offset of its first byte in the table. */
  readonly offset: number;
  /** Its bytes, lower-case hex; null if they were not kept. */
  readonly raw: string | null;
}

/** The entry that ended at a moment; undefined if the proof is not of it. */
export const provedEntry = ({ note, offset, raw }: Proof, end: Millis, seconds: number): ProvedEntry | undefined => {
  const run = runIn(note);
  if (run === undefined || offset === null || !(seconds > 0)) return undefined;
  const nth = (end - run.end) / (1000 * seconds);
  if (!Number.isInteger(nth) || nth < 0 || run.first + nth > run.last) return undefined;
  const start = 2 * run.size * nth;
  const bytes = raw?.slice(start, start + 2 * run.size) ?? "";
  return {
    ...{ run, index: run.first + nth, offset: offset + run.size * nth },
    raw: bytes.length === 2 * run.size ? bytes : null,
  };
};
