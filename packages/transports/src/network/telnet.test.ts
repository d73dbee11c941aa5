import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, toHex } from "@meterport/protocol/bytes";
import fc from "fast-check";
import { comPortCommand, escapeTelnet, Telnet, telnetGreeting } from "./telnet.ts";

const receive = (telnet: Telnet, ...pieces: readonly Uint8Array[]) => {
  const all = pieces.map((piece) => telnet.receive(piece));
  return {
    data: concat(...all.map(({ data }) => data)),
    reply: concat(...all.map(({ reply }) => reply)),
    comPort: all.flatMap(({ comPort }) => comPort),
    agreed: all.map(({ agreed }) => agreed).find((agreed) => agreed !== undefined),
  };
};
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("telnet", () => {
  test("the greeting offers binary, no go-ahead and COM-PORT (RFC 2217)", () => {
    assert.equal(toHex(telnetGreeting()), "fffb00fffd00fffb03fffd03fffb2c");
  });

  test("SET-BAUDRATE as RFC 2217 writes it, and with a doubled 255", () => {
    assert.equal(toHex(comPortCommand(1, bytes(0, 0, 0x25, 0x80))), "fffa2c0100002580fff0");
    assert.equal(toHex(comPortCommand(1, bytes(0, 0, 0xff, 0))), "fffa2c010000ffff00fff0");
  });

  test("any bytes come through as they were, however they are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (data, size) => {
        const wire = escapeTelnet(data);
        const telnet = new Telnet();
        const pieces = Array.from({ length: Math.ceil(wire.length / size) }, (_, i) =>
          wire.subarray(i * size, (i + 1) * size),
        );
        const got = receive(telnet, ...pieces);
        assert.deepEqual([got.data, got.reply.length], [data, 0]);
      }),
    );
  });

  test("commands between data are taken out, and confirmations are reported", () => {
    const wire = concat(
      bytes(1, 255, 253, 44, 2),
      comPortCommand(101, bytes(0, 0, 0x25, 0x80)),
      bytes(3, 255, 255, 255, 241, 4),
    );
    for (const size of [1, 2, 3, 50]) {
      const pieces = Array.from({ length: Math.ceil(wire.length / size) }, (_, i) =>
        wire.subarray(i * size, (i + 1) * size),
      );
      const { data, agreed, comPort } = receive(new Telnet(), ...pieces);
      assert.deepEqual([data, agreed], [bytes(1, 2, 3, 255, 4), true]);
      assert.deepEqual(comPort, [bytes(101, 0, 0, 0x25, 0x80)]);
    }
  });

  test("options that were not offered are refused for good; offers are not repeated", () => {
    const telnet = new Telnet();
    assert.equal(toHex(telnet.receive(bytes(255, 253, 24)).reply), "fffc18");
    assert.equal(telnet.receive(bytes(255, 253, 24)).reply.length, 0, "not forever");
    assert.equal(toHex(telnet.receive(bytes(255, 251, 1)).reply), "fffe01");
    assert.equal(telnet.receive(bytes(255, 253, 0, 255, 251, 3)).reply.length, 0);
    assert.deepEqual(telnet.receive(bytes(255, 254, 44)).agreed, false);
  });

  test("garbage is survived in bounded memory", () => {
    const telnet = new Telnet();
    telnet.receive(bytes(255, 250, 44));
    for (let i = 0; i < 100; i++) telnet.receive(new Uint8Array(1000).fill(7));
    const { comPort } = telnet.receive(bytes(255, 240));
    assert.ok((comPort[0] as Uint8Array).length <= 256);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (rubbish) => void new Telnet().receive(rubbish)));
  });
});
