/**
 * How many days of a channel are validated, estimated and chosen in a second, with 36 days before them as like days, by themselves and out of the
 * books into the books: `npm run bench -- fleet-vee`.
 * Compared with what a fleet of 1,000,000 meters with 4 channels needs if its `jobs` processes have an hour for a day.
 */

import { Books } from "@meterport/fleet/books/book";
import { Database } from "@meterport/fleet/books/database";
import { emptyBatch } from "@meterport/fleet/books/facts";
import { makeFleet, migrate } from "@meterport/fleet/books/migrate";
import { profileDay } from "@meterport/fleet/jobs/job-world.test-kit";
import { checkDays } from "@meterport/fleet/jobs/vee-run";
import { runVee } from "@meterport/fleet/vee/run-vee";
import { statusOf } from "@meterport/fleet/vee/slot-status";
import { changing, changingDay, day, fill, inputOf, loadAt, registerAt } from "@meterport/fleet/vee/vee.test-kit";
import { dayMillis, type VeeInput } from "@meterport/fleet/vee/vee-input";
import { startPostgres } from "../test/support/postgres.ts";
import { measure, report, say } from "./measure.ts";
import { serverCpu } from "./server-cpu.ts";

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

const points = 300;
const perCheck = 50;

/** A night's work on real books: the newest day of each point is loaded with what lies before it, judged and kept. */
export const benchVeeBooks = async (): Promise<void> => {
  const server = await startPostgres();
  const database = await Database.open(server.url);
  try {
    await migrate(database, { sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)) });
    await makeFleet(database, { id: "bench", name: "Bench", shards: 256 });
    const books = new Books(database);
    for (let n = 0; n <= 36; n++) {
      const time = day - n * dayMillis;
      const valueAt = (slot: number): number => loadAt(time + slot * 900_000);
      const days = Array.from({ length: points }, (_, point) => profileDay(`point-${point}`, time, valueAt));
      await books.book({ ...emptyBatch("bench", 1), days });
    }
    await database.run("VACUUM ANALYZE profile_day");
    const { rows } = await database.run("SELECT point_id FROM metering_point ORDER BY 1");
    const numbers = rows.map(({ point_id }) => Number(point_id));
    const options = { now: day + 2 * dayMillis, deadline: day + dayMillis, complain: say };
    const check = async (first: number): Promise<number> => {
      let checked = 0;
      for (let from = 0; from < points; from += perCheck) {
        const range = { points: numbers.slice(from, from + perCheck), first, last: first };
        checked += (await checkDays(database, range, options)).checked;
      }
      return checked;
    };
    await check(day - dayMillis);
    const [before, cpu, began] = [await serverCpu(database), process.cpuUsage(), performance.now()];
    const checked = await check(day);
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const [own, theirs] = [(user + system) / 1e6, (await serverCpu(database)) - before];
    say(
      `out of the books and into them: ${Math.round(checked / seconds)} channel-days/s by the clock; ${Math.round(checked / own)} a second of this process, ${Math.round(checked / Math.max(theirs, 0.01))} a second of the server`,
    );
  } finally {
    await database.close();
    await server.stop();
  }
};

if (import.meta.main) {
  benchFleetVee();
  await benchVeeBooks();
}
