/** Each disaster that meters, lines and clocks are known for, replayed: what the guard lets through is true. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { guardMemo, resumedGuard } from "../points/guard-memo.ts";
import { reading } from "../testing/fake-meter.ts";
import { guarded } from "../testing/guarded-days.ts";
import { emptyGuard, type GuardEvent, guard, limitsForFuse } from "./guard.ts";

const limits = limitsForFuse(25);
const t0 = Date.UTC(2026, 5, 1, 12);
const each = (values: readonly Partial<LiveReading>[], interval = 2_000) =>
  values.map((value, n) => [t0 + n * interval, value] as const);
const feed = (values: readonly Partial<LiveReading>[], interval?: number) => guarded(each(values, interval), limits);
const imports = ({ out }: { readonly out: readonly LiveReading[] }) => out.map((r) => r.energy_import_wh);
const kinds = ({ events }: { readonly events: readonly GuardEvent[] }) => events.map(({ kind }) => kind);

/** A whole reading of a house that draws about 500 W. */
const house = (n: number): Partial<LiveReading> => ({
  power_w: 500 + (n % 7),
  voltage_l1_v: 230 + (n % 5) / 10,
  current_l1_a: 2.2,
  frequency_hz: 50,
  energy_import_wh: 5_000_000 + n,
  energy_export_wh: 70,
});
const zeros: Partial<LiveReading> = {
  power_w: 0,
  voltage_l1_v: 0,
  current_l1_a: 0,
  frequency_hz: 0,
  energy_import_wh: 0,
  energy_export_wh: 0,
};

describe("zeros after 0x0B", () => {
  test("are never believed, however often they come", () => {
    const run = feed([house(0), ...Array.from({ length: 50 }, () => zeros), house(60), house(61)]);
    for (const shown of run.out.slice(1, 51)) {
      assert.equal(shown.quality, "suspect");
      for (const key of ["power_w", "voltage_l1_v", "frequency_hz", "energy_import_wh", "energy_export_wh"] as const)
        assert.equal(shown[key], null, key);
    }
    assert.deepEqual(imports(run).slice(-2), [5_000_060, 5_000_061]);
    assert.deepEqual(kinds(run), ["withheld"], "told once");
  });

  test("in all registers alone are withheld too, and a new meter is believed when it counts", () => {
    const registers = (energy_import_wh: number) => ({ voltage_l1_v: 230, energy_import_wh, energy_export_wh: 0 });
    const run = feed([{ ...registers(5_000), energy_export_wh: 70 }, ...[0, 0, 0, 1, 2, 3].map(registers)]);
    assert.deepEqual(imports(run), [5_000, null, null, null, null, 2, 3]);
    assert.deepEqual(kinds(run), ["withheld", "meter-exchange"]);
  });

  test("as the very first reading are read again", () => {
    const first = { energy_import_wh: 0, energy_export_wh: 0 };
    assert.deepEqual(imports(feed([first, first, { energy_import_wh: 1, energy_export_wh: 0 }])), [null, 0, 1]);
    const glitch = feed([first, house(1), house(2)]);
    assert.deepEqual(imports(glitch), [null, 5_000_001, 5_000_002]);
    assert.deepEqual(kinds(glitch), ["withheld"], "no leap");
  });
});

describe("a register that is full", () => {
  const rolls = (from: number, to: number, rollover: number | null) =>
    guarded(
      each([
        { energy_import_wh: from },
        { energy_import_wh: to },
        { energy_import_wh: to },
        { energy_import_wh: to + 1 },
      ]),
      { ...limits, rollover },
    );

  for (const [name, count] of [
    ["nine digits", 1e9],
    ["seven digits", 1e7],
    ["31 bits of 10 Wh", 10 * 2 ** 31],
    ["32 bits of 100 Wh", 100 * 2 ** 32],
  ] as const)
    test(`starts over after ${name}, told or not`, () => {
      for (const rollover of [count, null]) {
        const run = rolls(count - 3, 2, rollover);
        assert.deepEqual(imports(run), [count - 3, null, 2, 3]);
        assert.deepEqual(run.events.at(-1), {
          kind: "register-rollover",
          registers: [{ key: "energy_import_wh", from: count - 3, to: 2, count }],
        });
      }
    });

  test("is another meter if the fall is not at its end, or the rise is too large", () => {
    assert.deepEqual(kinds(rolls(5_000_000, 2, 1e9)), ["withheld", "meter-exchange"]);
    assert.deepEqual(kinds(rolls(950_000_000, 2, 1e9)), ["withheld", "meter-exchange"]);
    assert.deepEqual(kinds(rolls(1e9 - 10, 60_000_000, 1e9)), ["withheld", "meter-exchange"]);
    assert.deepEqual(kinds(rolls(1e8 - 10, 2, 1e9)), ["withheld", "meter-exchange"], "the meter says where its end is");
  });

  test("that becomes negative is never believed", () => {
    const run = feed(
      [2 ** 31 - 1, -(2 ** 31), -(2 ** 31), -(2 ** 31) + 5].map((energy_import_wh) => ({ energy_import_wh })),
    );
    assert.deepEqual(imports(run), [2 ** 31 - 1, null, null, null]);
  });
});

describe("values out of this world", () => {
  test("megawatts are never believed behind a house's fuse, even twice in a row", () => {
    const run = feed([house(0), ...[4e6, 4e6, 4e6].map((power_w) => ({ ...house(1), power_w })), house(2)]);
    assert.deepEqual(
      run.out.map((r) => r.power_w),
      [500, null, null, null, 502],
    );
  });

  test("registers in each other's place are never believed, even twice in a row", () => {
    const swap = { ...house(1), energy_import_wh: 70, energy_export_wh: 5_000_001 };
    const run = feed([house(0), swap, swap, swap, house(2)]);
    assert.deepEqual(imports(run), [5_000_000, null, null, null, 5_000_002]);
    assert.deepEqual(kinds(run), ["withheld"]);
  });

  test("a leap of 1000 kWh and back leaves nothing, though it stays in quarantine over a restart", () => {
    const leap = { energy_import_wh: 6_000_000 };
    const before = guarded(
      [
        [t0, { energy_import_wh: 5_000_000 }],
        [t0 + 2_000, leap],
      ],
      limits,
    );
    const memo = guardMemo(before.state);
    assert.match(memo ?? "", /6000000/);
    const last = { time: t0, registers: { energy_import_wh: 5_000_000 } };
    const resumed = resumedGuard({ last, memo: memo ?? undefined, wall: t0 + 60_000 });
    const after = guarded([[t0 + 60_000, { energy_import_wh: 5_000_009 }]], limits, resumed);
    assert.deepEqual(imports(after), [5_000_009]);
    assert.equal(after.state.pending.energy_import_wh, undefined);
  });
});

describe("a value that stands still", () => {
  const minute = 60_000;
  test("while the registers rise is withheld after minutes, until it moves", () => {
    const stuck = (n: number) => ({ ...house(3), energy_import_wh: 5_000_000 + 20 * n });
    const run = feed([...Array.from({ length: 12 }, (_, n) => stuck(n)), house(300)], minute);
    assert.deepEqual(
      run.out.map((r) => r.power_w),
      [503, 503, 503, 503, 503, 503, null, null, null, null, null, null, 506],
    );
    assert.equal(run.out[11]?.quality, "suspect");
    assert.equal(run.out[11]?.energy_import_wh, 5_000_220, "the registers move");
    assert.equal(run.out[12]?.quality, "good");
    const frozen = run.events.filter((event) => event.kind === "frozen");
    assert.deepEqual(
      frozen.map(({ since, until }) => [since, until]),
      [
        [t0, null],
        [t0, t0 + 12 * minute],
      ],
    );
  });

  test("alone is believed as long as the registers agree with it", () => {
    const steady = (n: number) => ({ power_w: 600, energy_import_wh: 5_000_000 + 10 * n });
    assert.ok(
      feed(
        Array.from({ length: 60 }, (_, n) => steady(n)),
        minute,
      ).out.every((r) => r.quality === "good"),
    );
    const wrong = (n: number) => ({ power_w: 600, energy_import_wh: 5_000_000 + 60 * n });
    assert.equal(
      feed(
        Array.from({ length: 10 }, (_, n) => wrong(n)),
        minute,
      ).out.at(-1)?.power_w,
      null,
    );
  });

  test("of a register while power flows is withheld, and its backlog is no leap", () => {
    const at = (n: number, energy_import_wh: number) => ({ ...house(n), energy_import_wh });
    const run = feed(
      [
        at(0, 5_000),
        at(1, 5_008),
        ...Array.from({ length: 20 }, (_, n) => at(n + 2, 5_008)),
        at(22, 5_180),
        at(23, 5_188),
      ],
      minute,
    );
    assert.deepEqual([run.out[3]?.energy_import_wh, run.out[21]?.energy_import_wh], [5_008, null]);
    assert.equal(run.out[21]?.power_w, 500, "the power moves");
    assert.deepEqual(imports(run).slice(-2), [5_180, 5_188]);
    assert.deepEqual(kinds(run), ["frozen", "frozen"]);
  });

  test("in measured values and registers together is one old reading: all of it is withheld", () => {
    const old = { ...house(3), voltage_l1_v: 231.204, energy_import_wh: 5_000_000, energy_export_wh: 70 };
    const before = { ...house(2), voltage_l1_v: 231.1, energy_import_wh: 4_999_999, energy_export_wh: 70 };
    const after = { ...house(40), voltage_l1_v: 230.9, energy_import_wh: 5_000_170, energy_export_wh: 70 };
    const run = feed([before, ...Array.from({ length: 20 }, () => old), after], minute);
    const last = run.out[20];
    assert.deepEqual(
      [last?.power_w, last?.voltage_l1_v, last?.energy_import_wh, last?.energy_export_wh],
      Array(4).fill(null),
    );
    assert.deepEqual([run.out[21]?.power_w, run.out[21]?.quality], [after.power_w, "good"]);
  });

  test("is not a register in whole kWh, and not a house that draws nothing", () => {
    const coarse = (n: number) => ({ ...house(n), energy_import_wh: 5_000 + 1_000 * Math.floor((n * 8) / 1_000) });
    assert.ok(
      feed(
        Array.from({ length: 300 }, (_, n) => coarse(n)),
        minute,
      ).out.every((r) => r.quality === "good"),
    );
    const idle = (n: number) => ({ ...house(n), power_w: 12, energy_import_wh: 5_000 });
    assert.ok(
      feed(
        Array.from({ length: 300 }, (_, n) => idle(n)),
        minute,
      ).out.every((r) => r.quality === "good"),
    );
  });

  test("is found between readings of power alone, and may be the power alone", () => {
    const values = (n: number) =>
      n % 2 === 0 ? { power_w: 503 } : { ...house(n), power_w: 503, energy_import_wh: 5_000_000 + 20 * n };
    const run = feed(
      Array.from({ length: 14 }, (_, n) => values(n)),
      minute,
    );
    assert.deepEqual([run.out[13]?.power_w, run.out[13]?.voltage_l1_v], [null, house(13).voltage_l1_v]);
  });

  test("is none while anything else moves, though the first reading lacked that, as one in doubt", () => {
    const steady = (n: number) => ({ ...house(3), voltage_l1_v: 230 + n / 10, energy_import_wh: 5_000_000 + 20 * n });
    const run = feed(
      [{ ...steady(0), voltage_l1_v: 999 }, ...Array.from({ length: 20 }, (_, n) => steady(n + 1))],
      minute,
    );
    assert.deepEqual(
      run.out.map((r) => r.power_w),
      Array.from({ length: 21 }, () => 503),
    );
    assert.deepEqual(kinds(run), ["withheld"]);
  });

  test("stays withheld over a restart", () => {
    const stuck = (n: number) => ({ ...house(3), energy_import_wh: 5_000_000 + 20 * n });
    const before = feed(
      Array.from({ length: 8 }, (_, n) => stuck(n)),
      minute,
    );
    const last = { time: t0 + 7 * minute, registers: before.state.registers };
    const resumed = resumedGuard({ last, memo: guardMemo(before.state) ?? undefined, wall: t0 + 8 * minute });
    const after = guarded(
      [
        [t0 + 8 * minute, stuck(8)],
        [t0 + 9 * minute, house(900)],
      ],
      limits,
      resumed,
    );
    assert.deepEqual(
      after.out.map((r) => r.power_w),
      [null, 504],
    );
    assert.deepEqual(kinds(after), ["frozen"], "only that it moves again");
  });
});

describe("a clock that was wrong", () => {
  const day = 86_400_000;
  const last = { time: t0 + 11 * 365 * day, registers: { energy_import_wh: 5_000_000 } };

  test("and stored readings in the future withholds no energy and makes no leap", () => {
    const resumed = resumedGuard({ last, wall: t0 });
    const run = guarded(
      each([5_004_000, 5_004_001, 5_004_002].map((energy_import_wh) => ({ energy_import_wh }))),
      limits,
      resumed,
    );
    assert.deepEqual(imports(run), [5_004_000, 5_004_001, 5_004_002]);
    assert.deepEqual(run.events, []);
  });

  test("is read twice after a large rise, since nobody knows how long that took", () => {
    const resumed = resumedGuard({ last, wall: t0 });
    const run = guarded(
      each([6_000_000, 6_000_001].map((energy_import_wh) => ({ energy_import_wh }))),
      limits,
      resumed,
    );
    assert.deepEqual(imports(run), [null, 6_000_001]);
    assert.deepEqual(kinds(run), ["withheld"]);
  });

  test("still notices a fall, but not that of a meter which was exchanged since", () => {
    const fall = each([12, 13].map((energy_import_wh) => ({ energy_import_wh })));
    assert.equal(kinds(guarded(fall, limits, resumedGuard({ last, wall: t0 }))).at(-1), "meter-exchange");
    const exchanged = resumedGuard({ last, wall: t0, device: { start: { energy_import_wh: 10 } } });
    assert.deepEqual(guarded(fall, limits, exchanged).events, []);
  });

  test("that is set back while readings come makes no leap", () => {
    const run = guarded(
      [
        [t0 + 3 * day, { energy_import_wh: 5_000 }],
        [t0, { energy_import_wh: 8_000 }],
        [t0 + 2_000, { energy_import_wh: 8_001 }],
      ],
      limits,
    );
    assert.deepEqual(imports(run), [5_000, 8_000, 8_001]);
    assert.deepEqual(run.events, []);
  });
});

describe("a clock that is set forward in the same moment as a value is wrong", () => {
  const [start, ahead] = [Date.UTC(2026, 5, 1), 400 * 86_400_000];
  const values = { power_w: 500, energy_import_wh: 20_000_000, energy_export_wh: 1_000_000 };
  const lies: Readonly<Record<string, Partial<LiveReading>>> = {
    "a leap of 1000 kWh": { energy_import_wh: 21_000_000 },
    "registers in each other's place": { energy_import_wh: 1_000_000, energy_export_wh: 20_000_000 },
    "a flipped bit": { energy_import_wh: 20_000_000 ^ (1 << 18) },
  };
  for (const [name, lie] of Object.entries(lies))
    test(`leaves nothing of ${name}`, () => {
      let state = emptyGuard;
      const shown = [0, 1, 2, 3, 4].map((n) => {
        const said = { ...values, ...(n === 2 ? lie : {}) };
        const result = guard(state, reading(start + 10_000 * n + (n < 2 ? 0 : ahead), said), limits, 10_000 * n);
        state = result.state;
        assert.ok(result.events.every(({ kind }) => kind === "withheld"));
        return result.reading.energy_import_wh;
      });
      assert.deepEqual(shown, [20_000_000, 20_000_000, null, 20_000_000, 20_000_000]);
    });

  test("after a sleep of the machine, a rise is read twice and is no leap", () => {
    let state = emptyGuard;
    const events: string[] = [];
    const night = 9 * 3_600_000;
    const shown = [0, 1, 2, 3].map((n) => {
      const energy_import_wh = n < 2 ? 20_000_000 : 20_009_000;
      const result = guard(
        state,
        reading(start + 10_000 * n + (n < 2 ? 0 : night), { ...values, energy_import_wh }),
        limits,
        10_000 * n,
      );
      state = result.state;
      events.push(...result.events.map(({ kind }) => kind));
      return result.reading.energy_import_wh;
    });
    assert.deepEqual([shown, events], [[20_000_000, 20_000_000, null, 20_009_000], ["withheld"]]);
  });
});

test("a damaged memo is as good as none", () => {
  for (const memo of [
    "",
    "{",
    "[]",
    '{"pending":7,"still":{"set":{"since":"x"},"registers":[1]},"widened":{"power_w":"x"}}',
  ])
    assert.deepEqual(resumedGuard({ memo, wall: t0 }), resumedGuard({ wall: t0 }));
});
