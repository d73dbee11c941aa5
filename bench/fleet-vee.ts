/**
 * How many days of a channel are validated, estimated and chosen in a second, with 36 days before them as like days, by themselves and out of the
 * books into the books: `npm run bench -- fleet-vee [POINTS]`.
 * Compared with what a fleet of 1,000,000 meters with 4 channels needs if its `jobs` processes have an hour for a day.
 */

import { Books } from "@meterport/fleet/books/book";
import { Database } from "@meterport/fleet/books/database";
import { emptyBatch } from "@meterport/fleet/books/facts";
import { makeFleet, migrate } from "@meterport/fleet/books/migrate";
import { profileDay } from "@meterport/fleet/jobs/job-world.test-kit";
import { usualDays } from "@meterport/fleet/jobs/vee-days";
import { veeDuty } from "@meterport/fleet/jobs/vee-duty";
import { runVee } from "@meterport/fleet/vee/run-vee";
import { defaultVeeSettings } from "@meterport/fleet/vee/settings";
import { statusOf } from "@meterport/fleet/vee/slot-status";
import { changing, changingDay, day, fill, inputOf, loadAt, registerAt, zone } from "@meterport/fleet/vee/vee.test-kit";
import { dayMillis, type VeeInput } from "@meterport/fleet/vee/vee-input";
import { startPostgres } from "../test/support/postgres.ts";
import { type Figure, report, say } from "./measure.ts";
import { serverCpu, usualServer } from "./server-cpu.ts";

const midnight = day - 2 * 3_600_000;
const registers = [0, 1, 2].map((n) => registerAt(midnight, midnight + n * dayMillis));
const whole = inputOf({ registers });

const loaded = usualDays({ settings: defaultVeeSettings, holidays: whole.holidays, reach: 3 })(zone, day);

const inputs: readonly (readonly [string, VeeInput])[] = [
  ["a whole day", whole],
  [
    "a whole day with the days that it needs",
    { ...whole, loaded, days: whole.days.filter((one) => loaded.has(one.day)) },
  ],
  [
    "a day with a slot without power",
    changing(whole, (one) => (one.day === day ? { ...one, status: one.status.with(9, statusOf(["powerFail"])) } : one)),
  ],
  ["six hours missing, between registers", changingDay(whole, fill(60, 84, null))],
  ["six hours missing, by like days", changingDay(inputOf(), fill(60, 84, null))],
];

/** A million meters, four channels, one hour. */
const needed = { name: "needed", perSecond: 4_000_000 / 3_600 };

/** Processor time of a run, the least of some rounds: other work on the machine lengthens it less than the time by the clock. */
const cpuPerSecond = (name: string, run: () => void): Figure => {
  const [rounds, runs] = [8, 200];
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let n = 0; n < runs; n++) run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6 / runs);
  }
  return { name, perSecond: 1 / least };
};

export const benchFleetVee = (): void => {
  let sink = 0;
  for (const [name, input] of inputs) {
    const figure = cpuPerSecond(`${name}: validated, estimated, chosen`, () => {
      sink += runVee({ input, previous: null, edits: [], at: 0 }).estimates.length;
    });
    report(figure, "channel-days for a second of a core", {
      figure: needed,
      what: "1,000,000 meters × 4 channels in an hour",
    });
  }
  if (sink < 0) say("");
};

const [points = 1_500] = process.argv.slice(2, 3).map(Number);

/** A night's work on real books: the newest day of each point is loaded with what it is compared with, judged and kept, by the duty of the jobs. */
export const benchVeeBooks = async (): Promise<void> => {
  const server = await startPostgres({ settings: usualServer });
  const database = await Database.open(server.url);
  const { run } = database;
  try {
    await migrate(database, { sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)) });
    await makeFleet(database, { id: "bench", name: "Bench", shards: 1 });
    const books = new Books(database);
    const bookDay = async (time: number, lacks: (point: number, slot: number) => boolean = () => false) => {
      const valueAt = (point: number) => (slot: number) => (lacks(point, slot) ? null : loadAt(time + slot * 900_000));
      for (let from = 0; from < points; from += 1_000) {
        const some = Array.from({ length: Math.min(1_000, points - from) }, (_, n) => from + n);
        const days = some.map((point) => profileDay(`point-${point}`, time, valueAt(point)));
        await books.book({ ...emptyBatch("bench", 1), days });
      }
    };
    for (let n = 1; n <= 36; n++) await bookDay(day - n * dayMillis);
    await run("VACUUM ANALYZE", undefined);
    let now = day;
    const parts = { database, shards: 1, now: async () => now, log: say };
    const duty = veeDuty(parts, { deadline: dayMillis });
    const check = async (what: string, time: number, wait = dayMillis): Promise<void> => {
      now = time + wait + 1;
      const [before, cpu, began] = [await serverCpu(database), process.cpuUsage(), performance.now()];
      await duty.perform("0", new AbortController().signal);
      const seconds = (performance.now() - began) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      const [own, theirs] = [(user + system) / 1e6, (await serverCpu(database)) - before];
      const { rows } = await run("SELECT count(*)::int AS checked FROM vee_day WHERE at = $1", [
        new Date(now).toISOString(),
      ]);
      const checked = Number(rows[0]?.checked);
      const able = Math.min(checked / own, (2 * checked) / (own + theirs));
      say(
        `${what}: ${Math.round(checked / seconds)} channel-days/s by the clock; ${((1_000 * own) / checked).toFixed(2)} s of this process and ${((1_000 * theirs) / checked).toFixed(2)} s of the server for a thousand, so ${Math.round(able)} channel-days/s on two cores: ${(able / needed.perSecond).toFixed(2)} x 1,000,000 meters × 4 channels in an hour`,
      );
    };
    // Only days that are booked from here on are to be checked.
    await run("TRUNCATE changed_day", undefined);
    await bookDay(day);
    await check("out of the books and into them, the first time", day);
    await bookDay(day + dayMillis);
    await check("the next night", day + dayMillis);
    await bookDay(day + 2 * dayMillis, (point, slot) => point % 20 === 0 && slot >= 60 && slot < 84);
    await check("a night on which one of twenty lacks six hours", day + 2 * dayMillis, 2 * dayMillis);
  } finally {
    await database.close();
    await server.stop();
  }
};

if (import.meta.main) {
  benchFleetVee();
  await benchVeeBooks();
}
