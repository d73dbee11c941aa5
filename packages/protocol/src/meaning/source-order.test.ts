import assert from "node:assert/strict";
import { test } from "node:test";
import captures from "../../vectors/captures.json" with { type: "json" };
import { fromHex } from "../bytes.ts";
import { joinSources } from "./readings.ts";
import { sourceOf } from "./source-ids.ts";
import { printedPresentValues } from "./source-ids.vectors.ts";
import { presentValueOrder, summationOrder } from "./source-order.ts";

const meter = (major: number, minor: number) => ({ family: "meter", firmware: [major, minor] }) as const;
const module = (major: number, minor: number) => ({ family: "module", firmware: [major, minor] }) as const;

const printed = printedPresentValues
  .split("\n")
  .filter((line) => /^\d/.test(line))
  .map((line) => line.split("|") as [string, string, string]);

test("present values stand at their printed positions, since the printed firmware", () => {
  const order = presentValueOrder(meter(4, 30));
  assert.equal(printed.length, 84);
  assert.equal(order.length, 84);
  for (const [position, name, since] of printed) {
    const source = sourceOf(order[Number(position)] as number);
    assert.equal(source.name, name);
    const version = since === "all" ? [0, 0] : (/[\d.]+/.exec(since)?.[0] ?? "").split(".").map(Number);
    assert.deepEqual(source.since.meter, version, name);
    const forModules = /CPM (\d)\.(\d+)/.exec(since);
    if (forModules !== null)
      assert.deepEqual(source.since.module, [Number(forModules[1]), Number(forModules[2])], name);
  }
});

test("counts by firmware", () => {
  const counts = [meter(2, 10), meter(2, 12), meter(3, 10), meter(3, 46), meter(3, 50), meter(3, 69), meter(3, 70)];
  assert.deepEqual(
    counts.map((profile) => presentValueOrder(profile).length),
    [18, 22, 26, 26, 41, 41, 55],
  );
  const later = [meter(4, 0), meter(4, 9), meter(4, 10), meter(4, 29), meter(4, 30), meter(5, 0)];
  assert.deepEqual(
    later.map((profile) => presentValueOrder(profile).length),
    [72, 72, 75, 75, 84, 84],
  );
  assert.deepEqual(
    [module(1, 20), module(1, 32)].map((profile) => presentValueOrder(profile).length),
    [55, 84],
  );
  // Each value has its printed number; the twenty between are not for modules (MEP guide 1.1, pp. 223-225).
  const [ofModule, ofMeter] = [presentValueOrder(module(1, 32)), presentValueOrder(meter(4, 30))];
  assert.deepEqual(
    ofModule,
    ofMeter.map((id, number) => (number >= 55 && number < 75 ? 85 : id)),
  );
});

test("a source is in the order exactly when the firmware has it", () => {
  for (const profile of [
    meter(2, 0),
    meter(3, 10),
    meter(3, 50),
    meter(3, 70),
    meter(4, 0),
    meter(4, 10),
    meter(4, 30),
  ]) {
    const order = new Set(presentValueOrder(profile));
    for (const id of presentValueOrder(meter(4, 30))) {
      const [major, minor] = sourceOf(id).since.meter as readonly [number, number];
      const has = profile.firmware[0] > major || (profile.firmware[0] === major && profile.firmware[1] >= minor);
      assert.equal(order.has(id), has, `${id} on ${profile.firmware.join(".")}`);
    }
  }
});

test("summations: 11, 15 with demand, 19 from 4.0", () => {
  const plain = [0, 1, 2, 3, 4, 5, 6, 7, 26, 27, 28];
  assert.deepEqual(summationOrder(meter(3, 70), false), plain);
  assert.deepEqual(summationOrder(meter(3, 70), true), [...plain, 108, 109, 110, 111]);
  assert.deepEqual(summationOrder(module(1, 20), true).length, 15);
  assert.deepEqual(summationOrder(meter(4, 0), false), [...plain, 108, 109, 110, 111, 85, 85, 85, 85]);
});

/** What the source of the captures calls our sources, where it differs. */
const nameInSource = (name: string): string =>
  name
    .replace(/^RMS Current (L\d)$/, "RMS Current (mA) $1")
    .replace(/^RMS Voltage (L\d)$/, "RMS Voltage (mV) $1")
    .replace(/^Power Factor (L\d)$/, "Power Factor $1 (1/1000)")
    .replace(/^Frequency$/, "Frequency (mHz)")
    .replace(/^VA Power /, "VA ");

const orders: Record<string, readonly number[]> = {
  BT23: summationOrder(meter(3, 70), false),
  BT28: presentValueOrder(meter(3, 70)),
};

test("real replies of 3.70 meters have the values that their owners state, by name", () => {
  let compared = 0;
  for (const capture of captures.captures) {
    if (Object.keys(capture.stated).length === 0) continue;
    const order = orders[capture.table] as readonly number[];
    const frame = fromHex(capture.response) as Uint8Array;
    const view = new DataView(frame.buffer, 5);
    const values = order.map((_, i) => view.getInt32(4 * i, true));
    const named = new Map(
      [...joinSources(order, values).values].map(([id, raw]) => [nameInSource(sourceOf(id).name), raw]),
    );
    for (const [name, value] of Object.entries(capture.stated)) {
      assert.equal(named.get(name), value, `${capture.id} ${name}`);
      compared++;
    }
    // 55 values and nothing else before the digest, or five blocks of 11: what the order was chosen by.
    assert.equal(frame.length - 5 - 8, 220);
  }
  assert.equal(compared, 32);
});
