/** The truth behind everything that a meter remembers, and the tables that show it. */
import type { Millis } from "@meterport/protocol/ports";
import { type BT23, ET14 } from "@meterport/protocol/tables/index";
import { Child } from "../children/child.ts";
import { childKinds } from "../children/kinds.ts";
import type { Telegram } from "../children/telegram.ts";
import type { Memory } from "../contents/memory.ts";
import type { Setup } from "../contents/setup.ts";
import { denmark } from "../contents/zone.ts";
import type { Household } from "../household/household.ts";
import { Noise } from "../household/noise.ts";
import { localDay } from "./calendar-days.ts";
import { childStatus, readBefore } from "./child-reads.ts";
import { Counters } from "./counters.ts";
import { DemandRegisters } from "./demand-registers.ts";
import { DeviceReads } from "./device-reads.ts";
import { EventLogs, type MeterEvent, type Noted } from "./events.ts";
import { GasMeter } from "./gas-meter.ts";
import { LiveTables } from "./live-tables.ts";
import { LoadProfileRecorder } from "./load-profile-recorder.ts";
import { localMillis } from "./local-time.ts";
import { outageTables } from "./outage-tables.ts";
import type { Outage, Past } from "./past.ts";
import { ReadTables } from "./read-tables.ts";
import { demandResetsUntil, Snapshots } from "./snapshots.ts";
import { TierCounts } from "./tier-counts.ts";

interface Counted {
  /** Wh; see `Counters`. */
  readonly counted?: number | undefined;
  readonly days?: number | undefined;
}

export class History {
  readonly live: LiveTables;
  /** What was read from M-Bus devices and MEP clients, besides what was read from the gas meter at midnight. */
  readonly deviceReads: DeviceReads = new DeviceReads();
  readonly #counters: Counters;
  readonly #snapshots: Snapshots;
  readonly #events: EventLogs;
  /** Devices on the M-Bus; none where there is only the gas meter. */
  readonly children: readonly Child[];
  readonly #gasMeter: GasMeter;

  constructor(setup: Setup, household: Household, start: Millis, memory: Memory, { counted, days }: Counted = {}) {
    const counters = new Counters(household, start, new Noise(setup.seed, "counters"), counted, days);
    this.#counters = counters;
    const { past } = counters;
    this.live = new LiveTables({
      memory,
      household,
      counters,
      tiers: new TierCounts(counters),
      demandResets: countedByDay((time) => demandResetsUntil(past, time).length),
      demands: new DemandRegisters(counters, (time) => demandResetsUntil(past, time)),
      dimensions: setup.dimensions,
    });
    this.#snapshots = new Snapshots(this.live, past, setup.demand);
    this.#events = new EventLogs(setup, past, household);
    const gasMeter = new GasMeter(setup);
    this.#gasMeter = gasMeter;
    const children = setup.fourChildren ? childKinds.map((kind, slot) => new Child(kind, slot, setup.noise)) : [];
    this.children = children;
    readBefore(children, this.deviceReads, start);
    const readTables = new ReadTables(setup, this.deviceReads, setup.fourChildren ? undefined : gasMeter.reads);
    const mapped = (entry: number, time: Millis): readonly number[] =>
      setup.fourChildren ? (children[entry]?.counterAt(time) ?? [0, 0, 0, 0]) : gasMeter.bytesAt(time);
    const recorder = new LoadProfileRecorder({ setup, counters, mapped, unit: () => this.live.energyUnit });
    memory.setLater(ET14.number, () =>
      setup.fourChildren ? childStatus(setup, children, start) : gasMeter.status(start),
    );
    for (const [table, fill] of outageTables(setup, past, household)) memory.setLater(table, fill);
    for (const [table, at] of [
      ...this.live.tables(),
      ...this.#snapshots.tables(),
      ...this.#events.tables((step, make) => this.live.kept(step, make)),
      ...readTables.tables((step, make) => this.live.kept(step, make)),
      ...recorder.live(),
    ])
      memory.setLive(table, at);
    for (const [table, partwise] of recorder.partwise()) memory.setPartwise(table, partwise);
  }

  /** Where recording begins, what was dark, when the clock was set. */
  get past(): Past {
    return this.#counters.past;
  }

  /** Power failures, oldest first, in Unix milliseconds of the meter's clock. */
  get outages(): readonly Outage[] {
    return this.past.outages;
  }

  /** BT23 at a time from `past.origin` on; its copies in other tables are this for their times. */
  registersAt(time: Millis): BT23 {
    return this.live.registersAt(time);
  }

  /** Every event until a time, oldest first, also those that the logs have lost. */
  eventsUntil(time: Millis): readonly MeterEvent[] {
    return this.#events.until(time);
  }

  /** Adds to the event log what is done to the meter now. */
  note(event: Noted): void {
    this.#events.note(event);
  }

  /** What the M-Bus device in a slot answers at a time; undefined if there is none. */
  telegram(slot: number, time: Millis): Telegram | undefined {
    const child = this.children[slot];
    if (child !== undefined) return child.telegram(time, localMillis(time, denmark));
    return slot === 0 ? this.#gasMeter.telegram(time) : undefined;
  }

  /** Litres that the gas meter on the M-Bus has counted at a time. */
  litresAt(time: Millis): number {
    return this.#gasMeter.litresAt(time);
  }

  /** When the copies in BT26 were taken, oldest first. */
  selfReadTimes(time: Millis): readonly Millis[] {
    return this.#snapshots.selfReadTimes(time);
  }
}

/** Something that can only change when a local day begins. */
const countedByDay = (count: (time: Millis) => number): ((time: Millis) => number) => {
  let day = Number.NaN;
  let counted = 0;
  return (time) => {
    const today = localDay(time);
    if (today !== day) {
      day = today;
      counted = count(time);
    }
    return counted;
  };
};
