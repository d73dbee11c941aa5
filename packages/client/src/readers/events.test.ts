import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "@meterport/protocol/errors";
import { BT74, ET79 } from "@meterport/protocol/tables/index";
import fc from "fast-check";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { type EventsOptions, type LogEvent, readEvents } from "./events.ts";
import { benchOf, le16, le32 } from "./logs.test-kit.ts";

interface Made {
  readonly sequence: number;
  /** Minutes after 2026-01-01T00:00Z, less than a day. */
  readonly minute: number;
  readonly event?: number;
  readonly user?: number;
  readonly argument?: number;
  readonly date?: readonly number[];
}

const record = ({ sequence, minute, event = 2, user = 0xffff, argument = sequence & 0xff, date }: Made): number[] => [
  ...(date ?? [26, 1, 1, Math.floor(minute / 60) % 24, minute % 60, 0]),
  ...le16(sequence & 0xffff),
  ...le16(user),
  ...le16(event),
  ...le16(argument),
];

/** The bytes of a log with that many places, `events` oldest first, the first of them at `at`. */
const logOf = (
  places: number,
  events: readonly Made[],
  at = 0,
  header: Partial<Record<"valid" | "last" | "sequence", number>> = {},
) => {
  const bytes = new Uint8Array(11 + 14 * places);
  const last = events.length === 0 ? 0 : (at + events.length - 1) % places;
  const top = events.at(-1)?.sequence ?? 0;
  bytes.set([
    4,
    ...le16(header.valid ?? events.length),
    ...le16(header.last ?? last),
    ...le32(header.sequence ?? top),
    0,
    0,
  ]);
  for (const [i, event] of events.entries()) bytes.set(record(event), 11 + 14 * ((at + i) % places));
  return bytes;
};
const run = (from: number, count: number): Made[] =>
  Array.from({ length: count }, (_, i) => ({ sequence: from + i, minute: i }));

const bench = (primary: Uint8Array, alternate?: Uint8Array) =>
  benchOf(
    new VirtualClock(),
    "meter:3.70",
    alternate === undefined
      ? [[BT74.number, primary]]
      : [
          [BT74.number, primary],
          [ET79.number, alternate],
        ],
    (d) => ({
      ...d,
      BT71: { ...d.BT71, historyEntries: (primary.length - 11) / 14 },
      ET54: { ...d.ET54, et79EntryCount: alternate === undefined ? 0 : (alternate.length - 11) / 14 },
    }),
  );
const sequences = (events: readonly LogEvent[]): (number | null)[] => events.map(({ sequence }) => sequence);
const eventsOf = async (primary: Uint8Array, options: EventsOptions = {}, alternate?: Uint8Array) =>
  (await bench(primary, alternate)).all((meter) => readEvents(meter, options));

describe("readEvents", () => {
  test("gives each event with its meaning, newest first", async () => {
    const made: Made[] = [
      { sequence: 70000, minute: 1, event: 1, user: 0xffff },
      { sequence: 70001, minute: 2, event: 0x805, user: 0xfffd },
      { sequence: 70002, minute: 3, event: 0x800 | 66, user: 7, argument: 0x0102 },
    ];
    const events = await eventsOf(logOf(10, made));
    assert.deepEqual(events[2], {
      sequence: 70000,
      time: "2026-01-01T00:01:00Z",
      event: 1,
      manufacturer: false,
      raw: 1,
      name: "Power down",
      severity: "status",
      source: "ANSI C12.19",
      user: { kind: "nobody" },
      argument: Uint8Array.of(70000 & 0xff, 0),
      decoded: { hex: "7000", number: 0x70, text: "argument 112", parts: [] },
      logs: ["primary"],
      quality: "good",
      doubts: [],
    });
    assert.deepEqual(
      events.map(({ event, manufacturer, name, user }) => [event, manufacturer, name, user]),
      [
        [66, true, "Load disconnect changed", { kind: "optical", id: 7 }],
        [5, true, "Time changed, old time", { kind: "mep" }],
        [1, false, "Power down", { kind: "nobody" }],
      ],
    );
    assert.deepEqual([events[0]?.raw, events[0]?.decoded.text], [2114, "software command, open"]);
  });

  test("decodes arguments of any length that the meter keeps", async () => {
    for (const length of [0, 1, 2, 4, 255]) {
      const log = new Uint8Array(11 + 2 * (12 + length));
      log.set([4, ...le16(2), ...le16(1), ...le32(2), 0, 0]);
      for (const [i, event] of [2, 0x800 | 96].entries()) {
        const fields = [26, 1, 1, 0, i, 0, ...le16(i + 1), ...le16(0xffff), ...le16(event)];
        log.set([...fields, ...[3, 0x20].slice(0, length)], 11 + i * (12 + length));
      }
      const { all } = await benchOf(new VirtualClock(), "meter:3.70", [[BT74.number, log]], (d) => ({
        ...d,
        BT71: { ...d.BT71, historyEntries: 2, historyDataLength: length },
        ET54: { ...d.ET54, et79EntryCount: 0 },
      }));
      const told = (await all((meter) => readEvents(meter))).map(({ argument, decoded }) => [
        argument.length,
        decoded.text,
      ]);
      const short = length === 0 ? ["", ""] : ["argument 3", "power failure"];
      const texts = length < 2 ? short : ["device 1, unknown status code 3", "unknown cause code 8195"];
      assert.deepEqual(
        told,
        texts.map((text) => [length, text]),
      );
    }
  });

  test("follows the ring past the rollover of the 16 bits, in both orders", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 200_000 }),
        fc.boolean(),
        async (places, filled, at, from, oldestFirst) => {
          const made = run(from, filled % (places + 1));
          const options: EventsOptions = oldestFirst ? { order: "oldest-first" } : {};
          const found = sequences(await eventsOf(logOf(places, made, at % places), options));
          const expected = made.map(({ sequence }) => sequence);
          assert.deepEqual(found, oldestFirst ? expected : expected.toReversed());
        },
      ),
      { numRuns: 40 },
    ));

  test("joins both logs by their shared number, an event in both only once", async () => {
    const primary = logOf(
      10,
      [1, 2, 5, 6, 9].map((sequence) => ({ sequence, minute: sequence })),
      7,
    );
    const alternate = logOf(
      6,
      [3, 4, 6, 7, 8, 10].map((sequence) => ({ sequence, minute: sequence })),
      2,
    );
    const events = await eventsOf(primary, {}, alternate);
    assert.deepEqual(sequences(events), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert.deepEqual(events[4]?.logs, ["primary", "alternate"]);
    assert.deepEqual(events[0]?.logs, ["alternate"]);
  });

  test("continues after a number or from a time, without reading the rest", async () => {
    const log = logOf(500, run(1, 500));
    const after = await bench(log);
    assert.deepEqual(
      sequences(await after.all((meter) => readEvents(meter, { since: { sequence: 497 } }))),
      [500, 499, 498],
    );
    const reads = after.line.asked.filter(({ table }) => table === BT74.number);
    assert.ok(reads.length <= 3, `${reads.length} reads`);
    const since = { time: Date.UTC(2026, 0, 1, 8, 18) };
    assert.deepEqual(sequences(await eventsOf(log, { since, order: "oldest-first" })), [499, 500]);
  });

  test("refuses an impossible header", async () => {
    const events = run(1, 5);
    for (const header of [{ valid: 11 }, { last: 10 }, { valid: 65535 }, { last: 65535 }])
      await assert.rejects(eventsOf(logOf(10, events, 0, header)), LayoutError);
  });

  test("marks entries about which header and contents disagree", async () => {
    const wrongTop = await eventsOf(logOf(10, run(1, 3), 0, { sequence: 99 }));
    assert.deepEqual(
      wrongTop.map(({ doubts }) => doubts),
      [["sequence"], [], []],
    );
    const repeated = await eventsOf(logOf(10, [...run(1, 3), { sequence: 3, minute: 9 }]));
    assert.deepEqual(sequences(repeated), [3, null, 2, 1]);
    // Ten entries are claimed, three were written.
    const claimed = await eventsOf(logOf(10, run(1, 3), 0, { valid: 10 }));
    assert.equal(claimed.length, 10);
    assert.deepEqual(
      claimed.slice(3).map(({ quality }) => quality),
      Array(7).fill("suspect"),
    );
  });

  test("marks impossible dates", async () => {
    for (const date of [
      [0, 0, 0, 0, 0, 0],
      [255, 255, 255, 255, 255, 255],
      [26, 2, 31, 0, 0, 0],
      [26, 1, 1, 24, 0, 0],
    ]) {
      const [event] = await eventsOf(logOf(4, [{ sequence: 1, minute: 0, date }]));
      assert.equal(event?.time, null);
      assert.deepEqual(event?.doubts, ["time"]);
    }
  });

  test("drops entries that the meter overwrites during the read, and never mixes old and new", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 40, max: 200 }), fc.nat(39), fc.nat(), async (places, arriving, at) => {
        const { line, clock, meter } = await bench(logOf(places, run(1, places), at % places));
        const found: number[] = [];
        let dropped = 0;
        const read = async (): Promise<void> => {
          const progress = (now: { dropped: number }): void => {
            dropped = now.dropped;
          };
          for await (const event of readEvents(meter, { progress })) {
            assert.equal(event.quality, "good");
            // This many new events have come by the time that the first page is handed over.
            if (found.length === 0)
              line.memory.set(BT74.number, logOf(places, run(1 + arriving, places), (at + arriving) % places));
            found.push(event.sequence as number);
          }
        };
        await clock.run(read());
        assert.deepEqual(
          found,
          Array.from({ length: found.length }, (_, i) => places - i),
        );
        assert.equal(found.length + dropped, places);
        assert.ok(dropped <= arriving, `${dropped} dropped, ${arriving} came`);
      }),
      { numRuns: 30 },
    ));

  test("ends if the log is cleared during the read", async () => {
    const { line, clock, meter } = await bench(logOf(200, run(1, 200)));
    const found: (number | null)[] = [];
    let dropped = 0;
    const read = async (): Promise<void> => {
      for await (const { sequence } of readEvents(meter, { progress: (now) => (dropped = now.dropped) })) {
        if (found.length === 0) line.memory.set(BT74.number, logOf(200, [{ sequence: 201, minute: 0 }]));
        found.push(sequence);
      }
    };
    await clock.run(read());
    assert.ok(found.length < 200);
    assert.equal(found.length + dropped, 200);
  });

  test("gives nothing or fails with one of our errors, for any bytes", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 11 + 14 * 8, maxLength: 11 + 14 * 8 }), async (bytes) => {
        // A header that is plausible half of the time.
        if (((bytes[0] as number) & 1) === 0) bytes.set([0, (bytes[1] as number) % 9, 0, (bytes[3] as number) % 8, 0]);
        try {
          assert.ok((await eventsOf(bytes)).length <= 8);
        } catch (error) {
          assert.ok(error instanceof LayoutError, String(error));
        }
      }),
      { numRuns: 60 },
    ));
});
