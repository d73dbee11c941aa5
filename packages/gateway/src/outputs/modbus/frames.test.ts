import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Framer, type Request, rtuFramer, tcpFramer } from "./frames.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const hex = (of: Uint8Array): string => Buffer.from(of).toString("hex");

const pieces = (whole: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, n) => whole.slice(places[n], end));
};

const allOf = (framer: Framer, parts: readonly Uint8Array[]): readonly Request[] =>
  parts.flatMap((part) => framer.push(part).requests);

const shown = (requests: readonly Request[]): string[] =>
  requests.map(({ transaction, unit, pdu }) => `${transaction}/${unit}/${hex(pdu)}`);

describe("requests of Modbus TCP", () => {
  test("arrive whole from any pieces", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            transaction: fc.nat(0xffff),
            unit: fc.nat(255),
            pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }),
          }),
          { maxLength: 8 },
        ),
        fc.array(fc.nat(3_000)),
        (requests, cuts) => {
          const framer = tcpFramer();
          const whole = Uint8Array.from(requests.flatMap((each) => [...framer.frame(each, each.pdu)]));
          assert.deepEqual(shown(allOf(framer, pieces(whole, cuts))), shown(requests));
          assert.equal(framer.waiting(), 0);
        },
      ),
    );
  });

  test("end the connection at a length or a protocol that cannot be", () => {
    for (const bad of ["0001 0001 0006 01 03006b0003", "0001 0000 0001 01 03", "0001 0000 00ff 01 03"])
      assert.equal(tcpFramer().push(bytes(bad)).broken, true, bad);
    const framer = tcpFramer();
    assert.deepEqual(framer.push(bytes("0007 0000 0006 ff 03006b0003 0001 0009 0006 00")).requests.length, 1);
  });
});

describe("requests of Modbus RTU", () => {
  // Chapter 6.3's example to unit 17, with its CRC by the table of the serial line specification.
  const example = rtuFramer().frame({ transaction: 0, unit: 0x11, pdu: new Uint8Array() }, bytes("03 006b 0003"));

  test("have the CRC of the published example, its low byte first", () => {
    assert.equal(hex(example), "1103006b00037687");
  });

  test("arrive whole from any pieces, beside answers of other devices and noise", () => {
    const request = fc.constantFrom("03006b0003", "0400000002", "11", "2b0e0100", "0600010002", "10000100010 2aabb");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(247), request, fc.uint8Array({ maxLength: 6 })), { maxLength: 8 }),
        fc.array(fc.nat(300)),
        (list, cuts) => {
          const framer = rtuFramer();
          // Noise that does not look like the beginning of a request is passed over, or ends with the silence after it.
          const got: string[] = [];
          for (const [unit, text, noise] of list) {
            const frame = framer.frame({ transaction: 0, unit, pdu: new Uint8Array() }, bytes(text));
            for (const part of pieces(Uint8Array.from([...noise, ...frame]), cuts))
              got.push(...shown(framer.push(part).requests));
            got.push(...shown(framer.silence()));
            assert.equal(framer.waiting(), 0);
          }
          assert.deepEqual(
            got,
            list.map(([unit, text]) => `0/${unit}/${text.replaceAll(" ", "")}`),
          );
        },
      ),
    );
  });

  test("of functions that nobody knows end with a silence", () => {
    const framer = rtuFramer();
    const frame = framer.frame({ transaction: 0, unit: 1, pdu: new Uint8Array() }, bytes("41 010203"));
    assert.deepEqual(framer.push(frame).requests, []);
    assert.deepEqual(shown(framer.silence()), ["0/1/41010203"]);
    assert.deepEqual(framer.push(bytes("01 41 01")).requests, []);
    assert.deepEqual(framer.silence(), []);
  });

  test("with a wrong CRC are no requests, and little is kept of rubbish", () => {
    const framer = rtuFramer();
    const wrong = example.slice();
    wrong[7] = 0;
    assert.deepEqual(framer.push(wrong).requests, []);
    framer.push(new Uint8Array(100_000).fill(0x41));
    assert.ok(framer.waiting() <= 256, `${framer.waiting()}`);
    assert.deepEqual(shown(framer.push(example).requests.concat(framer.silence())), ["0/17/03006b0003"]);
  });
});
