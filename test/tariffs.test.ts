/** Tariffs of a virtual meter: it switches by the calendar that it reports. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect, type Meter, rc4 } from "@meterport/client";
import { readCalendar } from "@meterport/client/readers/calendar";
import { readDemands, readRegisters } from "@meterport/client/readers/registers";
import { parseProfile } from "@meterport/protocol/layout/index";
import { tariffOn, tierAt } from "@meterport/protocol/meaning/tariff-calendar";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import { BT55 } from "@meterport/protocol/tables/index";
import { modelledLine, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));
const hour = 3_600_000;

interface Setting {
  readonly clock: VirtualClock;
  readonly device: VirtualMeter;
  readonly meter: Meter;
}
const open = async (profile: string, start: Millis, demand = false): Promise<Setting> => {
  const clock = new VirtualClock({ wall: start });
  const keys = { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) };
  const device = new VirtualMeter({ profile: parseProfile(profile), keys, scenario: "solar", seed: 3, start, demand });
  const security = rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
  const line = modelledLine({ meter: device, clock, baud: 9600 });
  return { clock, device, meter: await clock.run(connect(line, { security, clock })) };
};

/** "2026-03-29T03:00:00" in Copenhagen, from this machine's time zone data and not from our code. */
const copenhagen = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Copenhagen",
  dateStyle: "short",
  timeStyle: "medium",
});
const localOf = (time: Millis): string => copenhagen.format(time).replace(" ", "T");

describe("the calendar of a virtual meter", () => {
  for (const profile of ["meter:3.30", "meter:4.30", "module:1.20"])
    test(`${profile}: a year of tiers and seasons is what its own clock shows`, async (t) => {
      const start = Date.UTC(2026, 0, 1, 0, 20);
      const { clock, device, meter } = await open(profile, start);
      const reading = await clock.run(readCalendar(meter));
      assert.ok(reading !== undefined);
      const switched = { tier: 0, season: 0 };
      let before: { tier: number; season: number } | undefined;
      for (let time = start; time < start + 365 * 24 * hour; time += hour) {
        const local = localOf(time);
        const tier = tierAt(reading.calendar, local);
        const { season } = tariffOn(reading.calendar, local);
        // The plan of the simulator in plain words: cheap from ten in the evening to six in the morning.
        const h = Number(local.slice(11, 13));
        assert.equal(tier, h >= 22 || h < 6 ? 1 : 0, local);
        if (before !== undefined && before.tier !== tier) switched.tier++;
        if (before !== undefined && before.season !== season) switched.season++;
        before = { tier: tier ?? -1, season: season ?? -1 };
      }
      t.diagnostic(`${switched.tier} switches`);
      assert.deepEqual(switched, { tier: 730, season: 2 });
      // What the meter shows, now and then over a year, at times that hit both hours of each change of the clock.
      const moments = [
        ...Array.from({ length: 40 }, (_, i) => start + i * (9 * 24 + 7) * hour),
        Date.UTC(2026, 2, 29, 0, 59),
        Date.UTC(2026, 2, 29, 1, 1),
        Date.UTC(2026, 9, 25, 0, 59),
        Date.UTC(2026, 9, 25, 1, 1),
        Date.UTC(2026, 3, 30, 21, 30),
        Date.UTC(2026, 8, 30, 22, 30),
      ].sort((a, b) => a - b);
      for (const time of moments) {
        await clock.advance(time - device.timeAt(clock.now()));
        const { currentTier, season, clock: shown } = await clock.run(meter.read(BT55));
        const local = localOf(device.timeAt(clock.now()));
        assert.deepEqual([shown.hour, shown.minute], [Number(local.slice(11, 13)), Number(local.slice(14, 16))]);
        assert.equal(tierAt(reading.calendar, local), currentTier, local);
        assert.equal(tariffOn(reading.calendar, local).season, season, local);
      }
    });
});

describe("the tariffs of a virtual meter", () => {
  for (const profile of ["meter:3.70", "meter:4.30"])
    test(`${profile}: are what flowed while each tier was in effect`, async () => {
      const start = Date.UTC(2026, 5, 10, 19, 30);
      const { clock, device, meter } = await open(profile, start, true);
      const truth = (at: Millis) => device.valuesAt(at).get(0) ?? Number.NaN;
      const energies = async () => {
        const read = await clock.run(readRegisters(meter));
        return [read.total, ...read.tiers].map(
          ({ registers }) => registers.find(({ source }) => source === 0)?.value ?? -1,
        );
      };
      const first = await energies();
      const began = device.timeAt(clock.now());
      // Ten in the evening is 20:00 UTC in June, six in the morning 04:00.
      await clock.advance(Date.UTC(2026, 5, 11, 9) - began);
      const second = await energies();
      const used = second.map((value, i) => value - (first[i] ?? 0));
      const [night, morning, end] = [Date.UTC(2026, 5, 10, 20), Date.UTC(2026, 5, 11, 4), Date.UTC(2026, 5, 11, 9)];
      const byNight = truth(morning) - truth(night);
      assert.equal(used[2], byNight);
      assert.equal(used[0], (used[1] ?? 0) + (used[2] ?? 0));
      // The reads themselves take a second or two.
      const byDay = truth(end) - truth(began) - byNight;
      assert.ok(Math.abs((used[1] ?? 0) - byDay) <= 2, `${used[1]} ${byDay}`);
      assert.ok(byNight > 0 && byDay > 0);
    });

  test("its demands match its registers", async () => {
    const { clock, device, meter } = await open("meter:4.30", Date.UTC(2026, 5, 10, 10), true);
    const demands = await clock.run(readDemands(meter));
    const truth = device.history.registersAt(device.timeAt(clock.now()));
    assert.deepEqual(
      demands.total.demands.map(({ raw }) => raw),
      truth.total.demands.map((record) => record.demands[0]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = truth.total.demands[0]?.eventTimes?.[0] ?? {};
    const reached = [2000 + year, month, day, hour, minute].map((n) => String(n).padStart(2, "0"));
    assert.equal(demands.total.demands[0]?.at, `${reached.slice(0, 3).join("-")}T${reached.slice(3).join(":")}:00`);
    assert.ok(day >= 1 && month === 6, "since the month began");
    assert.equal(demands.underWay.length, 8);
    assert.equal(demands.demandResets, truth.demandResets);
  });
});
