import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../../bytes.ts";
import { LayoutError } from "../../errors.ts";
import {
  type AnyTable,
  decode,
  encode,
  type Leaf,
  leaves,
  locate,
  misplaced,
  type Profile,
  parseProfile,
  sizeOf,
  tableExists,
} from "../../layout/index.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET03 } from "./et03-utility-information.ts";
import { ET04 } from "./et04-system-information.ts";
import { factory, leavesBySize, type Printed } from "./et04-system-information.vectors.ts";
import { ET13 } from "./et13-device-configuration.ts";
import { ET14 } from "./et14-device-status.ts";
import { ET50 } from "./et50-mep-inbound-data-space.ts";
import { ET51 } from "./et51-mep-device-configuration.ts";
import { ET70 } from "./et70-ram-only-status.ts";
import {
  et03,
  et13Mbus,
  et13Mep,
  et14Example,
  et14First,
  et14Head,
  et50Entry,
  et51Entry,
  et51Factory,
  et70,
} from "./mep-tables.vectors.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const env = (profile: Profile | string) =>
  defaultDimensions(typeof profile === "string" ? parseProfile(profile) : profile);
const tables: readonly AnyTable[] = [ET03, ET04, ET13, ET14, ET50, ET51, ET70];

/** Per profile: bytes of each of these. */
const bySize: readonly AnyTable[] = [ET04, ET13, ET14, ET50, ET51];
const sizes: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  "meter:3.10": [123, 330, 186, 71, 8],
  "meter:3.13": [129, 330, 186, 71, 8],
  "meter:3.30": [123, 330, 186, 71, 8],
  "meter:3.34": [123, 330, 186, 71, 8],
  "meter:3.40": [123, 330, 186, 71, 9],
  "meter:3.50": [123, 330, 186, 71, 9],
  "meter:3.60": [123, 330, 186, 71, 9],
  "meter:3.70": [123, 330, 186, 71, 10],
  "meter:3.80": [129, 330, 186, 71, 10],
  "meter:4.00": [140, 396, 222, 142, 20],
  "meter:4.10": [140, 396, 222, 142, 20],
  "meter:4.20": [140, 396, 222, 142, 20],
  "meter:4.30": [140, 396, 222, 142, 20],
  // 20 data sources on modules: 35 + 6 * 20.
  "module:1.11": [123, 330, 186, 155, 8],
  "module:1.20": [123, 330, 186, 155, 10],
  "module:1.21": [123, 330, 186, 155, 10],
  "module:1.31": [123, 330, 186, 155, 10],
  "module:1.32": [123, 330, 186, 155, 10],
};
const profiles = Object.keys(sizes);

const row = ({ path, offset, size, bits }: Leaf): Printed =>
  bits === undefined ? [path, offset, size] : [path, offset, size, [bits[0], bits[1]]];
const inside = (prefix: string, offset: number, rows: readonly Printed[]): Printed[] =>
  rows.map(([path, at, size, bits]) =>
    bits === undefined ? [prefix + path, at + offset, size] : [prefix + path, at + offset, size, bits],
  );

describe("sizes and printed offsets for every firmware", () => {
  for (const profile of profiles)
    test(profile, () => {
      const dimensions = env(profile);
      assert.deepEqual(
        bySize.map((table) => sizeOf(table, dimensions)),
        sizes[profile],
      );
      assert.equal(sizeOf(ET03, dimensions), 143);
      assert.equal(sizeOf(ET70, dimensions), 156);
      for (const table of tables) assert.deepEqual(misplaced(table, dimensions), [], table.id);
      assert.equal(tableExists(ET70, dimensions.profile), profile.startsWith("meter:4"));
    });
});

describe("leaves lie where the guide prints them", () => {
  for (const profile of profiles)
    test(profile, () => {
      const dimensions = env(profile);
      const { deviceCount, mepDataSources } = dimensions.ET11;
      const found = (table: AnyTable): Printed[] => leaves(table, dimensions).map(row);
      const [et04Size, , , et50Size, et51Size] = sizes[profile] ?? assert.fail();
      const clients = profile.startsWith("meter:4") ? 2 : 1;

      assert.deepEqual(found(ET03), et03);
      assert.deepEqual(found(ET04), leavesBySize[et04Size]);
      assert.deepEqual(
        found(ET13),
        Array.from({ length: deviceCount }, (_, i) =>
          inside(`devices.${i}.`, 66 * i, i < 4 ? et13Mbus : et13Mep),
        ).flat(),
      );
      assert.deepEqual(found(ET14), [
        ...et14Head,
        ...Array.from({ length: deviceCount }, (_, i) => inside(`devices.${i}.`, 36 * i, et14First)).flat(),
      ]);
      const entry = (size: number, rows: readonly Printed[]) =>
        Array.from({ length: clients }, (_, i) => inside(`clients.${i}.`, (i * size) / clients, rows)).flat();
      assert.deepEqual(found(ET50), entry(et50Size, et50Entry(mepDataSources)));
      const et51Bytes = et51Size / clients;
      assert.deepEqual(
        found(ET51),
        entry(
          et51Size,
          et51Entry.filter(([, offset]) => offset < et51Bytes),
        ),
      );
      assert.deepEqual(found(ET70), et70);
    });
});

describe("any bytes", () => {
  const cases = fc.tuple(fc.constantFrom(...tables), fc.constantFrom(...profiles)).chain(([table, profile]) => {
    const dimensions = env(profile);
    const size = sizeOf(table, dimensions);
    return fc.record({
      table: fc.constant(table),
      dimensions: fc.constant(dimensions),
      whole: fc.uint8Array({ minLength: size, maxLength: size }),
      other: fc.uint8Array({ maxLength: 500 }).filter(({ length }) => length !== size),
    });
  });

  test("of the right length decode to a value that encodes to them", () => {
    fc.assert(
      fc.property(cases, ({ table, dimensions, whole }) => {
        assert.equal(toHex(encode(table, decode(table, whole, dimensions), dimensions)), toHex(whole));
      }),
      { numRuns: 300 },
    );
  });

  test("of another length give a LayoutError", () => {
    fc.assert(
      fc.property(cases, ({ table, dimensions, other }) => {
        assert.throws(() => decode(table, other, dimensions), LayoutError);
      }),
      { numRuns: 300 },
    );
  });

  test("with any entry sizes that a device reports give a value or a LayoutError", () => {
    const u8 = fc.nat({ max: 255 });
    fc.assert(
      fc.property(
        fc.constantFrom<AnyTable>(ET13, ET14, ET50, ET51),
        fc.record({
          deviceCount: u8,
          configEntrySize: u8,
          statusEntrySize: u8,
          mepDataSources: u8,
          mepChannelCount: u8,
        }),
        fc.uint8Array({ maxLength: 1000 }),
        (table, odd, data) => {
          const base = env("meter:4.30");
          const dimensions = { ...base, ET11: { ...base.ET11, ...odd } };
          try {
            const value: unknown = decode(table, data, dimensions);
            assert.equal(toHex(encode(table, value, dimensions)), toHex(data));
          } catch (error) {
            if (!(error instanceof LayoutError)) throw error;
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("values that the guide states", () => {
  test("ET04 from the factory", () => {
    const dimensions = env("meter:4.30");
    const body = new Uint8Array(140);
    for (const [offset, bytes] of factory) body.set(hex(bytes), offset);
    const value: Readonly<Record<string, unknown>> = decode(ET04, body, dimensions);
    for (const [, , path, expected] of factory) assert.equal(value[path], expected, path);
    assert.equal(locate(ET04, ["programId"], dimensions).offset, 14);
    assert.equal(locate(ET04, ["idtVersion"], dimensions).offset, 116);
    assert.equal(locate(ET04, ["mepSequenceNumbers", 1], dimensions).offset, 133);
  });

  test("ET04 keeps the byte at 54 that the guide calls unused and gives the value 4", () => {
    const body = new Uint8Array(123);
    body[54] = 4;
    assert.deepEqual(decode(ET04, body, env("meter:3.70")).reserved54, Uint8Array.of(4));
  });

  test("ET51 from the factory, one client and two", () => {
    const one = {
      enableOpticalDosTimer: true,
      monitorMepHealth: false,
      resetDeviceDownMep: false,
      resetMepNow: false,
      disableMep: false,
      healthTimeout: 60,
      onDemandTimeout: 30,
      opticalSessionTimeout: 600,
      opticalSessionHoldOff: 300,
      mepDownResetDuration: 1,
      deactivateHan: false,
    };
    assert.deepEqual(decode(ET51, hex(et51Factory), env("meter:3.70")), { clients: [one] });
    assert.deepEqual(decode(ET51, hex(et51Factory + et51Factory), env("meter:4.30")), { clients: [one, one] });
  });

  test("registration is one byte at 30 of ET50 (p. 23)", () => {
    const dimensions = env("meter:3.70");
    const body = new Uint8Array(71);
    body[30] = 1;
    const [client] = decode(ET50, body, dimensions).clients;
    assert.equal(client?.mepDeviceRegistered, true);
    assert.equal(client.et59Response, false);
    const flag = locate(ET50, ["clients", 0, "mepDeviceRegistered"], dimensions);
    assert.deepEqual([flag.offset, flag.length, flag.decode(Uint8Array.of(1))], [0x1e, 1, true]);
    assert.equal(locate(ET50, ["clients", 1, "mepDeviceRegistered"], env("meter:4.30")).offset, 71 + 30);
  });

  test("ET14 of the example on p. 56", () => {
    const body = new Uint8Array(186);
    body.set(hex(et14Example));
    const value = decode(ET14, body, env("meter:3.10"));
    assert.equal(value.device1Occupied, true);
    assert.equal(value.device5Occupied, true);
    assert.equal(value.device2Occupied, false);
    const [first] = value.devices;
    assert.deepEqual(
      [first?.deviceHandle, first?.deviceStatus, first?.baudRate, first?.billingReadLength],
      [1, 1, 4, 47],
    );
  });

  test("alert flags of both MEP clients in ET13 are one byte each", () => {
    const dimensions = env("meter:4.30");
    for (const [device, offset] of [
      [4, 272],
      [5, 338],
    ] as const) {
      const flag = locate(ET13, ["devices", device, "mbusChange"], dimensions);
      assert.deepEqual([flag.offset, flag.length, flag.decode(Uint8Array.of(8))], [offset, 1, true]);
    }
    assert.throws(() => locate(ET13, ["devices", 3, "mbusChange"], dimensions), LayoutError);
    assert.throws(() => locate(ET13, ["devices", 5, "mbusChange"], env("meter:3.70")), LayoutError);
  });

  test("the port of a request is byte 142 of ET70 (p. 21)", () => {
    const port = locate(ET70, ["commChannelIndex"], env("meter:4.00"));
    assert.deepEqual([port.offset, port.length, port.decode(Uint8Array.of(2))], [0x8e, 1, 2]);
  });

  test("ET03: a serial number ends at its first NUL, the CRC stands at 137", () => {
    const body = new Uint8Array(143);
    body.set(hex("3132333435"));
    body.set(hex("3412"), 137);
    assert.deepEqual(decode(ET03, body, {}), { utilitySerialNumber: "12345", imageCrc: 0x1234 });
  });
});
