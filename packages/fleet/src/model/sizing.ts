/** What so many meters need: machines, database, network and storage, computed from a few measured figures. `docs/fleet-sizing.md` shows it. */
import { usualCosts } from "@meterport/engine/plan/sets";
import { meanVisitTime, visitSets } from "./model-visits.ts";

const secondsPerDay = 86_400;
const daysPerYear = 365;
const slotsPerDay = 96;

/** A figure that the others are computed from. */
export interface BasisFigure {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  /** `counted` of what is sent or stored; `estimated` of what was not measured yet. */
  readonly from: "measured" | "counted" | "estimated" | "chosen";
}

const figure = (value: number, unit: string, from: BasisFigure["from"], what: string): BasisFigure => ({
  ...{ value, unit, from, what },
});

/** The meter is read so often, and for this. */
export const basis = {
  channels: figure(4, "", "chosen", "channels of the load profile, in quarters of an hour"),
  linesPerWorker: figure(60, "", "chosen", "lines that a worker keeps busy at most"),
  peak: figure(2, "times", "chosen", "lines in the busiest hour of a campaign, compared with the mean"),
  metersPerWorker: figure(10_000, "", "chosen", "meters of a worker that reads live sets each minute"),
  memoryPerMeter: figure(105, "kB", "measured", "memory of a worker for each meter whose link is open"),
  memoryPerWorker: figure(100, "MB", "measured", "memory of a worker without meters"),
  setWork: figure(0.45, "ms", "measured", "processor time for a live set"),
  visitWork: figure(10, "times", "estimated", "processor time of a visit, compared with a live set"),
  mergeRate: figure(12_200, "a second", "measured", "channel-days merged on two cores that the clients share"),
  channelDay: figure(
    732,
    "bytes",
    "counted",
    "a channel-day in the database after vacuum: 607 bytes measured, and 125 for its status",
  ),
  block: figure(540, "bytes", "estimated", "the proof of a read: request, bytes, index"),
  blockDays: figure(90, "days", "chosen", "proofs are kept so long"),
  register: figure(100, "bytes", "estimated", "state of a register, with its index"),
  registersPerDay: figure(8, "", "chosen", "states of registers that are kept of a day"),
  connection: figure(
    5_000,
    "bytes",
    "estimated",
    "opening and closing a connection with TLS, and the headers of packets",
  ),
  slotBytes: figure(20, "bytes", "counted", "an interval of four channels on the line"),
  bookedBytes: figure(
    3_000,
    "bytes",
    "estimated",
    "a merged channel-day and its share of a proof on the way to the database, with its log",
  ),
  machineMemory: figure(16, "GB", "chosen", "memory of a machine"),
  machineCores: figure(4, "", "chosen", "cores of a machine"),
} as const satisfies Readonly<Record<string, BasisFigure>>;

export interface Sizing {
  readonly meters: number;
  readonly readsPerDay: number;
  readonly shards: number;
  /** Visits in a second, in the mean. */
  readonly reads: number;
  /** Lines that are busy at once, in the mean, and in the busiest hour. */
  readonly lines: number;
  readonly peakLines: number;
  readonly merges: number;
  /** Of what was measured on two cores. */
  readonly databaseShare: number;
  /** Workers without live values, one of them to spare. */
  readonly workers: number;
  /** With a live set of each meter each minute. */
  readonly liveWorkers: number;
  readonly liveSets: number;
  readonly liveCores: number;
  readonly cores: number;
  /** GB, if all links are open. */
  readonly memory: number;
  /** Machines for workers, one of them to spare. */
  readonly machines: number;
  /** Mbit/s between meters and workers, in the mean, and with live sets. */
  readonly meterTraffic: number;
  readonly liveTraffic: number;
  /** Mbit/s between workers and the database. */
  readonly databaseTraffic: number;
  /** GB a year. */
  readonly channelDays: number;
  readonly registers: number;
  /** GB that stay. */
  readonly proofs: number;
  readonly firstYear: number;
}

const gigabyte = 1e9;

const machinesFor = (memory: number, cores: number): number => {
  const { machineMemory, machineCores } = basis;
  // An eighth of a machine is its system's.
  const byMemory = memory / (0.875 * machineMemory.value);
  const needed = Math.ceil(Math.max(byMemory, cores / (0.5 * machineCores.value)));
  return needed + 1;
};

const trafficOf = (meters: number, readsPerDay: number) => {
  const { connection, slotBytes, bookedBytes, channels } = basis;
  const reads = (meters * readsPerDay) / secondsPerDay;
  const sets = visitSets.reduce((sum, set) => sum + usualCosts[set].bytes, 0);
  const visit = connection.value + sets + (slotsPerDay / readsPerDay) * slotBytes.value;
  const live = (meters / 60) * usualCosts.live.bytes;
  const mbit = 8 / 1e6;
  return {
    meterTraffic: reads * visit * mbit,
    liveTraffic: (reads * visit + live) * mbit,
    databaseTraffic: reads * channels.value * bookedBytes.value * mbit,
  };
};

const storageOf = (meters: number, readsPerDay: number) => {
  const { channels, channelDay, block, blockDays, register, registersPerDay } = basis;
  const channelDays = (meters * channels.value * daysPerYear * channelDay.value) / gigabyte;
  const registers = (meters * registersPerDay.value * daysPerYear * register.value) / gigabyte;
  const proofs = (meters * readsPerDay * blockDays.value * block.value) / gigabyte;
  return { channelDays, registers, proofs, firstYear: channelDays + registers + proofs };
};

/** What so many meters need that are read so many times a day. */
export const sizingOf = (meters: number, readsPerDay = 6): Sizing => {
  const { channels, linesPerWorker, peak, metersPerWorker, setWork, visitWork, mergeRate } = basis;
  const { memoryPerMeter, memoryPerWorker } = basis;
  const reads = (meters * readsPerDay) / secondsPerDay;
  const lines = (reads * meanVisitTime(slotsPerDay / readsPerDay, false)) / 1_000;
  const peakLines = peak.value * lines;
  const merges = reads * channels.value;
  const liveSets = meters / 60;
  const cores = (reads * visitWork.value * setWork.value) / 1_000;
  const liveCores = cores + (liveSets * setWork.value) / 1_000;
  const liveWorkers = Math.ceil(meters / metersPerWorker.value) + 1;
  const memory = (meters * memoryPerMeter.value * 1e3 + liveWorkers * memoryPerWorker.value * 1e6) / gigabyte;
  return {
    ...{ meters, readsPerDay, shards: meters > 100_000 ? 1_024 : 256, reads, lines, peakLines, merges },
    databaseShare: merges / mergeRate.value,
    workers: Math.ceil(peakLines / linesPerWorker.value) + 1,
    ...{ liveWorkers, liveSets, liveCores, cores, memory, machines: machinesFor(memory, liveCores) },
    ...trafficOf(meters, readsPerDay),
    ...storageOf(meters, readsPerDay),
  };
};

/**
 * Three digits that count, with a comma at thousands.
 *
 * @example
 * [0.0694, 4.47, 312.4, 16_667].map(threeDigits) // ["0.0694", "4.47", "312", "16,667"]
 */
export const threeDigits = (value: number): string => {
  if (value === 0) return "0";
  if (value >= 100) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  const digits = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return String(Number(value.toFixed(digits)));
};

/** A table in Markdown whose columns but the first are numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** With the prefix that leaves one to three digits before the point. */
const withUnit = (value: number, unit: string): string => {
  const prefixes = ["k", "M", "G", "T"];
  const thousands = Math.max(1, Math.min(4, Math.floor(Math.log10(value) / 3)));
  return `${threeDigits(value / 1_000 ** thousands)} ${prefixes[thousands - 1]}${unit}`;
};

const bytes = (gigabytes: number): string => withUnit(gigabyte * gigabytes, "B");
const rate = (megabits: number): string => withUnit(1e6 * megabits, "bit/s");
const percent = (share: number): string => `${threeDigits(100 * share)} %`;

const rows: readonly (readonly [what: string, value: (sizing: Sizing) => string])[] = [
  ["Shards", ({ shards }) => threeDigits(shards)],
  ["Visits a second", ({ reads }) => threeDigits(reads)],
  ["Lines busy at once, mean", ({ lines }) => threeDigits(lines)],
  ["Lines busy at once, busiest hour", ({ peakLines }) => threeDigits(peakLines)],
  ["Workers by lines, without live values", ({ workers }) => threeDigits(workers)],
  ["Workers with a live set each minute", ({ liveWorkers }) => threeDigits(liveWorkers)],
  ["Live sets a second", ({ liveSets }) => threeDigits(liveSets)],
  [
    "Cores busy, without and with live sets",
    ({ cores, liveCores }) => `${threeDigits(cores)}, ${threeDigits(liveCores)}`,
  ],
  ["Memory of all workers, all links open", ({ memory }) => bytes(memory)],
  ["Machines for workers, one to spare", ({ machines }) => threeDigits(machines)],
  ["Channel-days merged a second", ({ merges }) => threeDigits(merges)],
  ["… of what PostgreSQL did on two cores", ({ databaseShare }) => percent(databaseShare)],
  ["Meters to workers, mean", ({ meterTraffic }) => rate(meterTraffic)],
  ["Meters to workers, with live sets", ({ liveTraffic }) => rate(liveTraffic)],
  ["Workers to database", ({ databaseTraffic }) => rate(databaseTraffic)],
  ["Storage a year: channel-days", ({ channelDays }) => bytes(channelDays)],
  ["Storage a year: registers", ({ registers }) => bytes(registers)],
  ["Proofs that are kept", ({ proofs }) => bytes(proofs)],
  ["Storage after the first year", ({ firstYear }) => bytes(firstYear)],
];

/** Fleets that the page shows. */
const shownSizes: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];

/** A table of what fleets need, in Markdown: a column for each size. */
export const sizingTable = (sizes: readonly number[] = shownSizes, readsPerDay = 6): string => {
  const sizings = sizes.map((meters) => sizingOf(meters, readsPerDay));
  return table(
    ["Meters", ...sizes.map(threeDigits)],
    rows.map(([what, value]) => [what, ...sizings.map(value)]),
  );
};

/** A table of the figures that the others are computed from, in Markdown. */
export const basisTable = (): string =>
  table(
    ["Figure", "Value", "Is"],
    Object.values(basis).map(({ what, value, unit, from }) => [what, `${threeDigits(value)} ${unit}`.trim(), from]),
  );
