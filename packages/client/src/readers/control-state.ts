/**
 * Which tariff a meter applies and why, and how its outputs stand: load disconnect and control relays. Read only. MEP guide
 * 1.1, pp. 104-108, 128-129, 140, 235-237; Optical guide 1.1, pp. 47-49.
 */
import { BT03 } from "@meterport/protocol/tables/basic/bt03-end-device-mode-status";
import { BT55 } from "@meterport/protocol/tables/basic/bt55-local-clock-state";
import { ET23 } from "@meterport/protocol/tables/extended/et23-miscellaneous-information";
import { ET29 } from "@meterport/protocol/tables/extended/et29-hardware-configuration";
import { ET47 } from "@meterport/protocol/tables/extended/et47-calendar-override-settings";
import { ET54 } from "@meterport/protocol/tables/extended/et54-meter-status";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { unlessRefused } from "../meter/outcome.ts";
import { type PresentTariff, presentTariff } from "./present-tariff.ts";
import { utcIso } from "./quality.ts";

/** An override of the tariff as it was last asked for (ET47). `PresentTariff.by` tells whether one is in effect. */
export interface TariffOverride {
  /** Counted from 0. */
  readonly tier: number;
  readonly ends: "at the next switch" | "never" | "after a duration" | "at a time" | "unknown";
  /** null unless it ends after a duration. */
  readonly duration_s: number | null;
  /** ISO 8601 UTC; null unless it ends at a time, or that is impossible. */
  readonly at: string | null;
  readonly calendarId: number;
}

export type OutputName = "disconnect" | "relay1" | "relay2";
export type OutputState = "closed" | "open" | "closing" | "opening" | "unknown";

/** A switch of the meter. */
export interface ControlOutput {
  readonly output: OutputName;
  /** Of the disconnect: what it was told to do. */
  readonly state: OutputState;
  /** Seconds until a relay operates, if a randomized operation is waiting; null if none is, or it is not known. */
  readonly operatesIn_s: number | null;
}

/** null is what the meter refuses, or this key may not see. */
export interface ControlState {
  readonly tariff: PresentTariff | null;
  /** Id of the calendar in force. */
  readonly calendarId: number | null;
  /** null also if none was asked for: see `overrideKnown`. */
  readonly override: TariffOverride | null;
  readonly overrideKnown: boolean;
  /** Whether the step tariff decides the tier, or power beyond its threshold does. */
  readonly stepTariff: boolean | null;
  readonly overPower: boolean | null;
  /** Those that the meter has; whether it has them is unknown if it refuses ET29. */
  readonly outputs: readonly ControlOutput[];
}

const noOverride = 255;
const ends = ["at the next switch", "never", "after a duration", "at a time"] as const;
const duration = 2;
const time = 3;
const disconnectStates = ["closed", "closing", "open", "opening"] as const;

const overrideOf = ({
  tariff,
  cancellation,
  overrideDuration,
  cancellationTime,
  calendarId,
}: ET47): TariffOverride | null =>
  tariff === noOverride
    ? null
    : {
        tier: tariff,
        ends: ends[cancellation] ?? "unknown",
        duration_s: cancellation === duration ? overrideDuration : null,
        at: cancellation === time ? utcIso(cancellationTime) : null,
        calendarId,
      };

interface Hardware {
  readonly disconnectAndBuzzer: boolean;
  readonly externalDisconnectFeedback: boolean;
  readonly controlRelay1: boolean;
  readonly controlRelay2: boolean;
}

/** A flag that is off means nothing if it is not known whether the relay exists. */
const relayState = (open: boolean | undefined, isThere: boolean | undefined): OutputState => {
  if (open === true) return "open";
  return open === false && isThere === true ? "closed" : "unknown";
};

const waiting = (pending: number | undefined, seconds: number | undefined): number | null =>
  pending === 1 ? (seconds ?? null) : null;

/** What is read for the outputs; null is refused. */
interface OutputFacts {
  readonly isModule: boolean;
  readonly hardware: Hardware | null;
  readonly disconnect: number | null;
  readonly bt03: BT03 | null;
  readonly et54: ET54 | null;
}

const disconnectOf = ({
  isModule,
  hardware,
  disconnect,
}: Pick<OutputFacts, "isModule" | "hardware" | "disconnect">): ControlOutput[] => {
  const isThere = hardware === null ? undefined : hardware.disconnectAndBuzzer || hardware.externalDisconnectFeedback;
  if (isThere === false) return [];
  // On modules the field says nothing (p. 105).
  const told = isThere === undefined || isModule || disconnect === null ? undefined : disconnectStates[disconnect];
  return [{ output: "disconnect", state: told ?? "unknown", operatesIn_s: null }];
};

const outputsOf = ({ isModule, hardware, disconnect, bt03, et54 }: OutputFacts): ControlOutput[] => {
  const relays = [
    {
      output: "relay1",
      isThere: hardware?.controlRelay1,
      open: bt03?.controlRelay1Open,
      operatesIn_s: waiting(et54?.controlRelay1RandomOperationPending, et54?.controlRelay1RandomDuration),
    },
    {
      output: "relay2",
      isThere: hardware?.controlRelay2,
      open: bt03?.controlRelay2Open,
      operatesIn_s: waiting(et54?.controlRelay2RandomOperationPending, et54?.controlRelay2RandomDuration),
    },
  ] as const;
  return [
    ...disconnectOf({ isModule, hardware, disconnect }),
    ...relays
      .filter(({ isThere, open }) => isThere === true || open === true)
      .map(({ output, isThere, open, operatesIn_s }) => ({ output, state: relayState(open, isThere), operatesIn_s })),
  ];
};

/** @throws LinkError, LayoutError */
export const readControlState = async (meter: Meter, call: CallOptions = {}): Promise<ControlState> => {
  const [local, override, calendar, disconnect, hardware, mode, status] = await meter.batch(
    (want) => [
      want.read(BT55),
      want.read(ET47),
      want.read(ET23, ["activeCalendarId"]),
      want.read(ET23, ["disconnectInternalStatus"]),
      want.read(ET29),
      want.read(BT03),
      want.read(ET54),
    ],
    call,
  );
  const bt55 = unlessRefused(local);
  const et47 = unlessRefused(override);
  const et54 = unlessRefused(status);
  return {
    tariff: bt55 === null ? null : presentTariff(bt55),
    calendarId: unlessRefused(calendar),
    override: et47 === null ? null : overrideOf(et47),
    overrideKnown: et47 !== null,
    stepTariff: et54?.stepTariffInUse ?? null,
    overPower: et54?.overPowerThresholdExceeded ?? null,
    outputs: outputsOf({
      isModule: meter.profile.family === "module",
      hardware: unlessRefused(hardware),
      disconnect: unlessRefused(disconnect),
      bt03: unlessRefused(mode),
      et54,
    }),
  };
};
