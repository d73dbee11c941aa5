import assert from "node:assert/strict";
import { test } from "node:test";
import { type BarWhyContext, whyOfBar } from "./bar-why.ts";
import type { Bar } from "./bars.ts";
import { WHY_WORDS } from "./why-words.ts";

const hour = 3_600_000;
const bar: Bar = {
  ...{
    from: 0,
    to: 24 * hour,
    imported: 5_000,
    exported: 0,
    state: "measured",
    cost: 10,
    partlyPriced: false,
    single: null,
  },
};
const context: BarWhyContext = {
  ...{ point: "home", when: "1 January", state: "complete", words: WHY_WORDS.en, compared: 4_000 },
  names: { imported: "Import", exported: "Export", net: "Net", cost: "Cost", compared: "Import compared" },
  energy: (wh) => `${wh} Wh`,
  money: (amount) => `${amount} DKK`,
};
const partsOf = (asked: ReturnType<typeof whyOfBar>) =>
  asked?.value === "made" ? asked.parts.map(({ name, text }) => `${name}: ${text}`) : null;

test("an interval is asked of the gateway in its own direction, a longer bar is the sum of intervals", () => {
  const single = { ...bar, single: { end: hour, source: null } };
  for (const [column, channel] of [
    ["imported", "energy_import_wh"],
    ["exported", "energy_export_wh"],
  ] as const) {
    const asked = whyOfBar(column, single, context);
    assert.ok(asked?.value === "interval");
    assert.deepEqual([asked.channel, asked.end], [channel, "1970-01-01T01:00:00.000Z"]);
  }
  assert.deepEqual(partsOf(whyOfBar("imported", bar, context)), ["Import: 5000 Wh", "State: complete"]);
});

test("net, cost and what it is compared with say what they are made of", () => {
  const net = whyOfBar("net", { ...bar, exported: 1_000 }, context);
  assert.deepEqual(partsOf(net), ["Import: 5000 Wh", "Export: 1000 Wh", "Result: 4000 Wh", "State: complete"]);
  assert.ok(net?.value === "made" && net.parts[0]?.ask?.value === "made");
  assert.ok(partsOf(whyOfBar("cost", bar, context))?.includes("Price on average: 2 DKK per kWh"));
  assert.equal(
    partsOf(whyOfBar("cost", { ...bar, exported: 9 }, context))?.some((part) => /average/.test(part)),
    false,
  );
  const partly = whyOfBar("cost", { ...bar, partlyPriced: true }, context);
  assert.ok(partly?.value === "made" && /not in it/.test(partly.rule));
  assert.equal(whyOfBar("compared", bar, context)?.value, "made");
});

test("of what is unknown nothing can be asked", () => {
  const unknown = { ...bar, imported: null, exported: null, cost: null };
  for (const column of ["imported", "exported", "net", "cost"] as const)
    assert.equal(whyOfBar(column, unknown, context), null);
  assert.equal(whyOfBar("compared", bar, { ...context, compared: null }), null);
});
