/**
 * Something happens to the processes of a fleet, round after round: `npm run bench -- fleet-kills ROUNDS [SEED] [METERS] [INCIDENT]`. Real processes, a real
 * PostgreSQL, virtual meters over TCP. Each interval that is booked is compared with its meter; clients that meet at a meter are counted there.
 */
import { FleetServer } from "@meterport/fleet/books/fleet-database.test-kit";
import { FleetRounds, type Incident, incidents, type Round } from "@meterport/fleet/serve/fleet-rounds.test-kit";
import { say } from "./measure.ts";

const [rounds = 20, seed = 7, meters = 100] = process.argv.slice(2, 5).map(Number);
const only = process.argv[5] as Incident | undefined;
/** A kill is what happens most. */
const usual: readonly Incident[] = ["kill", "kill and lose the disk", ...incidents];
const stay = 12;

// Processes are killed and their disks taken out at "exit", which a signal alone does not bring about.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

let state = seed;
const chance = (): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
};

const spread = (times: readonly number[]): string => {
  if (times.length === 0) return "nobody lost its reader";
  const at = (share: number): string => ((times[Math.ceil(share * times.length) - 1] ?? Number.NaN) / 1_000).toFixed(1);
  return `${times.length} meters read again after ${at(0.001)} s the first, ${at(0.5)} s half, ${at(0.9)} s nine of ten, ${at(1)} s the last`;
};

/** Runs with a fleet of its own, and ends it. */
const withFleet = async (standing: number, run: (fleet: FleetRounds) => Promise<void>): Promise<void> => {
  const servers = new FleetServer();
  const database = await servers.fleet();
  const server = await servers.server();
  const fleet = new FleetRounds({ database, server, url: `${server.url}?schema=${database.place.schema}` }, 3);
  try {
    await fleet.begin(standing);
    await run(fleet);
  } catch (error) {
    process.stderr.write(fleet.log.slice(-20_000));
    throw error;
  } finally {
    await fleet.end();
    await servers.stop();
  }
};

if (meters > 0)
  await withFleet(meters, async (fleet) => {
    say(`3 processes, ${meters} meters, one process killed: ${spread(await fleet.takeover())}`);
  });

const done: Round[] = [];
say(`seed ${seed}: 3 processes, ${stay} meters that stay and 3 new ones in each round`);
if (rounds > 0)
  await withFleet(stay, async (fleet) => {
    for (let n = 0; n < rounds; n++) {
      const incident = only ?? usual[n % usual.length] ?? "kill";
      const began = performance.now();
      const round = await fleet.round(incident, 3, chance);
      done.push(round);
      const { takeover, right, lost, wrong, doubled, overlaps, crossed, requests } = round;
      say(
        `${n + 1} ${incident} (${((performance.now() - began) / 1_000).toFixed(0)} s): ${spread(takeover)}; ${right} intervals right, ${lost} lost, ${wrong} wrong, ${doubled} doubled; ${crossed} of ${requests} requests by two clients at once, ${overlaps} second connections`,
      );
    }
  });
const sum = (of: (round: Round) => number): number => done.reduce((total, round) => total + of(round), 0);
for (const incident of new Set(done.map((round) => round.incident))) {
  const some = done.filter((round) => round.incident === incident);
  const times = some.flatMap(({ takeover }) => takeover).sort((a, b) => a - b);
  say(`${incident}: ${some.length} times; ${spread(times)}`);
}
say(
  `${done.length} rounds: ${sum(({ lost }) => lost)} lost, ${sum(({ wrong }) => wrong)} wrong, ${sum(({ doubled }) => doubled)} doubled of ${sum(({ right }) => right)} comparisons; ${sum(({ crossed }) => crossed)} of ${sum(({ requests }) => requests)} requests by two clients at once, ${sum(({ overlaps }) => overlaps)} second connections`,
);
process.exit();
