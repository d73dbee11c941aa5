/** `meterport dump`: every table that a meter has and lets this key read. */
import type { Meter } from "@meterport/client";
import { readOpenEnded } from "@meterport/client/meter/read/open-ended";
import { pause } from "@meterport/client/session/pause";
import { LinkError, type LinkFailure, MeterportError } from "@meterport/protocol/errors";
import { profileName } from "@meterport/protocol/layout/index";
import { errorDocument, tellFailure } from "../../failure/failure.ts";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io, print, say } from "../../io/io.ts";
import { withOpenMeter } from "../../meter/with-meter.ts";
import { type DumpHead, type DumpSink, folderOfTables, oneDocument, type Refusal } from "./dump-document.ts";
import { type DumpItem, dumpItems } from "./dump-items.ts";
import { type DumpProgress, dumpProgress } from "./dump-progress.ts";
import type { DumpOptions } from "./options.ts";

const headOf = (meter: Meter, io: Io): DumpHead => ({
  meter: { profile: profileName(meter.profile), ...meter.identity },
  time: new Date(io.clock.wall()).toISOString(),
});

/** @throws UsageError if it cannot be written */
const sinkFor = (output: string | undefined, head: DumpHead, io: Io): DumpSink => {
  if (output === undefined)
    return oneDocument({ write: (data) => io.stdout.data(String(data)), close: () => {}, discard: () => {} }, head);
  return output.endsWith("/") ? folderOfTables(output, io, head) : oneDocument(io.createFile(output), head);
};

interface Dumped {
  readonly read: readonly string[];
  /** Those of them without a declaration. */
  readonly raw: number;
  readonly refused: readonly Refusal[];
  /** Why it ended early. */
  readonly failure: LinkError | undefined;
}

/** Signs of a meter that restarts, or of a line that is bad for a while. */
const passing: ReadonlySet<LinkFailure> = new Set([
  "no-answer",
  "only-alerts",
  "half-reply",
  "bad-digest",
  "other-reply",
  "garbage",
  "tls",
]);
/** A meter restarts within seconds, which is no reason to throw away half a minute of reading. */
const longestWait = 30_000;
const betweenAttempts = 2_000;

type Progress = Pick<DumpProgress, "say">;

/** Reads a table, and reads it again from its beginning after a failure that may pass. @throws what reading it throws */
const patiently = async <T>(id: string, read: () => Promise<T>, io: Io, progress: Progress): Promise<T> => {
  let deadline: number | undefined;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof LinkError) || !passing.has(error.code)) throw error;
      const now = io.clock.now();
      if (deadline === undefined)
        progress.say(`${error.message}; waiting for the meter, up to ${longestWait / 1000} s`);
      deadline ??= now + longestWait;
      if (now >= deadline) throw error;
      await pause(io.clock, betweenAttempts, `read ${id}`, io.interrupted);
    }
  }
};

const dumpOne = async (meter: Meter, item: DumpItem, sink: DumpSink, io: Io, progress: Progress): Promise<void> => {
  const { id, number, table } = item;
  const signal = io.interrupted;
  if (table !== undefined) {
    sink.table(id, await patiently(id, () => meter.readPath(table, [], { signal }), io, progress));
    return;
  }
  const read = (): Promise<Uint8Array> => readOpenEnded(meter.session, number, { label: `read ${id}`, signal });
  sink.raw(id, await patiently(id, read, io, progress));
};

const dumpTables = async (meter: Meter, items: readonly DumpItem[], sink: DumpSink, io: Io): Promise<Dumped> => {
  const read: string[] = [];
  const refused: Refusal[] = [];
  let raw = 0;
  const progress = dumpProgress(meter, items, io);
  try {
    for (const item of items) {
      progress.begin(item);
      try {
        await dumpOne(meter, item, sink, io, progress);
        read.push(item.id);
        if (item.table === undefined) raw++;
      } catch (error) {
        if (error instanceof LinkError) return { read, raw, refused, failure: error };
        if (!(error instanceof MeterportError) || error.name === "UsageError") {
          sink.discard();
          throw error;
        }
        refused.push({ id: item.id, ...errorDocument(error) });
      }
    }
    return { read, raw, refused, failure: undefined };
  } finally {
    progress.end();
  }
};

const tell = ({ read, raw, refused }: Dumped, output: string, io: Io): void => {
  const bytes = raw === 0 ? "" : `, ${raw} of them as bytes because their layout is not known`;
  const count = refused.length === 0 ? "" : `, ${refused.length} refused`;
  io.stdout.write(`${read.length} tables in ${output}${bytes}${count}\n`);
  if (refused.length > 0)
    io.stdout.write(
      alignedTable(
        refused.map(({ id, code, message }) => [id, code, message]),
        { indent: "  ", width: paintFor(io.stdout).width },
      ),
    );
};

/** @throws UsageError; LinkError if not even the meter's name could be read */
export const dumpCommand = (options: DumpOptions, io: Io): Promise<Exit> =>
  withOpenMeter(options, io, async (meter) => {
    const { output, json } = options;
    const capabilities = () => meter.capabilities({ signal: io.interrupted });
    const items = dumpItems(meter, await patiently("BT00", capabilities, io, { say: (message) => say(io, message) }));
    const head = headOf(meter, io);
    const sink = sinkFor(output, head, io);
    const dumped = await dumpTables(meter, items, sink, io);
    const { read, refused, failure } = dumped;
    const tail = failure === undefined ? { refused } : { refused, error: errorDocument(failure) };
    sink.end(tail);
    if (output !== undefined) {
      if (json === true) print(io, toJson({ ...head, read, ...tail }));
      else tell(dumped, output, io);
    }
    if (failure === undefined) return exit.done;
    if (json !== true) {
      tellFailure(io, failure, meter.optical);
      const left = items.length - read.length - refused.length;
      if (output !== undefined) say(io, `${output} holds what was read before; ${left} tables are missing`);
    }
    return exit.failed;
  });
