import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { decode, encode, leaves, misplaced, parseProfile, sizeOf } from "../layout/index.ts";
import { catalogueEntry, numberOf, type ProcedureId } from "../tables/catalogue.ts";
import {
  BP04,
  BP05,
  BP10,
  BP13,
  BP15,
  EP16,
  EP19,
  EP61,
  encodeCall,
  mayBeRepeated,
  procedureSource,
  procedures,
  proceduresById,
  proceduresByNumber,
  thirdPartyPost,
  unverifiedEP39,
} from "./index.ts";

const older = { profile: parseProfile("meter:3.70") };

describe("procedures", () => {
  test("have the numbers of their names, once each, in order", () => {
    const numbers = procedures.map(({ number }) => number);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
    for (const procedure of procedures) {
      assert.equal(procedure.number, numberOf(procedure.id as ProcedureId));
      assert.equal(proceduresById.get(procedure.id), procedure);
      assert.equal(proceduresByNumber.get(procedure.number), procedure);
      const known = catalogueEntry(procedure.id as ProcedureId);
      if (known?.access.call != null) assert.equal(procedure.access.call, known.access.call, procedure.id);
      if (known?.documented === true) assert.equal(procedureSource(procedure.id), "guide");
    }
    assert.equal(unverifiedEP39(thirdPartyPost).number, numberOf("EP39"));
  });

  test("stand where they are printed, after BT07's and the response's head", () => {
    for (const { id, request, response } of procedures) {
      assert.deepEqual([...misplaced(request, older), ...misplaced(response, older)], [], id);
    }
    const places = (of: typeof EP19.request) => leaves(of, older).map(({ path, offset }) => [path, 3 + offset]);
    assert.deepEqual(places(EP19.request), [
      ["transactionNumber", 3],
      ["deviceHandle", 5],
      ["requestType", 7],
    ]);
    assert.equal(sizeOf(EP61.request, {}), 1);
    assert.equal(sizeOf(BP15.request, {}), 6);
    assert.equal(sizeOf(BP10.request, {}), 8);
    assert.equal(sizeOf(BP10.response, {}), 12);
  });

  test("that must not run twice are told apart: the guide's two, and all unknown ones", () => {
    assert.deepEqual(
      [BP05, EP16, BP04, BP10, EP19].map(({ number }) => mayBeRepeated(number)),
      Array(5).fill(false),
    );
    assert.equal(mayBeRepeated(0x0fff), false);
    assert.deepEqual(
      procedures.filter(({ number }) => mayBeRepeated(number)).map(({ id }) => id),
      ["BP12", "BP13", "BP14", "BP15", "EP17"],
    );
    assert.equal(mayBeRepeated(numberOf("EP39")), true, "the guide itself posts data in a transaction");
  });
});

const hex = (bytes: Uint8Array): string => toHex(bytes, " ");

describe("parameters", () => {
  test("EP19: no data, data with its length, an image", () => {
    const request = { transactionNumber: 0x0401, deviceHandle: 0x1234, requestType: 2 };
    assert.equal(hex(encodeCall(EP19, request, 5, older)), "13 08 05 01 04 34 12 02");
    for (const requestType of [4, 6, 10]) {
      const written = { ...request, requestType, writeDataLength: 2, writeData: Uint8Array.of(9, 8) };
      const bytes = encode(EP19.request, written, older);
      assert.equal(hex(bytes), `01 04 34 12 ${toHex(Uint8Array.of(requestType))} 02 09 08`);
      assert.deepEqual(decode(EP19.request, bytes, older), written);
      assert.throws(() => encode(EP19.request, { ...request, requestType }, older), { name: "LayoutError" });
      assert.throws(() => encode(EP19.request, { ...written, writeDataLength: 3 }, older), { name: "LayoutError" });
    }
    assert.throws(() => encode(EP19.request, { ...request, writeDataLength: 0, writeData: new Uint8Array() }, older), {
      name: "LayoutError",
    });
    // P. 252: the length at 8, the MAC at 12, from meter 3.80 and module 1.30 on; before that nothing.
    const switchover = { ...request, requestType: 9 };
    const image = { ...switchover, imageLength: 0x00012345, imageMac: new Uint8Array(16).fill(0xa5) };
    for (const name of ["meter:3.80", "module:1.30"]) {
      const env = { profile: parseProfile(name) };
      const whole = encodeCall(EP19, image, 5, env);
      assert.equal(hex(whole), `13 08 05 01 04 34 12 09 45 23 01 00 ${"a5 ".repeat(16).trim()}`);
      assert.deepEqual([whole.indexOf(0x45), whole.indexOf(0xa5)], [8, 12]);
      assert.deepEqual(decode(EP19.request, whole.subarray(3), env), image);
      assert.throws(() => encode(EP19.request, switchover, env), { name: "LayoutError" });
    }
    for (const name of ["meter:3.70", "module:1.20"]) {
      const env = { profile: parseProfile(name) };
      assert.equal(hex(encodeCall(EP19, switchover, 5, env)), "13 08 05 01 04 34 12 09");
      assert.throws(() => encode(EP19.request, image, env), { name: "LayoutError" });
    }
    assert.deepEqual(decode(EP19.response, Uint8Array.of(3), {}), { entryIndex: 3 });
  });

  test("EP61, BP04, BP05", () => {
    assert.equal(hex(encodeCall(EP61, { lock: 1 }, 9, {})), "3d 08 09 01");
    assert.equal(hex(encodeCall(BP04, { list: 255 }, 5, {})), "04 00 05 ff");
    assert.equal(hex(encodeCall(BP05, { list: 8, entriesRead: 0x0102 }, 6, {})), "05 00 06 08 02 01");
  });

  test("BP10: mask, time, qualifier", () => {
    const dateTime = { year: 26, month: 2, day: 16, hour: 15, minute: 59, second: 55 };
    const flags = { daylightSaving: false, utc: true, timeZoneApplied: false, daylightSavingApplied: false };
    const request = { setTime: true, setDate: true, setQualifier: true, dateTime, dayOfWeek: 1, ...flags };
    const bytes = encode(BP10.request, request, {});
    assert.equal(hex(bytes), "07 1a 02 10 0f 3b 37 11");
    assert.deepEqual(decode(BP10.request, bytes, {}), request);
  });

  test("BP13 and BP15 take the six bytes that stand before a pending table", () => {
    const event = {
      eventCode: 0,
      selfReadFlag: true,
      demandResetFlag: false,
      eventStorage: Uint8Array.of(26, 1, 1, 0, 0),
    };
    for (const { request } of [BP13, BP15]) assert.equal(hex(encode(request, { event }, {})), "10 1a 01 01 00 00");
  });

  test("EP39 is what its encoding makes of it", () => {
    const EP39 = unverifiedEP39(thirdPartyPost);
    assert.equal(
      hex(encodeCall(EP39, { type: 4, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 7, {})),
      "27 08 07 04 01 06 00 01 02 03 04 05 06",
    );
    assert.throws(() => thirdPartyPost({ type: 256, data: new Uint8Array() }), { name: "LayoutError", code: "range" });
    assert.throws(() => thirdPartyPost({ type: 1, data: new Uint8Array(65536) }), { name: "LayoutError" });
  });

  test("any bytes give a value or a LayoutError", () => {
    fc.assert(
      fc.property(fc.constantFrom(...procedures), fc.uint8Array({ maxLength: 40 }), ({ request, response }, data) => {
        for (const layout of [request, response])
          try {
            assert.equal(toHex(encode(layout, decode(layout, data, {}), {})), toHex(data));
          } catch (error) {
            assert.equal((error as Error).name, "LayoutError");
          }
      }),
    );
  });
});
