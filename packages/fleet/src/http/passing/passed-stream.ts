/**
 * One stream of events made of those of several holders. It ends as soon as one of them ends, or a point gets another holder: the page's browser comes
 * again, and finds everything where it is then. While a holder is dead and nobody has taken over, its points are stale, and the stream goes on: this
 * process can be reached, so the page must not say that it cannot.
 */
import { staleAnswer } from "@meterport/engine/guard/measured";
import type { Clock, Millis } from "@meterport/protocol/ports";
import { type EventIds, eventIdOf } from "./event-ids.ts";
import type { FindPlaces, Place } from "./places.ts";

const lookEvery: Millis = 2_000;
/** Bytes of one event. */
const longestEvent = 256 * 1024;

export interface PassedStreamOptions {
  readonly points: readonly string[];
  /** As they were found. */
  readonly places: ReadonlyMap<string, Place | null>;
  readonly find: FindPlaces;
  /** Opens the stream of some points at their holder. */
  readonly connect: (place: Place, points: readonly string[]) => Promise<ReadableStream<Uint8Array>>;
  /** How far the client has come; undefined if it begins. */
  readonly ids: EventIds | undefined;
  readonly clock: Pick<Clock, "now" | "at">;
}

/** Whole events of a stream, each with its empty line. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of body) {
    rest += decoder.decode(piece, { stream: true });
    for (let end = rest.indexOf("\n\n"); end !== -1; end = rest.indexOf("\n\n")) {
      yield rest.slice(0, end + 2);
      rest = rest.slice(end + 2);
    }
    if (rest.length > longestEvent) return;
  }
}

const byHolder = (places: ReadonlyMap<string, Place | null>): ReadonlyMap<Place, readonly string[]> => {
  const groups = new Map<string, { readonly place: Place; readonly points: string[] }>();
  for (const [point, place] of places) {
    if (place === null) continue;
    const group = groups.get(place.holder) ?? { place, points: [] };
    group.points.push(point);
    groups.set(place.holder, group);
  }
  return new Map([...groups.values()].map(({ place, points }) => [place, points]));
};

const isMoved = (old: ReadonlyMap<string, Place | null>, now: ReadonlyMap<string, Place | null>): boolean =>
  [...old].some(([point, place]) => place?.holder !== now.get(point)?.holder);

/** Lets nobody pass while it is closed. */
class Gate {
  #open: (() => void) | undefined;
  #passed: Promise<void> = Promise.resolve();

  close(): void {
    if (this.#open !== undefined) return;
    this.#passed = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open?.();
    this.#open = undefined;
  }

  pass(): Promise<void> {
    return this.#passed;
  }
}

/** The events of all holders, as they come. */
export const passedStream = (options: PassedStreamOptions): ReadableStream<Uint8Array> => {
  const { points, places, find, connect, clock } = options;
  const encoder = new TextEncoder();
  const ids = new Map(options.ids);
  const sources: ReadableStream<Uint8Array>[] = [];
  let over = false;
  let unlook = (): void => {};
  const retries = new Set<() => void>();
  const room = new Gate();
  let end = (): void => {};

  const readAll = async (
    place: Place,
    body: ReadableStream<Uint8Array>,
    say: (text: string) => void,
  ): Promise<void> => {
    for await (const event of eventsOf(body)) {
      if (over) return;
      const number = /^id: (\d{1,15})$/m.exec(event)?.[1];
      if (number !== undefined) ids.set(place.holder, Number(number));
      say(number === undefined ? event : event.replace(/^id: .*$/m, `id: ${eventIdOf(ids)}`));
      // A client that reads slowly holds up the source, which drops what is old.
      await room.pass();
    }
  };

  return new ReadableStream<Uint8Array>(
    {
      start: async (controller) => {
        const say = (text: string): void => {
          if (over) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) <= 0) room.close();
        };
        end = () => {
          if (over) return;
          over = true;
          unlook();
          for (const cancel of retries) cancel();
          room.open();
          for (const source of sources) void source.cancel().catch(() => {});
          controller.close();
        };
        const look = async (): Promise<void> => {
          const now = await find(points).catch(() => places);
          if (isMoved(places, now)) end();
          // Also for a client that nobody has anything to tell.
          else say("event: alive\ndata: {}\n\n");
        };
        const arm = (): void => {
          unlook = clock.at(clock.now() + lookEvery, () => {
            void look().then(() => over || arm());
          });
        };
        arm();
        const sayStale = (some: readonly string[]): void => {
          for (const point of some) say(`event: live\ndata: ${JSON.stringify(staleAnswer(point, null))}\n\n`);
        };
        const follow = (place: Place, own: readonly string[], isAgain = false): void => {
          const reading = connect(place, own).then(async (body) => {
            if (over) return body.cancel();
            sources.push(body);
            await readAll(place, body, say).catch(() => {});
            end();
          });
          reading.catch(() => {
            if (over) return;
            if (!isAgain) sayStale(own);
            const cancel = clock.at(clock.now() + lookEvery, () => {
              retries.delete(cancel);
              follow(place, own, true);
            });
            retries.add(cancel);
          });
        };
        sayStale([...places].flatMap(([point, place]) => (place === null ? [point] : [])));
        for (const [place, own] of byHolder(places)) follow(place, own);
      },
      pull: () => room.open(),
      cancel: () => {
        over = true;
        unlook();
        for (const cancel of retries) cancel();
        room.open();
        for (const source of sources) void source.cancel().catch(() => {});
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: longestEvent }),
  );
};
