import assert from "node:assert/strict";
import { test } from "node:test";
import { modbusSchema } from "./modbus-settings.ts";

const read = (keys: Readonly<Record<string, unknown>>) => modbusSchema.safeParse(keys);

const complaint = (keys: Readonly<Record<string, unknown>>): string => {
  const { success, error } = read(keys);
  assert.equal(success, false, "it was accepted");
  return error?.issues.map(({ message }) => message).join("\n") ?? "";
};

test("unit ids are read with the meter and the map that they belong to", () => {
  const { data } = read({ units: ["home=1", "garage-2=247/sdm630"] });
  assert.deepEqual(data?.units, [
    { point: "home", unit: 1, map: undefined },
    { point: "garage-2", unit: 247, map: "sdm630" },
  ]);
});

test("a unit id that cannot be, or is there twice, is refused with an example", () => {
  for (const wrong of ["home", "home=0", "home=248", "Home=1", "home=1/", "home=1=2"])
    assert.match(
      complaint({ units: [wrong] }),
      /is not a meter and its unit id from 1 to 247: write for example home=1/,
      wrong,
    );
  assert.match(complaint({ units: ["home=1/sdm72"] }), /no map that there is: sunspec_213, /);
  assert.match(complaint({ units: ["home=1", "shed=1"] }), /gives the unit id 1 twice/);
});

test("only a serial port of this machine can be the line", () => {
  assert.equal(read({ serial: "/dev/ttyUSB1" }).success, true);
  assert.match(complaint({ serial: "/dev/ttyUSB1?baud=19200" }), /write for example serial:/);
  assert.equal(read({ serial: "serial:///dev/ttyUSB1?baud=19200" }).success, true);
  assert.match(complaint({ serial: "tcp://192.168.1.5:502" }), /must be a serial port/);
  assert.match(complaint({ serial: "ttyUSB1" }), /must be a serial port/);
});
