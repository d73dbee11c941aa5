import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import type { ET57 } from "@meterport/protocol/tables/extended/et57-mbus-data-type";
import { mbusHeader, mbusValue } from "../records.ts";
import { channelBytes, mbusDataTypes, mbusTypedValue } from "./data-types.ts";

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(" ", "")) ?? assert.fail(hex);

describe("values of a load profile channel", () => {
  const header = bytesOf("0c 93 3a");
  test("are what the header says, without the zeros after shorter ones", () => {
    assert.equal(mbusValue(header, bytesOf("78 56 34 12"))?.value, 12_345.678);
    assert.equal(mbusValue(bytesOf("02 13 00"), bytesOf("ff ff 00 00"))?.value, -0.001);
    assert.equal(mbusValue(header, bytesOf("78 56 34 1a"))?.value, null);
    assert.deepEqual(mbusHeader(bytesOf("02 13 00")), { length: 2, size: 2 });
  });

  test("and unknown if only part of it is kept, or the header is invalid", () => {
    assert.equal(mbusValue(bytesOf("0e 93 3a"), bytesOf("78 56 34 12")), undefined);
    assert.equal(mbusValue(bytesOf("0c 93 ba"), bytesOf("78 56 34 12")), undefined);
    assert.equal(mbusValue(bytesOf("0d 13 00"), bytesOf("78 56 34 12")), undefined);
    assert.equal(mbusValue(bytesOf("0f 00 00"), bytesOf("78 56 34 12")), undefined);
  });
});

describe("data types", () => {
  const entry = (entryType: number, mdt: number, drh: readonly number[], special = false) => ({
    entryType,
    mdt,
    special,
    drh,
  });
  const typesOf = (...entries: ReturnType<typeof entry>[]) => mbusDataTypes({ entries } as unknown as ET57);

  test("have headers of any length, in consecutive entries", () => {
    const types = typesOf(
      entry(1, 1, [0x0c, 0x93, 0x3a]),
      entry(0, 0, [0, 0, 0]),
      entry(3, 0, [9, 9, 9]),
      entry(1, 2, [0x82, 0x81, 0x41], true),
      entry(3, 0, [0x65, 0, 0]),
      entry(2, 3, [1, 2, 3]),
      entry(1, 4, [0xff, 0xff, 0xff]),
    );
    assert.deepEqual(
      types.map(({ number, special, header }) => [number, special, toHex(header)]),
      [
        [1, false, "0c933a"],
        [2, true, "82814165"],
        [4, false, ""],
      ],
    );
  });

  test("say what a channel holds, where all their headers agree", () => {
    const types = typesOf(
      entry(1, 1, [0x0c, 0x93, 0x3a]),
      entry(1, 1, [0x0c, 0x13, 0], true),
      entry(1, 2, [0x0c, 0x13, 0]),
      entry(1, 2, [0x0c, 0x16, 0]),
    );
    const value = (number: number, raw: number) => mbusTypedValue(types, number, channelBytes(raw));
    assert.deepEqual([value(1, 0x12345678)?.value, value(1, 0x12345678)?.notes], [12_345.678, []]);
    assert.equal(value(2, 0x12345678), undefined);
    assert.equal(value(3, 0x12345678), undefined);
    // The highest digit of a number that is negative as an integer.
    assert.equal(value(1, 0x9999_9999 | 0)?.value, 99_999.999);
    assert.equal(value(1, -1)?.value, null);
  });
});
