import assert from "node:assert/strict";
import { test } from "node:test";
import { checkValue } from "./check-value.ts";
import type { Field } from "./schema-form.ts";

const field = (part: Partial<Field>): Field => ({
  ...{ path: "x", title: "X", text: "", kind: "text", required: false, secret: false, restart: false, rare: false },
  ...{ fallback: null, example: null, unit: null, onlyOnMachine: null, minimum: null, maximum: null },
  ...{ fewest: null, most: null, pattern: null, options: [], entry: null },
  ...part,
});
const wrong = (value: string | readonly string[], part: Partial<Field>): string | undefined =>
  checkValue(value, field(part))?.wrong;

test("numbers keep to their kind and limits", () => {
  const port = { kind: "integer", minimum: "1", maximum: "65535" } as const;
  assert.deepEqual(
    ["1", "65535", "0", "65536", "1.5", "-1", "", "1e3", " 7"].map((value) => wrong(value, port)),
    [...[undefined, undefined], ...Array(7).fill("whole")],
  );
  const percent = { kind: "number", minimum: "-100", maximum: "1000" } as const;
  assert.deepEqual(
    ["-100", "3.25", "1,5", "1001", "NaN", "Infinity"].map((value) => wrong(value, percent)),
    [...[undefined, undefined], ...Array(4).fill("number")],
  );
});

test("lengths of time need a unit and keep to their limits", () => {
  const interval = { kind: "duration", minimum: "100ms", maximum: "1h", example: "2s" } as const;
  assert.deepEqual(
    ["2s", "1.5 min", "100ms", "60min"].map((value) => wrong(value, interval)),
    Array(4).fill(undefined),
  );
  assert.deepEqual(
    ["2", "off", "2 hours", ""].map((value) => wrong(value, interval)),
    Array(4).fill("duration"),
  );
  assert.deepEqual(
    ["99ms", "61min", "2d"].map((value) => wrong(value, interval)),
    Array(3).fill("between"),
  );
  assert.equal(wrong("off", { ...interval, kind: "duration-or-off" }), undefined);
  assert.equal(wrong("never", { ...interval, kind: "duration-or-off" }), "duration-or-off");
});

test("texts keep to their form and length, and hold nothing that cannot be shown", () => {
  const slug = { pattern: /^[a-z]+$/u, most: 5 };
  assert.deepEqual(
    ["home", "Home", "houses"].map((value) => wrong(value, slug)),
    [undefined, "form", "long"],
  );
  assert.equal(wrong("", { fewest: 1 }), "short");
  assert.deepEqual(
    ["a\nb", "\u0000", "\ud800"].map((value) => wrong(value, {})),
    Array(3).fill("control"),
  );
  assert.equal(wrong("[secret]", { secret: true }), "hidden");
  assert.equal(wrong("x".repeat(4097), {}), "long");
  assert.equal(wrong("mqtt://üñí 🏠", {}), undefined);
});

test("zones are those of the browser, and offsets are none", () => {
  const zone = { kind: "zone" } as const;
  assert.deepEqual(
    ["Europe/Copenhagen", "UTC", "Mars", "+01:00", ""].map((value) => wrong(value, zone)),
    [...[undefined, undefined], ...Array(3).fill("zone")],
  );
});

test("of a list the entry that is wrong is told", () => {
  const hosts = { kind: "list", most: 2, entry: field({ pattern: /^[a-z.]+$/u, example: "a.b" }) } as const;
  assert.equal(checkValue(["a.b"], field(hosts)), null);
  assert.deepEqual(checkValue(["a.b", "a b"], field(hosts)), {
    wrong: "entry",
    entry: "a b",
    because: { wrong: "form", example: "a.b" },
  });
  assert.deepEqual([wrong(["a", "b", "c"], hosts), wrong([], { ...hosts, fewest: 1 })], ["many", "few"]);
  assert.equal(wrong("loud", { kind: "choice", options: ["info"] }), "choice");
});
