/**
 * A client that reads a virtual meter over a line on which everything goes wrong, in virtual time: what is handed to
 * the caller is the meter's own value of that very time, or it is an error.
 */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { connect, type LiveReader, type Meter, openLive, rc4 } from "@meterport/client";
import { LinkError } from "@meterport/protocol/errors";
import { array, at, parseProfile, struct, table, u8, u32 } from "@meterport/protocol/layout/index";
import { type LiveKey, type LiveReading, liveKeyInfo, liveKeys } from "@meterport/protocol/meaning/readings";
import { sourceOf } from "@meterport/protocol/meaning/source-ids";
import { inUnit, wireUnits } from "@meterport/protocol/meaning/units";
import { Secret } from "@meterport/protocol/mep/security/key";
import { everyFault, type Line, modelledLine, seeded, VirtualMeter } from "@meterport/simulator";
import { VirtualClock } from "./support/virtual-clock.ts";

/** Longer than a message holds, so that it is read in pieces; they end between cells, since the first byte is not part of a cell. */
const rows = 14;
const cells = 9;
const cellSize = 4;
const lead = 1;
const grid = (id: string, number: number) =>
  table(
    id,
    number,
    "A table for this test",
    { read: "basic", write: "never" },
    {
      lead: at(0, u8, "Zero"),
      rows: at(lead, array(rows, struct({ cells: at(0, array(cells, u32), "Numbers") })), "Rows"),
    },
  );
const grids = [grid("ET200", 2048 + 200), grid("ET201", 2048 + 201), grid("BT200", 200), grid("BT72", 72)] as const;
type Grid = (typeof grids)[number];

/** The meter changes every cell this often, in milliseconds: several times in the shortest exchange. */
const slotLength = 10;

/** Different for each cell of each table. */
const mark = (number: number, index: number): number => {
  let mixed = Math.imul(number * 4096 + index + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
};
/** A cell is its mark and the time of its reading: data from another cell or another time cannot look right. */
const contents = (number: number) => {
  const bytes = new Uint8Array(lead + rows * cells * cellSize);
  const view = new DataView(bytes.buffer);
  let filledFor = -1;
  return (slot: number): Uint8Array => {
    if (slot !== filledFor)
      for (let i = 0; i < rows * cells; i++) view.setUint32(lead + cellSize * i, (mark(number, i) ^ slot) >>> 0, true);
    filledFor = slot;
    return bytes;
  };
};

const start = Date.UTC(2026, 5, 1, 10);

interface Window {
  readonly from: number;
  readonly to: number;
}
/** What was wrong with a value, one entry each. */
type Wrongs = string[];

const checkCell = ({ number }: Grid, index: number, value: number, window: Window): string | undefined => {
  const slot = (value ^ mark(number, index)) >>> 0;
  const [first, last] = [window.from, window.to].map((time) => Math.floor(time / slotLength)) as [number, number];
  return slot >= first && slot <= last
    ? undefined
    : `table ${number} cell ${index} = ${value} between ${window.from} and ${window.to} ms`;
};

/** Registers move every half second, everything else every second. */
const half = 500;

/** The true values of the meter's household every half second: asked of its twin, in the order of time. */
class Truth {
  readonly #twin: VirtualMeter;
  readonly #known = new Map<number, ReadonlyMap<number, number>>();

  constructor(twin: VirtualMeter) {
    this.#twin = twin;
  }

  at(slot: number): ReadonlyMap<number, number> {
    const known = this.#known.get(slot) ?? this.#twin.valuesAt(start + half * slot);
    this.#known.set(slot, known);
    return known;
  }

  /** What is wrong with a reading; every value must have been true at one moment of the window. */
  complaint(reading: LiveReading, { from, to }: Window): string | undefined {
    const [first, last] = [Math.floor(from / half), Math.floor(to / half)] as const;
    for (const slot of this.#known.keys()) if (slot < first) this.#known.delete(slot);
    const moments = Array.from({ length: last - first + 1 }, (_, i) => this.at(first + i));
    const key = liveKeys.find((key) => !moments.some((values) => trueValue(key, values) === reading[key]));
    return key === undefined ? undefined : `${key} = ${reading[key]} between ${from} and ${to} ms`;
  }
}

const trueValue = (key: LiveKey, values: ReadonlyMap<number, number>): number => {
  const { plus, minus } = liveKeyInfo[key].rule;
  const wire = sourceOf(plus[0] ?? 0).wire;
  let sum = 0;
  for (const id of plus) sum += values.get(id) ?? Number.NaN;
  for (const id of minus) sum -= values.get(id) ?? Number.NaN;
  return wire === null ? Number.NaN : inUnit(sum, wireUnits[wire]);
};

interface Trial {
  readonly seed: number;
  readonly rate: number;
  readonly reads: number;
  readonly encrypt: boolean;
}
interface Outcome {
  readonly asked: number;
  readonly ended: number;
  readonly ok: number;
  readonly values: number;
  readonly failed: ReadonlyMap<string, number>;
  readonly wrong: Wrongs;
  readonly faults: Line["faults"];
  readonly meter: Meter;
  readonly virtualSeconds: number;
}

const run = async ({ seed, rate, reads, encrypt }: Trial): Promise<Outcome> => {
  const clock = new VirtualClock({ wall: start });
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const key = new Secret(Uint8Array.from({ length: 16 }, () => below(256)));
  const advanced = new Secret(Uint8Array.from({ length: 16 }, () => below(256)));
  const about = { profile: parseProfile("meter:3.70"), keys: { basic: key, advanced }, seed, start };
  const device = new VirtualMeter({ ...about, scenario: "house" });
  const truth = new Truth(new VirtualMeter({ ...about, scenario: "house" }));
  for (const { number } of grids) {
    const fill = contents(number);
    device.memory.setLive(number, (time) => fill(Math.floor((time - start) / slotLength)));
  }
  const line = modelledLine({ meter: device, clock, baud: 9600, seed });
  const { faults } = line;
  const entropy = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));
  const wrong: Wrongs = [];
  const failed = new Map<string, number>();
  const count = { asked: 0, ended: 0, ok: 0, values: 0 };

  const attempt = async (read: () => Promise<void>): Promise<void> => {
    count.asked++;
    try {
      await read();
      count.ok++;
    } catch (error) {
      // Anything else would be a wrong answer too: this meter refuses no request made here.
      if (!(error instanceof LinkError)) throw error;
      failed.set(error.code, (failed.get(error.code) ?? 0) + 1);
    }
    count.ended++;
  };
  const judge = (complaint: string | undefined): void => {
    count.values++;
    if (complaint !== undefined) wrong.push(complaint);
  };
  const pick = (): { of: Grid; row: number; cell: number } => ({
    of: grids[below(grids.length)] as Grid,
    row: below(rows),
    cell: below(cells),
  });
  const judgeRow = (of: Grid, row: number, values: readonly number[], window: Window): void => {
    for (const [cell, value] of values.entries()) judge(checkCell(of, row * cells + cell, value, window));
  };

  const readCell = async (meter: Meter): Promise<void> => {
    const { of, row, cell } = pick();
    const from = clock.now();
    const value = await meter.read(of, ["rows", row, "cells", cell]);
    judge(checkCell(of, row * cells + cell, value, { from, to: clock.now() }));
  };
  const readRow = async (meter: Meter): Promise<void> => {
    const { of, row } = pick();
    const from = clock.now();
    const value = await meter.read(of, ["rows", row]);
    judgeRow(of, row, value.cells, { from, to: clock.now() });
  };
  const readTable = async (meter: Meter): Promise<void> => {
    const { of } = pick();
    const from = clock.now();
    const value = await meter.read(of);
    assert.equal(value.rows.length, rows);
    for (const [row, { cells }] of value.rows.entries()) judgeRow(of, row, cells, { from, to: clock.now() });
  };
  const readBatch = async (meter: Meter): Promise<void> => {
    const [a, b, c] = [pick(), pick(), pick()];
    const from = clock.now();
    const outcomes = await meter.batch((want) => [
      want.read(a.of, ["rows", a.row, "cells", a.cell]),
      want.read(b.of, ["rows", b.row]),
      want.read(c.of, ["rows", c.row, "cells", c.cell]),
    ]);
    const window = { from, to: clock.now() };
    const [first, second, third] = outcomes;
    for (const outcome of outcomes) assert.ok(outcome.ok, "the meter refuses none of these tables");
    if (first.ok) judge(checkCell(a.of, a.row * cells + a.cell, first.value, window));
    if (second.ok) judgeRow(b.of, b.row, second.value.cells, window);
    if (third.ok) judge(checkCell(c.of, c.row * cells + c.cell, third.value, window));
  };
  const readLive = async (live: LiveReader): Promise<void> => {
    const from = clock.now();
    const reading = await live.read();
    judge(truth.complaint(reading, { from, to: clock.now() }));
  };

  const work = async (): Promise<Meter> => {
    const security = rc4({ key, entropy, encrypt });
    const meter = await connect(line, { security, clock, profile: device.profile });
    // The trial begins after first contact.
    line.become({ baud: 9600, ...everyFault(rate) });
    let live: LiveReader | undefined;
    while (live === undefined) live = await openLive(meter).catch(() => undefined);
    while (count.asked < reads) {
      const kind = random();
      // Several at a time wait for each other in the session.
      if (kind < 0.02) await Promise.all([0, 1, 2].map(() => attempt(() => readCell(meter))));
      else if (kind < 0.75) await attempt(() => readCell(meter));
      else if (kind < 0.85) await attempt(() => readRow(meter));
      else if (kind < 0.9) await attempt(() => readBatch(meter));
      else if (kind < 0.95) await attempt(() => readTable(meter));
      else await attempt(() => readLive(live));
    }
    await meter.close();
    return meter;
  };
  const meter = await clock.run(work(), Number.POSITIVE_INFINITY);
  assert.equal(clock.pending, 0, "nothing is left to wait for");
  return { ...count, failed, wrong, faults, meter, virtualSeconds: Math.round(clock.now() / 1000) };
};

const tell = (t: TestContext, trial: Trial, outcome: Outcome, seconds: number): void => {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, n]) => `${name} ${n}`).join(", ") || "none";
  const { counters } = outcome.meter.session;
  t.diagnostic(
    `seed ${trial.seed}, every fault at ${trial.rate * 100} % each way${trial.encrypt ? ", encrypted" : ""}: ${outcome.asked} reads, ${outcome.ok} ok, ${outcome.wrong.length} wrong of ${outcome.values} values; failed: ${list(outcome.failed)}`,
  );
  t.diagnostic(
    `${counters.requests} requests, ${counters.retries} retries, ${counters.resyncs} resyncs, ${counters.discarded} frames discarded, ${counters.failures} failures`,
  );
  t.diagnostic(
    `faults to the meter: ${list(outcome.faults.toMeter.counts)}; to the client: ${list(outcome.faults.toClient.counts)}`,
  );
  t.diagnostic(`${outcome.virtualSeconds} s of virtual time in ${seconds.toFixed(1)} s`);
};

describe("reading over a faulty line", () => {
  const trials: readonly (Trial & { readonly name: string })[] = [
    { name: "40,000 reads, every fault at 1 %", seed: 20260601, rate: 0.01, reads: 40_000, encrypt: false },
    { name: "20,000 encrypted reads, every fault at 1 %", seed: 20260602, rate: 0.01, reads: 20_000, encrypt: true },
    { name: "3,000 reads, every fault at 10 %", seed: 20260603, rate: 0.1, reads: 3_000, encrypt: false },
  ];
  for (const trial of trials) {
    test(`${trial.name}: no wrong value, and every read ends`, async (t) => {
      const began = performance.now();
      const outcome = await run(trial);
      tell(t, trial, outcome, (performance.now() - began) / 1000);
      assert.deepEqual(outcome.wrong, []);
      assert.ok(outcome.asked >= trial.reads);
      assert.equal(outcome.ended, outcome.asked);
      for (const { counts } of [outcome.faults.toMeter, outcome.faults.toClient])
        for (const [name, times] of counts) assert.ok(times > 0, `the line never did ${name}`);
      assert.ok(outcome.meter.session.counters.retries > 0);
      // Bad as it is, such a line is of use.
      assert.ok(outcome.ok / outcome.asked > (trial.rate > 0.05 ? 0.5 : 0.99), `${outcome.ok} of ${outcome.asked}`);
    });
  }
});
