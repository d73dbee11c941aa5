import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "../../errors.ts";
import type { CaptureEntry } from "../capture.ts";
import { bridgePort, pcapFileHeader, pcapPacketHeader } from "./pcap-format.ts";
import { pcapOf } from "./pcap-writer.ts";

const header = { format: "meterport-capture", version: 1, started: "2026-01-31T12:00:00.250Z", link: "tcp" } as const;
const piecesOf = (...entries: CaptureEntry[]) => [...pcapOf({ header, entries })];

interface Packet {
  readonly micros: number;
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: string;
  readonly data: string;
}
const packetsOf = (pieces: readonly Uint8Array[]): Packet[] =>
  pieces.slice(1).map((piece) => {
    const view = new DataView(piece.buffer);
    assert.equal(view.getUint32(8, true), piece.length - pcapPacketHeader);
    const tcp = pcapPacketHeader + 20;
    const flags = piece[tcp + 13] ?? 0;
    return {
      micros: view.getUint32(0, true) * 1e6 + view.getUint32(4, true),
      from: view.getUint16(tcp),
      to: view.getUint16(tcp + 2),
      sequence: view.getUint32(tcp + 4),
      acknowledged: view.getUint32(tcp + 8),
      flags: ["fin", "syn", "reset", "push", "ack"].filter((_, bit) => (flags >> bit) & 1).join(" "),
      data: Buffer.from(piece.subarray(tcp + 20)).toString("hex"),
    };
  });

describe("a capture as pcap", () => {
  test("is one TCP connection for each time that the link was open", () => {
    const pieces = piecesOf(
      { t: 0, event: "opened" },
      { t: 10, dir: "tx", bytes: Uint8Array.of(0, 1, 0x21) },
      { t: 35, dir: "rx", bytes: Uint8Array.of(0, 0) },
      { t: 40, event: "closed" },
      { t: 50, event: "opened" },
      { t: 60, event: "broken" },
    );
    assert.equal(pieces[0]?.length, pcapFileHeader);
    const start = Date.UTC(2026, 0, 31, 12) * 1000 + 250_000;
    const packets = packetsOf(pieces);
    const seen = packets.map(({ micros, from, to, sequence, acknowledged, flags, data }) =>
      [(micros - start) / 1000, from, to, sequence, acknowledged, flags, data].join(),
    );
    assert.deepEqual(seen, [
      "0,49152,4059,0,0,syn,",
      "0,4059,49152,0,1,syn ack,",
      "0,49152,4059,1,1,ack,",
      "10,49152,4059,1,1,push ack,000121",
      "35,4059,49152,1,4,push ack,0000",
      "40,49152,4059,4,3,fin ack,",
      "40,4059,49152,3,5,fin ack,",
      "40,49152,4059,5,4,ack,",
      "50,49153,4059,0,0,syn,",
      "50,4059,49153,0,1,syn ack,",
      "50,49153,4059,1,1,ack,",
      "60,4059,49153,1,1,reset ack,",
    ]);
    assert.equal(packets[0]?.to, bridgePort);
  });

  test("has each piece as it came, cut where it is longer than a segment", () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i & 0xff);
    const packets = packetsOf(piecesOf({ t: 0, dir: "rx", bytes })).slice(3);
    assert.deepEqual(
      packets.map(({ data, sequence }) => [data.length / 2, sequence]),
      [
        [1460, 1],
        [1460, 1461],
        [80, 2921],
      ],
    );
    assert.equal(packets.map(({ data }) => data).join(""), Buffer.from(bytes).toString("hex"));
  });

  test("needs a time that a pcap file can hold", () => {
    const at = (started: string, t = 0) => [
      ...pcapOf({ header: { ...header, started }, entries: [{ t, event: "opened" }] }),
    ];
    const refused = (detail: RegExp) => (error: unknown) => error instanceof UsageError && detail.test(error.message);
    assert.throws(() => at("yesterday"), refused(/started "yesterday" is not a time/));
    assert.throws(() => at("2026-01-31T12:00:00Z", 1e13), refused(/1970 to 2106/));
    assert.throws(() => at("1900-01-31T12:00:00Z"), refused(/1970 to 2106/));
  });
});
