/** Which tariff applies when: the TOU calendar (BT54) or its pending twin, the clock's own rules, and what is in effect. */
import { twoDigits } from "@meterport/protocol/digits";
import { ResponseError } from "@meterport/protocol/errors";
import { type StimeDate, stimeDate } from "@meterport/protocol/layout/dates";
import { decode } from "@meterport/protocol/layout/index";
import { type TariffCalendar, tariffCalendar } from "@meterport/protocol/meaning/tariff-calendar";
import { BT53 } from "@meterport/protocol/tables/basic/bt53-time-offset";
import { BT54 } from "@meterport/protocol/tables/basic/bt54-calendar";
import { BT55 } from "@meterport/protocol/tables/basic/bt55-local-clock-state";
import { BT4150 } from "@meterport/protocol/tables/basic/bt4150-pending-calendar";
import { pendingEventCode } from "@meterport/protocol/tables/basic/pending-event";
import { ET61 } from "@meterport/protocol/tables/extended/et61-time-based-relay-control-calendar";
import { mayHave } from "../meter/capabilities.ts";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { unlessRefused } from "../meter/outcome.ts";
import { type PresentTariff, presentTariff } from "./present-tariff.ts";
import { utcIso } from "./quality.ts";

/** When local time is ahead of standard time, and how far (BT53). */
export interface LocalTimeRules {
  /** Minutes ahead of UTC without daylight saving time. */
  readonly zone_min: number;
  readonly daylightSaving_min: number;
  /** Local time of day at which it begins and ends, as in "02:00:00"; null if impossible. */
  readonly at: string | null;
}

/** A control relay's switches; the meaning of each group of ten depends on a mode that no guide describes (ET61). */
export interface RelaySwitches {
  /** 1 or 2. */
  readonly relay: number;
  readonly groups: readonly { readonly group: number; readonly switches: readonly RelaySwitch[] }[];
}
export interface RelaySwitch {
  readonly minute: number;
  readonly closed: boolean;
}

/** When a pending calendar takes effect. */
export interface Activation {
  readonly kind: "at a time" | "after a time" | "by a procedure" | "unknown";
  /** ISO 8601 UTC; null if there is none, or it is impossible. */
  readonly at: string | null;
  /** Seconds from when it was written; null for other kinds. */
  readonly after_s: number | null;
  readonly selfRead: boolean;
  readonly demandReset: boolean;
}

export interface CalendarReading {
  readonly calendar: TariffCalendar;
  /** null for the calendar in force. */
  readonly activation: Activation | null;
  /** null if the meter refuses BT55. */
  readonly present: PresentTariff | null;
  /** null if it refuses BT53. */
  readonly clock: LocalTimeRules | null;
  /** null if it refuses ET61, or has none. */
  readonly relays: readonly RelaySwitches[] | null;
}

export interface CalendarOptions extends CallOptions {
  /** The pending calendar instead of the one in force. */
  readonly pending?: boolean | undefined;
}

const switchesPerGroup = 10;

const clockOf = ({ dstTimeEffective: { hour, minute, second }, dstTimeAdjustment, timeZoneOffset }: BT53) => ({
  zone_min: timeZoneOffset,
  daylightSaving_min: dstTimeAdjustment,
  at: hour > 23 || minute > 59 || second > 59 ? null : `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`,
});

/** Unused room holds zeros or ones. */
const isUsed = ({ hour, minute, relayState }: ET61["relays"][number]["switches"][number]): boolean =>
  hour <= 23 && minute <= 59 && (hour > 0 || minute > 0 || relayState);

const relaysOf = ({ relays }: ET61): RelaySwitches[] =>
  relays.map(({ switches }, index) => ({
    relay: index + 1,
    groups: Array.from({ length: Math.ceil(switches.length / switchesPerGroup) }, (_, group) => ({
      group,
      switches: switches
        .slice(group * switchesPerGroup, (group + 1) * switchesPerGroup)
        .filter(isUsed)
        .map(({ hour, minute, relayState }) => ({ minute: hour * 60 + minute, closed: relayState })),
    })).filter((group) => group.switches.length > 0),
  }));

type Descriptor = BT4150["descriptor"];

const activationOf = ({ eventCode, eventStorage, selfReadFlag, demandResetFlag }: Descriptor): Activation => {
  const flags = { selfRead: selfReadFlag, demandReset: demandResetFlag };
  if (eventCode === pendingEventCode.absoluteTime) {
    const date: StimeDate = decode(stimeDate, eventStorage, {});
    return { kind: "at a time", at: utcIso(date), after_s: null, ...flags };
  }
  if (eventCode === pendingEventCode.relativeTime) {
    const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = eventStorage;
    const after = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
    return { kind: "after a time", at: null, after_s: after, ...flags };
  }
  const kind = eventCode === pendingEventCode.procedureOnly ? "by a procedure" : "unknown";
  return { kind, at: null, after_s: null, ...flags };
};

/** "All zeros: there is no pending table" (Optical guide 1.1, p. 12). */
const isEmpty = ({ eventCode, selfReadFlag, demandResetFlag, eventStorage }: Descriptor): boolean =>
  eventCode === 0 && !selfReadFlag && !demandResetFlag && eventStorage.every((byte) => byte === 0);

const readPending = async (meter: Meter, call: CallOptions): Promise<BT4150 | undefined> => {
  try {
    const pending = await meter.read(BT4150, call);
    return isEmpty(pending.descriptor) ? undefined : pending;
  } catch (error) {
    // The sets of BT00 do not cover pending tables.
    if (error instanceof ResponseError && error.code === "no-such-table") return undefined;
    throw error;
  }
};

/**
 * The calendar in force, or the pending one; undefined if none is pending. MEP guide 1.1, pp. 172-173, 228-237;
 * Optical guide 1.1, pp. 10-12.
 *
 * @throws LinkError, ResponseError, LayoutError
 */
export const readCalendar = async (
  meter: Meter,
  { pending = false, ...call }: CalendarOptions = {},
): Promise<CalendarReading | undefined> => {
  const waiting = pending ? await readPending(meter, call) : undefined;
  if (pending && waiting === undefined) return undefined;
  const bt54 = waiting?.contents ?? (await meter.read(BT54, call));
  const [local, zone] = await meter.batch((want) => [want.read(BT55), want.read(BT53)], call);
  const hasRelays = await mayHave(meter, ET61, call);
  const [relays] = hasRelays ? await meter.batch((want) => [want.read(ET61)], call) : [];
  const bt55 = unlessRefused(local);
  const bt53 = unlessRefused(zone);
  const et61 = relays === undefined ? null : unlessRefused(relays);
  return {
    calendar: tariffCalendar(bt54, bt55?.season ?? null),
    activation: waiting === undefined ? null : activationOf(waiting.descriptor),
    present: bt55 === null ? null : presentTariff(bt55),
    clock: bt53 === null ? null : clockOf(bt53),
    relays: et61 === null ? null : relaysOf(et61),
  };
};
