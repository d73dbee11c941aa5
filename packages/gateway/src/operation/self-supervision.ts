/** Watches the parts of the daemon: one that is stuck is restarted and named. */
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";

/** A part that works through one piece of work after the other. */
export interface WatchedPart {
  /** For the log and for health: "the meter home", "the store". */
  readonly name: string;
  /** When the piece of work in progress began, on the monotonic clock; undefined if there is none. */
  readonly busySince: () => Millis | undefined;
  /** No piece of work takes longer. */
  readonly limit: Millis;
  /** Starts the part over; undefined if it can only be replaced with the whole daemon. */
  readonly restart?: (() => Promise<void>) | undefined;
}

export interface SelfSupervision {
  readonly start: () => void;
  readonly stop: () => void;
  /** Names of the parts that are stuck now. */
  readonly stuck: () => readonly string[];
  /** How often each part was restarted. */
  readonly restarts: () => ReadonlyMap<string, number>;
  /** False if a part stays stuck: only a new process helps then. */
  readonly isAlive: () => boolean;
}

const lookEvery: Millis = 5_000;
/** Restarts of one part within an hour. More would hide a fault that a new process may cure. */
const mostRestarts = 3;
const hour: Millis = 3_600_000;

interface Trouble {
  /** Which piece of work was stuck at the last look. */
  readonly since: Millis;
  readonly restarted: readonly Millis[];
  readonly hopeless: boolean;
}

/** @param parts is asked at each look, since points come and go */
export const selfSupervision = (
  parts: () => Iterable<WatchedPart>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): SelfSupervision => {
  const troubles = new Map<string, Trouble>();
  const counts = new Map<string, number>();
  let stuck: readonly string[] = [];
  let cancel = (): void => {};

  const restart = (part: WatchedPart, since: Millis, now: Millis): void => {
    const before = troubles.get(part.name);
    if (before?.since === since) return;
    const recent = (before?.restarted ?? []).filter((time) => now - time < hour);
    const hopeless = part.restart === undefined || recent.length >= mostRestarts;
    troubles.set(part.name, { since, restarted: hopeless ? recent : [...recent, now], hopeless });
    const what = `${part.name} has been stuck for ${Math.round((now - since) / 1000)} s`;
    if (hopeless || part.restart === undefined) {
      log.error(`${what} and cannot be restarted${recent.length === 0 ? "" : " again"}: restart the daemon`);
      return;
    }
    log.error(`${what}: it is restarted`);
    counts.set(part.name, (counts.get(part.name) ?? 0) + 1);
    part.restart().catch((error: unknown) => {
      log.error(`${part.name} cannot be restarted: ${error instanceof Error ? error.message : String(error)}`);
      troubles.set(part.name, { since, restarted: recent, hopeless: true });
    });
  };

  const look = (): void => {
    const now = clock.now();
    const found: string[] = [];
    for (const part of parts()) {
      const since = part.busySince();
      if (since === undefined || now - since < part.limit) {
        const trouble = troubles.get(part.name);
        if (trouble?.hopeless === true) log.info(`${part.name} works again`);
        if (trouble !== undefined && !trouble.restarted.some((time) => now - time < hour)) troubles.delete(part.name);
        else if (trouble !== undefined) troubles.set(part.name, { ...trouble, hopeless: false });
        continue;
      }
      found.push(part.name);
      restart(part, since, now);
    }
    stuck = found;
    cancel = clock.at(now + lookEvery, look);
  };

  return {
    start: () => {
      cancel = clock.at(clock.now() + lookEvery, look);
    },
    stop: () => cancel(),
    stuck: () => stuck,
    restarts: () => counts,
    isAlive: () => ![...troubles].some(([name, { hopeless }]) => hopeless && stuck.includes(name)),
  };
};
