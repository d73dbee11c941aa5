import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat } from "@meterport/protocol/bytes";
import { capturedOf, counted, type Spoken, spoken } from "@meterport/protocol/capture/tls/recorded.test-kit";
import { Secret } from "@meterport/protocol/mep/security/key";
import { tlsSeal } from "@meterport/protocol/mep/security/mep-tls/client-seal";
import type { Sealed } from "@meterport/protocol/mep/security/seal";
import { ReplayedMeter } from "./replay.ts";

const key = new Uint8Array(16).fill(6);
const asked = Uint8Array.of(0x30, 0, 23, 0, 4);
const answer = (value: number): Uint8Array => Uint8Array.of(0, 0, 4, value, 0, 0, 0);
const session = (value: number, seed: number): Spoken[] =>
  spoken({ key, exchanges: [[asked, answer(value)]], seed, parts: false });

/** What a client of its own is answered, as often as it asks. */
const replayed = (messages: readonly Spoken[], times: number): (Uint8Array | undefined)[] => {
  const meter = new ReplayedMeter(capturedOf(messages), { key: new Secret(key), entropy: counted(50) });
  const client = tlsSeal({ key, level: "advanced", clientId: 1, entropy: counted(51) });
  let now = 0;
  const exchange = (sealed: Sealed): Uint8Array | undefined => {
    const sent: Uint8Array[] = [];
    let outputs = meter.handle(sealed.packet, ++now);
    for (;;) {
      for (const output of outputs) if (output.type === "transmit") sent.push(output.bytes);
      const at = meter.wakeAt();
      if (at === undefined) break;
      now = Math.max(now, at);
      outputs = meter.handle("tick", now);
    }
    const opened = sealed.open(concat(...sent).subarray(2));
    return opened.type === "apdu" ? opened.apdu : undefined;
  };
  for (let step = client.prepare?.(); step !== undefined; step = client.prepare?.()) exchange(step);
  return Array.from({ length: times }, () => exchange(client.seal(asked)));
};

describe("a replayed meter, inside TLS", () => {
  const [first, second] = [session(1, 1), session(2, 3)];
  test("answers in a session of its own what was answered then, in turn and then as the last time", () => {
    const between = spoken({
      key,
      exchanges: [
        [asked, answer(1)],
        [asked, answer(2)],
      ],
      parts: false,
    });
    assert.deepEqual(replayed(between, 3), [answer(1), answer(2), answer(2)]);
  });

  test("leaves out an answer that came when its client had begun another session", () => {
    const [late, taken] = [first[5] as Spoken, second[5] as Spoken];
    assert.deepEqual(replayed([...first.slice(0, 5), ...second.slice(0, 5), late, taken], 2), [answer(2), answer(2)]);
  });

  test("leaves out an answer that its client did not take, but asked the same in another session", () => {
    assert.deepEqual(replayed([...first, ...second], 2), [answer(2), answer(2)]);
  });

  test("keeps both where the client had ended the first session", () => {
    const ended = spoken({ key, exchanges: [[asked, answer(1)]] });
    assert.deepEqual(replayed([...ended, ...second], 2), [answer(1), answer(2)]);
  });
});
