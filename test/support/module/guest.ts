/**
 * All that the core asks of a small JavaScript engine, as a program inside one sees it: a clock, random bytes and a byte
 * pipe. A port to a microcontroller has to provide exactly this; docs/module.md describes it.
 */
import type { Clock, Entropy, Millis, Transport } from "@meterport/protocol";

/** What the engine's host provides. Nothing else is used: no timer, no console, no text decoder. */
interface Host {
  /** Milliseconds since the start, never running backwards. */
  readonly now: () => Millis;
  /** Milliseconds since 1970. */
  readonly wall: () => Millis;
  readonly random: (length: number) => ArrayBuffer;
  /** Bytes for the meter. */
  readonly write: (bytes: ArrayBuffer) => void;
}
declare const host: Host;

interface Task {
  readonly time: Millis;
  readonly run: () => void;
}

const tasks = new Set<Task>();

export const clock: Clock = {
  now: host.now,
  wall: host.wall,
  at: (time, run) => {
    const task = { time, run };
    tasks.add(task);
    return () => tasks.delete(task);
  },
};

export const entropy: Entropy = (length) => new Uint8Array(host.random(length));

const received: Uint8Array[] = [];
let hear: (() => void) | undefined;

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = received.shift();
    if (chunk !== undefined) yield chunk;
    else
      await new Promise<void>((resolve) => {
        hear = resolve;
      });
  }
}

export const pipe: Transport = {
  name: "module",
  write: async (bytes) => host.write(bytes.slice().buffer),
  chunks: chunks(),
  close: async () => {},
};

/** What the engine's host calls: with bytes from the meter, and when time has come. Promises run before and after. */
interface Guest {
  readonly receive: (bytes: ArrayBuffer) => void;
  readonly tick: () => void;
  /** When `tick` must be called next; undefined if never. */
  readonly next: () => Millis | undefined;
  /** What the program ended with, as JSON; undefined while it runs. */
  readonly outcome: () => string | undefined;
}

/** Starts a program, and gives its engine the functions to drive it. */
export const run = (program: () => Promise<unknown>): void => {
  let outcome: string | undefined;
  const ended = (result: unknown): void => {
    outcome = JSON.stringify(result);
  };
  program().then(
    (value) => ended({ value }),
    (error: unknown) => ended({ error: String(error) }),
  );
  const guest: Guest = {
    receive: (bytes) => {
      received.push(new Uint8Array(bytes));
      hear?.();
    },
    tick: () => {
      const now = host.now();
      for (const task of [...tasks]) if (task.time <= now && tasks.delete(task)) task.run();
    },
    next: () => {
      let first: Millis | undefined;
      for (const { time } of tasks) first = first === undefined ? time : Math.min(first, time);
      return first;
    },
    outcome: () => outcome,
  };
  Object.assign(globalThis, { guest });
};
