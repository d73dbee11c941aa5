/** The fields that no printed offset leads to: each row of the list, one by one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leaves, parseProfile } from "../layout/index.ts";
import { type Dimensions, defaultDimensions, tablesById } from "./index.ts";
import { slips } from "./printed-slips.vectors.ts";

/** Of demands only their place counts, and factory meters have none. */
const withDemand = (env: Dimensions, demands: number, flags: Partial<Dimensions["BT21"]> = {}): Dimensions => ({
  ...env,
  BT21: { ...env.BT21, demands, occurrences: 1, presentDemands: demands, ...flags },
});

const placesOf = (id: string, env: Dimensions): ReadonlyMap<string, readonly unknown[]> =>
  new Map(
    leaves(tablesById.get(id) ?? assert.fail(id), env, "all", id === "ET36" ? env.ET36 : undefined).map(
      ({ path, offset, size, bits }) => [path, [path, offset, size, ...(bits === undefined ? [] : [bits])]],
    ),
  );

for (const { table, profile, page, printed, fields } of slips)
  test(`${table} of ${profile}, ${page < 0 ? `optical guide p. ${-page}` : `p. ${page}`}: ${printed}`, () => {
    const places = placesOf(table, defaultDimensions(parseProfile(profile)));
    assert.deepEqual(
      fields.map(([path]) => places.get(path)),
      fields,
    );
  });

test("BT23, p. 216: B + 5 * occurrences, + 4 and + 8, which hold only with everything before them", () => {
  const env = defaultDimensions(parseProfile("meter:3.70"));
  const offsets = (flags: Partial<Dimensions["BT21"]>) => {
    const places = placesOf("BT23", withDemand(env, 1, flags));
    return ["eventTimes.0", "cumulativeDemand", "continuousCumulativeDemand", "demands.0"].map(
      (name) => places.get(`total.demands.0.${name}`)?.[1],
    );
  };
  const b = 1 + 4 * 11;
  const all = { demandResetCounter: true, cumulativeDemand: true, continuousCumulativeDemand: true } as const;
  assert.deepEqual(offsets(all), [b, b + 5, b + 9, b + 13]);
  assert.deepEqual(offsets({ ...all, cumulativeDemand: false }), [b, undefined, b + 5, b + 9]);
  assert.deepEqual(offsets({ ...all, continuousCumulativeDemand: false }), [b, b + 5, undefined, b + 9]);
  assert.deepEqual(offsets({ ...all, dateTime: false }), [undefined, b, b + 4, b + 8]);
  assert.deepEqual(offsets({ demandResetCounter: false }), [b - 1, undefined, undefined, b + 4]);
});

test("BT28, p. 221: the demand's value at 3 only after its time", () => {
  const env = defaultDimensions(parseProfile("meter:3.70"));
  const at = (timeRemaining: boolean) => {
    const places = placesOf("BT28", withDemand(env, 8, { timeRemaining }));
    return ["presentDemands.0.value", "presentDemands.1.value", "presentValues.0"].map((path) => places.get(path)?.[1]);
  };
  assert.deepEqual(at(true), [3, 10, 56]);
  assert.deepEqual(at(false), [0, 4, 32]);
});

test("BT26, ET31 and ET41 move by the two bytes of the BIDN with demand (pp. 111, 220)", () => {
  const env = defaultDimensions(parseProfile("meter:3.70"));
  for (const [id, list] of [
    ["BT26", "selfReadEntries"],
    ["ET31", "oneTimeReadEntries"],
  ] as const) {
    const places = placesOf(id, withDemand(env, 1));
    assert.deepEqual(
      ["bidn", "timeAndDate", "season", "registerData.total.summations.0"].map(
        (name) => places.get(`${list}.0.${name}`)?.[1],
      ),
      [6, 8, 13, 14],
      id,
    );
  }
});
