import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerPdu, exceptions, type ServedDevice } from "./pdu.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

const device: ServedDevice = {
  // Registers 107 to 109 are those of the example in chapter 6.3 of the specification.
  read: (from, count) => {
    const words = [0x022b, 0x0000, 0x0064];
    if (from === 0x1000) return exceptions.targetSilent;
    return from < 107 || from + count > 110
      ? exceptions.illegalAddress
      : Uint16Array.from(words.slice(from - 107, from - 107 + count));
  },
  objects: new Map([
    [0, "Company"],
    [1, "Product"],
    [2, "V2.11"],
    [4, "Name"],
  ]),
};

const ask = (request: string): string => hex(answerPdu(bytes(request), device));

describe("a Modbus server", () => {
  test("answers the example of the specification, chapter 6.3, also as input registers", () => {
    assert.equal(ask("03 006b 0003"), "0306022b00000064");
    assert.equal(ask("04 006b 0003"), "0406022b00000064");
  });

  test("refuses with the exceptions that the specification orders", () => {
    for (const [request, answer, why] of [
      ["03 006a 0001", "8302", "an address that there is not"],
      ["04 006d 0002", "8402", "a read beyond the end"],
      ["03 006b 0000", "8303", "no register"],
      ["03 006b 007e", "8303", "126 registers"],
      ["03 ffff 0002", "8302", "beyond address 65535"],
      ["03 006b", "8303", "a request that is cut"],
      ["03 006b 0003 00", "8303", "a request that is too long"],
      ["03 1000 0001", "830b", "what the device says"],
      ["06 006b 0001", "8601", "a write"],
      ["10 006b 0001 02 0000", "9001", "a write of several"],
      ["01 0000 0001", "8101", "coils"],
      ["83 006b 0001", "8301", "a function number with the mark of an exception"],
      ["11 00", "9103", "an id with more"],
      ["2b 0d 01 00", "ab01", "something else that function 43 carries"],
      ["2b", "ab01", "function 43 alone"],
      ["2b 0e 01", "ab03", "an identification that is cut"],
      ["2b 0e 05 00", "ab03", "a kind of identification that there is not"],
      ["2b 0e 04 03", "ab02", "an object that there is not"],
    ] as const)
      assert.equal(ask(request), answer, why);
  });

  test("says who it is by functions 17 and 43", () => {
    assert.equal(ask("11"), `110e01ff${Buffer.from("Company Name").toString("hex")}`);
    // Chapter 6.21.1: basic identification as a stream.
    const basic = "0007436f6d70616e79010750726f6475637402" + "0556322e3131";
    assert.equal(ask("2b 0e 01 00"), `2b0e0182000003${basic}`);
    assert.equal(ask("2b 0e 02 00"), `2b0e0282000004${basic}04044e616d65`);
    assert.equal(ask("2b 0e 04 04"), "2b0e048200000104044e616d65");
    assert.equal(ask("2b 0e 01 01"), "2b0e0182000002010750726f64756374020556322e3131");
    assert.equal(ask("2b 0e 01 77"), ask("2b 0e 01 00"), "an unknown object begins again");
  });

  test("never answers longer than a frame, whatever the names are", () => {
    const long = { ...device, objects: new Map([0, 1, 2, 4, 5].map((id) => [id, "ü".repeat(500)])) };
    for (const request of ["11", "2b0e0100", "2b0e0300"]) {
      const answer = answerPdu(bytes(request), long);
      assert.ok(answer.length <= 253, `${answer.length}`);
    }
  });
});
