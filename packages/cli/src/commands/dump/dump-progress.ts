/** The progress of a dump, in one line that is redrawn in place. */
import type { Meter } from "@meterport/client";
import { LayoutError } from "@meterport/protocol/errors";
import { sizeOf } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/index";
import { type Io, say } from "../../io/io.ts";
import type { DumpItem } from "./dump-items.ts";

const barLength = 24;
const period = 500;
/** Assumed size of a table whose contents decide its size, or that has no declaration. */
const usual = 200;
/** Bytes beside the data: request, count, digest. A refusal takes as many. */
const overhead = 40;
const clearRest = "\x1b[K";

export interface DumpProgress {
  readonly begin: (item: DumpItem) => void;
  /** Prints a sentence that stays, above the line. */
  readonly say: (message: string) => void;
  readonly end: () => void;
}

const estimateOf = ({ table }: DumpItem, env: unknown): number => {
  try {
    return overhead + (table === undefined ? usual : sizeOf(table, env));
  } catch (error) {
    if (error instanceof LayoutError) return overhead + usual;
    throw error;
  }
};

/** Shown on standard error if it is a terminal. */
export const dumpProgress = (meter: Meter, wanted: readonly DumpItem[], io: Io): DumpProgress => {
  if (!io.stderr.isTerminal) return { begin: () => {}, say: (message) => say(io, message), end: () => {} };
  const dimensions = defaultDimensions(meter.profile);
  const estimates = new Map(wanted.map((item) => [item, estimateOf(item, dimensions)]));
  const total = [...estimates.values()].reduce((sum, bytes) => sum + bytes, 0);
  let passed = 0;
  let count = 0;
  let current: DumpItem | undefined;
  let receivedBefore = 0;
  let cancel = (): void => {};

  const draw = (): void => {
    const estimate = (current && estimates.get(current)) ?? 0;
    const within = Math.min(meter.session.counters.receivedBytes - receivedBefore, estimate);
    const part = Math.min(1, (passed + within) / total);
    const filled = Math.round(part * barLength);
    const bar = "#".repeat(filled) + ".".repeat(barLength - filled);
    const percent = String(Math.floor(100 * part)).padStart(3);
    const text = `[${bar}] ${percent} %  ${count} of ${wanted.length} tables  ${current?.id ?? ""}`;
    io.stderr.control("\r");
    io.stderr.write(text.slice(0, io.stderr.columns - 1));
    io.stderr.control(clearRest);
  };
  const clear = (): void => void io.stderr.control(`\r${clearRest}`);
  const again = (): void => {
    draw();
    cancel = io.clock.at(io.clock.now() + period, again);
  };
  return {
    begin: (item) => {
      cancel();
      if (current !== undefined) passed += estimates.get(current) ?? 0;
      current = item;
      count++;
      receivedBefore = meter.session.counters.receivedBytes;
      again();
    },
    say: (message) => {
      clear();
      say(io, message);
      draw();
    },
    end: () => {
      cancel();
      clear();
    },
  };
};
