import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelState, LoadProfileInterval } from "@meterport/client/readers/load-profile";
import type { Interval } from "../model/interval.ts";
import type { Proof } from "../model/proof.ts";
import { channelName, filledChannels } from "./profile-channels.ts";
import { profileValues } from "./profile-values.ts";

const t0 = Date.UTC(2026, 0, 1, 12);
const quarter = 900_000;
const proof: Proof = {
  ...{ time: t0, table: "BT64", offset: 0, raw: null, profile: "meter:3.70", clockOffset: 0, note: "a test" },
};

/** An interval that ends `n` quarters after t0, with the register of active import. */
const at = (n: number, value: number | null, more: Partial<LoadProfileInterval> & { status?: ChannelState } = {}) => {
  const { status = value === null ? "missing" : "ok", ...rest } = more;
  const channel = { source: 0, value, raw: value, status, valid: value !== null };
  const flags = { dst: false, powerFail: false, clockForward: false, clockBackward: false };
  const place = { set: 1, block: 0, index: n, end: t0 + n * quarter, durationMinutes: 15 };
  return {
    ...place,
    ...flags,
    valid: status !== "missing",
    channels: [channel],
    ...rest,
  } satisfies LoadProfileInterval;
};

const options = {
  ...{ point: "home", channels: filledChannels([{ index: 0, source: 0 }], 10), rollover: 1_000_000 },
  ...{ clockDoubted: false, proofOf: () => proof },
};
const valuesOf = (...read: LoadProfileInterval[]): Interval[] => profileValues(read, at(0, 100), options);
const brief = ({ value, quality, flags }: Interval) => [value, quality, flags.join(" ")];

test("a value is the difference to the interval before, in the unit of the meter's registers", () => {
  const [first, second] = valuesOf(at(1, 103), at(2, 103));
  assert.deepEqual(first, {
    ...{ point: "home", channel: "energy_import_wh", end: t0 + quarter, seconds: 900, value: 30, source: "profile" },
    ...{ quality: "good", flags: [], register: 1_030, proof },
  });
  assert.equal(second?.value, 0);
});

test("a register that rolls over goes on, one that falls otherwise was reset", () => {
  const rolled = profileValues([at(1, 5)], at(0, 999_990), options);
  assert.deepEqual(rolled.map(brief), [[150, "good", ""]]);
  assert.deepEqual(valuesOf(at(1, 5)).map(brief), [[null, "missing", "reset"]]);
});

test("what was never recorded is missing, and so is the difference after it", () => {
  assert.deepEqual(valuesOf(at(1, null), at(2, 120), at(3, 121)).map(brief), [
    [null, "missing", "notRecorded"],
    [null, "missing", "gap"],
    [10, "good", ""],
  ]);
  assert.deepEqual(profileValues([at(4, 120)], at(2, 110), options).map(brief), [[null, "missing", "gap"]]);
});

test("what the meter noted decides the quality", () => {
  const quality = (more: Parameters<typeof at>[2]) =>
    valuesOf(at(1, 101, more))
      .map(brief)[0]
      ?.slice(1);
  assert.deepEqual(quality({ dst: true }), ["good", "dst"]);
  assert.deepEqual(quality({ powerFail: true, dst: true }), ["partial", "powerFail dst"]);
  assert.deepEqual(quality({ clockForward: true, status: "partialInterval" }), [
    "partial",
    "clockForward partialInterval",
  ]);
  assert.deepEqual(quality({ status: "longInterval" }), ["partial", "longInterval"]);
  assert.deepEqual(quality({ status: "clockError" }), ["suspect", "clockError"]);
  const doubted = profileValues([at(1, 101)], at(0, 100), { ...options, clockDoubted: true });
  assert.equal(doubted[0]?.quality, "suspect");
});

test("if the clock was set back, intervals with the same end are added up, so that no energy is lost", () => {
  // After 12:45 the clock showed 12:15 again.
  const read = [at(1, 101), at(2, 103), at(3, 106), at(2, 110), at(3, 115), at(4, 121)];
  const made = valuesOf(...read);
  assert.deepEqual(made.map(brief), [
    [10, "good", ""],
    [20 + 40, "partial", "clockBackward"],
    [30 + 50, "partial", "clockBackward"],
    [60, "good", ""],
  ]);
  assert.equal(
    made.reduce((sum, { value }) => sum + (value ?? 0), 0),
    10 * (121 - 100),
  );
});

test("only counters become channels, and energies only if their unit is known", () => {
  const channels = [0, 1, 12, 0x4001, 108, 5, 0].map((source, index) => ({ index, source }));
  const names = (unit: 1 | null) => filledChannels(channels, unit).map(({ at, channel }) => `${at} ${channel}`);
  assert.deepEqual(names(1), ["0 energy_import_wh", "1 energy_export_wh", "4 source_108", "5 source_5"]);
  assert.deepEqual(names(null), ["5 source_5"]);
  assert.equal(channelName(3), "reactive_energy_export_varh");
});
