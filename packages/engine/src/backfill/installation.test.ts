import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "../model/device.ts";
import { identity } from "../testing/fake-meter.ts";
import { installationOf } from "./installation.ts";
import { memoText, type ProfileState, parseMemo } from "./profile-state.ts";

const device = (from: number, serial: string | null): Device => ({
  ...{ point: "home", from, to: null, serial, manufacturer: null, model: null, firmware: null, profile: null },
  ...{ start: {}, end: null },
});

const noted = { now: 1_000, instead: 7 };

test("the memory of the first meter is that of the point; a later one's counts from its installation", () => {
  assert.deepEqual(installationOf(identity, [], noted), { serial: "1234", since: null });
  assert.deepEqual(installationOf(identity, [device(5, "1234")], noted), { serial: "1234", since: null });
  assert.deepEqual(installationOf(identity, [device(5, "99"), device(50, "1234")], noted), {
    serial: "1234",
    since: 50,
  });
});

test("a meter that is not the one that is noted is unknown until the exchange is noted", () => {
  assert.equal(installationOf(identity, [device(5, "99")], noted), undefined);
  assert.deepEqual(installationOf({ ...identity, utility_serial: "99" }, [device(5, "99")], noted), {
    serial: "99",
    since: null,
  });
});

test("a meter whose registers were reset keeps its memory, and one without a serial number is taken as it is", () => {
  const devices = [device(5, "99"), device(50, "1234"), device(80, "1234")];
  assert.deepEqual(installationOf(identity, devices, noted), { serial: "1234", since: 50 });
  assert.deepEqual(installationOf(null, [device(5, null), device(60, null)], noted), { serial: null, since: 60 });
});

test("a meter that was noted with a time that is still to come counts from what is known instead", () => {
  const devices = [device(5, "99"), device(2_000, "1234")];
  assert.deepEqual(installationOf(identity, devices, noted), { serial: "1234", since: 7 });
  assert.deepEqual(installationOf(identity, devices, { now: 2_000, instead: 7 }), { serial: "1234", since: 2_000 });
  assert.deepEqual(installationOf(identity, [device(2_000, "1234")], noted), { serial: "1234", since: null });
});

test("a memo survives, and anything else counts as a first contact", () => {
  const state: ProfileState = { serial: "1", since: null, settled: 5, seconds: 900, channels: ["energy_import_wh"] };
  assert.deepEqual(parseMemo(memoText(state)), state);
  for (const text of [undefined, "", "{}", "null", "[1]", '{"settled":"x"}', '{"settled":1,"seconds":0,"channels":[]}'])
    assert.equal(parseMemo(text), undefined);
});
