import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import fc from "fast-check";
import { everyFault, type FaultName, type FaultRates, Faults, faultNames, lineFaults } from "./faults.ts";
import { seeded } from "./random.ts";

const packet = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
const one = (rates: FaultRates, seed = 1) => new Faults({ rates, random: seeded(seed) }).pass(packet);
const shown = (passed: ReturnType<Faults["pass"]>): string =>
  `${passed.did.join(",")} ${passed.deliveries.map(({ bytes, delay }) => `${toHex(bytes)}@${delay}`).join(" ")}`;

describe("each fault", () => {
  it("none lets the packet pass as it is", () => {
    assert.deepEqual(one({}), { deliveries: [{ bytes: packet, delay: 0 }], did: [] });
  });
  it("drop", () => assert.deepEqual(one({ drop: 1 }), { deliveries: [], did: ["drop"] }));
  it("delay", () => {
    const [delivery] = one({ delay: 1 }).deliveries;
    assert.deepEqual(delivery?.bytes, packet);
    assert.ok(delivery.delay > 0 && delivery.delay <= 1000);
  });
  it("truncate", () => {
    const bytes = one({ truncate: 1 }).deliveries[0]?.bytes ?? new Uint8Array(0);
    assert.ok(bytes.length < packet.length);
    assert.deepEqual(bytes, packet.subarray(0, bytes.length));
  });
  it("flip changes one bit, and not in the sender's array", () => {
    const bytes = one({ flip: 1 }).deliveries[0]?.bytes ?? new Uint8Array(0);
    const bits = packet.reduce(
      (sum, byte, i) => sum + (byte ^ (bytes[i] as number)).toString(2).replaceAll("0", "").length,
      0,
    );
    assert.equal(bits, 1);
    assert.equal(packet[19], 20);
  });
  it("duplicate", () => assert.equal(one({ duplicate: 1 }).deliveries.length, 2));
  it("garbage comes in front", () => {
    const { deliveries } = one({ garbage: 1 });
    assert.equal(deliveries.length, 2);
    assert.deepEqual(deliveries[1]?.bytes, packet);
  });
  it("alert comes in front, also of what is dropped", () => {
    assert.deepEqual(one({ alert: 1, drop: 1 }).deliveries, [{ bytes: new Uint8Array(2), delay: 0 }]);
  });
});

describe("all faults", () => {
  it("are repeatable by seed, and apart by seed and direction", () => {
    const run = (seed: number, direction: "toMeter" | "toClient"): string => {
      const faults = lineFaults({ seed, toMeter: everyFault(0.3), toClient: everyFault(0.3) })[direction];
      return Array.from({ length: 50 }, () => shown(faults.pass(packet))).join("\n");
    };
    assert.equal(run(1, "toMeter"), run(1, "toMeter"));
    assert.notEqual(run(1, "toMeter"), run(2, "toMeter"));
    assert.notEqual(run(1, "toMeter"), run(1, "toClient"));
  });

  it("happen as often as asked, and are counted", () => {
    const faults = new Faults({ rates: everyFault(0.01), random: seeded(9) });
    const seen = new Map<FaultName, number>();
    for (let i = 0; i < 20_000; i++)
      for (const name of faults.pass(packet).did) seen.set(name, (seen.get(name) ?? 0) + 1);
    for (const name of faultNames) {
      assert.equal(faults.counts.get(name), seen.get(name));
      assert.ok(Math.abs((seen.get(name) ?? 0) - 200) < 70, `${name} happened ${seen.get(name)} times`);
    }
  });

  it("survive any packet", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.integer(), (bytes, seed) => {
        const { deliveries } = new Faults({ rates: everyFault(0.5), random: seeded(seed) }).pass(bytes);
        assert.ok(deliveries.length <= 3);
        assert.ok(deliveries.every((delivery) => delivery.bytes.length > 0));
      }),
    );
  });

  it("are refused where a rate is no probability", () => {
    assert.throws(() => one({ drop: 1.5 }), UsageError);
    assert.throws(() => one({ flip: Number.NaN }), UsageError);
  });
});
