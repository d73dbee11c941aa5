import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredEvent } from "./event-answer.ts";
import { eventWhy } from "./event-why.ts";
import { LINE_KIND } from "./log-events.ts";
import { WORDS } from "./words.ts";

const words = WORDS.en;
const event = (kind: string, origin: StoredEvent["origin"], detail: unknown): StoredEvent => ({
  ...{ id: kind, time: 0, until: null, number: 7, kind, origin, detail },
});
const ask = (of: StoredEvent) =>
  eventWhy(of, "title", { point: "home", words, dateTime: (time) => `t${time}`, keyName: (key) => key.toUpperCase() });

test("an entry of the meter's log leads to its bytes and its table", () => {
  const { rule, parts } = ask(event("log", "meter", { hex: "0500" }));
  assert.equal(rule, words.whyOrigins.meter);
  assert.deepEqual(
    parts.map(({ name, text }) => [name, text]),
    [
      [words.began, "t0"],
      [words.number, "7"],
      [words.whyBytes, "0500"],
      [words.whyTable, "BT76"],
    ],
  );
  assert.equal(parts.at(-1)?.href, "#/points/home/meter/BT76");
});

test("a finding leads to the registers that it is about", () => {
  const { rule, parts } = ask(event("register-leap", "gateway", [{ key: "energy_import_wh", from: 1, to: 99 }, {}, 5]));
  assert.equal(rule, words.whyOrigins.gateway);
  assert.deepEqual(parts[2], {
    ...{ name: "ENERGY_IMPORT_WH", text: "ENERGY_IMPORT_WH: 1 to 99" },
    ask: { point: "home", value: "live", key: "energy_import_wh", label: "ENERGY_IMPORT_WH" },
  });
});

test("lines of the log, and events of a newer gateway, say so", () => {
  assert.equal(ask(event(LINE_KIND, "gateway", {})).rule, words.whyOrigins.log);
  assert.equal(ask(event("brand-new", null, "x")).rule, words.whyOrigins.unknown);
});
