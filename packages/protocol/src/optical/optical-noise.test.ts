import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import { decodeRequest, encodeRequest, encodeResponse } from "../mep/frame/apdu.ts";
import { OpticalEndpoint, passwordCheck } from "./optical-endpoint.ts";
import { OpticalLink } from "./optical-link.ts";
import { OpticalPair, testKeys } from "./optical-pair.test-kit.ts";
import { encodePacket, packetStart } from "./packet.ts";

/** A pseudo-random sequence from a seed. */
const randomFrom = (seed: number) => {
  let state = seed >>> 0 || 1;
  return (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
};

const contents = (table: number): Uint8Array =>
  Uint8Array.from({ length: 20 + (table % 180) }, (_, i) => table * 7 + i);

describe("optical port on a bad line", () => {
  test("ends each request once and never with a wrong value, under loss, repetition, damage and noise", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0.02, 0.1, 0.3), (seed, rate) => {
        const random = randomFrom(seed);
        const counts = new Map<number, number>();
        const pair = new OpticalPair({
          endpoint: {
            limits: { packetSize: 64, packets: 8 },
            serve: (apdu) => {
              const asked = decodeRequest(apdu);
              if (asked.kind === "read") return encodeResponse({ kind: "data", data: contents(asked.table) });
              if (asked.kind === "write") counts.set(asked.table, (counts.get(asked.table) ?? 0) + 1);
              return encodeResponse({ kind: "done" });
            },
          },
          bend: (bytes) => {
            const pieces: Uint8Array[] = [];
            if (random() < rate) pieces.push(Uint8Array.from({ length: 1 + random() * 5 }, () => random() * 256));
            if (random() >= rate)
              pieces.push(random() < rate ? bytes.with(random() * bytes.length, random() * 256) : bytes);
            if (random() < rate) pieces.push(bytes);
            return pieces;
          },
        });
        const ids = Array.from({ length: 12 }, (_, i) => i + 1);
        for (const id of ids) {
          const reads = id % 3 !== 0;
          const apdu = encodeRequest(
            reads ? { kind: "read", table: id, count: 400 } : { kind: "write", table: id, data: Uint8Array.of(id) },
          );
          pair.request({ id, apdu, idempotent: reads });
          if (id % 5 === 0) pair.cancel(id);
        }
        pair.settle(10_000_000);
        for (const id of ids) {
          const ends = pair.outputs.filter((output) => "id" in output && output.id === id);
          assert.equal(ends.length, 1, `request ${id} ended ${ends.length} times`);
          const [end] = ends;
          if (end?.type !== "response") continue;
          const expected = id % 3 !== 0 ? encodeResponse({ kind: "data", data: contents(id) }) : Uint8Array.of(0);
          assert.equal(toHex(end.apdu), toHex(expected));
          if (id % 3 === 0) assert.equal(counts.get(id), 1, `write ${id} ran ${counts.get(id)} times`);
        }
        for (const [id, count] of counts) assert.ok(count <= 1, `write ${id} ran ${count} times`);
      }),
      { numRuns: 150 },
    );
  });

  test("gets over a session that is cut at any byte, either way, at one speed and at two", () => {
    /** Runs three reads; from the given byte on nothing passes for `dark` ms. Gives how many bytes passed that way. */
    const run = (towards: "meter" | "client", cut: number, dark: number, rates: readonly number[]): number => {
      let passed = 0;
      let darkUntil: number | undefined;
      const pair: OpticalPair = new OpticalPair({
        link: { speeds: { initial: 9600, faster: rates } },
        endpoint: {
          rates,
          serve: (apdu) => {
            const asked = decodeRequest(apdu);
            return encodeResponse({ kind: "data", data: contents(asked.kind === "malformed" ? 0 : asked.table) });
          },
        },
        bend: (bytes, to) => {
          if (darkUntil !== undefined) return pair.now < darkUntil ? [] : [bytes];
          if (to !== towards) return [bytes];
          const left = cut - passed;
          passed += bytes.length;
          if (left >= bytes.length) return [bytes];
          darkUntil = pair.now + dark;
          return [bytes.subarray(0, Math.max(0, left))];
        },
      });
      for (const table of [150, 7, 80]) {
        pair.request({ id: table, apdu: encodeRequest({ kind: "read", table, count: 400 }) });
        pair.settle(600_000);
        const ends = pair.outputs.filter((output) => "id" in output && output.id === table);
        assert.equal(ends.length, 1, `cut towards the ${towards} after ${cut} bytes: ${JSON.stringify(ends)}`);
        const [end] = ends;
        if (end?.type === "response")
          assert.equal(toHex(end.apdu), toHex(encodeResponse({ kind: "data", data: contents(table) })));
      }
      const last = pair.outputs.at(-1);
      assert.equal(
        last?.type,
        "response",
        `cut towards the ${towards} after ${cut} bytes: the line is back, and it is not used`,
      );
      return passed;
    };
    for (const rates of [[], [19_200]])
      for (const towards of ["meter", "client"] as const) {
        const whole = run(towards, Number.POSITIVE_INFINITY, 0, rates);
        // What is dark for longer than a request is tried for costs that one.
        for (let cut = 0; cut < whole; cut++) run(towards, cut, [10, 3_000, 9_000][cut % 3] ?? 0, rates);
      }
  });

  const anyBytes = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom(Uint8Array.of(6), Uint8Array.of(0x15), Uint8Array.of(packetStart)),
      fc
        .record({
          multi: fc.boolean(),
          first: fc.boolean(),
          toggle: fc.boolean(),
          sequence: fc.nat({ max: 3 }),
          data: fc.oneof(
            fc.uint8Array({ maxLength: 30 }),
            fc.constantFrom(Uint8Array.of(0), Uint8Array.of(0x20), Uint8Array.of(0x50), Uint8Array.of(0, 0, 1, 0, 0)),
          ),
        })
        .map(encodePacket),
    ),
    { maxLength: 20 },
  );

  test("survives any bytes at both ends, and every tick that follows", () => {
    fc.assert(
      fc.property(anyBytes, fc.nat({ max: 3_000 }), (pieces, step) => {
        const link = new OpticalLink({ password: testKeys.unique });
        const endpoint = new OpticalEndpoint({ serve: () => Uint8Array.of(5), check: passwordCheck(testKeys) });
        let now = 0;
        link.handle({ type: "request", id: 1, apdu: encodeRequest({ kind: "read", table: 1, count: 9 }) }, now);
        let ended = 0;
        for (const bytes of pieces) {
          now += step;
          for (const output of link.handle({ type: "received", bytes }, now)) if ("id" in output) ended++;
          endpoint.handle({ type: "received", bytes }, now);
        }
        for (let ticks = 0; ticks < 200; ticks++) {
          const at = Math.min(link.wakeAt() ?? Number.POSITIVE_INFINITY, endpoint.wakeAt() ?? Number.POSITIVE_INFINITY);
          if (at === Number.POSITIVE_INFINITY) break;
          now = Math.max(now, at);
          for (const output of link.handle({ type: "tick" }, now)) if ("id" in output) ended++;
          endpoint.handle({ type: "tick" }, now);
        }
        assert.equal(ended, 1);
        assert.equal(link.load, 0);
        assert.equal(link.wakeAt(), undefined);
        assert.ok(!endpoint.active);
      }),
      { numRuns: 300 },
    );
  });
});
