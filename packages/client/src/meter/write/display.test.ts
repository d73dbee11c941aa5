import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { leaves, parseProfile, sizeOf } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { ET50 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { benchOf, le16, le32 } from "../../readers/logs.test-kit.ts";
import { displayFields, displayIcons, readDisplay, setDisplayValue } from "./display.ts";

const profile = "meter:4.30";
const env = defaultDimensions(parseProfile(profile));
const places = env.ET11.mepDataSources ?? 0;

const bench = () => {
  // MEP guide 1.1, pp. 131-132: icons from byte 31, then values.
  const bytes = new Uint8Array(sizeOf(ET50, env));
  bytes.set([...le16(0), ...le16(32 + 256)], 31);
  bytes.set([...le32(-7), ...le32(-12_345)], 31 + 2 * places);
  bytes.set(le16(0x8001), 31 + 4);
  return benchOf(new VirtualClock(), profile, [[ET50.number, bytes]]);
};

describe("the display", () => {
  test("has the guide's icons", () => {
    const told = leaves(ET50, env).find(({ path }) => path === "clients.0.iconDisplayControl.0")?.meta.names;
    const names = Object.fromEntries(Object.entries(displayIcons).map(([name, bit]) => [bit, name.toLowerCase()]));
    assert.deepEqual(
      Object.fromEntries(Object.entries(told ?? {}).map(([bit, name]) => [bit, name.toLowerCase()])),
      names,
    );
  });

  test("is read place by place", async () => {
    const { clock, meter } = await bench();
    const shown = await clock.run(readDisplay(meter));
    assert.equal(shown.length, places);
    assert.deepEqual(shown.slice(0, 3), [
      { place: 0, value: -7, icons: [], otherIcons: 0 },
      { place: 1, value: -12_345, icons: ["kWh", "minus"], otherIcons: 0 },
      { place: 2, value: 0, icons: ["euro"], otherIcons: 0x8000 },
    ]);
  });

  test("writes only the given fields, and nothing on a read-only connection", async () => {
    const { clock, meter, line } = await bench();
    const fields = displayFields(meter, [
      { place: 1, value: 5 },
      { place: 2, icons: ["date", "time", "date"] },
    ]);
    assert.deepEqual(fields, [
      { path: ["clients", 0, "dataForDisplay", 1], value: 5 },
      { path: ["clients", 0, "iconDisplayControl", 2], value: 12 },
    ]);
    const dry = await clock.run(setDisplayValue(meter, { place: 1, value: 5 }, { dryRun: true }));
    assert.deepEqual(
      dry.requests.map(({ table, offset, data }) => [table, offset, [...data]]),
      [[ET50.number, 31 + 2 * places + 4, [5, 0, 0, 0]]],
    );
    const before = line.asked.length;
    await assert.rejects(clock.run(setDisplayValue(meter, { place: 1, value: 5 })), { name: "UsageError" });
    assert.equal(line.asked.length, before);
  });

  test("rejects impossible places and values", async () => {
    const { meter } = await bench();
    const wrong = [{ place: -1 }, { place: 0.5 }, { place: 0, value: 2 ** 31 }, { place: 0, value: 1.5 }];
    for (const change of wrong) assert.throws(() => displayFields(meter, [change]), { code: "display" });
    assert.deepEqual(displayFields(meter, [{ place: 0, value: -(2 ** 31) }])[0]?.value, -(2 ** 31));
  });
});
