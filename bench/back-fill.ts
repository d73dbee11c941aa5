/**
 * Back-fill of sixty days over a modelled 9600-baud line, in virtual time, while a live set is read every ten seconds: its time beside what
 * the line needs for these bytes and these sets, and how long live sets take beside an idle line.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rc4 } from "@meterport/client";
import { openLoadProfile } from "@meterport/client/readers/load-profile";
import { LiveFirst } from "@meterport/engine/backfill/live-first";
import { ProfileJob } from "@meterport/engine/backfill/profile-job";
import { silentLog } from "@meterport/engine/ports/log";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import { linkMeter, superviseMeter } from "@meterport/gateway/meters/meter-link";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "../test/support/virtual-clock.ts";
import { baud, type Exchange, limitsOf, weighed } from "./line-limit.ts";
import { say } from "./measure.ts";

const liveEvery: Millis = 10_000;
const readLimit: Millis = 60_000;
const [basic, advanced] = [1, 2].map((byte) => new Secret(new Uint8Array(16).fill(byte))) as [Secret, Secret];

const reach = async () => {
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic, advanced },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
  });
  const exchanges: Exchange[] = [];
  const source = superviseMeter({
    name: "line",
    open: async () => weighed(modelledLine({ meter, clock, baud }), exchanges),
    connect: (transport, signal, onSession) =>
      linkMeter(transport, {
        security: rc4({ key: basic, entropy: (length) => new Uint8Array(length), level: "basic" }),
        ...{ clock, signal, onSession },
      }),
    clock,
    entropy: (length) => new Uint8Array(length),
    baud,
  });
  source.start();
  while (source.status().state !== "up") await clock.advance(100);
  await clock.advance(5_000);
  return { clock, source, exchanges };
};

/** What the line and the meter need for sixty days that are read in one go, with nothing else on the line. */
const needed = async (): Promise<{ readonly need: Millis; readonly longest: Millis }> => {
  const { clock, source, exchanges } = await reach();
  const opened = await clock.run(
    source.ask({ label: "open", limit: readLimit, run: (meter, signal) => openLoadProfile(meter, { signal }) }),
  );
  exchanges.length = 0;
  const read = source.ask({
    label: "read",
    limit: 10 * readLimit,
    run: async (_, signal) => {
      for await (const __ of opened.intervals({ signal }));
    },
  });
  await clock.run(read);
  await clock.run(source.close());
  const longest = Math.max(...exchanges.map((exchange) => limitsOf([exchange]).throttled));
  return { need: limitsOf(exchanges).throttled, longest };
};

/** Reads a live set every ten seconds until it is told to stop; gives the time that each took. */
const liveSets = (source: MeterSource, clock: VirtualClock) => {
  const times: Millis[] = [];
  let cancel = (): void => {};
  const next = (): void => {
    cancel = clock.at(clock.now() + liveEvery, next);
    const began = clock.now();
    void source.read(readLimit).then(() => times.push(clock.now() - began));
  };
  next();
  return { times, stop: () => cancel() };
};

const worst = (times: readonly Millis[]): Millis => Math.max(...times);
const mean = (times: readonly Millis[]): Millis => times.reduce((a, b) => a + b, 0) / times.length;

export const benchBackFill = async (): Promise<void> => {
  const { need, longest } = await needed();
  const { clock, source } = await reach();
  const folder = mkdtempSync(join(tmpdir(), "meterport-bench-"));
  const store = openLocalSqliteStore(folder, silentLog, clock.wall);
  const first = new LiveFirst();
  const watched = first.watch(source);
  const idle = liveSets(watched, clock);
  await clock.advance(20 * liveEvery);
  idle.stop();
  await clock.advance(liveEvery);
  const job = new ProfileJob({ point: "home", zone: "UTC", source, store, clock, before: first.turn });
  const busy = liveSets(watched, clock);
  const began = clock.now();
  while (job.progress().state !== "complete") await clock.run(job.run());
  const took = clock.now() - began;
  busy.stop();
  await clock.advance(liveEvery);
  const stored = (await store.intervals("home", { channel: "energy_import_wh", from: 0, to: clock.wall(), limit: 1e5 }))
    .length;
  const sets = busy.times.length;
  const line = need + sets * mean(idle.times);
  say(`Back-fill at ${baud} baud, 4 channels every 15 minutes, with a live set every ${liveEvery / 1000} s`);
  say(
    `${stored} intervals of each channel in ${(took / 1000).toFixed(1)} s, of which ${sets} live sets ${((sets * mean(idle.times)) / 1000).toFixed(1)} s`,
  );
  say(`${(took / line).toFixed(3)} x what the line needs for these bytes and sets (target: at most 1.1)`);
  say(
    `a live set takes ${mean(idle.times).toFixed(0)} ms on the idle line, ${mean(busy.times).toFixed(0)} ms during back-fill, at worst ${worst(busy.times).toFixed(0)} ms: ${(worst(busy.times) - worst(idle.times)).toFixed(0)} ms later, one request being ${longest.toFixed(0)} ms`,
  );
  await clock.run(source.close());
  await store.close();
  rmSync(folder, { recursive: true });
};

if (import.meta.main) await benchBackFill();
