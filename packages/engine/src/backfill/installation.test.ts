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

test("the memory of the first meter is that of the point; a later one's counts from its installation", () => {
  assert.deepEqual(installationOf(identity, []), { serial: "1234", since: null });
  assert.deepEqual(installationOf(identity, [device(5, "1234")]), { serial: "1234", since: null });
  assert.deepEqual(installationOf(identity, [device(5, "99"), device(50, "1234")]), { serial: "1234", since: 50 });
});

test("a meter that is not the one that is noted is unknown until the exchange is noted", () => {
  assert.equal(installationOf(identity, [device(5, "99")]), undefined);
  assert.deepEqual(installationOf({ ...identity, utility_serial: "99" }, [device(5, "99")]), {
    serial: "99",
    since: null,
  });
});

test("a meter whose registers were reset keeps its memory, and one without a serial number is taken as it is", () => {
  const devices = [device(5, "99"), device(50, "1234"), device(80, "1234")];
  assert.deepEqual(installationOf(identity, devices), { serial: "1234", since: 50 });
  assert.deepEqual(installationOf(null, [device(5, null), device(60, null)]), { serial: null, since: 60 });
});

test("a memo survives, and anything else counts as a first contact", () => {
  const state: ProfileState = { serial: "1", since: null, settled: 5, seconds: 900, channels: ["energy_import_wh"] };
  assert.deepEqual(parseMemo(memoText(state)), state);
  for (const text of [undefined, "", "{}", "null", "[1]", '{"settled":"x"}', '{"settled":1,"seconds":0,"channels":[]}'])
    assert.equal(parseMemo(text), undefined);
});
