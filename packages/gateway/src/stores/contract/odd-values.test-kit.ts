/** What every store must do with values that one store could keep and another could not. */
import assert from "node:assert/strict";
import type { StoreBatch } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { type Check, device, event, interval, journalOf, register, t0 } from "./under-test.test-kit.ts";

export const oddValueChecks = (check: Check): void => {
  check("every store refuses the same values, as the fault of the value, and goes on", async ({ store }) => {
    const live = (time: number, power_w: number): StoreBatch => ({
      readings: [{ point: "home", reading: reading(time, { power_w }) }],
    });
    const refused: Readonly<Record<string, StoreBatch>> = {
      "a reading before 1970": live(-1, 5),
      "a reading after the last year that fits": live(Date.UTC(2110, 0), 5),
      "the last moment of a calendar": live(8.64e15, 5),
      "a number that is none": live(t0, Number.NaN),
      "an endless number": live(t0, Number.NEGATIVE_INFINITY),
      "a power that overflows as thousandths": live(t0, 1e307),
      "an interval at the end of all numbers": { intervals: [interval({ end: Number.MAX_SAFE_INTEGER })] },
      "an interval between milliseconds": { intervals: [interval({ end: t0 + 0.5 })] },
      "an interval of centuries": { intervals: [interval({ seconds: 2 ** 33 })] },
      "an interval without a length": { intervals: [interval({ seconds: 0 })] },
      "an energy whose sum overflows": { intervals: [interval({ value: 1.7e308 })] },
      "a tier beyond all tiers": { registers: [register({ tier: 2 ** 40 })] },
      "a tier below none": { registers: [register({ tier: -1 })] },
      "a register that is not a number": { devices: [{ ...device, start: { energy_import_wh: Number.NaN } }] },
      "an event after all calendars": { events: [event({ time: 9e15 })] },
      "a point with a zero byte": { intervals: [interval({ point: "a\0b" })] },
      "a point with half a character": { memos: [{ point: "a\ud800", name: "n", text: "x" }] },
      "a channel with half a character": { intervals: [interval({ channel: "a\udc00b" })] },
    };
    for (const [what, batch] of Object.entries(refused))
      await assert.rejects(
        store.write(batch),
        (error) => error instanceof RangeError || error instanceof TypeError,
        what,
      );
    assert.deepEqual(await store.channels("home"), []);
    assert.equal((await store.status()).state, "ok");
    assert.equal((await store.write({ intervals: [interval()] })).journal, 1);
  });

  check("every store keeps the same odd values", async ({ store, reopen }) => {
    const point = "a\nb'\"%_\\é電\u{1F600} ";
    const small = reading(0, { power_w: -0, voltage_l1_v: 0.1 + 0.2, power_factor_l1: 1 / 3, energy_import_wh: 1e18 });
    await store.write({
      readings: [{ point, reading: small }],
      intervals: [
        interval({ point, channel: "c'\n", end: -900_000, value: 5e-324 }),
        interval({ point: "", channel: "" }),
      ],
      events: [event({ point, id: "x'\n", time: -1, number: 1.5 })],
    });
    const again = await reopen();
    const [kept] = await again.readings(point, { from: 0, to: 1, limit: 9 });
    assert.deepEqual({ ...kept, power_w: 0 }, { ...small, power_w: 0 });
    const range = { from: -1e12, to: 1e13, limit: 9 };
    assert.deepEqual(
      (await again.intervals(point, { channel: "c'\n", ...range })).map(({ end, value }) => [end, value]),
      [[-900_000, 5e-324]],
    );
    assert.equal((await again.intervals("", { channel: "", ...range })).length, 1);
    assert.deepEqual(await again.events(point, { limit: 9 }), [event({ point, id: "x'\n", time: -1, number: 1.5 })]);
    assert.deepEqual(
      (await journalOf(again)).map((entry) => entry.point),
      [point, "", point],
    );
  });

  check("an event with half a character in it is one change, however often it is stored", async ({ store }) => {
    const odd = event({ id: "log:\ud800", detail: '{"text":"\udc00\0"}' });
    assert.equal((await store.write({ events: [odd] })).events, 1);
    assert.equal((await store.write({ events: [odd] })).events, 0);
    assert.deepEqual(
      (await store.events("home", { limit: 9 })).map(({ id, detail }) => [id, detail]),
      [["log:\ufffd", '{"text":"\ufffd\ufffd"}']],
    );
  });
};
