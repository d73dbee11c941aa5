/** The figures of the daemon itself; values of meters are an output's work. */
import type { OutputStatus } from "@meterport/engine/ports/output";
import type { StoreStatus } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import type { Metric, Sample } from "../../exports/exposition.ts";
import type { Meters } from "../answers.ts";
import type { StatusClass } from "../edge/http-counts.ts";
import { othersFirst, type StateCounts } from "../points/link-states.ts";
import type { ProcessFigures } from "./own-figures.ts";

/** How the writes of points wait for the store. */
export interface KeeperFigures {
  readonly waiting: number;
  readonly dropped: number;
  readonly problem: string | null;
}

export interface DaemonFigures {
  readonly version: string;
  readonly uptime_s: number;
  readonly now: Millis;
  readonly links: LinkSums;
  readonly states: StateCounts;
  /** Undefined if the store does not answer. */
  readonly store: StoreStatus | undefined;
  readonly cursors: ReadonlyMap<string, number>;
  readonly keeper: KeeperFigures | undefined;
  readonly outputs: readonly OutputStatus[];
  readonly requests: Readonly<Record<StatusClass, number>>;
  readonly streams: number;
  readonly process: ProcessFigures | undefined;
}

const one = (value: number | null | undefined): readonly Sample[] =>
  value === null || value === undefined ? [] : [{ value }];

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name: `meterport_${name}`,
  type: "gauge",
  help,
  samples,
});
const counter = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name: `meterport_${name}_total`,
  type: "counter",
  help,
  samples,
});

const linkCounters = ["polls", "failures", "retries", "discarded", "outages", "alerts"] as const;

export type LinkSums = Readonly<Record<(typeof linkCounters)[number], number>>;

/** Points that are looked at before others get their turn: some milliseconds. */
const slice = 500;

/** The counters of all links, added up in slices. */
export const linkSums = async (meters: Meters): Promise<LinkSums> => {
  const sums = { polls: 0, failures: 0, retries: 0, discarded: 0, outages: 0, alerts: 0 };
  let looked = 0;
  for (const view of meters.values()) {
    const { link } = view.summary();
    for (const name of linkCounters) sums[name] += link[name];
    if (++looked % slice === 0) await othersFirst();
  }
  return sums;
};

const linkMetrics = (sums: LinkSums): readonly Metric[] => {
  return [
    counter("polls", "Live reads that began, over all points", one(sums.polls)),
    counter("poll_failures", "Live reads that failed", one(sums.failures)),
    counter("link_retries", "Packets sent again", one(sums.retries)),
    counter("link_discarded", "Frames discarded because their digest did not match", one(sums.discarded)),
    counter("link_outages", "How often a working link went down", one(sums.outages)),
    counter("meter_alerts", "How often a meter asked for attention", one(sums.alerts)),
  ];
};

const storeStates = ["ok", "busy", "failing", "replaced"] as const;

const storeMetrics = ({ store, cursors, now, keeper }: DaemonFigures): readonly Metric[] => [
  gauge(
    "store_state",
    "1 for the state of the store",
    storeStates.map((state) => ({ value: (store?.state ?? "failing") === state ? 1 : 0, labels: { state } })),
  ),
  gauge("store_bytes", "Size of the store", one(store?.bytes)),
  gauge(
    "store_newest_reading_age_seconds",
    "Age of the newest stored reading",
    one(store?.newestReading == null ? null : Math.max(0, now - store.newestReading) / 1000),
  ),
  gauge("store_waiting_writes", "Writes that wait for the store", one(keeper?.waiting)),
  counter(
    "store_dropped_readings",
    "Readings that were dropped because the store did not take them",
    one(keeper?.dropped),
  ),
  gauge("journal_newest", "Number of the newest journal entry", one(store?.journal.newest)),
  gauge("journal_oldest", "Number of the oldest journal entry that is kept", one(store?.journal.oldest)),
  gauge(
    "journal_cursor",
    "What each reader of the journal has acknowledged",
    [...cursors].map(([reader, value]) => ({ value, labels: { reader } })),
  ),
];

const outputMetrics = (outputs: readonly OutputStatus[]): readonly Metric[] => {
  const each = (of: (output: OutputStatus) => number | null | undefined): readonly Sample[] =>
    outputs.flatMap((output) => one(of(output)).map((sample) => ({ ...sample, labels: { output: output.name } })));
  return [
    gauge(
      "output_up",
      "1 while the consumer of an output is there",
      each(({ state }) => (state === "up" ? 1 : 0)),
    ),
    gauge(
      "output_waiting_changes",
      "Changes that a consumer has not yet",
      each(({ journal }) => journal?.behind),
    ),
    counter(
      "output_delivered_changes",
      "Changes that a consumer has acknowledged",
      each(({ delivered }) => delivered),
    ),
    counter(
      "output_lost_changes",
      "Changes that were deleted before they were delivered",
      each(({ lost }) => lost),
    ),
    counter(
      "output_sent_values",
      "Live values that a consumer took",
      each(({ sent }) => sent),
    ),
    counter(
      "output_failures",
      "How often an output failed",
      each(({ failures }) => failures),
    ),
  ];
};

export const daemonMetrics = (figures: DaemonFigures): readonly Metric[] => {
  const { process } = figures;
  return [
    gauge("build_info", "Always 1", [{ value: 1, labels: { version: figures.version } }]),
    gauge("uptime_seconds", "Seconds since the start", one(figures.uptime_s)),
    gauge(
      "points",
      "Metering points by the state of their link",
      Object.entries(figures.states).map(([state, value]) => ({ value, labels: { state } })),
    ),
    ...linkMetrics(figures.links),
    ...storeMetrics(figures),
    ...outputMetrics(figures.outputs),
    counter(
      "http_requests",
      "Requests answered, by the class of their status",
      Object.entries(figures.requests).map(([status, value]) => ({ value, labels: { status } })),
    ),
    gauge("http_streams", "Open streams of events", one(figures.streams)),
    gauge(
      "event_loop_delay_seconds",
      "Longest delay of the event loop since the last scrape",
      one(process?.loop_delay_s),
    ),
    gauge("process_memory_bytes", "Memory of the process", one(process?.memory_bytes)),
    gauge("process_heap_bytes", "Heap in use", one(process?.heap_bytes)),
    counter("process_cpu_seconds", "Processor time of the process", one(process?.cpu_s)),
  ];
};
