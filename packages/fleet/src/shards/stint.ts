/** One shard in the hands of one process, from taking it to closing its links. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Claim } from "./engine.ts";

/** What the code that reads a shard's meters knows of its claim. */
export interface Stint {
  readonly shard: number;
  /** Rises each time the shard is taken; proofs and the audit log carry it. */
  readonly attempt: number;
  /** Aborts when the stint is over: close the links and return. */
  readonly signal: AbortSignal;
  /** False while nobody knows if the claim still holds. Reading may go on, writing to a meter may not. */
  readonly isSure: () => boolean;
  /**
   * False while the claim is not certain and an answer is due, as when the process stood still or the database is slow: somebody else may read
   * the meters meanwhile, and one line has no room for two. True once the database was asked in vain, since as a rule nobody can take the
   * claim then.
   */
  readonly mayRead: () => boolean;
  /** Settles as soon as `mayRead` may have changed: there was an answer, or the stint ends. Of one that is over, never. */
  readonly heard: () => Promise<void>;
}

/** Reads the meters of a shard until its signal aborts. To return or to throw earlier gives the shard back. */
export type Tend = (stint: Stint) => Promise<void>;

export interface HeldShard {
  readonly claim: Claim;
  /** By the monotonic clock. */
  readonly began: Millis;
  readonly isClosing: boolean;
  /** Once its links are closed, or took too long. */
  readonly closed: Promise<void>;
  /** The database said at `time` or later that the claim holds. */
  readonly confirm: (time: Millis) => void;
  /** The database was asked at `time` and did not answer. */
  readonly unanswered: (time: Millis) => void;
  /** Ends the stint; settles when `tend` returned, or after `limit`, told by `onLate`. */
  readonly close: (limit: Millis, onLate: () => void) => Promise<void>;
}

export interface StintOptions {
  readonly clock: Clock;
  readonly tend: Tend;
  /** When the claim was asked for, by the monotonic clock. */
  readonly asked: Millis;
  /** How long after it was confirmed the claim is certain. */
  readonly sureFor: Millis;
  /** When the process went on after it last stood still. */
  readonly standstillOver: () => Millis;
  /** Tending begins when this has settled. */
  readonly after: Promise<void> | undefined;
  /** Tending ended by itself, with the reason. */
  readonly onEnd: (reason: string) => void;
}

/** Begins a stint. */
export const holdShard = (claim: Claim, options: StintOptions): HeldShard => {
  const { clock, tend, asked, sureFor, standstillOver, after, onEnd } = options;
  const abort = new AbortController();
  let confirmed = asked;
  /** When the database was last asked, if that ended without an answer. */
  let inVain: Millis | undefined;
  const listeners = new Set<() => void>();
  const tellListeners = (): void => {
    for (const listener of listeners) listener();
    listeners.clear();
  };
  abort.signal.addEventListener("abort", tellListeners, { once: true });
  let closed: Promise<void> | undefined;
  const isSure = (): boolean => !abort.signal.aborted && clock.now() - confirmed < sureFor;
  const stint: Stint = {
    shard: claim.shard,
    attempt: claim.attempt,
    signal: abort.signal,
    isSure,
    mayRead: () =>
      !abort.signal.aborted && (inVain ?? confirmed) >= standstillOver() && (inVain !== undefined || isSure()),
    heard: () =>
      new Promise((resolve) => {
        if (!abort.signal.aborted) listeners.add(resolve);
      }),
  };
  const run = async (): Promise<void> => {
    await after;
    if (!abort.signal.aborted) await tend(stint);
  };
  const running = run().then(
    () => "it ended by itself",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  void running.then((reason) => {
    if (!abort.signal.aborted) onEnd(reason);
  });
  const close = (limit: Millis, onLate: () => void): Promise<void> => {
    closed ??= new Promise<void>((resolve) => {
      const cancel = clock.at(clock.now() + limit, () => {
        onLate();
        resolve();
      });
      abort.abort();
      void running.then(() => {
        cancel();
        resolve();
      });
    });
    return closed;
  };
  return {
    claim,
    began: asked,
    get isClosing() {
      return closed !== undefined;
    },
    get closed() {
      return closed ?? Promise.resolve();
    },
    confirm: (time) => {
      confirmed = time;
      inVain = undefined;
      tellListeners();
    },
    unanswered: (time) => {
      inVain = time;
      tellListeners();
    },
    close,
  };
};
