import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@meterport/protocol/bytes";
import type { LinkInput, LinkOutput } from "@meterport/protocol/mep/link/exchange";
import { encodePacket } from "@meterport/protocol/optical/packet";
import { encodeService } from "@meterport/protocol/optical/services";
import fc from "fast-check";
import { LinkTrace } from "./link-trace.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(" ", "")) ?? assert.fail(hex);

const traced = (kind: "mep" | "optical" = "mep", full = false) => {
  const lines: string[] = [];
  let time = 0;
  const trace = new LinkTrace(kind, { now: () => time, full, tell: (line) => lines.push(line.text) });
  return {
    lines,
    pass: (by: number): void => {
      time += by;
    },
    take: (input: LinkInput | undefined, ...outputs: readonly LinkOutput[]): void => trace.watch(input, outputs),
  };
};

const tick = { type: "tick" } as const;
const sent = (hex = "0000"): LinkOutput => ({ type: "transmit", bytes: bytes(hex) });
const read = (id: number, table: number, priority?: number): LinkInput => ({
  type: "request",
  id,
  apdu: Uint8Array.of(0x30, 0, table),
  ...(priority === undefined ? {} : { priority }),
});

describe("LinkTrace", () => {
  test("names the request that a frame carries by the order in which a link sends them", () => {
    const { lines, take, pass } = traced();
    take(read(1, 1), sent());
    take(read(2, 2));
    take(read(3, 3, 1));
    pass(12.4);
    take(tick, { type: "response", id: 1, apdu: bytes("00 00 02 4e 45"), attempts: 1 }, sent());
    take(tick, { type: "failed", id: 3, failure: "no-answer", attempts: 3, detail: "no answer after 3 attempts" });
    take({ type: "cancel", id: 2 }, { type: "failed", id: 2, failure: "aborted", attempts: 0, detail: "aborted" });
    assert.deepEqual(lines, [
      "-> read BT01",
      "<- read BT01: ok, 2 bytes, digest valid, 12 ms",
      "-> read BT03",
      "-- read BT03: no-answer, no answer after 3 attempts",
      "-- read BT02: aborted, aborted",
    ]);
  });

  test("shows a refusal with its code and meaning, and every reason why bytes are discarded", () => {
    const { lines, take } = traced();
    take(read(1, 1), sent());
    take(tick, { type: "discarded", bytes: bytes("00"), length: 12, reason: "bad-digest" });
    take(tick, { type: "alert" }, { type: "other-client", sign: "request", certain: true });
    take(tick, { type: "response", id: 1, apdu: bytes("03"), attempts: 1 });
    assert.deepEqual(lines, [
      "-> read BT01",
      "<- 12 bytes thrown away: digest invalid",
      "<- alert: the meter has something for its client",
      "-- a sign of another client: request",
      "<- read BT01: isc (0x03), the key does not permit it, or the meter's hardware lock is set, digest valid, 0 ms",
    ]);
  });

  test("shows an optical port's services and never a password", () => {
    const { lines, take } = traced("optical", true);
    const packet = (data: Uint8Array, toggle = false): Uint8Array =>
      encodePacket({ multi: false, first: false, toggle, sequence: 0, data });
    const password = Uint8Array.from("Ocanary-Ocanary-Ocan", (char) => char.charCodeAt(0));
    take(read(1, 1), { type: "transmit", bytes: packet(encodeService({ kind: "logon", userId: 7, user: "someone" })) });
    take({ type: "received", bytes: bytes("06") });
    take({ type: "received", bytes: packet(bytes("00")) }, sent("06"));
    const security = packet(encodeService({ kind: "security", password }), true);
    take(tick, { type: "transmit", bytes: security });
    take(tick, { type: "transmit", bytes: security });
    take({ type: "received", bytes: bytes("15") });
    take({ type: "received", bytes: packet(bytes("03"), true) });
    assert.deepEqual(lines, [
      "-> logon as user 7",
      "<- ACK",
      "<- logon as user 7: ok, CRC valid",
      "-> ACK",
      "-> security",
      "-> security, again",
      "<- NAK: the meter wants the packet again",
      "<- security: isc, CRC valid",
    ]);
  });

  test("shows full data only for tables without keys", () => {
    const { lines, take } = traced("mep", true);
    take(read(1, 21), sent());
    take(tick, { type: "response", id: 1, apdu: bytes("00 00 02 4e 45"), attempts: 1 });
    for (const [id, apdu] of [
      [2, "40 08 0d 00 02 5e c2"],
      [3, "40 00 07 00 04 11 08 5e c2"],
      [4, "40 08 34 00 02 5e c2"],
      [5, "40 0f ff 00 02 5e c2"],
      [6, "40 18 0d 00 02 5e c2"],
    ] as const) {
      take({ type: "request", id, apdu: bytes(apdu) }, sent());
      take(tick, { type: "response", id, apdu: bytes("00"), attempts: 1 });
    }
    assert.match(lines[1] ?? "", / {2}4e 45$/);
    assert.equal(lines.length, 12);
    assert.doesNotMatch(lines.join("\n"), /5e c2/);
  });

  test("takes any bytes from either side", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("mep" as const, "optical" as const),
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 80 })), { maxLength: 30 }),
        (kind, pieces) => {
          const { lines, take } = traced(kind, true);
          take(read(1, 1));
          for (const [out, piece] of pieces)
            if (out) take(tick, { type: "transmit", bytes: piece });
            else take({ type: "received", bytes: piece });
          for (const line of lines) assert.match(line, /^(->|<-|--) [^\p{Cc}]*$/u);
        },
      ),
    );
  });
});
