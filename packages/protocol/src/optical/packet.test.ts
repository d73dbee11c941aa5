import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat, fromHex, toHex } from "../bytes.ts";
import { crc16 } from "../mep/frame/crc16.ts";
import { Assembly, packetsOf } from "./message.ts";
import { encodePacket, type Packet, type PacketEvent, PacketReader, shownNoise } from "./packet.ts";

const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
const packet = (changes: Partial<Packet>): Packet => ({
  multi: false,
  first: false,
  toggle: false,
  sequence: 0,
  data: bytes("20"),
  ...changes,
});
const largest = 64;

const push = (stream: Uint8Array, sizes: readonly number[] = []): { events: PacketEvent[]; reader: PacketReader } => {
  const reader = new PacketReader(largest);
  const events: PacketEvent[] = [];
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    events.push(...reader.push(stream.subarray(at, at + size)));
    at += size;
  }
  return { events, reader };
};
const told = (events: readonly PacketEvent[]): string[] =>
  events.map((event) => {
    if (event.type === "packet") return toHex(event.packet.data);
    return event.type === "noise" || event.type === "damaged" ? `${event.type} ${event.length}` : event.type;
  });

describe("crc16", () => {
  test("gives the check value of CRC-16/X-25, and that of the identification packet", () => {
    assert.equal(crc16(Uint8Array.from("123456789", (digit) => digit.charCodeAt(0))), 0x906e);
    assert.equal(crc16(bytes("ee000000000120")), 0x1013);
  });
});

describe("encodePacket", () => {
  // The first is known from the standard's users; the CRCs of the others come from a bitwise twin in another language.
  const vectors: readonly (readonly [string, Packet])[] = [
    ["ee0000000001201310", packet({})],
    ["ee0020000001208270", packet({ toggle: true })],
    ["ee00200000050000010000ff42", packet({ toggle: true, data: bytes("0000010000") })],
    ["ee00c0010004000003018c9a", packet({ multi: true, first: true, sequence: 1, data: bytes("00000301") })],
    ["ee00a00000030203fae9b8", packet({ multi: true, toggle: true, data: bytes("0203fa") })],
  ];
  for (const [hex, value] of vectors) {
    test(hex, () => {
      assert.equal(toHex(encodePacket(value)), hex);
      const { events } = push(bytes(hex));
      assert.deepEqual(events, [
        { type: "packet", packet: value, crc: crc16(bytes(hex.slice(0, -4))), raw: bytes(hex) },
      ]);
    });
  }

  test("refuses what does not fit", () => {
    assert.throws(() => encodePacket(packet({ sequence: 256 })), RangeError);
    assert.throws(() => encodePacket(packet({ data: new Uint8Array(0x10000) })), RangeError);
  });
});

describe("PacketReader", () => {
  test("skips the alerts and frames of the MEP port around a packet", () => {
    const { events } = push(concat(bytes("0000 0003 010203 0000"), encodePacket(packet({})), bytes("0000 06")));
    assert.deepEqual(told(events), ["noise 9", "20", "noise 2", "acknowledged"]);
  });

  test("tells acknowledgement and refusal", () => {
    assert.deepEqual(told(push(bytes("06 15")).events), ["acknowledged", "refused"]);
  });

  test("says whether a refusal stands within noise, however the bytes are cut", () => {
    const alone = (hex: string, sizes: readonly number[] = []): boolean[] =>
      push(bytes(hex), sizes).events.flatMap((event) => (event.type === "refused" ? [event.alone] : []));
    assert.deepEqual(alone("15"), [true]);
    assert.deepEqual(alone("0014 3f00 15 00 06 15"), [false, false]);
    assert.deepEqual(alone("0014 3f00 15", [4]), [false]);
    assert.deepEqual(alone(`0014 ${toHex(encodePacket(packet({})))} 15`), [true]);
  });

  test("finds the packet after a start byte that begins none", () => {
    const good = encodePacket(packet({}));
    for (const noise of ["ee", "ee01", "ee0001", "ee0000", "ee0000000fff", "eeee00"]) {
      const found = told(push(concat(bytes(noise), good)).events).filter((event) => event === "20");
      assert.deepEqual(found, ["20"], noise);
    }
  });

  test("takes nothing inside a damaged packet for an acknowledgement, and finds a whole one in it", () => {
    const damaged = encodePacket(packet({ data: bytes("0615060606") }));
    damaged[8] = 0x16;
    assert.deepEqual(told(push(damaged).events), ["damaged 13"]);
    assert.deepEqual(told(push(concat(damaged, bytes("06"))).events), ["damaged 13", "acknowledged"]);
    const swallowed = concat(bytes("ee 00 00 00 0007"), encodePacket(packet({})));
    assert.deepEqual(told(push(swallowed).events), ["damaged 15", "20"]);
  });

  test("believes no packet above its bound and shows only the beginning of noise", () => {
    const bound = largest - 8;
    assert.equal(push(encodePacket(packet({ data: new Uint8Array(bound) }))).events[0]?.type, "packet");
    const { events, reader } = push(encodePacket(packet({ data: new Uint8Array(bound + 1) })));
    assert.deepEqual(events, []);
    const { noise } = reader.reset();
    assert.ok(noise?.type === "noise");
    assert.equal(noise.bytes.length, shownNoise);
    assert.ok(noise.length > shownNoise);
  });

  test("says what is pending, and forgets it", () => {
    const { reader } = push(bytes("77 ee 00 00 00 0001"));
    assert.deepEqual([reader.pending, reader.announced], [6, 9]);
    assert.deepEqual(reader.reset(), {
      noise: { type: "noise", bytes: bytes("77"), length: 1 },
      unfinished: bytes("ee0000000001"),
    });
    assert.deepEqual([reader.pending, reader.announced], [0, undefined]);
  });

  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom(bytes("ee"), bytes("06"), bytes("15"), bytes("ee0000")),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.boolean())
      .map(([data, toggle]) => encodePacket(packet({ data, toggle }))),
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat()).map(([data, at]) => {
      const damaged = encodePacket(packet({ data }));
      const place = at % damaged.length;
      damaged[place] = (damaged[place] as number) ^ 0x11;
      return damaged;
    }),
  );

  test("gives the same events for any chunking of any bytes", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat({ max: 40 })), (pieces, sizes) => {
        const all = concat(...pieces);
        const whole = push(all);
        const cut = push(all, sizes);
        assert.deepEqual(cut.events, whole.events);
        assert.deepEqual(cut.reader.reset(), whole.reader.reset());
      }),
      { numRuns: 500 },
    );
  });

  test("finds every whole packet that stands between noise without start bytes", () => {
    const noise = fc.uint8Array({ maxLength: 20 }).map((any) => any.filter((byte) => byte !== 0xee));
    const data = fc.uint8Array({ minLength: 1, maxLength: 56 });
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, data), { maxLength: 6 }), (parts) => {
        const stream = concat(
          ...parts.flatMap(([before, content]) => [before, encodePacket(packet({ data: content }))]),
        );
        const found = push(stream).events.filter((event) => event.type === "packet");
        assert.deepEqual(
          found.map((event) => (event.type === "packet" ? event.packet.data : undefined)),
          parts.map(([, content]) => content),
        );
      }),
    );
  });

  test("accounts for every byte", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const all = concat(...pieces);
        const { events, reader } = push(all);
        const { noise, unfinished } = reader.reset();
        let count = unfinished.length;
        let suspect = 0;
        for (const event of noise === undefined ? events : [...events, noise]) {
          if (event.type === "packet") count += event.raw.length;
          else if (event.type === "noise") count += event.length;
          else if (event.type === "damaged") suspect += event.length;
          else count++;
        }
        // What a damaged packet left may hold another one, or the beginning of one.
        assert.ok(count <= all.length && count + suspect >= all.length, `${count} + ${suspect} of ${all.length}`);
      }),
    );
  });
});

describe("messages", () => {
  test("go through in as many packets as they take", () => {
    const sizes = fc.record({ length: fc.integer({ min: 1, max: 600 }), packetSize: fc.integer({ min: 12, max: 64 }) });
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ length, packetSize }, toggle) => {
        const message = Uint8Array.from({ length }, (_, i) => i);
        const packets = packetsOf(message, packetSize, toggle);
        const assembly = new Assembly(600);
        const results = packets.map((each) => assembly.add(each));
        assert.deepEqual(results.pop(), message);
        assert.ok(results.every((result) => result === "more"));
        assert.equal(packets[0]?.toggle, toggle);
        assert.ok(packets.every((each, i) => i === 0 || each.toggle !== packets[i - 1]?.toggle));
        assert.ok(packets.every((each) => encodePacket(each).length <= packetSize));
      }),
    );
  });

  test("are dropped where a packet is missing, and where they grow too long", () => {
    const packets = packetsOf(new Uint8Array(30), 18, false);
    const assembly = new Assembly(100);
    assert.equal(assembly.add(packets[0] as Packet), "more");
    assert.equal(assembly.add(packets[2] as Packet), "broken");
    assert.equal(assembly.add(packets[1] as Packet), "broken");
    const short = new Assembly(15);
    assert.deepEqual([short.add(packets[0] as Packet), short.add(packets[1] as Packet)], ["more", "broken"]);
  });

  test("give way to a new one", () => {
    const packets = packetsOf(new Uint8Array(30), 18, false);
    const assembly = new Assembly(100);
    assembly.add(packets[0] as Packet);
    assert.deepEqual(assembly.add(packet({})), bytes("20"));
    assert.equal(assembly.add(packets[1] as Packet), "broken");
  });

  test("that cannot be cut are refused", () => {
    for (const [length, size] of [
      [0, 64],
      [1, 8],
      [256, 9],
    ] as const)
      assert.throws(() => packetsOf(new Uint8Array(length), size, false), RangeError);
  });
});
