/** Numbers and arguments typed a second time, as the head-end's event table and ANSI C12.19 print them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { eventArgumentOf, eventOf } from "./events.ts";

const statusCodes = [
  1, 2, 3, 4, 8, 9, 10, 14, 15, 18, 19, 21, 22, 23, 24, 26, 27, 28, 29, 36, 66, 67, 72, 78, 79, 82, 87, 88, 96, 97,
];
const alarmCodes = [
  37, 38, 39, 40, 41, 42, 43, 44, 47, 48, 49, 50, 64, 68, 69, 70, 71, 73, 74, 75, 76, 77, 80, 81, 83, 84, 85, 90, 91,
  98, 99,
];

const le = (number: number, length = 2): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.floor(number / 256 ** i) % 256);
const text = (event: number, number: number, length = 2): string => eventArgumentOf(event, le(number, length)).text;

describe("the number of an event", () => {
  test("has a name, a severity and a source, for all that the head-end lists", () => {
    for (const [severity, codes] of [
      ["status", statusCodes],
      ["alarm", alarmCodes],
    ] as const)
      for (const code of codes) {
        const found = eventOf(code);
        assert.ok(found.name, `${code}`);
        assert.deepEqual([found.severity, found.source], [severity, code <= 35 ? "ANSI C12.19" : "head-end list"]);
      }
  });

  test("means what the lists print", () => {
    const printed: readonly (readonly [number, RegExp])[] = [
      [1, /power down/i],
      [8, /access.*writ/i],
      [15, /list pointers updated/i],
      [27, /tier switch/i],
      [36, /reprogrammed/],
      [44, /battery low/],
      [49, /backup incomplete/],
      [66, /disconnect changed/],
      [73, /24 h/],
      [79, /load profile/i],
      [88, /dimensions/],
      [98, /lowest voltage.*sag/i],
      [99, /highest voltage.*swell/i],
    ];
    for (const [code, name] of printed) assert.match(eventOf(code).name ?? "", name);
  });

  test("has the same name with the manufacturer's bit as without, and keeps the bit apart", () => {
    for (let code = 0; code < 2048; code++) {
      const [plain, flagged] = [eventOf(code), eventOf(code | 0x800)];
      assert.deepEqual(flagged, { ...plain, manufacturer: true });
      assert.deepEqual([plain.number, plain.manufacturer], [code, false]);
    }
  });

  test("that no list has is left without a name", () => {
    const listed = new Set([...Array.from({ length: 36 }, (_, code) => code), ...statusCodes, ...alarmCodes]);
    for (let code = 0; code < 2048; code++)
      if (!listed.has(code))
        assert.deepEqual([eventOf(code).name, eventOf(code).severity, eventOf(code).source], [null, null, null]);
  });
});

describe("the argument of an event", () => {
  test("is what the head-end prints beside it", () => {
    const printed: readonly (readonly [event: number, argument: number, text: string])[] = [
      [2, 3, "power failure"],
      [2, 11, "boot ROM switch-over"],
      [9, 10, "BP10 Set Date and Time (10)"],
      [10, 2061, "ET13 MEP/M-Bus Device Configuration (2061)"],
      [14, 2, "self-reads"],
      [15, 7, "load profile"],
      [15, 255, "all lists"],
      [24, 3, "season 4"],
      [26, 1, "schedule B"],
      [27, 0, "tariff T1"],
      [28, 4150, "BT54 pending Calendar (4150)"],
      [29, 4119, "internal (4119)"],
      // The values of 66 that were seen.
      [66, 258, "software command, open"],
      [66, 259, "software command, locked open"],
      [66, 514, "maximum power exceeded, open"],
      [66, 770, "prepayment, open"],
      [66, 771, "prepayment, locked open"],
      [66, 1026, "prepayment maximum power, open"],
      [66, 1281, "remote reconnect, closed"],
      [66, 1537, "lever or button, closed"],
      [66, 1538, "lever or button, open"],
      [96, 0x2002, "device 1, failed, lost communication"],
      [96, 8194, "device 1, failed, lost communication"],
      [96, 0x8004, "device 4, removed"],
      [96, 0x0001, "no device yet, failed, no place"],
      [97, 1, "back to primary"],
      [38, 1, "event buffer overflow, events may be lost"],
      [39, 6, "alarm variable"],
      [41, 65534, "boot ROM signature"],
      [41, 65535, "all tables"],
      [41, 52, "BT52 UTC Clock (52)"],
      [48, 5, "L1, L3"],
      [68, 2, "L2"],
      [74, 7, "L1, L2, L3"],
      [69, 6, "minus 120 degrees"],
      [77, 1, "digest"],
      [80, 1, "removed"],
      [81, 0x4005, "device 2, serial number mismatch"],
      [83, 1, "L3 L2 L1"],
      [90, 0, "gone"],
      [91, 0, "all have ended"],
      [91, 0b1001, "condition 0 lasts, condition 3 lasts"],
      [98, 207, "207"],
    ];
    for (const [event, argument, expected] of printed) {
      assert.equal(text(event, argument), expected, `${event}: ${argument}`);
      assert.deepEqual(eventArgumentOf(event | 0x800, le(argument)), eventArgumentOf(event, le(argument)));
    }
  });

  test("is data as well", () => {
    assert.deepEqual(eventArgumentOf(66, le(0x0903)), {
      hex: "0309",
      number: 0x0903,
      text: "unknown reason code 9, locked open",
      parts: [
        { key: "disconnectReason", value: 9, meaning: null },
        { key: "disconnectState", value: 3, meaning: "locked open" },
      ],
    });
    assert.deepEqual(eventArgumentOf(68, le(6)).parts, [
      { key: "phase", value: 2, meaning: "L2" },
      { key: "phase", value: 3, meaning: "L3" },
    ]);
  });

  test("is shown raw where no list has it, never guessed", () => {
    const cases: readonly (readonly [event: number, argument: number, length: number, text: string])[] = [
      [2, 77, 2, "unknown cause code 77"],
      [24, 4, 2, "unknown season code 4"],
      // A reason without a state: the second byte is missing, not 0.
      [66, 1, 1, "argument 1"],
      [96, 0x20, 1, "argument 32"],
      // Bits that have no meaning.
      [96, 0x2102, 2, "argument 8450"],
      [68, 9, 2, "argument 9"],
      [68, 0, 2, ""],
      [10, 8192, 2, "argument 8192"],
      [9, 4096, 2, "argument 4096"],
      // An event without an argument, or without a name.
      [1, 0, 2, ""],
      [1, 7, 2, "argument 7"],
      [45, 513, 2, "argument 513"],
      // Longer than it should be.
      [2, 3, 8, "power failure"],
      [66, 258, 4, "software command, open"],
      [66, 0x10102, 4, "argument 65794"],
    ];
    for (const [event, argument, length, expected] of cases)
      assert.equal(text(event, argument, length), expected, `${event}: ${argument} in ${length} bytes`);
    assert.deepEqual(eventArgumentOf(2, Uint8Array.of()), { hex: "", number: null, text: "", parts: [] });
    assert.equal(eventArgumentOf(2, Uint8Array.of(3, 0, 0, 0, 0, 0, 1)).text, "argument 03 00 00 00 00 00 01");
  });

  test("of any bytes for any event has an answer that keeps the bytes", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ maxLength: 255 }), (event, bytes) => {
        const { hex, number, text: said, parts } = eventArgumentOf(event, bytes);
        assert.equal(hex, Buffer.from(bytes).toString("hex"));
        if (number !== null) assert.ok(Number.isSafeInteger(number));
        if (bytes.some((byte) => byte !== 0)) assert.notEqual(said, "");
        for (const { value } of parts) assert.ok(Number.isSafeInteger(value));
      }),
      { numRuns: 500 },
    ));

  test("of two bytes has an answer for every event, whatever they are", () => {
    for (let event = 0; event < 128; event++)
      for (let argument = 0; argument < 0x10000; argument += 97)
        assert.equal(eventArgumentOf(event, le(argument)).number, argument);
  });
});
