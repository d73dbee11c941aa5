import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { CellName, Cells, FoundDisplay } from "./display-cells.ts";
import { type DisplayInput, DisplayKeeper, type DisplayKeeperOptions, type DisplayOutput } from "./display-keeper.ts";
import type { DisplayItem } from "./display-places.ts";

const write = 10_000;
const turn = 30_000;

const display = (values: readonly number[], driver: FoundDisplay["iconDriver"] = null): FoundDisplay => {
  const cells = new Map<CellName, number>();
  for (const [place, value] of values.entries()) {
    cells.set(`value.${place}`, value);
    cells.set(`icons.${place}`, 0x8000);
  }
  for (const name of ["houseIcon", "shortBar", "mediumBar", "longBar"] as const) cells.set(name, 0);
  return { cells, iconDriver: driver };
};
const item = (value: number | null): DisplayItem => ({ value, icons: ["kW"] });

/** A keeper beside the display that it writes to. */
const bench = (values: readonly number[], options: Partial<DisplayKeeperOptions> = {}, driver?: 0 | 1 | 2) => {
  const { cells, iconDriver } = display(values, driver ?? null);
  const shown = new Map(cells);
  const keeper = new DisplayKeeper({ index: 0, places: [0, 1], ...options });
  const outputs: DisplayOutput[] = [];
  const send = (input: DisplayInput, now: number): readonly DisplayOutput[] => {
    const given = keeper.handle(input, now);
    outputs.push(...given);
    return given;
  };
  /** Does what it says, without any failure. */
  const obey = (input: DisplayInput, now: number): readonly DisplayOutput[] => {
    const given = send(input, now);
    for (const output of given) {
      if (output.type === "read") obey({ type: "found", found: { cells: new Map(shown), iconDriver } }, now);
      if (output.type === "write") {
        apply(shown, output);
        obey({ type: "written" }, now);
      }
    }
    return given;
  };
  return { keeper, shown, outputs, send, obey };
};

const apply = (shown: Map<CellName, number>, output: DisplayOutput & { readonly type: "write" }): void => {
  for (const { path, value } of output.fields) shown.set(nameOf(path), value as number);
};
const nameOf = ([, , field, place]: readonly (string | number)[]): CellName =>
  field === "dataForDisplay"
    ? `value.${Number(place)}`
    : field === "iconDisplayControl"
      ? `icons.${Number(place)}`
      : (field as CellName);
const valuesOf = (shown: Cells): number[] => [...shown].flatMap(([name, n]) => (name.startsWith("value") ? [n] : []));

describe("DisplayKeeper", () => {
  test("reads first, remembers what it will change, and writes only what differs", () => {
    const { send, keeper } = bench([7, 8, 9]);
    assert.deepEqual(send({ type: "tick" }, 0), [{ type: "read" }]);
    assert.deepEqual(send({ type: "tick" }, 5), []);
    assert.deepEqual(send({ type: "found", found: display([7, 8, 9]) }, 10), []);
    assert.deepEqual(send({ type: "want", wanted: { items: [item(7), item(-5)] } }, 20), [
      {
        type: "remember",
        memory: {
          "icons.0": { original: 0x8000, written: [128] },
          "value.1": { original: 8, written: [-5] },
          "icons.1": { original: 0x8000, written: [128] },
        },
      },
      {
        type: "write",
        fields: [
          { path: ["clients", 0, "iconDisplayControl", 0], value: 128 },
          { path: ["clients", 0, "dataForDisplay", 1], value: -5 },
          { path: ["clients", 0, "iconDisplayControl", 1], value: 128 },
        ],
      },
    ]);
    // While it is written nothing else is, and no tick is due.
    assert.deepEqual(send({ type: "want", wanted: { items: [item(1), item(2)] } }, 30), []);
    assert.equal(keeper.wakeAt(30), undefined);
    assert.deepEqual(send({ type: "written" }, 40), []);
    assert.equal(keeper.wakeAt(40), 20 + write);
    const [, again] = send({ type: "tick" }, 20 + write);
    assert.deepEqual(again, {
      type: "write",
      fields: [
        { path: ["clients", 0, "dataForDisplay", 0], value: 1 },
        { path: ["clients", 0, "dataForDisplay", 1], value: 2 },
      ],
    });
  });

  test("puts back every bit that was there before, also those without a name", () => {
    const { obey, shown, outputs } = bench([7, 8, 9]);
    obey({ type: "tick" }, 0);
    obey({ type: "want", wanted: { items: [item(1), item(2)], house: "flash", signal: 2 } }, 0);
    assert.deepEqual(valuesOf(shown), [1, 2, 9]);
    assert.deepEqual(
      (["houseIcon", "shortBar", "mediumBar", "longBar"] as const).map((name) => shown.get(name)),
      [2, 1, 1, 0],
    );
    obey({ type: "stop" }, 1);
    assert.deepEqual(shown, display([7, 8, 9]).cells);
    assert.deepEqual(outputs.slice(-2), [
      { type: "remember", memory: null },
      { type: "stopped", restored: true },
    ]);
    assert.deepEqual(obey({ type: "tick" }, 99_999), []);
  });

  test("keeps a value at its own place, also while the one before it is unknown", () => {
    const { shown, obey } = bench([7, 8, 9], { places: [0, 1, 2] });
    const at = (place: number, value: number | null): DisplayItem => ({ ...item(value), place });
    obey({ type: "want", wanted: { items: [at(0, null), at(1, 42), item(5)] } }, 0);
    assert.deepEqual(
      [0, 1, 2].map((place) => shown.get(`value.${place}`)),
      [7, 42, 5],
    );
    obey({ type: "want", wanted: { items: [at(0, 41), at(0, 40), at(1, 42)] } }, write);
    assert.deepEqual(
      [0, 1, 2].map((place) => shown.get(`value.${place}`)),
      [41, 42, 9],
    );
    obey({ type: "tick" }, turn + write);
    assert.equal(shown.get("value.0"), 40);
  });

  test("lets more values than places take turns", () => {
    const { obey, shown, keeper } = bench([0, 0]);
    obey({ type: "tick" }, 0);
    obey({ type: "want", wanted: { items: [1, 2, 3, 4, 5].map(item) } }, 0);
    const seen: number[][] = [valuesOf(shown)];
    let now = 0;
    for (let i = 0; i < 3; i++) {
      now = keeper.wakeAt(now) ?? assert.fail("nothing is due");
      obey({ type: "tick" }, now);
      seen.push(valuesOf(shown));
    }
    // The last turn has one value, so the other place shows what it showed before.
    assert.deepEqual(seen, [
      [1, 2],
      [3, 4],
      [5, 0],
      [1, 2],
    ]);
    assert.equal(now, 3 * turn);
  });

  test("shows nothing for an unknown value, and never a zero in its place", () => {
    const { obey, shown } = bench([7, 8]);
    obey({ type: "tick" }, 0);
    obey({ type: "want", wanted: { items: [item(1), item(2)] } }, 0);
    obey({ type: "want", wanted: { items: [item(null), item(2)] } }, write);
    assert.deepEqual(valuesOf(shown), [2, 8]);
    obey({ type: "want", wanted: { items: [item(null)] } }, 2 * write);
    assert.deepEqual(shown, display([7, 8]).cells);
  });

  test("after a crash, restores what was there before the first run", () => {
    const first = bench([7, 8]);
    first.obey({ type: "tick" }, 0);
    first.obey({ type: "want", wanted: { items: [item(1), item(2)] } }, 0);
    first.obey({ type: "want", wanted: { items: [item(3), item(4)] } }, write);
    const kept = first.outputs.findLast((output) => output.type === "remember");
    const memory: unknown = JSON.parse(JSON.stringify(kept?.type === "remember" ? kept.memory : null));
    const second = bench([], { memory });
    for (const [name, value] of first.shown) second.shown.set(name, value);
    second.obey({ type: "stop" }, 0);
    assert.deepEqual(second.shown, display([7, 8]).cells);
  });

  test("keeps what somebody else, or a power failure, has put there", () => {
    const { obey, send, shown } = bench([7, 8]);
    obey({ type: "tick" }, 0);
    obey({ type: "want", wanted: { items: [item(1)] } }, 0);
    shown.set("value.0", 55);
    shown.set("icons.0", 0);
    const [, output] = send({ type: "found", found: { cells: new Map(shown), iconDriver: null } }, write);
    assert.ok(output?.type === "write");
    apply(shown, output);
    obey({ type: "written" }, write);
    assert.equal(shown.get("value.0"), 1);
    obey({ type: "stop" }, write + 1);
    assert.deepEqual([shown.get("value.0"), shown.get("icons.0")], [55, 0]);
  });

  test("leaves house and bars to the client that drives them, and says so once", () => {
    for (const driver of [0, 2] as const) {
      const { obey, shown, outputs } = bench([0, 0], {}, driver);
      obey({ type: "tick" }, 0);
      obey({ type: "want", wanted: { items: [item(1)], house: "on", signal: 3 } }, 0);
      obey({ type: "want", wanted: { items: [item(2)], house: "on" } }, write);
      assert.deepEqual([shown.get("houseIcon"), shown.get("longBar"), shown.get("value.0")], [0, 0, 2]);
      assert.deepEqual(
        outputs.filter(({ type }) => type === "icons-ignored"),
        [{ type: "icons-ignored", drivenBy: driver }],
      );
    }
    const own = bench([0, 0], {}, 1);
    own.obey({ type: "tick" }, 0);
    own.obey({ type: "want", wanted: { items: [], house: "on" } }, 0);
    assert.equal(own.shown.get("houseIcon"), 1);
  });

  test("looks again after a failed write, and gives up restoring after three", () => {
    const { send, obey, keeper } = bench([7, 8]);
    obey({ type: "tick" }, 0);
    send({ type: "want", wanted: { items: [item(1)] } }, 0);
    assert.deepEqual(send({ type: "failed" }, 100), []);
    assert.equal(keeper.wakeAt(100), 30_100);
    assert.deepEqual(send({ type: "tick" }, 30_100), [{ type: "read" }]);
    const fails = (now: number): readonly DisplayOutput[] => {
      send({ type: "found", found: display([1, 8]) }, now);
      return send({ type: "failed" }, now);
    };
    send({ type: "stop" }, 30_200);
    assert.deepEqual(fails(30_300), []);
    send({ type: "tick" }, 60_300);
    assert.deepEqual(fails(60_300), []);
    send({ type: "tick" }, 90_300);
    assert.deepEqual(fails(90_300), [{ type: "stopped", restored: false }]);
  });

  test("ignores places that the meter lacks", () => {
    const { obey, shown } = bench([0], { places: [0, 5] });
    obey({ type: "tick" }, 0);
    obey({ type: "want", wanted: { items: [item(1), item(2)] } }, 0);
    assert.deepEqual(valuesOf(shown), [1]);
  });

  test("refuses what no display can show, and believes nothing that a file cannot hold", () => {
    for (const options of [{ places: [-1] }, { places: [0.5] }, { writeEvery: 1_000 }, { rotateEvery: 5_000 }])
      assert.throws(() => new DisplayKeeper({ index: 0, places: [0], ...options }), { code: "display" });
    const { send } = bench([0]);
    for (const value of [2 ** 31, 0.5, Number.NaN])
      assert.throws(() => send({ type: "want", wanted: { items: [item(value)] } }, 0), { code: "display" });
    const odd = {
      "value.0": { original: "7", written: [1] },
      "__proto__.x": { original: 1, written: [1] },
      "icons.0": null,
    };
    for (const memory of [odd, 7, "x", [1], { "value.0": { original: 1, written: "1" } }]) {
      const { obey, shown } = bench([1], { memory });
      obey({ type: "stop" }, 0);
      assert.deepEqual(valuesOf(shown), [1]);
    }
  });

  test("whatever happens, restores the display, remembers before it writes, and keeps its distance", (t) => {
    const seed = Number(process.env.METERPORT_TEST_SEED ?? 20_260_101);
    t.diagnostic(`seed ${seed}`);
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 40_000 }),
      items: fc.option(fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { nil: null }), { maxLength: 5 }), {
        nil: undefined,
      }),
      // Where a crash comes: before the write, after it, or its answer is lost.
      fate: fc.constantFrom("ok", "ok", "ok", "crash before", "crash after", "lost"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const before = display([100, 200, 300]).cells;
        const shown = new Map(before);
        let memory: unknown = null;
        let keeper = new DisplayKeeper({ index: 0, places: [0, 1] });
        let now = 0;
        let lastWrite = Number.NEGATIVE_INFINITY;
        let stopped = false;
        const feed = (input: DisplayInput, fate: string): void => {
          for (const output of keeper.handle(input, now)) {
            if (output.type === "read")
              feed({ type: "found", found: { cells: new Map(shown), iconDriver: null } }, fate);
            if (output.type === "remember") memory = JSON.parse(JSON.stringify(output.memory));
            if (output.type === "stopped") stopped = true;
            if (output.type !== "write") continue;
            assert.ok(input.type === "stop" || now - lastWrite >= write || stopped, `${now - lastWrite} ms apart`);
            lastWrite = now;
            for (const { path } of output.fields) assert.ok(nameOf(path) in (memory as object));
            if (fate !== "crash before") apply(shown, output);
            if (fate === "ok") feed({ type: "written" }, fate);
            else if (fate === "lost") feed({ type: "failed" }, fate);
            else {
              keeper = new DisplayKeeper({ index: 0, places: [0, 1], memory });
              lastWrite = Number.NEGATIVE_INFINITY;
              return;
            }
          }
        };
        for (const { pause, items, fate } of steps) {
          now += pause;
          if (items !== undefined) feed({ type: "want", wanted: { items: items.map(item) } }, fate);
          feed({ type: "tick" }, fate);
          assert.equal(shown.get("value.2"), 300);
        }
        now += 60_000;
        stopped = false;
        lastWrite = Number.NEGATIVE_INFINITY;
        feed({ type: "stop" }, "ok");
        for (let i = 0; i < 3 && !stopped; i++) {
          now = keeper.wakeAt(now) ?? now;
          feed({ type: "tick" }, "ok");
        }
        assert.ok(stopped);
        assert.deepEqual(shown, before);
        assert.equal(memory, null);
      }),
      { seed, numRuns: 500 },
    );
  });
});
