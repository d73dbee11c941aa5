/**
 * The known disasters through the whole gateway: what a meter says wrongly reaches neither live values, streams, store nor journal; a disk
 * that is full, a database that is locked or damaged and a second daemon cost nothing and are told. `guard-disasters.test.ts` has more
 * of what meters do, `torn-writes.test.ts` the loss of power.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { conditionKinds } from "@meterport/engine/conditions/conditions";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import { silentLog } from "@meterport/engine/ports/log";
import { SteppedClock } from "@meterport/engine/testing/stepped-clock";
import { createGateway, type Gateway } from "@meterport/gateway/operation/gateway";
import { caredStore } from "@meterport/gateway/stores/sqlite/cared-store.test-kit";
import { type FaultPlan, faultyDriver } from "@meterport/gateway/stores/sqlite/faulty-driver.test-kit";
import { hastyDriver } from "@meterport/gateway/stores/sqlite/hasty-store.test-kit";
import { VirtualClock } from "./support/virtual-clock.ts";
import { WatchedPoint } from "./support/watched-point.ts";

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const interval = 10 * second;
const always = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100_000 };
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly event: string;
  readonly data: unknown;
}

/** A gateway over one meter, and a listener who hears everything. */
const house = async () => {
  const real = new VirtualClock({ wall: Date.UTC(2026, 5, 1, 12) });
  const machine = new SteppedClock(real);
  const folder = mkdtempSync(join(tmpdir(), "meterport-disasters-"));
  folders.push(folder);
  const point = new WatchedPoint({
    ...{ id: "home", seed: 3, interval, real, machine, zone: "Europe/Copenhagen", backFill: false },
  });
  const plan: FaultPlan = { calls: 0, at: 0, times: 0, kind: "full", after: false };
  const driver = faultyDriver(hastyDriver, plan);
  const store = caredStore({ folder, log: silentLog, clock: machine, driver });
  const gateway = await createGateway({
    ...{ meters: [point.gatewayMeter()], store, retention: { raw: 1e12, minutes: 1e12 }, clock: machine },
    captures: { list: () => [], read: () => undefined },
    ...{ log: silentLog, version: "0", dashboard: folder, host: "127.0.0.1", allowedHosts: [] },
  });
  const told: Told[] = [];
  gateway.start();
  await real.advance(second);
  const stop = listen(gateway, (one) => told.push(one));
  const get = async (path: string): Promise<Response> => gateway.app.fetch(new Request(`http://127.0.0.1:8765${path}`));
  return {
    ...{ real, machine, point, plan, store, told, get },
    metrics: async () => (await get("/metrics")).text(),
    /** What the live values and the stream showed wrongly since a moment. */
    shownFaults: (since = 0) =>
      told
        .filter(({ event }) => event === "live")
        .map(({ data }) => data as LiveAnswer)
        .filter(({ time }) => time !== null && Date.parse(time) >= since)
        .flatMap((live) => point.faultOf({ ...live, time: live.time ?? "" }) ?? []),
    storedFaults: async (since = 0) => {
      const readings = await store.readings("home", { ...always, from: since });
      return readings.flatMap((reading) => point.faultOf(reading) ?? []);
    },
    journalFaults: async () => {
      const { entries } = await store.journal({ after: 0, limit: 10_000 });
      return entries.flatMap((entry) => {
        if (entry.kind === "interval") return point.intervalFault(entry.interval) ?? [];
        if (entry.kind !== "register") return [];
        const { register, time, value } = entry.register;
        return point.faultOf({ time: new Date(time).toISOString(), [register]: value }) ?? [];
      });
    },
    /** What was found; what the meter says of its own state is no finding. */
    kinds: async () => {
      const kinds = (await store.events("home", { limit: 100 })).map(({ kind }) => kind).reverse();
      return kinds.filter((kind) => kind !== "alarm" && !conditionKinds.some((own) => own === kind));
    },
    done: async () => {
      stop();
      await real.run(gateway.stop());
      assert.equal(real.pending, 0);
    },
  };
};

const listen = (gateway: Gateway, take: (told: Told) => void): (() => void) => {
  const ended = new AbortController();
  void (async () => {
    const request = new Request("http://127.0.0.1:8765/api/v1/stream?every=1s&after=0", { signal: ended.signal });
    const { body } = await gateway.app.fetch(request);
    let text = "";
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
        take({ event: field("event"), data: JSON.parse(field("data") || "{}") });
      }
    }
  })();
  return () => ended.abort();
};

/** Sources of the meter: energies, powers, voltages. */
const [energyImport, energyExport, powerImport] = [0, 1, 8];

const lies: Readonly<Record<string, (values: Map<number, number>, n: number) => void>> = {
  "zeros everywhere": (values) => {
    for (const id of values.keys()) values.set(id, 0);
  },
  "a leap of 1000 kWh and megawatts, now and then": (values, n) => {
    if (Math.floor(n / 2) % 3 !== 1) return;
    for (const [id, more] of [
      [energyImport, 1_000_000],
      [powerImport, 4_000_000],
    ] as const)
      if (values.has(id)) values.set(id, (values.get(id) ?? 0) + more);
  },
  "registers in each other's place": (values) => {
    const [a, b] = [values.get(energyImport), values.get(energyExport)];
    if (a === undefined || b === undefined) return;
    values.set(energyImport, b).set(energyExport, a);
  },
  "a register that falls, each second time": (values, n) => {
    if (values.has(energyImport) && n % 4 < 2) values.set(energyImport, 17);
  },
};

describe("a meter that lies", () => {
  for (const [name, lie] of Object.entries(lies))
    test(`with ${name}: nothing of it is shown, streamed, stored or in the journal`, async () => {
      const home = await house();
      const { point, real } = home;
      await real.advance(10 * minute);
      if (name.startsWith("zeros")) {
        // As the field has it: a refusal that looks like a wrong key comes first.
        const refuse = point.meter.use(() => ({ kind: "error", code: 0x0b }));
        await real.advance(12 * second);
        refuse();
      }
      const honest = point.lie(lie);
      await real.advance(10 * minute);
      assert.ok(point.wrong.length > 20, "it did lie");
      assert.match(await home.metrics(), /^meterport_points\{state="up"\} 1$/m);
      honest();
      await real.advance(15 * minute);
      assert.deepEqual(home.shownFaults(), []);
      assert.deepEqual(await home.storedFaults(), []);
      assert.deepEqual(await home.journalFaults(), []);
      assert.deepEqual(await home.kinds(), []);
      assert.equal((await home.store.devices("home")).length, 1);
      const live = home.told.findLast(({ event }) => event === "live")?.data as LiveAnswer | undefined;
      assert.equal(live?.quality, "good");
      const history = await home.store.history("home", { from: Date.UTC(2026, 5, 1, 12), step: 60, count: 36 });
      assert.ok(history.every(({ power_max_w }) => (power_max_w ?? 0) < 30_000));
      await home.done();
    });

  test("with values that stand still is told, and nothing of it is kept from then on", async () => {
    const home = await house();
    const { point, real } = home;
    await real.advance(18 * minute);
    const held = new Map<string, number>();
    const honest = point.lie((values) => {
      const set = [...values.keys()].join();
      for (const [id, value] of values) {
        const name = `${set} ${id}`;
        if (!held.has(name)) held.set(name, value);
        values.set(id, held.get(name) ?? 0);
      }
    });
    await real.advance(20 * minute);
    honest();
    await real.advance(10 * minute);
    const [frozen] = await home.store.events("home", { kinds: ["frozen"], limit: 1 });
    assert.ok(frozen !== undefined && frozen.until !== null, (await home.kinds()).join());
    const known = frozen.time + 6 * minute;
    assert.deepEqual(home.shownFaults(known), []);
    assert.deepEqual(await home.storedFaults(known), []);
    assert.deepEqual(await home.journalFaults(), []);
    const changes = home.told.filter(({ event }) => event === "change").map(({ data }) => JSON.stringify(data));
    assert.ok(changes.some((text) => text.includes('"frozen"')));
    await home.done();
  });
});

describe("clocks", () => {
  for (const [name, step] of [
    ["an hour forward", hour],
    ["an hour back", -hour],
    ["eleven years forward", 11 * 365 * 24 * hour],
  ] as const)
    test(`the machine's clock goes ${name} and returns: each value stays that of its reading, and it is told`, async () => {
      const home = await house();
      const { machine, real } = home;
      await real.advance(10 * minute);
      machine.step(step);
      await real.advance(12 * minute);
      machine.step(-step);
      await real.advance(10 * minute);
      assert.deepEqual(home.shownFaults(), []);
      assert.deepEqual(await home.storedFaults(), []);
      assert.ok((await home.store.readings("home", always)).length >= 6 * 30);
      assert.deepEqual(new Set(await home.kinds()), new Set(["machine-clock-step"]));
      assert.match(await home.metrics(), /^meterport_points\{state="up"\} 1$/m);
      await home.done();
    });

  test("the meter's clock is set: it is told with its size, and no value is doubted", async () => {
    const home = await house();
    await home.real.advance(10 * minute);
    home.point.stepMeter(20 * minute);
    await home.real.advance(65 * minute);
    const [off] = await home.store.events("home", { kinds: ["meter-clock-step"], limit: 1 });
    assert.match(off?.detail ?? (await home.kinds()).join(), /"by_ms":1[12]\d{5}/);
    assert.deepEqual(home.shownFaults(), []);
    assert.deepEqual(await home.storedFaults(), []);
    await home.done();
  });
});

describe("a disk", () => {
  for (const kind of ["full", "input-output"] as const)
    test(`that fails for minutes (${kind}): live values go on, it is told, nothing is lost`, async () => {
      const home = await house();
      const { real, plan } = home;
      await real.advance(5 * minute);
      Object.assign(plan, { kind, at: plan.calls + 1, times: 1e9 });
      await real.advance(8 * minute);
      const ready = await home.get("/ready");
      assert.equal(ready.status, 503);
      assert.match(((await ready.json()) as { problem: string }).problem, /the disk (is full|reports an error)/);
      const metrics = await home.metrics();
      assert.match(metrics, /^meterport_store_state\{state="failing"\} 1$/m);
      assert.match(metrics, /^meterport_store_waiting_writes [1-9]\d*$/m);
      const live = (await (await home.get("/api/v1/points/home/live")).json()) as LiveAnswer;
      assert.equal(live.quality, "good");
      assert.equal((await home.get("/api/v1/points/home")).status, 503);
      plan.at = 0;
      await real.advance(5 * minute);
      assert.match(await home.metrics(), /^meterport_store_state\{state="ok"\} 1$/m);
      assert.match(await home.metrics(), /^meterport_store_dropped_readings_total 0$/m);
      const times = (await home.store.readings("home", always)).map(({ time }) => Date.parse(time));
      assert.ok(times.every((time, n) => n === 0 || time - (times[n - 1] as number) < 1.5 * interval));
      assert.ok(times.length >= 6 * 17);
      assert.deepEqual(await home.storedFaults(), []);
      assert.deepEqual(await home.journalFaults(), []);
      await home.done();
    });
});
