/** What the fleet lacks of points that a gateway brings by itself: told to it on the stream that it opened. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { Run } from "../../books/database.ts";
import { noteAsked, openGaps } from "../../books/gap-book.ts";
import { endOf } from "../../books/slots.ts";

/** A gap is asked for again after so long. */
const askAgainAfter: Millis = 6 * 3_600_000;
const lookEvery: Millis = 15_000;
const aliveEvery: Millis = 5_000;
/** Gaps of one look: the others follow. */
const mostGaps = 200;

/** Of each point the beginning of its oldest gap; notes that they are asked for. */
export const wantedOf = async (
  run: Run,
  points: readonly string[],
  now: Millis,
): Promise<readonly { readonly point: string; readonly from: Millis }[]> => {
  const gaps = await openGaps(run, points, { askedBefore: now - askAgainAfter, limit: mostGaps });
  if (gaps.length === 0) return [];
  await noteAsked(run, gaps, now);
  const oldest = new Map<string, Millis>();
  for (const { point, day, slots, step, phase } of gaps) {
    const from = endOf(day, (slots[0] ?? 0) - 1, { step, phase });
    oldest.set(point, Math.min(from, oldest.get(point) ?? from));
  }
  return [...oldest].map(([point, from]) => ({ point, from }));
};

export interface WantedOptions {
  readonly run: Run;
  /** Its points now; undefined once its token is gone. */
  readonly points: () => Promise<readonly string[] | undefined>;
  readonly clock: Pick<Clock, "wall" | "now" | "at">;
}

/** Server-sent events until the gateway goes, its token is gone, or the database is away: then it comes again. */
export const wantedStream = ({ run, points, clock }: WantedOptions): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let over = false;
  let cancels: (() => void)[] = [];
  const stop = (): void => {
    over = true;
    for (const cancel of cancels) cancel();
    cancels = [];
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const say = (event: string, data: object): void =>
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      const end = (): void => {
        if (over) return;
        stop();
        controller.close();
      };
      const look = async (): Promise<void> => {
        const own = await points();
        if (own === undefined) return end();
        for (const wanted of await wantedOf(run, own, clock.wall())) if (!over) say("gaps", wanted);
      };
      const repeat = (n: number, every: Millis, work: () => Promise<void>): void => {
        cancels[n] = clock.at(clock.now() + every, () => {
          void work().then(() => over || repeat(n, every, work), end);
        });
      };
      repeat(0, lookEvery, look);
      repeat(1, aliveEvery, async () => {
        // A gateway that takes nothing is gone.
        if ((controller.desiredSize ?? 0) < -100) end();
        else say("alive", {});
      });
      void look().catch(end);
    },
    cancel: stop,
  });
};
