import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../../bytes.ts";
import { LayoutError } from "../../errors.ts";
import { annotate } from "../../layout/annotate.ts";
import { decode, encode, leaves } from "../../layout/index.ts";
import { ET52 } from "./et52-mep-transaction-request.ts";
import { ET53 } from "./et53-mep-transaction-response.ts";
import { transaction, transactionHeader, transactionType } from "./transaction.ts";
import { request, response, single } from "./transaction.vectors.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

for (const [name, table, type, vector] of [
  ["one read, 17 bytes", ET52, transactionType.requests, single],
  ["six reads, 67 bytes", ET52, transactionType.requests, request],
  ["their responses, 111 bytes", ET53, transactionType.responses, response],
] as const)
  test(`${table.id} of the guide: ${name}`, () => {
    const data = hex(vector.bytes);
    const value = decode(table, data, {});
    assert.equal(data.length, Number.parseInt(name.replace(/^.*, /, ""), 10));
    assert.equal(value.size, data.length);
    assert.equal(value.type, type);
    assert.equal(value.number, vector.number);
    assert.equal(value.numberAgain, vector.number);
    assert.equal("groupIds" in value, false);
    assert.deepEqual(
      value.records.map(({ message }) => toHex(message)),
      vector.messages,
    );
    assert.deepEqual(value, transaction({ type, number: vector.number, messages: vector.messages.map(hex) }));
    assert.equal(toHex(encode(table, value, {})), vector.bytes);
  });

describe("a transaction", () => {
  test("ends where it says, in a table read whole", () => {
    const whole = new Uint8Array(1785).fill(0xa5);
    whole.set(hex(response.bytes));
    assert.equal(decode(ET53, whole, {}, { trailing: "keep" }).records.length, 6);
    assert.throws(() => decode(ET53, whole, {}), { name: "LayoutError", code: "trailing" });
  });

  test("tells its length in 5 bytes (p. 54)", () => {
    assert.deepEqual(decode(transactionHeader, hex("6f00010100"), {}), { size: 111, type: 1, number: 1 });
  });

  test("for groups lists them before its records", () => {
    const value = transaction({
      type: 3,
      number: 9,
      groupIds: [0x01ff, 0xffff],
      messages: [Uint8Array.of(0x30, 0, 1)],
    });
    const bytes = "1100" + "03" + "0900" + "02" + "ff01ffff" + "0300" + "300001" + "0900";
    assert.equal(toHex(encode(ET52, value, {})), bytes);
    assert.deepEqual(decode(ET52, hex(bytes), {}), value);
  });

  test("whose length does not fit its records is refused", () => {
    const refused = (bytes: string): void => {
      assert.throws(() => decode(ET52, hex(bytes), {}, { trailing: "keep" }), { name: "LayoutError" });
    };
    refused("0a00000200" + "0300300001" + "0200"); // 12 bytes that claim to be 10
    refused("0e00000200" + "0300300001" + "0200"); // 14
    refused("0300000200" + "0200"); // less than its own head
    refused("0800030200" + "01ff01" + "0200"); // less than its groups
    refused("0c00000200" + "ffff300001" + "0200"); // a record past the end
    refused("");
    const value = transaction({ number: 2, messages: [Uint8Array.of(0x30, 0, 1)] });
    assert.throws(() => encode(ET52, { ...value, size: 13 }, {}), { name: "LayoutError", code: "shape" });
    assert.throws(() => encode(ET52, transaction({ type: 3, number: 2, messages: [] }), {}), { name: "LayoutError" });
    assert.throws(() => encode(ET52, transaction({ number: 2, messages: [new Uint8Array(70000)] }), {}), {
      name: "LayoutError",
      code: "range",
    });
  });

  test("of any content survives", () => {
    const content = fc.record(
      {
        type: fc.constantFrom(0, 1, 2, 4),
        number: fc.nat({ max: 0xffff }),
        messages: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 }),
      },
      { requiredKeys: ["number", "messages"] },
    );
    fc.assert(
      fc.property(content, fc.uint8Array({ maxLength: 20 }), (made, behind) => {
        const value = transaction(made);
        const bytes = encode(ET52, value, {});
        assert.equal(bytes.length, value.size);
        const read = new Uint8Array([...bytes, ...behind]);
        assert.deepEqual(decode(ET52, read, {}, { trailing: "keep" }), value);
      }),
    );
  });

  test("of any bytes is a value that encodes to them, or a LayoutError", () => {
    const records = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.constant(0), fc.uint8Array({ maxLength: 9 })));
    const likely = fc
      .tuple(fc.nat({ max: 60 }), fc.nat({ max: 4 }), records)
      .map(([size, type, rows]) =>
        Uint8Array.from([size, 0, type, 1, 0, ...rows.flatMap(([a, b, c]) => [a, b, ...c]), 1, 0]),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), likely), (data) => {
        try {
          const value = decode(ET53, data, {}, { trailing: "keep" });
          assert.equal(toHex(encode(ET53, value, {})), toHex(data.subarray(0, value.size)));
        } catch (error) {
          if (!(error instanceof LayoutError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("is explained to its last byte", () => {
    const { spans, unknown, problem } = annotate(ET53, hex(response.bytes), {});
    assert.deepEqual([unknown, problem], [[], undefined]);
    assert.deepEqual(
      spans.slice(-2).map(({ path, start, end }) => [path, start, end]),
      [
        ["records.5.message", 75, 109],
        ["numberAgain", 109, 111],
      ],
    );
  });

  test("has places for its head only, as the rest moves", () => {
    assert.deepEqual(
      leaves(ET52, {}).map(({ path, offset, size }) => [path, offset, size]),
      [
        ["size", 0, 2],
        ["type", 2, 1],
        ["number", 3, 2],
      ],
    );
  });
});
