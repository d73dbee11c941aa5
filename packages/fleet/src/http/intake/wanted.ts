/** What the fleet wants of points that a gateway brings by itself: told to it on the stream that it opened. */
import {
  type GapsWanted,
  mostSpans,
  mostWanted,
  type ReadsWanted,
} from "@meterport/gateway/outputs/upstream/upstream-requests";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../../books/database.ts";
import { noteAsked, type OpenGap, openGaps } from "../../books/gap-book.ts";
import { grouped } from "../../books/grouped.ts";
import { gapSpans } from "../../campaigns/gap-spans.ts";
import { visitsOf } from "../../campaigns/visits.ts";
import type { DueMeter, VisitBook } from "../../jobs/visit-book.ts";
import { requestId } from "./request-id.ts";

/** A gap is asked for again after so long, as by a holder: a request that was lost on its way is made again then. */
const askAgainAfter: Millis = 3_600_000;
const gapsEvery: Millis = 15_000;
const readsEvery: Millis = 5_000;
const aliveEvery: Millis = 5_000;
/** What a stream asked for and got no answer to is asked for again after so long: a gateway that is at it knows that. */
const repeatAfter: Millis = 60_000;
/** Days with gaps of one look: the others follow. */
const mostGaps = 200;
const mostTargets = 500;

const channelsOf = (gaps: readonly OpenGap[]): GapsWanted["channels"] =>
  [...grouped(gaps, ({ channel }) => channel).values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const days = some
      .toSorted((a, b) => (a.day < b.day ? -1 : 1))
      .map(({ day, slots }) => ({ day, open: slots, gone: [] }));
    return [{ channel: first.name, spans: gapSpans(days, first, 0).map((span) => ({ ...span })) }];
  });

/** As many gaps as fit into one request; at least one. A slot is a span at most. */
const fitting = (gaps: readonly OpenGap[]): readonly OpenGap[] => {
  let slots = 0;
  return gaps.filter((gap, n) => {
    slots += gap.slots.length;
    return n === 0 || slots <= mostSpans;
  });
};

/** The open gaps of each point, the newest first; notes that they are asked for. */
const wantedGaps = async (run: Run, points: readonly string[], now: Millis): Promise<readonly GapsWanted[]> => {
  const gaps = await openGaps(run, points, { askedBefore: now - askAgainAfter, limit: mostGaps });
  const some = [...grouped(gaps, ({ point }) => point)].map(([point, own]) => ({ point, gaps: fitting(own) }));
  if (some.length === 0) return [];
  await noteAsked(
    run,
    some.flatMap((one) => one.gaps),
    now,
  );
  return some.map(({ point, gaps: own }) => {
    const channels = channelsOf(own);
    return { point, from: Math.min(...channels.flatMap(({ spans }) => spans.map(({ after }) => after))), channels };
  });
};

/**
 * Targets of meters of which nothing is asked for that is not answered: what rests after a failure is taken along by a visit that is made anyway, and
 * would else be asked for without rest as long as the other part of the visit lasts.
 */
export const unasked = (
  due: readonly DueMeter[],
  asked: { readonly has: (id: string) => boolean },
): readonly DueMeter[] => {
  const busy = new Set(due.flatMap((target) => (asked.has(requestId(target)) ? [target.meter] : [])));
  return due.filter(({ meter }) => !busy.has(meter));
};

/** What campaigns want of each meter, the most urgent first: one visit for all of them. */
export const wantedReads = (due: readonly DueMeter[], now: Millis): readonly ReadsWanted[] =>
  visitsOf(due).flatMap(({ meter }) => {
    const own = due.filter((target) => target.meter === meter);
    const [first] = own;
    if (first === undefined || first.point === null) return [];
    const wanted = own
      .slice(0, mostWanted)
      .map((target) => ({ id: requestId(target), reads: [...target.reads], valid_until: target.until }));
    return [{ point: first.point, wanted, now }];
  });

export interface WantedOptions {
  readonly run: Run;
  readonly book: Pick<VisitBook, "dueAt">;
  /** Its points now; undefined once its token is gone. */
  readonly points: () => Promise<readonly string[] | undefined>;
  readonly clock: Pick<Clock, "wall" | "now" | "at">;
  /** Whether it ends after its first look: another one is made when the gateway comes again. */
  readonly once: boolean;
  /** Called once, when it ends however it does. */
  readonly ended: () => void;
}

/** Server-sent events until the gateway goes, its token is gone, or the database is away: then it comes again. */
export const wantedStream = ({ run, book, points, clock, once, ended }: WantedOptions): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let over = false;
  let cancels: (() => void)[] = [];
  const stop = (): void => {
    if (!over) ended();
    over = true;
    for (const cancel of cancels) cancel();
    cancels = [];
  };
  /** When each request was sent on this stream. */
  const sent = new Map<string, Millis>();
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const say = (event: string, data: object): void => {
        if (!over) controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      };
      const end = (): void => {
        if (over) return;
        stop();
        controller.close();
      };
      const lookAtGaps = async (): Promise<void> => {
        const own = await points();
        if (own === undefined) return end();
        // Nothing is noted as asked for that nobody would hear.
        if (over) return;
        for (const wanted of await wantedGaps(run, own, clock.wall())) say("gaps", wanted);
      };
      const lookAtReads = async (): Promise<void> => {
        const own = await points();
        if (own === undefined) return end();
        const now = clock.now();
        for (const [id, at] of sent) if (now - at > repeatAfter) sent.delete(id);
        const due = unasked(await book.dueAt(run, own, clock.wall(), mostTargets), sent);
        for (const wanted of wantedReads(due, clock.wall())) {
          for (const { id } of wanted.wanted) sent.set(id, now);
          say("read", wanted);
        }
      };
      const repeat = (n: number, every: Millis, work: () => Promise<void>): void => {
        cancels[n] = clock.at(clock.now() + every, () => {
          void work().then(() => over || repeat(n, every, work), end);
        });
      };
      const first = lookAtReads().then(lookAtGaps);
      if (once) {
        void first.then(end, end);
        return;
      }
      repeat(0, gapsEvery, lookAtGaps);
      repeat(1, readsEvery, lookAtReads);
      repeat(2, aliveEvery, async () => {
        // A gateway that takes nothing is gone.
        if ((controller.desiredSize ?? 0) < -100) end();
        else say("alive", {});
      });
      void first.catch(end);
    },
    cancel: stop,
  });
};
