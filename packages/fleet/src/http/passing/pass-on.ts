/** Passes one request on to the process that reads its point, and its answer back. */
import type { Actor } from "@meterport/gateway/access/scope";
import { shownUrl } from "@meterport/gateway/requests/http-request";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Place } from "./places.ts";
import { vouchFor } from "./vouch.ts";

/** A read of a slow meter takes that long until it begins to answer. */
const firstByteWithin: Millis = 60_000;
/** Between two pieces of an answer. */
const pieceWithin: Millis = 30_000;
/** A stream says every 2 s that it lives. */
const lifeWithin: Millis = 8_000;

const passedHeaders = ["accept", "accept-language", "content-type", "if-none-match", "x-meterport"];
const returnedHeaders = ["content-type", "content-disposition", "etag", "retry-after", "x-accel-buffering", "allow"];

/** Its holder could not be reached, or did not know us. */
export class HolderAway extends Error {}

export interface PassedRequest {
  readonly place: Place;
  /** Path and query of the API. */
  readonly path: string;
  readonly request: Request;
  readonly actor: Actor;
  readonly clock: Pick<Clock, "now" | "at">;
  /** More headers, such as "last-event-id". */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const some = (from: Headers, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (from.get(name) === null ? [] : [[name, from.get(name) ?? ""]])));

/** Aborts after a time unless it is told to stop. */
const timer = (clock: Pick<Clock, "now" | "at">, wait: Millis, act: () => void) => {
  let cancel = clock.at(clock.now() + wait, act);
  return {
    stop: () => cancel(),
    again: (next: Millis) => {
      cancel();
      cancel = clock.at(clock.now() + next, act);
    },
  };
};

/** Whether an answer is a stream of events. */
const isStream = (answer: Response): boolean => /^text\/event-stream\b/.test(answer.headers.get("content-type") ?? "");

/**
 * The pieces of an answer as they come. A stream of events whose source dies ends as if it were over, so that the page asks again and finds the next
 * holder; any other answer is cut, so that half of it looks like no whole.
 */
const passedBody = (
  answer: Response,
  { clock, abort }: { readonly clock: Pick<Clock, "now" | "at">; readonly abort: AbortController },
): ReadableStream<Uint8Array> | null => {
  const reader = answer.body?.getReader();
  if (reader === undefined) return null;
  const streams = isStream(answer);
  const idle = timer(clock, streams ? lifeWithin : pieceWithin, () => abort.abort());
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        // It runs only while we wait for the source: a client that reads slowly is no failure of it.
        idle.again(streams ? lifeWithin : pieceWithin);
        try {
          const { done, value } = await reader.read();
          idle.stop();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          idle.stop();
          if (streams) controller.close();
          else controller.error(cut());
        }
      },
      cancel: () => {
        idle.stop();
        abort.abort();
      },
    },
    { highWaterMark: 0 },
  );
};

/** The HTTP server prints the stack of an error in a stream: one line is enough. */
const cut = (): Error => {
  const error = new Error("the process that reads the meter ended in the middle of its answer");
  error.stack = `http: ${error.message}`;
  return error;
};

/** @throws HolderAway with one sentence */
export const passOn = async ({ place, path, request, actor, clock, headers }: PassedRequest): Promise<Response> => {
  const abort = new AbortController();
  const end = () => abort.abort();
  request.signal.addEventListener("abort", end, { once: true });
  const late = timer(clock, firstByteWithin, end);
  const where = shownUrl(place.address);
  try {
    const hasBody = request.method !== "GET" && request.method !== "HEAD";
    const answer = await fetch(`${place.address}${path}`, {
      method: request.method,
      headers: { ...some(request.headers, passedHeaders), ...headers, ...vouchFor(actor, place.pass) },
      // Bounded by the check of every request before it came here.
      body: hasBody ? await request.arrayBuffer() : null,
      redirect: "manual",
      signal: abort.signal,
    });
    if (answer.status === 401 || (answer.status >= 300 && answer.status < 400 && answer.status !== 304)) {
      end();
      throw new HolderAway(`${where} no longer is the process that reads it`);
    }
    const body = answer.status === 304 ? null : passedBody(answer, { clock, abort });
    return new Response(body, { status: answer.status, headers: some(answer.headers, returnedHeaders) });
  } catch (error) {
    if (error instanceof HolderAway) throw error;
    throw new HolderAway(`the process at ${where}, which reads it, does not answer`);
  } finally {
    late.stop();
  }
};
