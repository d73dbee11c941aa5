/** Hours of a metering point as external statistics of Home Assistant. */
import type { OutputContext } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";

export const hour: Millis = 3_600_000;

/** Which channels are counted there, and as what. Home Assistant has no class for reactive energy in statistics with a sum. */
export const channels = {
  energy_import_wh: { object: "energy_import", title: "energy import" },
  energy_export_wh: { object: "energy_export", title: "energy export" },
} as const;

export type StatisticChannel = keyof typeof channels;

export const isStatisticChannel = (channel: string): channel is StatisticChannel => Object.hasOwn(channels, channel);

/** One statistic. */
export interface Counted {
  readonly point: string;
  readonly channel: StatisticChannel;
}

export const floorHour = (time: Millis): Millis => Math.floor(time / hour) * hour;

/** FNV-1a, for names only. */
const shortHash = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0").slice(0, 6);
};

/**
 * An id of a point as Home Assistant accepts it: letters, digits and single underscores between them. One that has to be changed
 * gets a part of its own, so that "a-b" and "a_b" stay two.
 *
 * @example
 * objectOf("garage_2") // "garage_2"
 */
export const objectOf = (point: string): string => {
  if (/^[a-z0-9]+(_[a-z0-9]+)*$/.test(point)) return point;
  const plain = point.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  return `${plain === "" ? "point" : plain}_${shortHash(point)}`;
};

export const source = "meterport";

export const statisticId = ({ point, channel }: Counted): string =>
  `${source}:${objectOf(point)}_${channels[channel].object}`;

export const metadataOf = (counted: Counted, name: string) => ({
  // From Home Assistant 2026.11 on both are required.
  mean_type: 0,
  unit_class: "energy",
  has_sum: true,
  name: `${name} ${channels[counted.channel].title}`,
  source,
  statistic_id: statisticId(counted),
  unit_of_measurement: "kWh",
});

/** The energy until the end of an hour; `start` in milliseconds since 1970. */
export interface Row {
  readonly start: Millis;
  /** kWh since the first interval of the point. */
  readonly sum: number;
}

export const rowMessage = ({ start, sum }: Row) => ({ start: new Date(start).toISOString(), state: sum, sum });

type History = Pick<OutputContext["history"], "intervalSums" | "intervalCoverage">;

/** Hours that are added up with one question to the store. */
const hoursAtOnce = 1_000;

/** Where the sums of a statistic begin; undefined if nothing is stored. */
export const originOf = async (history: History, { point, channel }: Counted): Promise<Millis | undefined> => {
  const [found] = await history.intervalCoverage([point], channel, { from: 0, to: 1 });
  return found === undefined ? undefined : floorHour(found.first.end - 1000 * found.first.seconds);
};

/**
 * The rows of the hours from `from` to `to`, oldest first. Every sum counts from the point's first interval: so the same hours give the
 * same sums, whatever was sent before. An hour without any value has no row.
 */
export async function* rowsOf(
  history: History,
  counted: Counted,
  { origin, from, to }: { readonly origin: Millis; readonly from: Millis; readonly to: Millis },
): AsyncGenerator<readonly Row[]> {
  const { point, channel } = counted;
  const first = Math.max(floorHour(from), origin);
  const before = first > origin ? await history.intervalSums(point, channel, [origin, first]) : [];
  let total = before[0]?.value ?? 0;
  for (let start = first; start < to; start += hoursAtOnce * hour) {
    const end = Math.min(start + hoursAtOnce * hour, to);
    const bounds = Array.from({ length: (end - start) / hour + 1 }, (_, n) => start + n * hour);
    const sums = await history.intervalSums(point, channel, bounds);
    const rows: Row[] = [];
    for (const { from: begin, value } of sums) {
      if (value === null) continue;
      total += value;
      rows.push({ start: begin, sum: total / 1000 });
    }
    if (rows.length > 0) yield rows;
  }
}
