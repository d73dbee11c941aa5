/**
 * What the books of a fleet take on PostgreSQL: `npm run bench -- fleet-books [CHANNELS] [CONNECTIONS]`. Server and client share the machine. Peers are the
 * figures that were measured before it was built, by one connection on two quiet cores.
 */
import { performance } from "node:perf_hooks";
import { Books } from "@meterport/fleet/books/book";
import { booksOutput } from "@meterport/fleet/books/books-output";
import { Database, type Run } from "@meterport/fleet/books/database";
import { type BookBatch, emptyBatch } from "@meterport/fleet/books/facts";
import { makeFleet, migrate } from "@meterport/fleet/books/migrate";
import { makeMonthsAhead } from "@meterport/fleet/books/partitions";
import { completenessIn, coverageOf, daysOf, sumsOf } from "@meterport/fleet/books/queries";
import { emptyDay, type SlotDay } from "@meterport/fleet/books/slots";
import { OutputWorld } from "@meterport/gateway/outputs/output-world.test-kit";
import { startPostgres } from "../test/support/postgres.ts";
import { say } from "./measure.ts";
import { callCost, serverCpu as cpuOf, usualServer } from "./server-cpu.ts";

/** Each process that reads books on a connection of its own. */
const [channels = 20_000, writers = 4] = process.argv.slice(2, 4).map(Number);
const perBatch = 1_000;
const now = Date.UTC(2026, 10, 29);
const whole = { first: 0, last: 95 };

/** What was measured for channel-days with a prototype, and what is asked for. */
const peers = {
  full: { measured: 60_000, asked: 50_000 },
  merge: { measured: 12_200, asked: 10_000 },
  replay: { measured: 2_800_000 / 96, asked: 0 },
} as const;

const slotsOf = (n: number, { first, last }: typeof whole): SlotDay => {
  const slots = emptyDay(900);
  for (let slot = first; slot <= last; slot++) {
    slots.raw[slot] = (n * 31 + slot * 7) % 900;
    slots.rank[slot] = "9";
  }
  return slots;
};

const batchOf = (from: number, day: string, range: typeof whole): BookBatch => ({
  ...emptyBatch("bench", 1),
  days: Array.from({ length: perBatch }, (_, n) => ({
    channel: { point: `point-${from + n}`, name: "energy_import_wh", tier: 0, step: 900, phase: 0, digits: 0 as const },
    ...{ day, slots: slotsOf(from + n, range) },
  })),
});

const server = await startPostgres({ settings: usualServer });
const database = await Database.open(server.url);
await migrate(database, { sleep: (time) => new Promise((resolve) => setTimeout(resolve, time)) });
await makeFleet(database, { id: "bench", name: "Bench", shards: 256 });
await makeMonthsAhead(database, now);
const books = new Books(database);

const serverCpu = () => cpuOf(database);

interface Rates {
  /** Channel-days a second by the clock: what other work on the machine leaves. */
  readonly seen: number;
  /** Channel-days that two cores of their own would do, by the processor time of client and server. */
  readonly able: number;
  /** Processor time of a thousand, milliseconds. */
  readonly client: number;
  readonly server: number;
}

/** Books a part of a day of all channels. */
const run = async (day: string, range: typeof whole): Promise<Rates> => {
  const starts = Array.from({ length: channels / perBatch }, (_, n) => n * perBatch);
  const batches = starts.map((from) => batchOf(from, day, range));
  const before = await serverCpu();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (const batch of batches.filter((_, n) => n % writers === writer)) await books.book(batch);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const [client, theirs] = [(user + system) / 1e6, (await serverCpu()) - before];
  return {
    ...{ seen: channels / seconds, able: (2 * channels) / (client + theirs) },
    ...{ client: (1e6 * client) / channels, server: (1e6 * theirs) / channels },
  };
};

/**
 * Processor time of the server for a thousand rows, milliseconds, if the same bytes are copied from a file into a table of the same kind: the least
 * that they cost without a client, without looking what is there, and without noting what changed.
 */
const copied = async (day: string): Promise<number> => {
  const { run: ask } = database;
  const [folder] = (await ask("SHOW data_directory")).rows;
  const file = `${String(folder?.data_directory)}/copied`;
  await ask(`COPY (SELECT * FROM profile_day WHERE day = '${day}') TO '${file}'`);
  await ask("CREATE TABLE copied (LIKE profile_day INCLUDING ALL) WITH (fillfactor = 50)");
  const before = await serverCpu();
  const { count } = await ask(`COPY copied FROM '${file}'`);
  return (1e6 * ((await serverCpu()) - before)) / count;
};

const round = (rate: number): string => Math.round(rate).toLocaleString("en");

const figure = (
  what: string,
  { seen, able, client, server: theirs }: Rates,
  { measured, asked }: { readonly measured: number; readonly asked: number },
): void =>
  say(
    `${what}: ${round(seen)} channel-days/s by the clock, ${round(able)} by processor time on two cores (${client.toFixed(0)} ms of the client and ${theirs.toFixed(0)} ms of the server for a thousand): ${(able / measured).toFixed(2)} of the prototype${asked > 0 ? `, ${(able / asked).toFixed(2)} of what is asked` : ""}`,
  );

const meanOf = (all: readonly Rates[]): Rates => {
  const mean = (of: keyof Rates): number => all.reduce((sum, each) => sum + each[of], 0) / all.length;
  return { seen: mean("seen"), able: mean("able"), client: mean("client"), server: mean("server") };
};

/** Changes of a worker's journal through its output, with a proof for each run of 96. @returns changes a second */
const throughOutput = async (count: number): Promise<number> => {
  const world = new OutputWorld();
  try {
    for (let from = 0; from < count; from += 960)
      await world.store.write({
        intervals: Array.from({ length: 960 }, (_, n) => {
          const end = Date.UTC(2026, 0, 1) + (from + n + 1) * 900_000;
          const proof = {
            time: end,
            table: "BT64",
            offset: from,
            raw: "00".repeat(960),
            profile: null,
            clockOffset: 0,
            note: "",
          };
          const own = {
            point: "home",
            channel: "energy_import_wh",
            end,
            seconds: 900,
            value: n,
            register: null,
            proof,
          };
          return { ...own, source: "profile", quality: "good", flags: [] } as const;
        }).map((interval, n, all) => ({ ...interval, proof: all[n - (n % 96)]?.proof })),
      });
    const began = performance.now();
    world.start(booksOutput({ url: server.url, fleet: "bench", holder: "bench" }));
    await world.delivered(120_000);
    return count / ((performance.now() - began) / 1000);
  } finally {
    await world.done();
  }
};

try {
  say(`${channels.toLocaleString("en")} channels, batches of ${perBatch}, ${writers} connections`);
  const first = await run("2026-11-01", whole);
  say(`first day, with new points and channels: ${round(first.seen)} channel-days/s by the clock`);
  const days: Rates[] = [];
  for (const day of ["2026-11-02", "2026-11-03", "2026-11-04"]) days.push(await run(day, whole));
  const full = meanOf(days);
  figure("full days written", full, peers.full);
  const copy = await copied("2026-11-02");
  say(
    `COPY of the same rows into a table of the same kind: ${copy.toFixed(0)} ms of the server for a thousand; booking them costs the server ${(full.server / copy).toFixed(1)} times as much`,
  );
  figure("a day that is there again", await run("2026-11-02", whole), peers.replay);
  const merges: Rates[] = [];
  for (let read = 0; read < 6; read++) merges.push(await run("2026-11-10", { first: 16 * read, last: 16 * read + 15 }));
  figure("six reads a day merged", meanOf(merges.slice(1)), peers.merge);
  say(`through the output of a worker, with its proofs: ${round(await throughOutput(19_200))} changes/s by the clock`);
  const points = Array.from({ length: channels }, (_, n) => `point-${n}`);
  await database.run("VACUUM ANALYZE");
  /** Beside a statement that does nothing but look at the same slots. */
  const asked = async (
    what: string,
    rows: number,
    ask: (run: Run) => Promise<unknown>,
    bare?: readonly [text: string, values: readonly unknown[]],
  ): Promise<void> => {
    const { clock, client, server: theirs } = await callCost(database, 8, ask);
    const cost = `${clock.toFixed(1)} ms by the clock, ${client.toFixed(1)} ms of the client and ${theirs.toFixed(1)} ms of the server for ${round(rows)} rows`;
    if (bare === undefined) return say(`${what}: ${cost}`);
    const least = await callCost(database, 8, (run) => run(...bare));
    say(
      `${what}: ${cost}, ${(theirs / least.server).toFixed(1)} times the server's ${least.server.toFixed(1)} ms for a bare look at the slots`,
    );
  };
  const [firstDay, fourth] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 5)];
  await asked("four days of a channel", 4, (run) => daysOf(run, ["point-7"], { from: firstDay, to: fourth }));
  const name = "energy_import_wh";
  await asked("sum of a day", channels, (run) => sumsOf(run, points, name, [firstDay, firstDay + 86_400_000]), [
    "SELECT channel_id, (SELECT sum(v) FROM (SELECT unnest(raw) AS v) AS s) AS sum FROM profile_day WHERE day = $1::date",
    ["2026-11-01"],
  ]);
  const [from, to] = [firstDay - 3_600_000, firstDay + 82_800_000];
  await asked("sum of a local day", channels, (run) => sumsOf(run, points, name, [from + 86_400_000, to + 86_400_000]));
  const month = { year: 2026, month: 11, now: Date.UTC(2026, 11, 2), grace: 0 };
  await asked("completeness of a month with five days", channels, (run) => completenessIn(run, month), [
    `SELECT channel_id, sum(CASE WHEN '0' <> ALL (rank) AND 'v' <> ALL (rank) THEN 96
        ELSE length(translate(array_to_string(rank, ''), '0v', '')) END) AS slots
      FROM profile_day WHERE day BETWEEN $1::date AND $2::date GROUP BY 1`,
    ["2026-11-01", "2026-11-30"],
  ]);
  await asked("coverage for a holder of 1,000 points", 1_000, (run) => coverageOf(run, points.slice(0, 1_000)));
  const bytes = async (day: string): Promise<string> => {
    const { rows } = await database.run(
      "SELECT count(DISTINCT (ctid::text::point)[0]) * 8192 / count(*)::float8 / 96 AS bytes FROM profile_day WHERE day = $1",
      [day],
    );
    return Number(rows[0]?.bytes).toFixed(1);
  };
  say(
    `bytes an interval in its pages: ${await bytes("2026-11-03")} of a full day, ${await bytes("2026-11-10")} after six merges`,
  );
} finally {
  await database.close();
  await server.stop();
}
