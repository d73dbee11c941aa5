/** `/api/v1/points/{id}/export`: what is stored, as a file. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { localDate } from "@meterport/engine/calendar/local-calendar";
import { UsageError } from "@meterport/protocol/errors";
import { type ExportRequest, exportTypes } from "../../exports/export-request.ts";
import { exportStream } from "../../exports/export-stream.ts";
import { refuse } from "../answers.ts";
import { badRequest, noPoint, storedPointOf } from "../give.ts";
import { StoreFailure } from "../store/told-store.ts";
import { oneDay, rangeOf } from "../values/range.ts";
import type { ValuesOptions } from "../values/values.ts";
import { ExportTurns } from "./export-turns.ts";
import { exportRoute } from "./routes.ts";

/** An export reads for as long as its client takes; more at once would keep the store from others. */
const mostAtOnce = 4;
/** Seconds after which a refused client may ask again. */
const retryAfter = "10";

export type ExportStore = Parameters<typeof exportStream>[0];

export interface ExportOptions extends ValuesOptions {
  readonly store: ValuesOptions["store"] & ExportStore;
}

const extensions: Readonly<Record<ExportRequest["format"], string>> = {
  csv: "csv",
  json: "ndjson",
  parquet: "parquet",
};

/** The days of a range that was asked for: without them the files of two months have one name. None if it has no beginning. */
const daysIn = (zone: string, { from, to }: { readonly from: number; readonly to: number }): string => {
  if (from <= 0) return "";
  const [first, last] = [from, to - 1].map((time) => localDate(zone, time));
  return first === last ? `-${first}` : `-${first}-${last}`;
};

type Pieces = AsyncGenerator<Uint8Array, void>;
type Piece = IteratorResult<Uint8Array, void>;

/** The beginning of a file: CSV begins with a line for which nothing is read, so the piece after it tells whether the store answers. */
const beginningOf = async (bytes: Pieces): Promise<readonly Piece[]> => {
  const first = await bytes.next();
  return first.done ? [first] : [first, await bytes.next()];
};

/** The bytes as a stream that reads no more than its client takes; `begun` is what was read to see that it can be done. */
const streamOf = (bytes: Pieces, begun: readonly Piece[], done: () => void): ReadableStream<Uint8Array> => {
  const ready = [...begun];
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { value, done: ended } = ready.shift() ?? (await bytes.next());
          if (!ended) return controller.enqueue(value);
          controller.close();
          done();
        } catch (error) {
          done();
          // The HTTP server prints the stack of an error in a stream: one line is enough.
          if (error instanceof StoreFailure)
            error.stack = `http: an export was cut, because the store failed: ${error.message}`;
          throw error;
        }
      },
      cancel: async () => {
        done();
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
};

export const addExport = (app: OpenAPIHono, options: ExportOptions): void => {
  const { store, wall } = options;
  const turns = new ExportTurns();
  let open = 0;
  app.openapi(exportRoute, async (c) => {
    const { id } = c.req.valid("param");
    const point = storedPointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { kind = "intervals", format = "csv", channel, zone = point.zone, ...query } = c.req.valid("query");
    const range = rangeOf(query, wall(), 31 * oneDay);
    if (typeof range === "string") return badRequest(c, range);
    if (open >= mostAtOnce) {
      c.header("retry-after", retryAfter);
      return refuse(c, 503, "busy", "other exports are in progress: try again when they are done");
    }
    open++;
    let counted = true;
    const done = (): void => {
      if (counted) open--;
      counted = false;
    };
    const request = { kind, format, points: [id], channels: channel, zone, ...range };
    const bytes = exportStream(store, request, { turn: turns.take });
    try {
      const begun = await beginningOf(bytes);
      const days = query.from === undefined ? "" : daysIn(zone, range);
      const headers = {
        "content-type": exportTypes[format],
        "content-disposition": `attachment; filename="${id}-${kind}${days}.${extensions[format]}"`,
      };
      if (c.req.raw.method !== "HEAD") return c.body(streamOf(bytes, begun, done), 200, headers);
      // The body of a HEAD answer is dropped unread.
      done();
      await bytes.return(undefined);
      return c.body(null, 200, headers);
    } catch (error) {
      done();
      if (!(error instanceof UsageError)) throw error;
      if (format === "parquet" && error.code !== "no-such-channel") return refuse(c, 409, "no-format", error.message);
      return badRequest(c, error.message);
    }
  });
};
