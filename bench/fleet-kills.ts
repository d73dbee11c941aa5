/**
 * Something happens to the processes of a fleet, round after round: `npm run bench -- fleet-kills ROUNDS [SEED] [INCIDENT]`. Real processes, a real
 * PostgreSQL, virtual meters over TCP. Each interval that is booked is compared with its meter; clients that meet at a meter are counted there.
 */
import { FleetServer } from "@meterport/fleet/books/fleet-database.test-kit";
import { FleetRounds, type Incident, incidents, type Round } from "@meterport/fleet/serve/fleet-rounds.test-kit";
import { say } from "./measure.ts";

const [rounds = 20, seed = 7] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4] as Incident | undefined;
/** A kill is what happens most. */
const usual: readonly Incident[] = ["kill", "kill and lose the disk", ...incidents];

let state = seed;
const chance = (): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
};

const servers = new FleetServer();
const database = await servers.fleet();
const server = await servers.server();
const fleet = new FleetRounds({ database, server, url: `${server.url}?schema=${database.place.schema}` }, 3);
const done: Round[] = [];
say(`seed ${seed}: 3 processes, 12 meters that stay and 3 new ones in each round`);
try {
  await fleet.begin(12);
  for (let n = 0; n < rounds; n++) {
    const incident = only ?? usual[Math.floor(chance() * usual.length)] ?? "kill";
    const round = await fleet.round(incident, 3, chance);
    done.push(round);
    const { takeover, right, lost, wrong, doubled, overlaps, requests } = round;
    say(
      `${n + 1} ${incident}: read again after ${(takeover / 1_000).toFixed(1)} s; ${right} intervals right, ${lost} lost, ${wrong} wrong, ${doubled} doubled; ${overlaps} second clients in ${requests} requests`,
    );
  }
} catch (error) {
  process.stderr.write(fleet.log.slice(-20_000));
  throw error;
} finally {
  await fleet.end();
  await servers.stop();
}
const sum = (of: (round: Round) => number): number => done.reduce((total, round) => total + of(round), 0);
for (const incident of new Set(done.map((round) => round.incident))) {
  const times = done
    .flatMap((round) => (round.incident === incident ? [round.takeover / 1_000] : []))
    .sort((a, b) => a - b);
  say(`${incident}: ${times.length} times, ${times[0]?.toFixed(1)} to ${times.at(-1)?.toFixed(1)} s`);
}
say(
  `${done.length} rounds: ${sum(({ lost }) => lost)} lost, ${sum(({ wrong }) => wrong)} wrong, ${sum(({ doubled }) => doubled)} doubled; ${sum(({ overlaps }) => overlaps)} second clients in ${sum(({ requests }) => requests)} requests`,
);
process.exit();
