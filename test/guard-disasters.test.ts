/** Known disasters against the gateway and its real store: what is kept is true, and nothing that was kept is lost. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Meter } from "@meterport/client";
import { pointTotal } from "@meterport/engine/devices/point-total";
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { MeterIdentity } from "@meterport/engine/model/point-model";
import type { Store } from "@meterport/engine/ports/store";
import { FakeMeter, identity } from "@meterport/engine/testing/fake-meter";
import { SteppedClock } from "@meterport/engine/testing/stepped-clock";
import { createGateway } from "@meterport/gateway/operation/gateway";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";
import { utcFields } from "@meterport/protocol/layout/dates";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { VirtualClock } from "./support/virtual-clock.ts";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const year = 365 * day;
const interval = 10 * second;
const always = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100_000 };
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A house whose gateway is started and stopped; its meter counts in true time. */
class House {
  readonly real = new VirtualClock({ wall: Date.UTC(2026, 5, 1, 12) });
  readonly folder = mkdtempSync(join(tmpdir(), "meterport-disasters-"));
  readonly lines: string[] = [];
  /** What its meter says, by the true time. */
  values: (wall: number) => Partial<LiveReading> = (wall) => this.honest(wall);
  who: MeterIdentity = identity;
  /** The meter's clock minus the true time; undefined if it refuses to tell. */
  meterClock: number | undefined;

  constructor() {
    folders.push(this.folder);
  }

  /** 720 W since 2026. */
  readonly honest = (wall: number): Partial<LiveReading> => {
    const n = Math.floor(wall / interval);
    return {
      ...{ power_w: 715 + (n % 11), voltage_l1_v: 230 + (n % 13) / 10, frequency_hz: 50, energy_export_wh: 70 },
      energy_import_wh: 5_000_000 + Math.floor((wall - Date.UTC(2026, 5, 1)) / 5_000),
    };
  };

  /** Runs the gateway with the machine's clock off by `ahead`; `during` may change things. */
  async run(length: number, ahead = 0, during: (clock: SteppedClock) => Promise<void> = async () => {}): Promise<void> {
    const clock = new SteppedClock(this.real, { ahead });
    const meter = new FakeMeter(clock);
    Object.defineProperty(meter, "values", { get: () => this.values(this.real.wall()) });
    const log = (text: string): void => void this.lines.push(text);
    const store = openLocalSqliteStore(this.folder, { info: log, warn: log, error: log }, clock.wall);
    if (this.meterClock !== undefined)
      meter.connected = {
        read: async () => utcFields(this.real.wall() + (this.meterClock ?? 0)),
      } as unknown as Meter;
    const gateway = await createGateway({
      meters: [
        {
          ...{
            id: "home",
            name: "Home",
            url: "line",
            simulated: true,
            interval,
            fuseAmps: 25,
            zone: "Europe/Copenhagen",
          },
          source: { ...meter, status: meter.status, identity: () => this.who },
          redact: async () => undefined,
        },
      ],
      store,
      retention: { raw: 2 * day, minutes: 5 * year },
      captures: { list: () => [], read: () => undefined },
      clock,
      log: { info: log, warn: log, error: log },
      version: "0",
      dashboard: this.folder,
      host: "127.0.0.1",
      allowedHosts: [],
    });
    gateway.start();
    await this.real.advance(length / 2);
    await during(clock);
    await this.real.advance(length / 2);
    await this.real.run(gateway.stop());
  }

  async look<T>(read: (store: Store) => Promise<T>): Promise<T> {
    const store = openLocalSqliteStore(
      this.folder,
      { info: () => {}, warn: () => {}, error: () => {} },
      this.real.wall,
    );
    const result = await read(store);
    await store.close();
    return result;
  }

  readonly readings = () => this.look((store) => store.readings("home", always));
  readonly events = async () => [...(await this.look((store) => store.events("home", always)))].reverse();
  readonly kinds = async () => (await this.events()).map(({ kind }) => kind);
  readonly devices = () => this.look((store) => store.devices("home"));
  readonly journal = async (): Promise<readonly JournalEntry[]> =>
    (await this.look((store) => store.journal({ after: 0, limit: 1_000 }))).entries;
}

/** Every number of the store and the journal is one that the meter really had. */
const isTrue = async (house: House, truth: (wall: number) => Partial<LiveReading>): Promise<void> => {
  for (const reading of await house.readings()) {
    const right = truth(Date.parse(reading.time));
    for (const [key, value] of Object.entries(reading))
      if (typeof value === "number") assert.equal(value, right[key as keyof LiveReading], `${key} at ${reading.time}`);
  }
  for (const entry of await house.journal())
    if (entry.kind === "register")
      assert.equal(
        entry.register.value,
        truth(entry.register.time)[entry.register.register as keyof LiveReading],
        `${entry.register.register} in the journal`,
      );
};

describe("a machine whose clock is wrong", () => {
  for (const [name, ahead] of [
    ["3 days", 3 * day],
    ["11 years", 11 * year],
  ] as const) {
    test(`by ${name} for four seconds, or for hours, deletes nothing`, async () => {
      const house = new House();
      await house.run(hour);
      const before = await house.readings();
      assert.ok(before.length > 350);
      for (const length of [4 * second, 3 * hour]) {
        await house.run(length, ahead);
        const left = await house.readings();
        const times = new Set(left.map(({ time }) => time));
        assert.deepEqual(
          before.filter(({ time }) => !times.has(time)),
          [],
        );
        const minutes = await house.look((store) =>
          store.history("home", { from: house.real.wall() - hour - length, step: 60, count: 30 }),
        );
        assert.ok(minutes.some(({ power_w }) => power_w !== null));
      }
      assert.ok(
        house.lines.some((line) =>
          /clock was .* ahead of the last time that was certain: .*; nothing is deleted/.test(line),
        ),
        house.lines.join("\n"),
      );
    });

    test(`by ${name} leaves no false leap, and no energy is withheld afterwards`, async () => {
      const house = new House();
      await house.run(hour);
      await house.run(minute, ahead);
      await house.real.advance(2 * hour);
      const restarted = house.real.wall();
      await house.run(10 * minute);
      const later = (await house.readings()).filter(
        ({ time }) => Date.parse(time) >= restarted && Date.parse(time) < restarted + hour,
      );
      assert.ok(later.length > 50);
      assert.ok(later.every(({ energy_import_wh, quality }) => energy_import_wh !== null && quality === "good"));
      assert.equal((await house.kinds()).includes("register-leap"), false);
    });
  }

  test("steps while it runs: deletes nothing for an hour, and says which clock moved", async () => {
    const house = new House();
    house.meterClock = 200;
    await house.run(4 * hour, 0, async (clock) => {
      clock.step(3 * day);
      await house.real.advance(15 * minute);
      clock.step(-3 * day);
    });
    assert.equal(
      (await house.readings()).filter(({ time }) => Date.parse(time) <= house.real.wall()).length > 1_400,
      true,
    );
    assert.equal((await house.kinds()).includes("meter-clock-off"), false);
    const steps = (await house.events()).filter(({ kind }) => kind === "machine-clock-step");
    assert.ok(steps.length >= 1, (await house.kinds()).join(" "));
    assert.ok(house.lines.some((line) => /this machine's clock was set forward by 3\.0 days/.test(line)));
    assert.ok(
      house.lines.some((line) => /history: the machine's clock was set/.test(line)),
      house.lines.join("\n"),
    );
    assert.equal((await house.kinds()).includes("meter-clock-step"), false);
  });

  test("that agrees with the meter's clock deletes what is old, and says how much", async () => {
    const house = new House();
    house.meterClock = -300;
    await house.run(hour);
    await house.real.advance(2.5 * day);
    await house.run(3 * hour);
    assert.match(house.lines.join("\n"), /history: deleted because of their age: 3\d\d readings before 2026-06-0/);
    assert.ok((await house.readings()).every(({ time }) => Date.parse(time) > house.real.wall() - 2 * day - hour));
  });
});

describe("a meter", () => {
  /** What happens in the middle of an hour, and what is left of it. */
  const during = async (wrong: (right: Partial<LiveReading>, n: number) => Partial<LiveReading>): Promise<House> => {
    const house = new House();
    await house.run(hour, 0, async () => {
      const begun = house.real.wall();
      house.values = (wall) => wrong(house.honest(wall), Math.floor((wall - begun) / interval));
      await house.real.advance(20 * minute);
      house.values = house.honest;
    });
    return house;
  };

  test("that answers with zeros leaves none", async () => {
    const house = await during((right) => Object.fromEntries(Object.keys(right).map((key) => [key, 0])));
    await isTrue(house, house.honest);
    assert.deepEqual(await house.kinds(), []);
  });

  test("that leaps by 1000 kWh once, with megawatts, leaves nothing of it", async () => {
    const house = await during((right, n) =>
      n % 3 === 1
        ? { ...right, power_w: 4_200_000, energy_import_wh: (right.energy_import_wh ?? 0) + 1_000_000 }
        : right,
    );
    await isTrue(house, house.honest);
    assert.deepEqual(await house.kinds(), []);
  });

  test("whose registers stand in each other's place leaves nothing of it", async () => {
    const house = await during(({ energy_import_wh, energy_export_wh, ...right }) => ({
      ...right,
      ...{ energy_import_wh: energy_export_wh ?? null, energy_export_wh: energy_import_wh ?? null },
    }));
    await isTrue(house, house.honest);
    assert.deepEqual(await house.kinds(), []);
  });

  test("whose registers fall for single readings leaves nothing of it", async () => {
    const house = await during((right, n) => (n % 2 === 1 ? { ...right, energy_import_wh: 17 } : right));
    await isTrue(house, house.honest);
    assert.equal((await house.devices()).length, 1);
  });

  test("whose registers freeze is told, and only their last true value is kept", async () => {
    let held: number | undefined;
    const house = await during((right) => {
      held ??= right.energy_import_wh ?? undefined;
      return { ...right, energy_import_wh: held ?? null };
    });
    const [frozen] = await house.events();
    assert.deepEqual([frozen?.kind, frozen?.until === null], ["frozen", false]);
    const wrong = (await house.readings()).filter(
      ({ time, energy_import_wh: value }) =>
        value !== null && Math.abs(value - (house.honest(Date.parse(time)).energy_import_wh ?? 0)) > 75,
    );
    assert.deepEqual(wrong, [], "some minutes pass before it is known");
  });

  test("that is exchanged while the gateway is off, and again while it runs, goes on in the total", async () => {
    const house = new House();
    await house.run(hour);
    await house.real.advance(day);
    const exchanged = house.real.wall();
    const used = (from: number, to: number): number => Math.floor((to - from) / 5_000);
    house.who = { ...identity, serial: "5678" };
    house.values = (wall) => ({ ...house.honest(wall), energy_import_wh: 12 + used(exchanged, wall) });
    const ofSecond = house.values;
    await house.run(hour);
    const again = house.real.wall();
    await house.run(hour, 0, async () => {
      house.who = { ...identity, serial: "9012" };
      house.values = (wall) => ({ ...house.honest(wall), energy_import_wh: 800_000 + used(again, wall) });
      await house.real.advance(30 * minute);
    });
    const devices = await house.devices();
    assert.deepEqual(
      devices.map(({ serial }) => serial),
      ["1234", "5678", "9012"],
    );
    assert.deepEqual(await house.kinds(), ["meter-exchange", "meter-exchange"]);
    for (const [n, device] of devices.entries()) if (n < 2) assert.equal(device.to, (devices[n + 1]?.from ?? 0) - 1);
    const [first, middle, last] = devices;
    const counted =
      (first?.end?.energy_import_wh ?? 0) +
      (middle?.end?.energy_import_wh ?? 0) -
      (middle?.start.energy_import_wh ?? 0);
    const now = house.values(house.real.wall()).energy_import_wh ?? 0;
    assert.equal(pointTotal(devices, "energy_import_wh", now), counted + now - (last?.start.energy_import_wh ?? 0));
    const journal = await house.journal();
    assert.ok(journal.filter(({ kind }) => kind === "device").length >= 5);
    const begun = (await house.look((store) => store.registers("home", always))).find(
      ({ register, reason, serial }) => register === "energy_import_wh" && reason === "exchange" && serial === "5678",
    );
    assert.ok(begun !== undefined && begun.time - exchanged <= 3 * interval);
    assert.equal(begun.value, ofSecond(begun.time).energy_import_wh);
    assert.equal(middle?.start.energy_import_wh, begun.value);
    const states = journal.flatMap((entry) => (entry.kind === "register" ? [entry.register] : []));
    assert.deepEqual(
      states.filter(({ register }) => register === "energy_import_wh").map(({ reason, serial }) => [reason, serial]),
      [
        ["first", "1234"],
        ["exchange", "1234"],
        ["exchange", "5678"],
        ["exchange", "5678"],
        ["exchange", "9012"],
      ],
    );
  });
});
