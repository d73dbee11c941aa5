import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../errors.ts";
import { extendedSource, mappedEntry } from "./extended-source.ts";
import { hasValue, type Source, sourceOf, sources } from "./source-ids.ts";
import { printedSources } from "./source-ids.vectors.ts";
import { quantities, wireUnits } from "./units.ts";

const printed = printedSources
  .split("\n")
  .filter((line) => /^\d/.test(line))
  .flatMap((line) => {
    const [ids, name, unit] = line.split("|") as [string, string, string];
    const [first, last] = ids.split("-").map(Number) as [number, number | undefined];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => ({ id: first + i, name, unit }));
  });

test("all 256 sources have the printed name and unit", () => {
  assert.equal(printed.length, 256);
  assert.equal(sources.length, 256);
  for (const { id, name, unit } of printed) {
    const source = sourceOf(id);
    assert.deepEqual([source.id, source.name, source.wire ?? ""], [id, name, unit]);
  }
});

test("keys are unique identifiers", () => {
  assert.equal(new Set(sources.map((source) => source.key)).size, 256);
  for (const { key } of sources) assert.match(key, /^[a-z][A-Za-z0-9]*$/);
});

test("the scale is that of the wire unit, and the wire unit one of the quantity", () => {
  for (const source of sources) {
    assert.equal(source.scale, source.wire === null ? null : wireUnits[source.wire].scale, source.name);
    assert.equal(quantities[source.quantity], source.wire === null ? null : wireUnits[source.wire].unit, source.name);
  }
});

/** What the words of a printed name say, read without the tables of the product. */
const traitsOf = (name: string): Partial<Source> => {
  const phase = /L1L2L3/.test(name)
    ? "total"
    : (/\bL[123]/.exec(name)?.[0] ?? (/VAr [ABC]$/.test(name) ? `L${"ABC".indexOf(name.slice(-1)) + 1}` : null));
  const direction = /Fwd\+Rev/.test(name)
    ? "sum"
    : /Fwd-Rev/.test(name)
      ? "difference"
      : /fwd|forward/i.test(name)
        ? "forward"
        : /rev|reverse/i.test(name) && !/Previous/.test(name)
          ? "reverse"
          : /\bimp(ort)?\b/i.test(name)
            ? "import"
            : /\bexp(ort)?\b/i.test(name)
              ? "export"
              : null;
  const tier = /^T(\d) /.exec(name)?.[1];
  const quadrant = /\bQ(\d)\b/.exec(name)?.[1];
  return {
    ...(phase === null ? {} : { phase: phase as Source["phase"] & string }),
    direction,
    tier: tier === undefined ? null : (Number(tier) as Source["tier"]),
    quadrant: quadrant === undefined ? null : (Number(quadrant) as Source["quadrant"]),
  };
};

test("phase, direction, quadrant and tier are those that the printed names say", () => {
  for (const { id, name } of printed) {
    const source: Partial<Source> = sourceOf(id);
    for (const [trait, value] of Object.entries(traitsOf(name))) {
      assert.equal(source[trait as keyof Source], value, `${trait} of ${id} ${name}`);
    }
  }
});

test("kind and transformer ratios are those that the printed names say", () => {
  for (const { id, name, unit } of printed) {
    const { kind, ctVt } = sourceOf(id);
    assert.equal(kind === "minimum", /^Min /.test(name), name);
    assert.equal(kind === "maximum", /^Max /.test(name), name);
    assert.equal(kind === "average", /^Average /.test(name), name);
    assert.equal(kind === "demand", / Dmd /.test(name), name);
    assert.equal(kind === "reserved", /Unused|Reserved|Not listed|Not in use/.test(name), name);
    if (/post CT/.test(name) || /Wh|varh/.test(unit)) assert.equal(ctVt, "post", name);
    else if (["W", "var", "VA", "mA", "mV"].includes(unit)) assert.equal(ctVt, "pre", name);
    else assert.equal(ctVt, null, name);
  }
});

test("the guide's traps", () => {
  assert.deepEqual([sourceOf(4).wire, sourceOf(33).wire, sourceOf(66).wire], ["s", "min", "min"]);
  assert.deepEqual(
    [18, 19, 20, 21, 22].map((id) => sourceOf(id).key),
    ["powerFactorL1", "frequency", "apparentPower", "powerFactorL2", "powerFactorL3"],
  );
  assert.equal(
    sources.some((source) => source.quantity === "apparentEnergy"),
    false,
  );
  assert.deepEqual(
    sources.filter(({ id }) => !hasValue(id)).map(({ id }) => id),
    [85, 86, 87, 200, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255],
  );
  assert.equal(sourceOf(232).since.module, undefined);
  assert.deepEqual(sourceOf(235).since, { meter: [4, 10] });
  assert.deepEqual(sourceOf(236).since, { meter: [4, 30], module: [1, 32] });
  assert.deepEqual(sourceOf(202).since, { meter: [3, 70], module: [1, 20] });
});

test("anything but a source ID is refused by name", () => {
  for (const id of [-1, 256, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => sourceOf(id),
      new UsageError("no-such-source", `there is no source ${id}: source IDs are integers from 0 to 255`),
    );
    assert.equal(hasValue(id), false);
  }
});

test("extended sources: ordinary, M-Bus, and undocumented ones", () => {
  // MEP guide 1.1, p. 39: 0x4001 is data type 1 of the first device.
  assert.deepEqual(extendedSource(0x4001), { kind: "mbus", device: 0, dataType: 1 });
  assert.deepEqual(extendedSource(0x44ff), { kind: "mbus", device: 4, dataType: 31 });
  assert.deepEqual(extendedSource(0x0008), { kind: "standard", source: sourceOf(8) });
  assert.deepEqual(extendedSource(0x3201), { kind: "undocumented", type: 3, bits: 0x201 });
  assert.deepEqual(extendedSource(0x0100), { kind: "undocumented", type: 0, bits: 0x100 });
  for (const n of [-1, 65536, 1.5, Number.NaN]) assert.throws(() => extendedSource(n), UsageError);
});

test("mapped sources name their entry of ET66", () => {
  // MEP guide 1.1, p. 179: source 114 stands at offset 4, entry 2.
  assert.deepEqual([111, 112, 114, 163, 164, 300].map(mappedEntry), [undefined, 0, 2, 51, undefined, undefined]);
});
