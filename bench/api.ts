/** The API over many points: pages of the lists, a page of a filtered list, the metrics, the stream's first state. */
import { emptyGuard, limitsForFuse } from "@meterport/engine/guard/guard";
import { PointLoop } from "@meterport/engine/points/point-loop";
import { silentLog } from "@meterport/engine/ports/log";
import { FakeMeter } from "@meterport/engine/testing/fake-meter";
import { manyMeters } from "@meterport/gateway/testing/many-meters";
import { systemClock } from "@meterport/transports/clock";
import { VirtualClock } from "../test/support/virtual-clock.ts";
import { say } from "./measure.ts";

const points = 20_000;
const target = 20;

/** Milliseconds of the median and of the slowest of several requests. */
const timesOf = async (
  requests: readonly (() => Promise<unknown>)[],
): Promise<{ readonly median: number; readonly most: number }> => {
  const times: number[] = [];
  for (const request of requests) {
    // Clients do not ask without a pause, and the states are counted again in between.
    await new Promise((resolve) => setTimeout(resolve, 40));
    const start = performance.now();
    await request();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)] ?? 0, most: times.at(-1) ?? 0 };
};

const repeat = (count: number, path: (n: number) => string, get: (path: string) => Promise<Response>) =>
  timesOf(Array.from({ length: count }, (_, n) => async () => (await get(path(n))).text()));

/** Real point loops, as the gateway has them, over meters that answer or, every tenth, do not. */
const loops = async (count: number, clock: VirtualClock): Promise<Map<string, PointLoop>> => {
  const made = new Map<string, PointLoop>();
  for (let n = 0; n < count; n++) {
    const id = `m${String(n).padStart(5, "0")}`;
    const source = new FakeMeter(clock);
    const loop = new PointLoop({
      ...{ id, name: `Meter ${n}`, url: `tcp://10.0.0.1:${n}`, simulated: false, interval: 10_000, source, clock },
      ...{ limits: limitsForFuse(25), guardState: emptyGuard, log: silentLog },
    });
    loop.start();
    if (n % 10 === 0) source.turn("silent", { code: "no-answer", text: "no answer after 3 attempts" });
    made.set(id, loop);
  }
  await clock.advance(150);
  return made;
};

export const benchApi = async (): Promise<void> => {
  say(`The API over ${points.toLocaleString("en")} points, without a socket; the target is ${target} ms a page`);
  const { get, json, views } = manyMeters(0, systemClock);
  for (const [id, loop] of await loops(points, new VirtualClock())) views.set(id, loop);
  const cursors = ["/api/v1/points?limit=500"];
  for (;;) {
    const { next } = await json<{ readonly next: string | null }>(cursors.at(-1) as string);
    if (next === null) break;
    cursors.push(`/api/v1/points?limit=500&cursor=${next}`);
  }
  const line = (what: string, { median, most }: { readonly median: number; readonly most: number }): void =>
    say(
      `${what.padEnd(44)} ${median.toFixed(1).padStart(7)} ms  ${most.toFixed(1).padStart(7)} ms at most  ${(median / target).toFixed(2)} x the target`,
    );
  line(`all ${cursors.length} pages of 500`, await repeat(cursors.length, (n) => cursors[n] as string, get));
  line("the first 100", await repeat(50, () => "/api/v1/points", get));
  line("500 that are silent", await repeat(50, () => "/api/v1/points?limit=500&state=silent", get));
  line("a part of a name, near the end", await repeat(50, () => "/api/v1/points?q=meter%2019999", get));
  line("1,000 of the older list of meters", await repeat(50, () => "/api/v1/meters", get));
  line("/metrics", await repeat(50, () => "/metrics", get));
};

if (import.meta.main) await benchApi();
