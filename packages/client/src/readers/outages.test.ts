import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LayoutError } from "@meterport/protocol/errors";
import { encode, parseProfile, sizeOf } from "@meterport/protocol/layout/index";
import { defaultDimensions } from "@meterport/protocol/tables/defaults";
import { BT53, ET09, ET81 } from "@meterport/protocol/tables/index";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Contents } from "../testing/endpoint-line.test-kit.ts";
import { benchOf, le32 } from "./logs.test-kit.ts";
import { type OutagesOptions, readOutages } from "./outages.ts";
import type { LogProgress } from "./ring.ts";

const env = defaultDimensions(parseProfile("meter:3.70"));
type Date6 = readonly number[];
const at = (day: number, hour: number, minute = 0, second = 0, month = 1): Date6 => [
  26,
  month,
  day,
  hour,
  minute,
  second,
];
const blank: Date6 = [0, 0, 0, 0, 0, 0];
const erased: Date6 = [255, 255, 255, 255, 255, 255];

/** ET09 with its records from byte 6, 18 bytes each. */
const et09 = (records: readonly { off: Date6; on: Date6; seconds: number; cause?: number }[]): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(ET09, env));
  for (const [i, { off, on, seconds, cause = 3 }] of records.entries())
    bytes.set([...on, cause, 0, ...off, ...le32(seconds)], 6 + 18 * i);
  return bytes;
};
/** ET81 with ten places of 12 bytes from byte 6, oldest first. */
const et81 = (entries: readonly { start: Date6; end: Date6 }[], sequence = entries.length): Uint8Array => {
  const bytes = new Uint8Array(6 + 12 * 10);
  bytes.set([4, entries.length, Math.max(0, entries.length - 1), sequence & 255, sequence >> 8, 0]);
  for (const [i, { start, end }] of entries.entries()) bytes.set([...start, ...end], 6 + 12 * i);
  return bytes;
};
const zone = (offset: number, dst: number): Uint8Array =>
  encode(
    BT53,
    { dstTimeEffective: { hour: 2, minute: 0, second: 0 }, dstTimeAdjustment: dst, timeZoneOffset: offset },
    env,
  );
const outagesOf = async (tables: [number, Contents][], profile = "meter:3.70", options: OutagesOptions = {}) => {
  const { all } = await benchOf(new VirtualClock(), profile, tables);
  return all((meter) => readOutages(meter, options));
};

describe("readOutages", () => {
  test("joins the record in UTC with the log in local time", async () => {
    const outages = await outagesOf([
      [ET09.number, et09([{ off: at(5, 10), on: at(5, 10, 2, 5), seconds: 125 }])],
      [ET81.number, et81([{ start: at(5, 11), end: at(5, 11, 2, 5) }], 77)],
      [BT53.number, zone(60, 60)],
    ]);
    assert.deepEqual(outages, [
      {
        start: "2026-01-05T10:00:00Z",
        end: "2026-01-05T10:02:05Z",
        startLocal: "2026-01-05T11:00:00",
        endLocal: "2026-01-05T11:02:05",
        duration_s: 125,
        resetCause: 3,
        cause: "power failure",
        sequence: 77,
        tables: ["ET09", "ET81"],
        quality: "good",
        doubts: [],
      },
    ]);
  });

  test("recognises summer time by the record in UTC, and reports if it cannot", async () => {
    const outages = await outagesOf([
      [ET09.number, et09([{ off: at(1, 10, 0, 0, 7), on: at(1, 10, 1, 0, 7), seconds: 60, cause: 8 }])],
      [
        ET81.number,
        et81([
          { start: at(2, 8, 0, 0, 3), end: at(2, 9, 0, 0, 3) },
          { start: at(1, 12, 0, 0, 7), end: at(1, 12, 1, 0, 7) },
        ]),
      ],
      [BT53.number, zone(60, 60)],
    ]);
    assert.deepEqual(
      outages.map(({ start, startLocal, duration_s, cause, doubts, tables }) => [
        start,
        startLocal,
        duration_s,
        cause,
        doubts,
        tables,
      ]),
      [
        ["2026-07-01T10:00:00Z", "2026-07-01T12:00:00", 60, "brown-out", [], ["ET09", "ET81"]],
        [null, "2026-03-02T08:00:00", 3600, null, ["zone"], ["ET81"]],
      ],
    );
  });

  test("takes local time as unambiguous if there is no summer time", async () => {
    const outages = await outagesOf([
      [ET09.number, et09([])],
      [ET81.number, et81([{ start: at(2, 8), end: at(2, 9) }])],
      [BT53.number, zone(-300, 0)],
    ]);
    assert.deepEqual(
      [outages[0]?.start, outages[0]?.end, outages[0]?.quality],
      ["2026-01-02T13:00:00Z", "2026-01-02T14:00:00Z", "good"],
    );
  });

  test("leaves out records that were never written and marks impossible ones", async () => {
    const outages = await outagesOf([
      [
        ET09.number,
        et09([
          { off: at(5, 10), on: at(5, 11), seconds: 60 },
          { off: at(31, 10, 0, 0, 2), on: at(4, 10), seconds: 60 },
          { off: erased, on: at(3, 10), seconds: 0xffffffff },
          { off: erased, on: erased, seconds: 0xffffffff },
          { off: blank, on: blank, seconds: 0 },
        ]),
      ],
      [ET81.number, et81([])],
    ]);
    assert.deepEqual(
      outages.map(({ start, end, doubts }) => [start, end, doubts]),
      [
        ["2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z", ["duration"]],
        [null, "2026-01-04T10:00:00Z", ["time"]],
        [null, "2026-01-03T10:00:00Z", ["time"]],
      ],
    );
  });

  test("works with only one of the tables, and refuses an impossible header", async () => {
    const records = et09([{ off: at(5, 10), on: at(5, 11), seconds: 3600 }]);
    assert.equal((await outagesOf([[ET09.number, records]])).length, 1);
    assert.equal((await outagesOf([[ET09.number, records]], "meter:3.30")).length, 1);
    const log = et81([{ start: at(2, 8), end: at(2, 9) }]);
    assert.equal((await outagesOf([[ET81.number, log]])).length, 1);
    log[1] = 11;
    await assert.rejects(outagesOf([[ET81.number, log]]), LayoutError);
  });

  test("continues from a moment, and reports progress", async () => {
    const records = et09([
      { off: at(5, 10), on: at(5, 11), seconds: 3600 },
      { off: at(31, 10, 0, 0, 2), on: erased, seconds: 60 },
      { off: at(3, 10), on: at(3, 11), seconds: 3600 },
    ]);
    const log = et81([{ start: at(2, 8), end: at(2, 9) }]);
    const told: LogProgress[] = [];
    const found = await outagesOf(
      [
        [ET09.number, records],
        [ET81.number, log],
        [BT53.number, zone(0, 0)],
      ],
      "meter:3.70",
      { since: Date.UTC(2026, 0, 3, 11), progress: (progress) => told.push(progress) },
    );
    // The one without any time may be from any time.
    assert.deepEqual(
      found.map(({ end }) => end),
      ["2026-01-05T11:00:00Z", "2026-01-03T11:00:00Z", null],
    );
    assert.deepEqual(told.at(-1), { done: 1, total: 1, dropped: 0 });
  });

  test("drops entries that the meter overwrites while the log is read", async () => {
    const bench = await benchOf(new VirtualClock(), "meter:3.70", [[BT53.number, zone(0, 0)]]);
    const day = (n: number) => ({ start: at(n, 8), end: at(n, 9) });
    const days = Array.from({ length: 10 }, (_, i) => day(i + 1));
    const { memory } = bench.line;
    const log = et81(days);
    let requests = 0;
    const stored = memory.get.bind(memory);
    memory.get = (table) => {
      // After the header is read, the meter logs one more over its oldest entry, while the entries are read.
      if (table === ET81.number && ++requests === 2) {
        log.set([4, 10, 0, 11, 0, 0]);
        log.set([...day(20).start, ...day(20).end], 6);
      }
      return table === ET81.number ? log : stored(table);
    };
    const found = await bench.all((meter) => readOutages(meter));
    assert.deepEqual(
      found.map(({ startLocal }) => startLocal?.slice(8, 10)),
      ["10", "09", "08", "07", "06", "05", "04", "03", "02"],
    );
  });
});
