import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { guideExchanges } from "../../../vectors/guide.ts";
import { concat, fromHex, toHex } from "../../bytes.ts";
import { piecesOf } from "../pieces.ts";
import { bridgeCapture } from "./bridge.ts";
import { tcpFlag } from "./packet-format.ts";
import { isPacketFile, packetsIn } from "./packets.ts";
import { type Network, pcapFile, pcapngFile, type Sent } from "./pcap.test-kit.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const began = Date.UTC(2026, 0, 31, 12);

/** The guide's exchanges over TCP, numbers close below 2^32 so that they wrap on the way. */
const conversation = (withHandshake = true): Sent[] => {
  const next = { client: 0xffffffe0, bridge: 0xfffffff0 };
  const sent: Sent[] = [];
  let time = began;
  const send = (from: "client" | "bridge", data: Uint8Array, flags: number = tcpFlag.ack): void => {
    sent.push({ time: time++, from, sequence: next[from], flags, data });
    next[from] = (next[from] + data.length + ((flags & (tcpFlag.syn | tcpFlag.fin)) === 0 ? 0 : 1)) >>> 0;
  };
  if (withHandshake) {
    send("client", new Uint8Array(), tcpFlag.syn);
    send("bridge", new Uint8Array(), tcpFlag.syn | tcpFlag.ack);
  }
  for (const { request, response } of guideExchanges) {
    send("client", bytes(request));
    const reply = bytes(response);
    send("bridge", reply.subarray(0, 4));
    send("bridge", reply.subarray(4));
  }
  if (withHandshake) send("client", new Uint8Array(), tcpFlag.fin | tcpFlag.ack);
  return sent;
};

const expected = {
  tx: guideExchanges.map(({ request }) => request).join(""),
  rx: guideExchanges.map(({ response }) => response).join(""),
};

const streamsIn = (file: Uint8Array, port?: number) => {
  const found = bridgeCapture(file, port);
  const { streams } = piecesOf(found.capture);
  return { ...found, streams: { tx: toHex(streams.tx), rx: toHex(streams.rx) } };
};

const networks: readonly Network[] = (["ethernet", "raw", "linuxCooked", "linuxCooked2", "null"] as const).flatMap(
  (link) => ([4, 6] as const).map((version) => ({ link, version })),
);

describe("a bridge's packets", () => {
  for (const network of networks)
    test(`over ${network.link}, IPv${network.version}, are the conversation`, () => {
      for (const file of [
        pcapFile(network, conversation()),
        pcapFile(network, conversation(), false),
        pcapngFile(network, conversation()),
      ]) {
        assert.ok(isPacketFile(file));
        const { streams, bridge, lost, capture } = streamsIn(file);
        assert.deepEqual(streams, expected);
        assert.equal(lost, 0);
        assert.equal(bridge, network.version === 4 ? "10.0.0.2:4059" : "[0:0:0:0:0:0:0:2]:4059");
        assert.equal(capture.header.started, "2026-01-31T12:00:00.000Z");
        assert.deepEqual(capture.entries[0], { t: 0, event: "opened" });
        assert.deepEqual(capture.entries.at(-1), { t: capture.entries.length, event: "closed" });
      }
    });

  test("come in any order, twice, and joined otherwise, and are the same", () => {
    const network: Network = { link: "ethernet", version: 4 };
    const [syn, synAck, ...rest] = conversation() as [Sent, Sent, ...Sent[]];
    const data = rest.slice(0, -1);
    fc.assert(
      fc.property(fc.shuffledSubarray(data, { minLength: data.length }), fc.subarray(data), (shuffled, again) => {
        const joined = [data[1] as Sent, data[2] as Sent];
        const more: Sent = { ...(joined[0] as Sent), data: concat(...joined.map((each) => each.data)) };
        const all = [syn, synAck, ...shuffled, ...again, more].map((each, i) => ({ ...each, time: began + i }));
        assert.deepEqual(streamsIn(pcapFile(network, all)).streams, expected);
      }),
    );
  });

  test("without the connection's beginning, or with a packet missing, still tell who is who", () => {
    const network: Network = { link: "raw", version: 4 };
    assert.deepEqual(streamsIn(pcapFile(network, conversation(false))).streams, expected);
    const missing = conversation().filter((_, index) => index !== 3);
    const { streams, lost } = streamsIn(pcapFile(network, missing));
    assert.deepEqual([streams.tx, lost], [expected.tx, 4]);
    assert.equal(streams.rx, expected.rx.slice(8));
  });

  test("are found among others, or by the port", () => {
    const web: Network = { link: "ethernet", version: 4, bridgePort: 80 };
    const text = Uint8Array.from("GET / HTTP/1.1\r\n\r\n", (character) => character.charCodeAt(0));
    const other = pcapFile(web, [{ time: began, from: "client", sequence: 1, data: text }]);
    const file = concat(other, pcapFile({ link: "ethernet", version: 4 }, conversation()).subarray(24));
    assert.deepEqual(streamsIn(file).streams, expected);
    assert.equal(streamsIn(file, 80).streams.tx, toHex(text));
    assert.throws(() => bridgeCapture(file, 81), { code: "pcap", message: /leads to port 81/ });
    assert.throws(() => bridgeCapture(other), { code: "pcap", message: /no TCP connection in it looks like/ });
  });

  test("may be any bytes", () => {
    const files = [
      pcapFile({ link: "raw", version: 6 }, conversation()),
      pcapngFile({ link: "ethernet", version: 4 }, conversation()),
    ];
    const told = (file: Uint8Array): void => {
      try {
        bridgeCapture(file);
      } catch (error) {
        assert.equal((error as { readonly code?: string }).code, "pcap");
      }
    };
    for (const file of files) {
      fc.assert(
        fc.property(fc.nat(file.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, noise) => {
          const broken = file.slice();
          broken.set(noise.subarray(0, file.length - at), at);
          told(broken);
          told(file.subarray(0, at));
        }),
        { numRuns: 300 },
      );
      // What a program that was ended wrote: the packets before the last one.
      assert.ok([...packetsIn(file.subarray(0, file.length - 3))].length > 5);
    }
    assert.throws(() => packetsIn(new Uint8Array(4)), { code: "pcap", message: /neither a pcap nor a pcapng/ });
  });
});
