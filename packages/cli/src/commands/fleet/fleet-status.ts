/** `meterport fleet status`: what the database knows of a fleet, and what its processes say of themselves. */
import type { FleetStatus } from "@meterport/fleet/administration";
import { MeterportError } from "@meterport/protocol/errors";
import { ageOf } from "../../format/age.ts";
import { toJson } from "../../format/json.ts";
import { alignedTable } from "../../format/table.ts";
import { type Exit, exit, type Io, print } from "../../io/io.ts";
import { withFleet } from "./fleet-access.ts";
import type { FleetOptions } from "./options.ts";

type Process = FleetStatus["processes"][number];

/** What a process says of itself. */
interface Said {
  readonly ready: boolean | null;
  readonly problem: string | null;
  readonly parts: readonly { readonly name: string; readonly figures: Readonly<Record<string, unknown>> }[];
}

/** More processes than these are not asked. */
const mostAsked = 50;
const mostShown = 30;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const partsIn = (value: unknown): Said["parts"] =>
  (Array.isArray(value) ? value : []).flatMap((part: unknown) =>
    isRecord(part) && isRecord(part.figures) ? [{ name: String(part.name), figures: part.figures }] : [],
  );

const askProcess = async ({ address, health }: Process, io: Io): Promise<Said> => {
  if (health === "gone") return { ready: null, problem: "it ended, or its machine is away", parts: [] };
  try {
    const { body } = await io.fetchJson(`${address.replace(/\/+$/, "")}/ready`);
    if (!isRecord(body)) return { ready: null, problem: "its answer is not that of a Meterport", parts: [] };
    const problem = typeof body.problem === "string" ? body.problem : null;
    return { ready: body.ready === true, problem, parts: partsIn(body.parts) };
  } catch (error) {
    if (!(error instanceof MeterportError)) throw error;
    return { ready: null, problem: `${address} does not answer from here`, parts: [] };
  }
};

/** Entries that are not in the books yet. */
const waitingOf = (parts: Said["parts"]): string => {
  const behind = parts.find(({ name }) => name === "outbox")?.figures.behind;
  return typeof behind === "number" ? `${behind}` : "";
};

const head = ["process", "address", "version", "seen", "shards", "meters", "unbooked", "problem"];

const ranges = (numbers: readonly number[]): string => {
  const parts: [number, number][] = [];
  for (const n of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === n - 1) last[1] = n;
    else parts.push([n, n]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
};

/** A meter that was carried to another place, a link that leads to another one, or a mistake in the list. */
const strangersIn = (strangers: FleetStatus["strangers"]): readonly string[] => {
  const [first] = strangers;
  if (first === undefined) return [];
  const { point, listed, found } = first;
  const where = strangers.length === 1 ? `at ${point}` : `at ${strangers.length} points, such as ${point},`;
  return [
    `${where} another meter answers (${found}) than the list names (${listed}): look which one hangs there, and correct the list with meterport fleet import --move, or the link`,
  ];
};

/** What a person should look at, a sentence each. */
const troubles = ({ meters, free, keyless, strangers, shards, processes }: FleetStatus): readonly string[] => [
  ...(meters > 0 && free.length > 0
    ? [
        free.length === shards
          ? "nobody reads: start processes with the role read"
          : `nobody holds ${free.length === 1 ? "shard" : "shards"} ${ranges(free)}`,
      ]
    : []),
  ...(keyless > 0
    ? [
        `${keyless} ${keyless === 1 ? "meter has" : "meters have"} no key, and cannot be read: meterport fleet key check names them`,
      ]
    : []),
  ...strangersIn(strangers),
  ...processes
    .filter(({ health }) => health === "late")
    .map(({ holder }) => `${holder} has not been heard of for some seconds`),
];

const lineOf = (label: string, text: string): string => `${label.padEnd(11)}${text}\n`;

const show = (status: FleetStatus, said: ReadonlyMap<string, Said>, io: Io): void => {
  const { stdout } = io;
  const { id, name, sites, sites_paused, meters, points, shards, free, states, yesterday, open_gaps, oldest_gap } =
    status;
  stdout.write(
    `${name} (${id}): ${meters} meters, ${points} points, ${sites} sites${sites_paused > 0 ? `, ${sites_paused} of them paused` : ""}\n`,
  );
  stdout.write(lineOf("shards", `${shards - free.length} of ${shards} are held`));
  const counted = Object.entries(states).filter(([, count]) => count > 0);
  if (counted.length > 0)
    stdout.write(lineOf("links", counted.map(([state, count]) => `${count} ${state}`).join(", ")));
  const percent = yesterday.percent === null ? "unknown" : `${yesterday.percent} % is there`;
  stdout.write(lineOf("yesterday", `${yesterday.day}: ${percent}`));
  const gaps = open_gaps === 0 ? "none" : `${open_gaps} days of channels, the oldest ${oldest_gap ?? "unknown"}`;
  stdout.write(lineOf("gaps", gaps));
  const now = io.clock.wall();
  const rows = status.processes
    .slice(0, mostShown)
    .map(({ holder, address, version, seen, health, shards: held, meters: count }) => {
      const { problem = null, parts = [] } = said.get(holder) ?? {};
      return [
        holder,
        address,
        version,
        health === "up" ? "up" : ageOf(seen, now),
        `${held.length}`,
        `${count}`,
        waitingOf(parts),
        problem ?? "",
      ];
    });
  if (rows.length > 0)
    stdout.write(`\n${alignedTable([head, ...rows], { head: true, width: stdout.columns, right: [4, 5, 6] })}`);
  if (status.processes.length > mostShown) stdout.write(`and ${status.processes.length - mostShown} more\n`);
  for (const trouble of troubles(status)) stdout.write(`${trouble}\n`);
};

export const showStatus = (_: string, options: FleetOptions, io: Io): Promise<Exit> =>
  withFleet(options, io, async ({ tools, acting: { database, fleet } }) => {
    const status = await tools.fleetStatus(database.run, fleet, io.clock.wall());
    const asked = status.processes.slice(0, mostAsked);
    const answers = await Promise.all(
      asked.map(async (process) => [process.holder, await askProcess(process, io)] as const),
    );
    const said = new Map(answers);
    if (options.json === true) {
      const processes = status.processes.map((process) => ({ ...process, ...(said.get(process.holder) ?? {}) }));
      print(io, toJson({ ...status, processes, problems: troubles(status) }));
    } else show(status, said, io);
    const isWell = troubles(status).length === 0 && [...said.values()].every(({ ready }) => ready !== false);
    return isWell ? exit.done : exit.failed;
  });
