/** `/api/v1/stream`: live values, links and changes of many points as server-sent events. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Store } from "@meterport/engine/ports/store";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { mostStreams } from "../access/stream-budget.ts";
import { type Meters, refuse, shown } from "../answers.ts";
import { badRequest, noPoint } from "../give.ts";
import { PointStream, streamKinds } from "./point-stream.ts";
import { streamRoute } from "./routes.ts";

const eventStream = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
const usualEvery: Millis = 1_000;

export interface PointStreamsOptions {
  readonly meters: Meters;
  readonly store: Pick<Store, "journal" | "status">;
  readonly clock: Clock;
  /** Streams open at the same time. */
  readonly maxClients?: number | undefined;
}

/** Where a client continues, and whether what it lacks may be gone. */
const startOf = async (store: Pick<Store, "status">, asked: number | undefined) => {
  const { journal, state } = await store.status();
  const { newest } = journal;
  if (asked === undefined) return { after: newest, passed: false };
  // A higher number than the newest is that of another store, which was replaced or restored since. One that fails knows only an older newest.
  return asked > newest && state === "ok" ? { after: newest, passed: true } : { after: asked, passed: false };
};

export class PointStreams {
  readonly #options: PointStreamsOptions;
  readonly #open = new Set<PointStream>();

  constructor(options: PointStreamsOptions) {
    this.#options = options;
  }

  get clients(): number {
    return this.#open.size;
  }

  get full(): boolean {
    return this.#open.size >= (this.#options.maxClients ?? mostStreams);
  }

  /** Ends every stream, so that the server can stop. */
  close(): void {
    for (const stream of [...this.#open]) stream.close();
  }

  readonly addTo = (app: OpenAPIHono): void => {
    const { meters, store, clock } = this.#options;
    app.openapi(streamRoute, async (c) => {
      const { point, events = streamKinds, every = usualEvery, after } = c.req.valid("query");
      const unknown = point?.find((id) => !meters.has(id));
      if (unknown !== undefined) return noPoint(c, unknown);
      if (every < 200 || every > 600_000) return badRequest(c, "every must be from 200ms to 10m");
      // Empty if the client has no change yet.
      const last = c.req.header("last-event-id") || undefined;
      if (last !== undefined && !/^\d{1,15}$/.test(last))
        return badRequest(c, `last-event-id: ${shown(last)} is not the number of a change`);
      // The body of a HEAD answer is dropped unread, so a stream would only block its place.
      if (c.req.raw.method === "HEAD") return c.body(null, 200, eventStream);
      const changes = events.includes("change");
      const start = changes
        ? await startOf(store, last === undefined ? after : Number(last))
        : { after: 0, passed: false };
      if (this.full) return refuse(c, 503, "too-many-listeners", "too many listeners: close one and try again");
      const views = () =>
        [...(point?.map((id) => meters.get(id)) ?? meters.values())].filter(
          (view): view is MeterView => view !== undefined,
        );
      const stream: PointStream = new PointStream({
        ...{ views, kinds: events, every, clock, points: point, ...start },
        journal: store.journal,
        onEnd: () => {
          this.#open.delete(stream);
          signal.removeEventListener("abort", stream.close);
        },
      });
      this.#open.add(stream);
      const { signal } = c.req.raw;
      const body = stream.open();
      signal.addEventListener("abort", stream.close);
      if (signal.aborted) stream.close();
      return c.body(body, 200, eventStream);
    });
  };
}
