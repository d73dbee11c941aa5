import assert from "node:assert/strict";
import { test } from "node:test";
import { appeared, bridgesOf, changedOf, linksOf, outputTestOf, recoveredOf, testOf } from "./answers.ts";

const rubbish: unknown[] = [null, 7, "x", [], {}, { ports: 1 }, { state: "new" }, { state: "done", started: "t" }];

test("answers that are not understood are null, never a crash", () => {
  for (const data of rubbish) for (const parse of [linksOf, testOf, recoveredOf]) assert.equal(parse(data), null);
  for (const data of [null, 7, "x", []]) assert.equal(changedOf(data), null);
  assert.equal(outputTestOf({ ok: "yes" }), null);
});

test("ports come with their names, and say which is new", () => {
  const usb = { link: "usb://0403:6001:A", path: "/dev/ttyUSB0", vendor: "0403", maker: "FTDI", name: "FT232R" };
  const links = linksOf({
    ports: [usb, usb, { link: "/dev/ttyS0", path: "/dev/ttyS0", vendor: null }, { path: "/x" }],
    simulated: "home",
  });
  assert.deepEqual(links?.ports, [
    { link: "usb://0403:6001:A", path: "/dev/ttyUSB0", name: "FTDI FT232R", usb: true, usedBy: null },
    { link: "/dev/ttyS0", path: "/dev/ttyS0", name: null, usb: false, usedBy: null },
  ]);
  assert.equal(links?.simulated, "home");
  const ports = links?.ports ?? [];
  assert.deepEqual(appeared(ports.slice(1), ports), ["usb://0403:6001:A"]);
  assert.deepEqual(appeared(ports, ports), []);
});

test("a verdict of an older gateway has no offer, and unknown values stay unknown", () => {
  const verdict = { outcome: "works", level: null, meter: "NES 83331", code: null, message: "m" };
  const parsed = testOf({ state: "done", started: "t", took_ms: 1, problem: null, verdict });
  assert.equal(parsed?.verdict?.offer, null);
  const offer = { phases: 3, power_w: null, profile_days: "many" };
  const more = testOf({ state: "done", started: "t", verdict: { ...verdict, offer } });
  assert.deepEqual(more?.verdict?.offer, { phases: 3, power: null, days: null, minutes: null });
});

test("what is read of the meter's memory is counted over all months", () => {
  const month = (present: number, expected: number, open: number) => ({
    present,
    expected,
    open,
    present_s: present * 900,
  });
  assert.deepEqual(recoveredOf({ periods: [month(0, 0, 0), month(96, 192, 96), month(96, 96, 0), "x"] }), {
    ...{ present: 192, expected: 288, open: 96, days: 2 },
  });
  assert.deepEqual(recoveredOf({ periods: [] }), { present: 0, expected: 0, open: 0, days: 0 });
});

test("a change that was written and not carried out is no success", () => {
  assert.deepEqual(changedOf({ ok: false, problems: ["why", 7], id: "home" }), {
    id: "home",
    ok: false,
    problems: ["why"],
  });
});

test("bridges of the network are read, each once, and rubbish is left out", () => {
  const cellar = { link: "tcp://10.0.0.5:6638", name: "<b>cellar", kind: "esphome", guessed: true, used_by: null };
  const found = bridgesOf({ bridges: [cellar, cellar, { ...cellar, link: "tcp://10.0.0.6:1", kind: "new" }, {}, 5] });
  assert.deepEqual(found?.bridges, [
    { link: cellar.link, name: "<b>cellar", kind: "esphome", guessed: true, usedBy: null },
    { link: "tcp://10.0.0.6:1", name: "<b>cellar", kind: null, guessed: true, usedBy: null },
  ]);
  assert.equal(bridgesOf({ bridges: {} }), null);
});
