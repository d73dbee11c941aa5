/** A P1 telegram of a snapshot. Pure. */
import { localMillis } from "@meterport/engine/calendar/local-calendar";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { crc16 } from "../lines/crc16.ts";
import { type FigureKey, type Figures, figuresOf } from "../lines/figures.ts";
import { type Row, type SetName, sets } from "./telegram-rows.ts";

/** From W, Wh, var and varh to what stands in a telegram. */
const perUnit = { kWh: 1000, kW: 1000, kvar: 1000, kvarh: 1000, V: 1, A: 1, Hz: 1 } as const;

const text = new TextEncoder();

const fixed = (value: number, { whole, decimals }: { readonly whole: number; readonly decimals: number }): string => {
  const [before = "", after] = value.toFixed(decimals).split(".");
  const padded = before.padStart(whole, "0");
  return after === undefined ? padded : `${padded}.${after}`;
};

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** The least that the zone's clocks are ahead of UTC in the year, which is its time in winter. */
const winterOffset = (zone: string, year: number): Millis =>
  Math.min(...[0, 6].map((month) => localMillis(zone, Date.UTC(year, month, 1)) - Date.UTC(year, month, 1)));

/**
 * Local time as P1 writes it, with S in summer and W in winter.
 *
 * @example
 * p1Time("Europe/Copenhagen", Date.UTC(2026, 7, 1, 10, 15)) // "260801121500S"
 */
export const p1Time = (zone: string, time: Millis): string => {
  const whole = Math.floor(time / 1000) * 1000;
  const local = localMillis(zone, whole);
  const date = new Date(local);
  const isSummer = local - whole > winterOffset(zone, date.getUTCFullYear());
  const parts = [
    date.getUTCFullYear() % 100,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  return `${parts.map(twoDigits).join("")}${isSummer ? "S" : "W"}`;
};

/** Only characters that a telegram may have. */
const plain = (value: string): string => value.replace(/[^\x20-\x7e]/g, "?").replace(/[()*/!\\]/g, "-");

/** At most 16 characters, as identification lines have. */
const headerOf = (flag: string, model: string | null): string =>
  `/${flag}5\\${plain(model ?? "METERPORT").slice(0, 16)}`;

const hexOf = (value: string): string =>
  [...text.encode(value)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");

const phaseCurrents: readonly FigureKey[] = ["current_l1_a", "current_l2_a", "current_l3_a"];
const phasePowers: readonly FigureKey[] = ["power_l1_w", "power_l2_w", "power_l3_w"];

/**
 * evcc takes three currents for an offer of their directions, which it then reads from the export of each phase, and fails
 * where that is missing (`meter/dsmr.go`). So three currents without powers are left out.
 */
const isHarmful = (figure: FigureKey, figures: Figures): boolean =>
  phaseCurrents.includes(figure) &&
  phaseCurrents.every((key) => figures[key] !== null) &&
  phasePowers.some((key) => figures[key] === null);

const lineOf = (row: Exclude<Row, { readonly own: string }>, figures: Figures): string | undefined => {
  if (row.text !== undefined)
    return row.beside !== undefined && figures[row.beside] === null ? undefined : `${row.obis}(${row.text})`;
  const value = figures[row.figure];
  if (value === null || value < 0 || isHarmful(row.figure, figures)) return undefined;
  return `${row.obis}(${fixed(value / perUnit[row.unit], row)}*${row.unit})`;
};

/** Who the meter is, for the head of a telegram. */
export interface P1Identity {
  /** Three letters of the maker. */
  readonly flag: string;
  readonly model: string | null;
  readonly serial: string | null;
}

/** The letters of NES in the list of makers. */
export const usualFlag = "NES";

/**
 * The telegram of a snapshot, with its checksum: ASCII, lines end with CR LF. What is unknown is not in it.
 *
 * @returns undefined if neither power nor energy is known, as while the values are stale, and until it is understood which meter
 *   the registers are of
 */
export const telegramOf = (
  set: SetName,
  point: Pick<PointView, "zone" | "total">,
  live: LiveAnswer,
  identity: P1Identity,
): Uint8Array | undefined => {
  const figures = figuresOf(point, live);
  if (live.time === null || live.quality === "stale") return undefined;
  if (figures.power_import_w === null && figures.energy_import_wh === null) return undefined;
  // evcc decides by its first telegram whether there are registers, and one without would deprive it of them for good.
  if (figures.energy_import_wh === null && live.energy_import_wh !== null) return undefined;
  const own: Record<string, string | undefined> = {
    time: p1Time(point.zone, Date.parse(live.time)),
    serial: identity.serial === null ? undefined : hexOf(plain(identity.serial).slice(0, 48)),
  };
  const lines = sets[set].flatMap((row) => {
    if (row.own === undefined) return lineOf(row, figures) ?? [];
    const value = own[row.own];
    return value === undefined ? [] : `${row.obis}(${value})`;
  });
  const body = text.encode(`${[headerOf(identity.flag, identity.model), "", ...lines].join("\r\n")}\r\n!`);
  const crc = crc16(body, 0).toString(16).toUpperCase().padStart(4, "0");
  return Uint8Array.from([...body, ...text.encode(`${crc}\r\n`)]);
};
