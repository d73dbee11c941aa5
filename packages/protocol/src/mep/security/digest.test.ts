import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { guideExchanges, guideKey } from "../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../bytes.ts";
import { dice } from "../link/dice.test-kit.ts";
import { Digest, DigestKey, digestLength } from "./digest.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;

/** The two bytes of state that the printed function takes over from call to call. */
interface PrintedState {
  i: number;
  j: number;
}

const byte = (n: number): number => n & 0xff;

/** A slow, literal transcript of the function on pp. 258-259 of MEP guide 1.1: the oracle. One call: `out` (8 bytes) and `state` go in and out. */
const printedDigest = (
  message: Uint8Array,
  key: Uint8Array,
  out: Uint8Array,
  state: PrintedState,
  end: boolean,
): void => {
  const rounds = key.length === 6 ? key.length : key.length + key.length / 2;
  let left = message.length;
  let index = 0;
  let { i, j } = state;
  pass: do {
    do {
      let keyByte = byte((key[i % key.length] as number) >> j);
      let last = out[(8 - j) & 7] as number;
      let v = 7 - j;
      for (;;) {
        let m = 0;
        if (left > 0) {
          m = message[index++] as number;
          left--;
        } else if (!end) {
          j = 7 - v;
          break pass;
        }
        const n = byte(~((out[v] as number) + v));
        const mixed = (keyByte & 1) === 1 ? (n << 1) + (n >> 7) : -((n >> 1) + (n << 7));
        last = byte(last + m + mixed);
        out[v] = last;
        keyByte >>= 1;
        if (v-- === 0) break;
      }
      j = 0;
    } while (++i < rounds);
    i = 0;
  } while (left > 0);
  state.i = i;
  state.j = j;
};

const read = (digest: Digest): string => {
  const out = new Uint8Array(digestLength);
  digest.writeTo(out, 0);
  return toHex(out);
};

const guide = new DigestKey(bytes(guideKey));

describe("digest", () => {
  for (const { name, page, request, response, keyKnown } of guideExchanges) {
    if (!keyKnown) continue;
    test(`fits what is printed on ${page}: ${name}`, () => {
      const asked = bytes(request).subarray(2, -digestLength);
      const answered = bytes(response).subarray(2, -digestLength);
      const digest = new Digest(guide).update(asked);
      assert.equal(read(digest), request.slice(-2 * digestLength));
      assert.equal(read(digest.fork(guide).update(answered)), response.slice(-2 * digestLength));
      assert.ok(digest.matches(bytes(request), 2 + asked.length));
    });
  }

  test("is not that of Appendix A, whose key is not printed", () => {
    const [last] = guideExchanges.filter((exchange) => !exchange.keyKnown);
    assert.ok(last !== undefined);
    assert.notEqual(read(new Digest(guide).update(bytes(last.request).subarray(2, -8))), last.request.slice(-16));
  });

  test("equals the printed function for any key, request, response and cutting of the request", () => {
    const long = fc.uint8Array({ maxLength: 480 });
    // Whole blocks are 192 bytes: the edges of the printed loops.
    const edges = fc
      .constantFrom(0, 1, 7, 8, 9, 184, 191, 192, 193, 384)
      .map((length) => new Uint8Array(length).fill(0xa5));
    const message = fc.oneof(long, edges);
    const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(key, message, message, fc.nat(480), (raw, request, response, cut) => {
        const digest = new Digest(new DigestKey(raw)).update(request.subarray(0, cut)).update(request.subarray(cut));
        const out = new Uint8Array(digestLength);
        printedDigest(request, raw, out, { i: 0, j: 0 }, true);
        assert.equal(read(digest), toHex(out));

        const state = { i: 0, j: 0 };
        out.fill(0);
        printedDigest(request, raw, out, state, false);
        printedDigest(response, raw, out, state, true);
        assert.equal(read(digest.fork(new DigestKey(raw)).update(response)), toHex(out));
      }),
      { numRuns: 1500 },
    );
  });

  test("finds every change of a single byte", () => {
    const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(
        key,
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (raw, message, where, mask) => {
          const before = read(new Digest(new DigestKey(raw)).update(message));
          const at = where % message.length;
          message[at] = (message[at] as number) ^ mask;
          assert.notEqual(read(new Digest(new DigestKey(raw)).update(message)), before);
        },
      ),
    );
  });

  test("is as weak as its description says: a zero byte at the end changes nothing", () => {
    const message = bytes("4f0832");
    assert.equal(
      read(new Digest(guide).update(concat(message, Uint8Array.of(0)))),
      read(new Digest(guide).update(message)),
    );
  });

  test("is as weak as SECURITY.md says: three bits in a pattern pass in a quarter of all cases", (t) => {
    const trials = 40_000;
    const seed = 20_261_129;
    const d = dice(seed);
    const some = (length: number): Uint8Array => Uint8Array.from({ length }, () => d.below(256));
    let passed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const key = new DigestKey(some(16));
      const message = some(9 + d.below(250));
      const before = read(new Digest(key).update(message));
      const i = d.below(message.length - 8);
      for (const [at, mask] of [
        [i, 0x80],
        [i + 1, 0x80],
        [i + 8, 0x01],
      ] as const)
        message[at] = (message[at] as number) ^ mask;
      if (read(new Digest(key).update(message)) === before) passed++;
    }
    t.diagnostic(`${passed} of ${trials} pass, seed ${seed}`);
    assert.ok(Math.abs(passed / trials - 0.25) < 0.01, `${passed} of ${trials}`);
  });

  test("reading does not disturb it", () => {
    const digest = new Digest(guide).update(bytes("3f0017"));
    const once = read(digest);
    assert.equal(read(digest), once);
    assert.equal(read(digest.update(bytes("0000"))), read(new Digest(guide).update(bytes("3f00170000"))));
  });

  test("takes the first 16 bytes of a longer key and refuses a shorter one", () => {
    const longer = new DigestKey(concat(bytes(guideKey), bytes("ffffffff")));
    assert.equal(read(new Digest(longer).update(bytes("30"))), read(new Digest(guide).update(bytes("30"))));
    assert.throws(() => new DigestKey(new Uint8Array(15)), RangeError);
  });
});
