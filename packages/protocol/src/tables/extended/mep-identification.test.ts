import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mepIdentification, parseMepIdentification } from "./mep-identification.ts";

test("the parts lie where page 132 puts them", () => {
  const bytes = mepIdentification({
    manufacturer: Uint8Array.of(0x12, 0x34, 0x56),
    deviceClass: 5,
    programId: Uint8Array.of(1, 2, 3, 4),
    uniqueId: Uint8Array.of(9, 8),
  });
  assert.equal(Buffer.from(bytes).toString("hex"), `923456050401020304020908${"00".repeat(18)}`);
});

test("what is made is parsed again, 24 bytes of ids at most", () => {
  const parts = fc
    .record({
      manufacturer: fc.tuple(fc.nat({ max: 0x7f }), fc.nat({ max: 255 }), fc.nat({ max: 255 })),
      deviceClass: fc.nat({ max: 255 }),
      ids: fc.uint8Array({ maxLength: 24 }),
      cut: fc.nat({ max: 24 }),
    })
    .map(({ manufacturer, deviceClass, ids, cut }) => ({
      manufacturer: Uint8Array.from(manufacturer),
      deviceClass,
      programId: ids.slice(0, cut),
      uniqueId: ids.slice(cut),
    }));
  fc.assert(
    fc.property(parts, (made) => {
      const bytes = mepIdentification(made);
      assert.equal(bytes.length, 30);
      assert.deepEqual(parseMepIdentification(bytes), made);
    }),
  );
});

test("anything else is not an identification, and never an exception", () => {
  assert.equal(parseMepIdentification(new Uint8Array(30)), undefined);
  assert.equal(parseMepIdentification(new Uint8Array()), undefined);
  assert.equal(parseMepIdentification(new Uint8Array(29).fill(0x80, 0, 1)), undefined);
  const lengths = (program: number, unique: number): Uint8Array => {
    const bytes = new Uint8Array(30);
    bytes[0] = 0x80;
    bytes[4] = program;
    if (5 + program < 30) bytes[5 + program] = unique;
    return bytes;
  };
  assert.notEqual(parseMepIdentification(lengths(24, 0)), undefined);
  assert.equal(parseMepIdentification(lengths(24, 1)), undefined);
  assert.equal(parseMepIdentification(lengths(25, 0)), undefined);
  assert.equal(parseMepIdentification(lengths(0, 25)), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const parts = parseMepIdentification(bytes);
      if (parts !== undefined) assert.ok(parts.programId.length + parts.uniqueId.length <= 24);
    }),
    { numRuns: 1000 },
  );
});

test("parts that do not fit are refused", () => {
  const good = {
    manufacturer: Uint8Array.of(1, 2, 3),
    deviceClass: 5,
    programId: new Uint8Array(12),
    uniqueId: new Uint8Array(12),
  };
  assert.equal(mepIdentification(good).length, 30);
  for (const bad of [
    { uniqueId: new Uint8Array(13) },
    { deviceClass: 256 },
    { deviceClass: 0.5 },
    { manufacturer: Uint8Array.of(0x81, 2, 3) },
    { manufacturer: Uint8Array.of(1, 2) },
  ])
    assert.throws(() => mepIdentification({ ...good, ...bad }), { name: "UsageError", code: "identification" });
});
