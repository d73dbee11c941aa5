/** The store as the API asks it: its failures are told apart from mistakes of ours. */
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { ApiProblem } from "../api.ts";
import type { ApiStore } from "./api-store.ts";

/** The store could not answer. Its own words may hold paths and addresses, so they are for the log alone. */
export class StoreFailure extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "StoreFailure";
  }
}

const told =
  <A extends readonly unknown[], R>(ask: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    try {
      return await ask(...args);
    } catch (error) {
      throw new StoreFailure(error);
    }
  };

/** The same store, whose methods reject with nothing but a StoreFailure. */
export const toldStore = (store: ApiStore): ApiStore => ({
  history: told((point, grid) => store.history(point, grid)),
  series: told((point, grid, keys) => store.series(point, grid, keys)),
  readings: told((point, query) => store.readings(point, query)),
  intervals: told((point, query) => store.intervals(point, query)),
  intervalSums: told((point, channel, bounds) => store.intervalSums(point, channel, bounds)),
  intervalCoverage: told((...query) => store.intervalCoverage(...query)),
  intervalGaps: told((...query) => store.intervalGaps(...query)),
  channels: told((point) => store.channels(point)),
  intervalProof: told((point, channel, end) => store.intervalProof(point, channel, end)),
  registers: told((point, query) => store.registers(point, query)),
  registerProof: told((point, state) => store.registerProof(point, state)),
  devices: told((point) => store.devices(point)),
  events: told((point, query) => store.events(point, query)),
  journal: told((query) => store.journal(query)),
  cursors: told(() => store.cursors()),
  status: told(() => store.status()),
});

/** A page asks again each second, and the log needs the reason once. */
const sayEvery: Millis = 60_000;

/** Answers in place of a route whose store failed. */
export const storeFailed = (log: Pick<Log, "error">, clock: Pick<Clock, "now">) => {
  let said: { readonly text: string; readonly at: Millis } | undefined;
  return (c: Context, { message: text }: StoreFailure): Response => {
    const now = clock.now();
    if (said?.text !== text || now - said.at >= sayEvery) {
      log.error(`store: ${c.req.method} ${c.req.path} was not answered: ${text}`);
      said = { text, at: now };
    }
    const message = "the store does not answer: try again in some seconds; /ready and the gateway's log say why";
    return c.json({ error: "store-failing", message } satisfies ApiProblem, 503, { "retry-after": "5" });
  };
};
