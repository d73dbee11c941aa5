import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LayoutError } from "../../errors.ts";
import { decode, encode, leaves, locate, misplaced, parseProfile, sizeOf } from "../../layout/index.ts";
import { BT60 } from "../basic/bt60-dimension-load-profile.ts";
import { defaultDimensions } from "../defaults.ts";
import { ET54 } from "./et54-meter-status.ts";
import { ET62 } from "./et62-load-profile-display-configuration.ts";
import { firstPart, from370, sizes } from "./et62-load-profile-display-configuration.vectors.ts";

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits.replaceAll(" ", ""), "hex"));
const ascii = (characters: string): Uint8Array => Uint8Array.from(Buffer.from(characters, "latin1"));

/** BT60 with 16 channels in each data set. */
const factory = hex("80 99 01 00 00 0C 20 3A 25 A0 05 10 FF 3A 25 A0 05 10 FF 3A 25 A0 05 10 FF 3A 25 A0 05 10 FF");
const envOf = (name: string, channels = 16) => {
  const profile = parseProfile(name);
  const data = factory.slice();
  data[11] = channels;
  const dimensions = defaultDimensions(profile);
  const status = new Uint8Array(sizeOf(ET54, dimensions));
  // Several load profile data sets.
  status[0] = 0x46;
  const env = { ...dimensions, ET54: decode(ET54, status, dimensions) };
  return { profile, BT60: decode(BT60, data.subarray(0, sizeOf(BT60, env)), env) };
};

describe("ET62", () => {
  for (const [profile, size] of Object.entries(sizes)) {
    test(`has ${size} bytes on ${profile}, every leaf where the pages say`, () => {
      const env = envOf(profile);
      assert.equal(sizeOf(ET62, env), size);
      assert.deepEqual(misplaced(ET62, env), []);
      const column = profile.startsWith("meter:4") ? 1 : 0;
      const expected = size === 117 ? firstPart : [...firstPart, ...from370];
      assert.deepEqual(
        leaves(ET62, env, "first").map(({ path, offset, size: length, bits }) => [
          path,
          offset,
          length,
          ...(bits ?? []),
        ]),
        expected.map(([path, offsets, lengths, ...bits]) => [path, offsets[column], lengths[column], ...bits]),
      );
    });

    test(`gives back the bytes of ${profile}, and refuses other lengths`, () => {
      const env = envOf(profile);
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (data) => {
          assert.deepEqual(encode(ET62, decode(ET62, data, env), env), data);
        }),
        { numRuns: 20 },
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
          fc.pre(data.length !== size);
          assert.throws(
            () => decode(ET62, data, env),
            (error) => error instanceof LayoutError && error.code === (data.length < size ? "truncated" : "trailing"),
          );
        }),
        { numRuns: 50 },
      );
    });
  }

  test("follows the channels of load profile set 1", () => {
    for (const channels of [0, 4, 255]) {
      assert.equal(sizeOf(ET62, envOf("meter:3.70", channels)), 31 + 6 * channels);
      assert.equal(sizeOf(ET62, envOf("meter:4.30", channels)), 37 + 7 * channels);
      assert.deepEqual(misplaced(ET62, envOf("meter:4.30", channels)), []);
    }
    assert.equal(locate(ET62, ["codeWords", 3, "zeroSuppression"], envOf("meter:4.30", 4)).offset, 25 + 21 + 6);
    assert.equal(locate(ET62, ["powerOutageNumberIdCode"], envOf("meter:3.70", 4)).offset, 21 + 24 + 5);
  });

  test("reads the factory's codes in four and in five characters", () => {
    for (const [profile, size] of [
      ["meter:3.70", 4],
      ["meter:4.30", 5],
    ] as const) {
      const env = envOf(profile);
      const code = (text: string, rest: number[] = [0]) => [...ascii(text.padEnd(size)), ...rest];
      const channels = Array.from({ length: 16 }, (_, i) => code(`CH${String(i + 1).padStart(2, "0")}`, [0, 0xb3]));
      const data = Uint8Array.from([
        0b101,
        ...code("P01", [4]),
        ...code("DATE"),
        ...code("TIME"),
        ...code("STAT"),
        ...channels.flat(),
        ...code(""),
        ...code("NUM"),
      ]);
      const value = decode(ET62, data, env);
      assert.deepEqual([value.displayLocalTime, value.disableLoadProfileDisplay], [true, true]);
      assert.deepEqual([value.loadProfileListIdCode, value.loadProfileListIdDecimalPointState], ["P01", 4]);
      assert.deepEqual(
        [value.loadProfileDateIdCode, value.intervalTimeIdCode, value.extendedStatusIdCode],
        ["DATE", "TIME", "STAT"],
      );
      assert.deepEqual(value.codeWords[15], {
        channelIdCode: "CH16",
        channelIdDpState: 0,
        fieldsAfterDp: 3,
        fieldsBeforeDp: 6,
        zeroSuppression: true,
      });
      assert.deepEqual([value.powerOutageListIdCode, value.powerOutageNumberIdCode], ["", "NUM"]);
      assert.deepEqual(encode(ET62, value, env), data);
      assert.throws(() => encode(ET62, { ...value, loadProfileDateIdCode: "123456" }, env), LayoutError);
    }
  });
});
