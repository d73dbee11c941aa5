/** A given profile never changes a value: the meter is read as what it is, or not at all. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ConnectOptions, connect, openLive, rc4 } from "@meterport/client";
import { UsageError } from "@meterport/protocol/errors";
import {
  type Family,
  locate,
  type Profile,
  parseProfile,
  profileName,
  reaches,
} from "@meterport/protocol/layout/index";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { Secret } from "@meterport/protocol/mep/security/key";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { sameLayouts } from "@meterport/protocol/tables/firmware";
import { BT01, BT21, BT23, ET13, ET55 } from "@meterport/protocol/tables/index";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { codeFiles, textOf } from "./support/sources.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const key = new Secret(new Uint8Array(16).fill(1));
const devices = ["meter:2.10", "meter:2.12", "meter:3.10", "meter:3.30", "meter:3.50", "meter:3.70", "meter:4.00"];
const newer = ["meter:4.10", "meter:4.30", "module:1.11", "module:1.20", "module:1.32"];
const names = [...devices, ...newer];
const given = [...names, "meter:2.00", "meter:3.31", "meter:3.71", "meter:4.99", "module:1.00"];

/** One meter of each kind, and what asks it in virtual time. */
const setUp = (name: string, hidden: readonly number[] = []) => {
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile(name),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
  });
  device.use(({ request }) =>
    "table" in request && hidden.includes(request.table)
      ? { kind: "error", code: code.insufficientSecurity }
      : undefined,
  );
  // Wrong by a factor of ten if the unit is not read.
  const { profile, memory } = device;
  if (reaches(profile, { meter: [3, 70], module: [1, 20] })) {
    const { offset } = locate(ET55, ["energyRegisterUnit"], defaultDimensions(profile));
    assert.ok(memory.patch(ET55.number, offset, Uint8Array.of(10)));
  }
  return { clock, device };
};

type Site = ReturnType<typeof setUp>;

const meterOf = ({ clock, device }: Site, options: Partial<ConnectOptions>) => {
  const entropy = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const line = memoryLine({ meter: device, clock });
  return connect(line, { security: rc4({ key, entropy }), clock, timing: { requestSpacing: 0 }, ...options });
};

/** What is read under a profile; the error if it is refused. */
const readUnder = (site: Site, profile: Profile | undefined) =>
  site.clock.run(
    (async () => {
      const meter = await meterOf(site, profile === undefined ? {} : { profile });
      const { time: _, ...live } = await (await openLive(meter)).read();
      const tables = await meter.batch((want) => [want.read(BT23), want.read(ET13), want.read(ET55)]);
      const values = tables.map((table) => (table.ok ? table.value : table.error.message));
      await meter.close();
      return { live, values, from: meter.profileFrom };
    })().catch((error: unknown) => error as Error),
  );

describe("a profile that is given", () => {
  for (const name of names)
    test(`to a ${name}: what is read is what it is, or the profile is refused`, () => {
      const site = setUp(name);
      return (async () => {
        const right = await readUnder(site, undefined);
        assert.ok(!(right instanceof Error), String(right));
        assert.equal(right.live.quality, "good");
        for (const profile of given.map(parseProfile)) {
          const found = await readUnder(site, profile);
          if (sameLayouts(profile, parseProfile(name))) {
            assert.deepEqual(found, right);
            continue;
          }
          assert.ok(
            found instanceof UsageError && found.code === "profile",
            `${profileName(profile)}: ${String(found)}`,
          );
          assert.match(
            found.message,
            new RegExp(
              `^the profile ${profileName(profile)} was given, but the meter says that it is ${name} \\(BT01\\): omit`,
            ),
          );
        }
      })();
    });

  for (const name of names)
    test(`to a ${name} that does not say what it is: live values are right, or the profile is refused`, async () => {
      const right = await readUnder(setUp(name), undefined);
      assert.ok(!(right instanceof Error), String(right));
      const site = setUp(name, [BT01.number]);
      let taken = 0;
      for (const profile of given.map(parseProfile)) {
        const found = await readUnder(site, profile);
        if (found instanceof Error) continue;
        taken++;
        assert.equal(found.from, "given");
        if (found.live.quality === "good") assert.deepEqual(found.live, right.live, profileName(profile));
      }
      assert.ok(taken > 0, "its own profile is taken");
    });

  test("is refused by the count in BT21, if BT01 is refused", async () => {
    const site = setUp("meter:3.70", [BT01.number]);
    for (const name of ["meter:2.10", "meter:3.50", "meter:4.30", "module:1.11"])
      await assert.rejects(site.clock.run(meterOf(site, { profile: parseProfile(name) })), {
        name: "UsageError",
        message: `the profile ${name} was given, but the meter reports 55 present values (BT21), which that firmware does not: omit the profile, or check that the link leads to the right meter`,
      });
  });

  test("is used as given if BT21 is refused too", async () => {
    const site = setUp("meter:3.70", [BT01.number, BT21.number]);
    const meter = await site.clock.run(meterOf(site, { profile: parseProfile("meter:3.50") }));
    assert.deepEqual([profileName(meter.profile), meter.profileFrom], ["meter:3.50", "given"]);
    const guessed = await site.clock.run(meterOf(site, {}));
    assert.deepEqual([profileName(guessed.profile), guessed.profileFrom], ["meter:3.10", "guess"]);
  });

  test("is refused where the meter refuses a BT21 that such firmware does not have", async () => {
    const old = parseProfile("meter:2.10");
    const refuses = setUp("meter:3.70", [BT01.number, BT21.number]);
    await assert.rejects(refuses.clock.run(meterOf(refuses, { profile: old })), {
      name: "UsageError",
      message: /meter:2\.10 was given, but the meter refuses BT21, which that firmware does not have: omit/,
    });
    const without = setUp("meter:2.10", [BT01.number]);
    const meter = await without.clock.run(meterOf(without, { profile: old }));
    assert.equal(profileName(meter.profile), "meter:2.10");
  });

  test("makes no energy of a count whose unit nobody knows, whatever BT21 reports", async () => {
    const hidden = [BT01.number];
    for (const count of [10, 21, 23, 30, 45])
      for (const profile of [undefined, ...given.map(parseProfile)]) {
        const device = setUp("meter:3.70", hidden);
        assert.ok(device.device.memory.patch(BT21.number, 9, Uint8Array.of(count)));
        const right = await readUnder(setUp("meter:3.70"), undefined);
        const found = await readUnder(device, profile);
        assert.ok(!(right instanceof Error));
        if (found instanceof Error) continue;
        const { live } = found;
        const what = `${count} values, ${profile === undefined ? "guessed" : profileName(profile)}`;
        assert.ok([null, right.live.energy_import_wh].includes(live.energy_import_wh), what);
        if (live.energy_import_wh === null) assert.equal(live.quality, "partial", what);
      }
  });

  test("of old firmware has energies where nothing speaks against it", async () => {
    for (const name of ["meter:2.10", "meter:3.50", "module:1.11"]) {
      const found = await readUnder(setUp(name, [BT01.number]), parseProfile(name));
      assert.ok(!(found instanceof Error), String(found));
      assert.equal(typeof found.live.energy_import_wh, "number", name);
      assert.equal(found.live.quality, "good", name);
    }
  });
});

/** All versions after `meter:` or `module:` in the sources, as 370 for 3.70. */
const versionsIn = (text: string): [Family, number][] =>
  [...text.matchAll(/\b(meter|module): (\[[\s\d,[\]]*\])/g)].flatMap(([, family, ranges]) =>
    [...(ranges as string).matchAll(/\[\s*(\d+),\s*(\d+),?\s*\]/g)].map(([, major, minor]): [Family, number] => [
      family as Family,
      100 * Number(major) + Number(minor),
    ]),
  );

describe("layouts", () => {
  test("only count as the same if no declaration changes in between", () => {
    const declared = new Map<string, [Family, number]>();
    for (const path of codeFiles())
      if (/^packages\/(protocol|client)\/src\/.*\.ts$/.test(path) && !/\.(test|test-kit|vectors)\.ts$/.test(path))
        for (const [family, version] of versionsIn(textOf(path)))
          if (version > 0) declared.set(`${family}${version}`, [family, version]);
    assert.ok(declared.size > 20, `${declared.size}`);
    const profileOf = (family: Family, version: number): Profile => ({
      family,
      firmware: [Math.floor(version / 100), version % 100],
    });
    for (const [family, version] of declared.values())
      assert.equal(
        sameLayouts(profileOf(family, version), profileOf(family, version - 1)),
        false,
        `${family} ${version} changes something`,
      );
  });
});
