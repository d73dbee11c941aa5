/**
 * How many days of a channel are validated, estimated and chosen in a second, with 36 days before them as like days: `npm run bench -- fleet-vee`.
 * Compared with what a fleet of 1,000,000 meters with 4 channels needs if its `jobs` processes have an hour for a day.
 */

import { runVee } from "@meterport/fleet/vee/run-vee";
import { statusOf } from "@meterport/fleet/vee/slot-status";
import { changing, changingDay, day, fill, inputOf, registerAt } from "@meterport/fleet/vee/vee.test-kit";
import { dayMillis, type VeeInput } from "@meterport/fleet/vee/vee-input";
import { measure, report, say } from "./measure.ts";

const midnight = day - 2 * 3_600_000;
const registers = [0, 1, 2].map((n) => registerAt(midnight, midnight + n * dayMillis));
const whole = inputOf({ registers });

const inputs: readonly (readonly [string, VeeInput])[] = [
  ["a whole day", whole],
  [
    "a day with a slot without power",
    changing(whole, (one) => (one.day === day ? { ...one, status: one.status.with(9, statusOf(["powerFail"])) } : one)),
  ],
  ["six hours missing, between registers", changingDay(whole, fill(60, 84, null))],
  ["six hours missing, by like days", changingDay(inputOf(), fill(60, 84, null))],
];

/** A million meters, four channels, one hour. */
const needed = { name: "needed", perSecond: 4_000_000 / 3_600 };

export const benchFleetVee = (): void => {
  let sink = 0;
  for (const [name, input] of inputs) {
    const figure = measure(`${name}: validated, estimated, chosen`, 20, () => {
      for (let i = 0; i < 20; i++) sink += runVee({ input, previous: null, edits: [], at: 0 }).estimates.length;
    });
    report(figure, "channel-days/s", { figure: needed, what: "1,000,000 meters × 4 channels in an hour" });
  }
  if (sink < 0) say("");
};

if (import.meta.main) benchFleetVee();
