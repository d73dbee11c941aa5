import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, fromHex, toHex } from "../bytes.ts";
import { type HeardBytes, readConversation } from "./conversation.ts";
import { packetsOf } from "./message.ts";
import {
  bt00Answer,
  bt28Answer,
  identificationAnswer,
  logonRequest,
  securityRequest,
} from "./optical-captures.vectors.ts";
import { encodePacket } from "./packet.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const told = (heard: readonly HeardBytes[]): string[] =>
  readConversation(heard).items.map(({ type, by, bytes: said }) => `${by ?? "?"} ${type} ${said.length}`);
const from = (by: HeardBytes["by"], ...hexes: string[]): HeardBytes[] =>
  hexes.map((hex) => ({ by, bytes: bytes(hex) }));

describe("readConversation", () => {
  test("tells packets, acknowledgements and refusals, and finds out who speaks", () => {
    const all = [logonRequest.hex, "06", identificationAnswer.hex, "15", securityRequest.hex].join("");
    assert.deepEqual(told([{ bytes: bytes(all) }]), [
      "client packet 21",
      "? acknowledge 1",
      "meter packet 13",
      "? refuse 1",
      "client packet 29",
    ]);
  });

  test("puts messages of several packets together, and gives a repetition once", () => {
    const [first = "", second = ""] = bt00Answer.map(({ hex }) => hex);
    const { items, messages } = readConversation(from("meter", first, first, second, bt28Answer.hex));
    assert.deepEqual(
      items.map((item) => item.type === "packet" && item.repeated),
      [false, true, false, false],
    );
    assert.deepEqual(
      messages.map(({ by, packets, data }) => [by, packets, data.length]),
      [
        ["meter", [0, 2], 83],
        ["meter", [3], 44],
      ],
    );
  });

  test("keeps two directions apart, in the order in which they began", () => {
    const request = "ee0000000001201310";
    const heard = [...from("client", request.slice(0, 8)), ...from("meter", "00"), ...from("client", request.slice(8))];
    assert.deepEqual(told(heard), ["client packet 9", "meter zero 1"]);
  });

  test("names what is not a packet: a wake-up, an alert of the MEP port, rubbish, a packet damaged or cut short", () => {
    const packet = "ee00000000050000020000a25a";
    assert.deepEqual(told(from("client", "55555555")), ["client wake 4"]);
    assert.deepEqual(told(from("meter", `0000${packet}`)), ["meter alert 2", "meter packet 13"]);
    assert.deepEqual(told(from("meter", `f39a06${packet}`)), [
      "meter noise 2",
      "meter acknowledge 1",
      "meter packet 13",
    ]);
    assert.deepEqual(told(from("meter", `ee00000000050006020000a25a${packet}`)), [
      "meter damaged 13",
      "meter packet 13",
    ]);
    assert.deepEqual(told(from("meter", `${packet.slice(0, 18)}${packet}`)), ["meter cut 9", "meter packet 13"]);
    assert.deepEqual(told(from("meter", "ee00")), ["meter noise 2"]);
  });

  const pieces = fc.array(
    fc.record({
      by: fc.constantFrom("client", "meter", undefined),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.constantFrom(...["06", "15", "00", "0000", "55", "ee", "ee0000000001201310", bt28Answer.hex].map(bytes)),
      ),
    }),
    { maxLength: 12 },
  );

  test("holds each byte once, whatever comes", () => {
    fc.assert(
      fc.property(pieces, (heard) => {
        const { items, messages } = readConversation(heard);
        assert.equal(
          items.reduce((sum, item) => sum + item.bytes.length, 0),
          heard.reduce((sum, each) => sum + each.bytes.length, 0),
        );
        for (const by of ["client", "meter"] as const) {
          const said = heard.filter((each) => each.by === by);
          if (heard.some((each) => each.by === undefined)) continue;
          assert.equal(
            toHex(concat(...items.filter((item) => item.by === by).map((item) => item.bytes))),
            toHex(concat(...said.map((each) => each.bytes))),
          );
        }
        for (const { packets } of messages) assert.ok(packets.every((at) => items[at]?.type === "packet"));
      }),
      { numRuns: 300 },
    );
  });

  test("finds what was sent, however it is cut", () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (sent, size) => {
        let toggle = false;
        const stream = concat(
          ...sent.flatMap((data) => {
            const packets = packetsOf(data, 64, toggle);
            if (packets.length % 2 === 1) toggle = !toggle;
            return packets.map(encodePacket);
          }),
        );
        const heard: HeardBytes[] = [];
        for (let at = 0; at < stream.length; at += size)
          heard.push({ by: "meter", bytes: stream.subarray(at, at + size) });
        assert.deepEqual(
          readConversation(heard).messages.map(({ data }) => toHex(data)),
          sent.map((data) => toHex(data)),
        );
      }),
    );
  });

  test("is done with the worst that noise can invent in a moment", () => {
    const worst = new Uint8Array(256 * 1024).map((_, at) => [0xee, 0, 0, 0, 7, 0xff][at % 6] as number);
    // Seconds on a slow machine; minutes if each byte were tried as the beginning of everything behind it.
    const began = process.cpuUsage();
    readConversation([{ bytes: worst }]);
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1_000;
    assert.ok(took < 60_000, `${took} ms`);
  });
});
