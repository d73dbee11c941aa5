import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import fc from "fast-check";
import { seeded } from "../random.ts";
import { everyFault, type FaultName, type FaultRates, Faults, faultNames } from "./faults.ts";

const message = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
const one = (rates: FaultRates, seed = 1) => new Faults(seeded(seed)).pass(message, rates);
const shown = (passed: ReturnType<Faults["pass"]>): string =>
  `${passed.did.join(",")} ${passed.deliveries.map(({ bytes, delay }) => `${toHex(bytes)}@${delay}`).join(" ")}`;

describe("each fault", () => {
  test("none lets the message pass as it is", () => {
    assert.deepEqual(one({}), { deliveries: [{ bytes: message, delay: 0 }], did: [] });
  });
  test("loss", () => assert.deepEqual(one({ loss: 1 }), { deliveries: [], did: ["loss"] }));
  test("delay", () => {
    const [delivery] = one({ delay: 1 }).deliveries;
    assert.deepEqual(delivery?.bytes, message);
    assert.ok(delivery.delay > 0 && delivery.delay <= 1000);
  });
  test("truncate", () => {
    const bytes = one({ truncate: 1 }).deliveries[0]?.bytes ?? new Uint8Array(0);
    assert.ok(bytes.length < message.length);
    assert.deepEqual(bytes, message.subarray(0, bytes.length));
  });
  test("byteLoss takes 1 to 16 bytes out in one place", () => {
    const sizes = new Set<number>();
    for (let seed = 1; seed <= 400; seed++) {
      const bytes = one({ byteLoss: 1 }, seed).deliveries[0]?.bytes ?? new Uint8Array(0);
      const from = [...message].findIndex((byte, i) => bytes[i] !== byte);
      const gone = message.length - bytes.length;
      assert.deepEqual([...bytes], [...message].toSpliced(from, gone));
      sizes.add(gone);
    }
    assert.deepEqual([Math.min(...sizes), Math.max(...sizes)], [1, 16]);
  });
  test("flip changes one bit, and not in the sender's array", () => {
    const bytes = one({ flip: 1 }).deliveries[0]?.bytes ?? new Uint8Array(0);
    const bits = message.reduce(
      (sum, byte, i) => sum + (byte ^ (bytes[i] as number)).toString(2).replaceAll("0", "").length,
      0,
    );
    assert.equal(bits, 1);
    assert.equal(message[19], 20);
  });
  test("duplicate", () => assert.equal(one({ duplicate: 1 }).deliveries.length, 2));
  test("noise comes in front", () => {
    const { deliveries } = one({ noise: 1 });
    assert.equal(deliveries.length, 2);
    assert.deepEqual(deliveries[1]?.bytes, message);
  });
  test("alert comes in front, also of what is lost", () => {
    assert.deepEqual(one({ alert: 1, loss: 1 }).deliveries, [{ bytes: new Uint8Array(2), delay: 0 }]);
  });
});

describe("all faults", () => {
  test("are repeatable by seed, and apart by seed", () => {
    const run = (seed: number): string => {
      const faults = new Faults(seeded(seed));
      return Array.from({ length: 50 }, () => shown(faults.pass(message, everyFault(0.3)))).join("\n");
    };
    assert.equal(run(1), run(1));
    assert.notEqual(run(1), run(2));
  });

  test("happen as often as asked, and are counted", () => {
    const faults = new Faults(seeded(9));
    const seen = new Map<FaultName, number>();
    for (let i = 0; i < 20_000; i++)
      for (const name of faults.pass(message, everyFault(0.01)).did) seen.set(name, (seen.get(name) ?? 0) + 1);
    for (const name of faultNames) {
      assert.equal(faults.counts.get(name), seen.get(name));
      assert.ok(Math.abs((seen.get(name) ?? 0) - 200) < 70, `${name} happened ${seen.get(name)} times`);
    }
  });

  test("survive any message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.integer(), (bytes, seed) => {
        const { deliveries } = new Faults(seeded(seed)).pass(bytes, everyFault(0.5));
        assert.ok(deliveries.length <= 3);
        assert.ok(deliveries.every((delivery) => delivery.bytes.length > 0));
      }),
    );
  });
});
