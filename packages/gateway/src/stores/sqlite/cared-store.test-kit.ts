/** The store as its threads run it, with its caretaker, but in the time of a test: disks fail and are slow when the test says so. */
import type { Log } from "@meterport/engine/ports/log";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { SqliteCaretaker } from "./sqlite-caretaker.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";
import { openWriter } from "./sqlite-store.ts";
import type { StoreCondition, StorePart } from "./store-messages.ts";

export interface CaredStoreOptions {
  readonly folder: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly driver: SqliteDriver;
  /** How long the next call waits for the disk. */
  readonly slow?: (() => Millis) | undefined;
  /** Called with each change of its condition. */
  readonly onCondition?: ((condition: StoreCondition) => void) | undefined;
}

/** @throws what opening the file throws */
export const caredStore = ({ folder, log, clock, driver, slow, onCondition }: CaredStoreOptions): Store => {
  const setting = { folder, log, wall: clock.wall, driver };
  const pause = (time: Millis): Promise<void> =>
    new Promise((resolve) => void clock.at(clock.now() + time, () => resolve()));
  let condition: StoreCondition = { state: "ok", problem: null };
  const caretaker = new SqliteCaretaker({
    open: () => openWriter(setting),
    replace: () => openWriter(setting, "damaged"),
    pause,
    say: (text) => log.error(text),
    now: clock.now,
    report: (next) => {
      condition = next;
      onCondition?.(next);
    },
  });
  let figures = caretaker.figures();
  let turn: Promise<unknown> = Promise.resolve();
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };
  const part = <K extends StorePart>(method: K): Store[K] =>
    ((...args: readonly unknown[]) =>
      next(async () => {
        const wait = slow?.() ?? 0;
        if (wait > 0) await pause(wait);
        const value = await caretaker.call(method, args);
        figures = caretaker.figures() ?? figures;
        return value;
      })) as Store[K];
  return {
    write: part("write"),
    history: part("history"),
    series: part("series"),
    readings: part("readings"),
    lastRegisters: part("lastRegisters"),
    allLastRegisters: part("allLastRegisters"),
    intervals: part("intervals"),
    intervalSums: part("intervalSums"),
    intervalCoverage: part("intervalCoverage"),
    intervalGaps: part("intervalGaps"),
    channels: part("channels"),
    intervalProof: part("intervalProof"),
    intervalProofs: part("intervalProofs"),
    registers: part("registers"),
    registerProof: part("registerProof"),
    devices: part("devices"),
    events: part("events"),
    memo: part("memo"),
    allMemos: part("allMemos"),
    journal: part("journal"),
    cursor: part("cursor"),
    setCursor: part("setCursor"),
    cursors: part("cursors"),
    prune: part("prune"),
    backup: part("backup"),
    status: async () => ({
      kind: "sqlite",
      ...condition,
      ...(figures ?? { bytes: null, newestReading: null, journal: { oldest: null, newest: 0 } }),
    }),
    close: () => {
      caretaker.hurry();
      return next(async () => caretaker.close());
    },
  };
};
