import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BatteryTable } from "./battery-table.ts";
import { type CtRequest, ctAnswer, ctFrame, parseCtRequest } from "./ct-frames.ts";

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const request = (fields: readonly (string | number)[]): CtRequest | undefined =>
  parseCtRequest(ctFrame(fields), "ct002");

const usual = ["HMG-50", "AABBCCDDEEFF", "HME-4", "112233445566", "B", -217] as const;

describe("a frame of CT002", () => {
  test("has its own length in it, and the XOR of all before it at its end", () => {
    const frame = ctFrame(usual);
    // The length of the example in the description, which has the same fields.
    assert.equal(ascii(frame).slice(2, -3), "53|HMG-50|AABBCCDDEEFF|HME-4|112233445566|B|-217");
    assert.deepEqual([frame[0], frame[1], frame.at(-3)], [1, 2, 3]);
    assert.equal(frame.length, 53);
    const xor = frame.slice(0, -2).reduce((sum, byte) => sum ^ byte, 0);
    assert.equal(Number.parseInt(ascii(frame.slice(-2)), 16), xor);
  });

  test("counts its length right where that gains a digit", () => {
    for (let size = 1; size < 130; size++) {
      const frame = ctFrame(["x".repeat(size)]);
      assert.equal(Number(/\d+/.exec(ascii(frame))?.[0]), frame.length);
    }
  });

  test("is read with and without the last field", () => {
    const read = request(usual);
    assert.deepEqual(read, {
      ...{ batteryType: "HMG-50", battery: "AABBCCDDEEFF", sensorType: "HME-4", sensor: "112233445566" },
      ...{ phase: "B", power: -217, counts: true },
    });
    assert.equal(request([...usual, 0])?.counts, false);
    assert.equal(request([...usual, 1])?.counts, true);
  });

  test("is for one model of the sensor, and its answer names the same", () => {
    const fields = ["HMG-50", "AABBCCDDEEFF", "HME-3", "112233445566", "A", 5];
    const asked = parseCtRequest(ctFrame(fields), "ct003");
    assert.ok(asked !== undefined);
    assert.equal(parseCtRequest(ctFrame(fields), "ct002"), undefined);
    assert.equal(parseCtRequest(ctFrame(usual), "ct003"), undefined);
    const shares = new BatteryTable().shares(0);
    const answer = ascii(ctAnswer({ request: asked, phases: [1, 2, 3], total: 6, shares, index: 0 })).slice(2, -3);
    assert.match(answer, /^\d+\|HME-3\|112233445566\|HMG-50\|AABBCCDDEEFF\|1\|2\|3\|6\|/);
    assert.equal(answer.split("|").length, 25);
  });

  test("takes a battery that does not know its phase", () => {
    for (const phase of ["0", "", "x"]) assert.equal(request([...usual.slice(0, 4), phase, 0])?.phase, "0");
    assert.equal(request([...usual.slice(0, 4), "D", 0])?.phase, "D");
  });

  test("is refused if anything about it is wrong", () => {
    const good = ctFrame(usual);
    for (let at = 0; at < good.length; at++) {
      const bad = good.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x11;
      assert.equal(parseCtRequest(bad, "ct002"), undefined, `byte ${at}`);
    }
    for (const fields of [
      usual.slice(0, 5),
      [...usual, 1, 1],
      ["HMG-50", "AABBCCDDEEFF", "HME-3", "112233445566", "B", 1],
      ["HMG-50", "a b", "HME-4", "112233445566", "B", 1],
      ["HMG-50", "A", "HME-4", "1".repeat(14), "B", 1],
      ["HMG-50", "A", "HME-4", "1", "B", "1e3"],
      ["HMG-50", "A", "HME-4", "1", "B", "12345678"],
    ])
      assert.equal(request(fields), undefined, fields.join("|"));
    assert.equal(parseCtRequest(new Uint8Array(70_000), "ct002"), undefined);
  });

  test("answers with 24 fields, the sensor before the battery", () => {
    const table = new BatteryTable();
    const asked = request(usual);
    assert.ok(asked !== undefined);
    table.note(asked, 0);
    table.note({ ...asked, battery: "2", phase: "A", power: 300 }, 0);
    table.note({ ...asked, battery: "3", phase: "A", power: -40_000 }, 0);
    table.note({ ...asked, battery: "4", phase: "A", power: 99, counts: false }, 0);
    table.note({ ...asked, battery: "5", phase: "0", power: 7 }, 0);
    const answer = ctAnswer({
      ...{ request: asked, phases: [1_234, 0, -5], total: 1_229 },
      ...{ shares: table.shares(0), index: 256 },
    });
    const fields = ascii(answer).slice(2, -3).split("|").slice(1).join("|");
    assert.equal(
      fields,
      "HME-4|112233445566|HMG-50|AABBCCDDEEFF|1234|0|-5|1229|2|1|0|0|-50|0|0|-32767|-217|0|0|7|300|0|0|0",
    );
    assert.equal(fields.split("|").length, 24);
  });
});

describe("the table of batteries", () => {
  const asked = request(usual) as CtRequest;

  test("forgets a battery that no longer asks", () => {
    const table = new BatteryTable();
    table.note(asked, 0);
    assert.equal(table.shares(5_000).B.charging, -217);
    assert.equal(table.shares(5_001).B.charging, 0);
    assert.equal(table.size, 0);
  });

  test("has room for nine, and a flood of others pushes none of them out", () => {
    const table = new BatteryTable();
    for (let n = 0; n < 1_000; n++) table.note({ ...asked, battery: `b${n}` }, n / 1_000);
    assert.equal(table.size, 9);
    table.note({ ...asked, battery: "b0", power: -1 }, 2);
    assert.equal(table.shares(2).B.charging, -1 - 8 * 217);
  });
});
