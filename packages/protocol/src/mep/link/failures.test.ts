import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { guideKey } from "../../../vectors/guide.ts";
import { concat, fromHex } from "../../bytes.ts";
import type { LinkFailure } from "../../errors.ts";
import { rc4Authentication } from "../security/rc4/authentication.ts";
import { rc4Opener } from "../security/rc4/opener.ts";
import type { LinkOutput } from "./exchange.ts";
import { Link } from "./link.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const key = bytes(guideKey);
const opener = rc4Opener({ advanced: key, basic: key });
const alert = bytes("0000");
const refusal = bytes("00090b0000000000000000");
const noisyReply = bytes("000b00000101ffffffffffffffff");

const reply = (packet: Uint8Array, hex: string): Uint8Array => {
  const received = opener.open(packet.subarray(2));
  assert.ok(received.type === "request");
  return received.reply(bytes(hex));
};

/** What the line gives back for each packet, and what the request fails with. */
interface Case {
  readonly failure: LinkFailure;
  readonly when: string;
  readonly line: (packet: Uint8Array, attempt: number, earlier: Uint8Array) => Uint8Array;
  readonly detail: RegExp;
  readonly attempts?: number;
}

const nothing: Uint8Array = new Uint8Array(0);

const cases: readonly Case[] = [
  {
    failure: "no-answer",
    when: "nothing comes",
    line: () => nothing,
    detail: /^no answer after 3 attempts \(500 ms each\)$/,
  },
  { failure: "only-alerts", when: "only alerts come", line: () => alert, detail: /^only alerts came/ },
  { failure: "echo", when: "our bytes come back", line: (packet) => packet, detail: /^only our own bytes came back/ },
  {
    failure: "echo",
    when: "our bytes and alerts come",
    line: (packet) => concat(packet, alert),
    detail: /^only our own bytes/,
  },
  {
    failure: "garbage",
    when: "noise comes",
    line: () => bytes("fefefefefe"),
    detail: /^only bytes that make no frame came/,
  },
  {
    failure: "garbage",
    when: "a single byte comes",
    line: () => bytes("00"),
    detail: /^only bytes that make no frame came/,
  },
  {
    failure: "half-reply",
    when: "replies stop",
    line: (packet) => reply(packet, "00000401020304").subarray(0, 9),
    detail: /^the answer stopped before its end \(9 of 17 bytes\) after 3 attempts$/,
  },
  { failure: "bad-digest", when: "digests do not fit", line: () => noisyReply, detail: /its digest does not fit/ },
  {
    failure: "bad-digest",
    when: "a digest does not fit and then replies stop",
    line: (_packet, attempt) => (attempt === 0 ? noisyReply : noisyReply.subarray(0, 5)),
    detail: /its digest does not fit/,
  },
  { failure: "wrong-key", when: "every answer is 0x0B", line: () => refusal, detail: /0x0B\) after 3 attempts$/ },
  {
    failure: "wrong-key",
    when: "one answer is 0x0B, the others stay away",
    line: (_packet, attempt) => (attempt === 1 ? refusal : nothing),
    detail: /0x0B\) after 3 attempts, in 1 of them$/,
  },
  {
    failure: "bad-digest",
    when: "one 0x0B stands among noise: the key is not to blame",
    line: (_packet, attempt) => (attempt === 1 ? refusal : noisyReply),
    detail: /its digest does not fit/,
  },
  {
    failure: "bad-resync",
    when: "0x0C comes with a digest that does not fit",
    line: () => bytes("000d0c77635b900000000000000000"),
    detail: /asks for another sequence number, but the digest/,
  },
  {
    failure: "sequence",
    when: "0x0C never ends",
    line: (packet) => reply(packet, "0c77635b90"),
    detail: /asked for another sequence number 4 times$/,
    attempts: 4,
  },
  {
    failure: "other-reply",
    when: "only the answer to the request before comes",
    line: (_packet, _attempt, earlier) => reply(earlier, "00000401020304"),
    detail: /^only the answer to an earlier request came/,
  },
  {
    failure: "optical-session",
    when: "packets of the optical port come",
    line: () => bytes("06 ee 00 00 00 00 01 20 13 10"),
    detail: /^packets of the optical port came, which has the meter's line now after 3 attempts$/,
  },
];

describe("failures", () => {
  for (const { failure, when, line, detail, attempts = 3 } of cases) {
    test(`${failure}: ${when}`, () => {
      const link = new Link(rc4Authentication({ key, sequence: 1 }), { byteTime: 0 });
      let now = 0;
      let attempt = 0;
      let earlier = nothing;
      let failed: (LinkOutput & { type: "failed" }) | undefined;
      const apply = (outputs: readonly LinkOutput[]): void => {
        for (const output of outputs) {
          assert.notEqual(output.type, "response");
          if (output.type === "failed") failed = output;
          else if (output.type === "transmit") {
            const back = line(output.bytes, attempt++, earlier);
            apply(link.handle({ type: "received", bytes: back }, now + 20));
          }
        }
      };
      const first = link.handle({ type: "request", id: 1, apdu: bytes("3f00170000000004") }, now);
      earlier = (first[0] as { bytes: Uint8Array }).bytes;
      link.handle({ type: "cancel", id: 1 }, now);
      now = 1000;
      apply(link.handle({ type: "request", id: 2, apdu: bytes("3f001c0000000004") }, now));
      for (let steps = 0; failed === undefined && steps < 50; steps++) {
        const at = link.wakeAt();
        assert.ok(at !== undefined && at >= now);
        now = at;
        apply(link.handle({ type: "tick" }, now));
      }
      assert.ok(failed !== undefined);
      assert.equal(failed.failure, failure);
      assert.equal(failed.attempts, attempts);
      assert.match(failed.detail, detail);
      assert.equal(link.wakeAt(), undefined);
    });
  }
});
