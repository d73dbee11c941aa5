/** A home with more than a year of history in the store, with every kind of trouble in it. */
import { mkdirSync } from "node:fs";
import { localMillis, startOfDay } from "@meterport/engine/calendar/local-calendar";
import type { Interval } from "@meterport/engine/model/interval";
import type { RegisterState } from "@meterport/engine/model/register-state";
import { silentLog } from "@meterport/engine/ports/log";
import type { PointReading } from "@meterport/engine/ports/store";
import { reading } from "@meterport/engine/testing/fake-meter";
import { openLocalSqliteStore } from "@meterport/gateway/stores/sqlite/sqlite-store";

const quarter = 900_000;
const hour = 4 * quarter;
const day = 24 * hour;
const channels = ["energy_import_wh", "energy_export_wh"] as const;

export const homeZone = "Europe/Copenhagen";

/** Wh of a quarter of an hour: whole, different each time, and like those of a house with panels on its roof. */
export const energyAt = (channel: (typeof channels)[number], end: number): number => {
  const local = localMillis(homeZone, end - 1);
  const hours = (local % day) / hour;
  const season = Math.cos(((local % (365.25 * day)) / (365.25 * day)) * 2 * Math.PI);
  const noise = (Math.imul(Math.floor(end / quarter), 2_654_435_761) >>> 20) / 4096;
  const sun =
    Math.max(0, Math.sin(((hours - 5.5 + season) / (13 - 3 * season)) * Math.PI)) * (hours > 4 && hours < 21 ? 1 : 0);
  const made = 620 * sun * (0.62 - 0.45 * season) * (0.4 + 0.6 * noise);
  const used =
    70 + 55 * season + 260 * Math.exp(-((hours - 18.5) ** 2) / 3) + 130 * Math.exp(-((hours - 7.5) ** 2)) + 90 * noise;
  const net = Math.round(used - made);
  return channel === "energy_import_wh" ? Math.max(0, net) : Math.max(0, -net);
};

/** Hours of yesterday at which something is special. */
export const specialHours = {
  recovered: [1, 3],
  missing: [3, 4],
  gap: [4, 5],
  estimated: [9, 11],
  doubtful: [13, 14],
} as const;

/** Fills a data folder with `days` until the last whole quarter before `now`, at the point "home". */
export const fillHistoryHome = async (data: string, now: number, days: number): Promise<void> => {
  mkdirSync(data, { recursive: true });
  const store = openLocalSqliteStore(data, silentLog, Date.now);
  const last = Math.floor(now / quarter) * quarter;
  const first = startOfDay(homeZone, last - days * day);
  const yesterday = startOfDay(homeZone, startOfDay(homeZone, now) - 1);
  const isIn = ([from, to]: readonly [number, number], end: number): boolean =>
    end > yesterday + from * hour && end <= yesterday + to * hour;
  const registers = { energy_import_wh: 4_000_000, energy_export_wh: 1_000_000 };
  const interval = (channel: (typeof channels)[number], end: number): Interval => {
    const missing = isIn(specialHours.missing, end);
    const estimated = isIn(specialHours.estimated, end);
    const value = missing ? null : energyAt(channel, end);
    registers[channel] += value ?? 0;
    return {
      ...{ point: "home", channel, end, seconds: 900, value, register: registers[channel] },
      source: estimated ? "estimated" : "profile",
      quality: missing ? "missing" : isIn(specialHours.doubtful, end) ? "suspect" : "good",
      flags: [],
    };
  };
  let intervals: Interval[] = [];
  let readings: PointReading[] = [];
  for (let end = first + quarter; end <= last; end += quarter) {
    if (!isIn(specialHours.gap, end)) intervals.push(...channels.map((channel) => interval(channel, end)));
    const power = 4 * (energyAt("energy_import_wh", end) - energyAt("energy_export_wh", end));
    // Nobody read in the night.
    if (!isIn([1, 5], end))
      readings.push({ point: "home", reading: reading(end - quarter + 60_000, { power_w: power }) });
    if (intervals.length >= 8_000 || end === last) {
      await store.write({ intervals, readings });
      [intervals, readings] = [[], []];
    }
  }
  const midnights = [first, yesterday, yesterday + day].flatMap((time, n) =>
    channels.flatMap((register) =>
      [
        { tier: 0, value: 1_000_000 + 5_000 * n },
        { tier: 1, value: 600_000 + 3_000 * n },
        { tier: 2, value: 400_000 + 2_000 * n },
      ].map(
        (state): RegisterState => ({
          ...state,
          point: "home",
          register,
          time,
          serial: "68411894",
          reason: "self-read",
        }),
      ),
    ),
  );
  await store.write({ registers: midnights });
  await store.close();
};

/** The configuration of that home: a meter that never answers, prices by the clock. */
export const historyHomeYaml = (link: string): string =>
  [
    `zone: ${homeZone}`,
    "meters:",
    `  - { id: home, name: "Hjem <b>x</b> 🏡 مرحبا", link: "${link}", key: "hex:${"5a".repeat(16)}", back_fill: off, prices: { currency: DKK, times: ["3.1 17-21", "1.85"], tax_percent: 25, feed_in: 0.6 } }`,
    "",
  ].join("\n");
