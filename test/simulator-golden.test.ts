/** The printed exchanges of the guide, byte for byte, from a whole virtual meter. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import type { VirtualMeter } from "@meterport/simulator";
import { goldenMeter, goldenSequences } from "@meterport/simulator/meter/golden";
import { computedEncryption, guideExchanges } from "../packages/protocol/vectors/guide.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(`"${hex}" is not hexadecimal`);

/** What the meter sends for a request, with the ticks that it needs. */
const answer = (meter: VirtualMeter, request: string, began: number): string => {
  let now = began;
  let outputs = meter.handle(bytes(request), now);
  let sent = "";
  for (;;) {
    for (const output of outputs) if (output.type === "transmit") sent += toHex(output.bytes);
    const at = meter.wakeAt();
    if (at === undefined) return sent;
    now = Math.max(now, at);
    outputs = meter.handle("tick", now);
  }
};

describe("printed exchanges", () => {
  const groups: readonly (readonly [string, number])[] = [
    ["resync", goldenSequences.resync],
    ["registration", goldenSequences.registration],
    ["transaction", goldenSequences.transaction],
    ["EP17", goldenSequences.removal],
  ];
  const played = groups.flatMap(([name, sequence]) => {
    const exchanges = guideExchanges.filter((exchange) => exchange.name.startsWith(name));
    test(`${name}, ${exchanges[0]?.page}`, () => {
      const meter = goldenMeter(sequence);
      for (const [i, { request, response }] of exchanges.entries())
        assert.equal(answer(meter, request, 1000 * i), response);
    });
    return exchanges;
  });

  test("cover every exchange whose key is known", () => {
    assert.deepEqual(
      played.map(({ name }) => name),
      guideExchanges.filter(({ keyKnown }) => keyKnown).map(({ name }) => name),
    );
  });

  test("one meter answers them all if its number is set", () => {
    const meter = goldenMeter();
    let now = 0;
    for (const [name, sequence] of groups) {
      meter.expectSequence(sequence);
      for (const { request, response } of guideExchanges.filter((exchange) => exchange.name.startsWith(name))) {
        now += 1000;
        assert.equal(answer(meter, request, now), response);
      }
    }
  });

  test("the removed client is gone, and the clock shows the time of Appendix A", () => {
    const meter = goldenMeter(goldenSequences.removal);
    assert.equal(toHex(meter.memory.get(0x34)?.subarray(0, 6) ?? bytes("")), "0402100f3b37");
    answer(meter, guideExchanges.find(({ name }) => name.startsWith("EP17"))?.request ?? "", 0);
    assert.equal(toHex(meter.memory.read(0x08, 0, 4) ?? bytes("")), "11080700");
  });

  test("encrypted by Appendix B: the answer is encrypted too", () => {
    assert.equal(answer(goldenMeter(), computedEncryption.request, 0), computedEncryption.response);
  });
});
