/**
 * What follows from the readings of one point and must last: which meters hung there, the state of the registers each day and at each
 * exchange, and what the guard noticed. Nothing is noted that a second reading has not confirmed, since it stays.
 */
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { ExchangeDetail } from "../devices/exchange.ts";
import { type RegisterSample, type Rival, SerialWatch } from "../devices/serial-watch.ts";
import type { GuardEvent, RegisterStep } from "../guard/guard.ts";
import { registerKeys } from "../guard/measured.ts";
import { allowedRise } from "../guard/neighbourhood.ts";
import type { Device, RegisterValues } from "../model/device.ts";
import { foundEvent, type PointEvent } from "../model/point-event.ts";
import type { MeterIdentity } from "../model/point-model.ts";
import type { Proof } from "../model/proof.ts";
import { readingTime } from "../model/reading-time.ts";
import type { RegisterReason, RegisterState } from "../model/register-state.ts";
import type { Memo, StoreBatch } from "../ports/store.ts";
import { type FactsMemory, factsMemo, factsMemoName } from "./point-facts-memory.ts";

export interface PointFactsOptions extends FactsMemory {
  readonly point: string;
  /** The local date of a moment at the point: "2026-11-29". */
  readonly dayOf: (time: Millis) => string;
  /** The meter's clock minus ours, milliseconds; null if unknown. */
  readonly clockOffset?: (() => Millis | null) | undefined;
}

/** A reading as the guard let it through, and who gave it. */
export interface FactsFeed {
  readonly reading: LiveReading;
  readonly identity: MeterIdentity | null;
  readonly events: readonly GuardEvent[];
}

/** A meter that loses power may lose its last hour (event 49 of its log): such a fall is not another meter. Wh or varh. */
const lostHour = 10_000;

/** The part of a batch that facts make, while it is made. */
interface Notes {
  readonly registers: RegisterState[];
  readonly events: PointEvent[];
  readonly devices: Device[];
}

const sampleOf = (reading: LiveReading, time: Millis): RegisterSample | null => {
  const values: Record<string, number> = {};
  for (const key of registerKeys) {
    const value = reading[key];
    if (value !== null) values[key] = value;
  }
  return Object.keys(values).length === 0 ? null : { time, values };
};

/** Whether `now` confirms what was read before: each register is still there and has risen by what is usual. */
const confirms = (now: RegisterSample, before: RegisterSample): boolean =>
  Object.entries(before.values).every(([key, value]) => {
    const next = now.values[key];
    return next !== undefined && next >= value && next - value <= allowedRise(now.time - before.time, 0);
  });

/** The newest state of each register; the new sample itself if it has all of them, as most have. */
const continued = (last: RegisterSample | null, now: RegisterSample): RegisterSample => {
  if (last === null) return now;
  for (const key in last.values)
    if (now.values[key] === undefined) return { time: now.time, values: { ...last.values, ...now.values } };
  return now;
};

const some = <T>(items: readonly T[]): readonly T[] | undefined => (items.length === 0 ? undefined : items);

export class PointFacts {
  readonly #options: PointFactsOptions;
  readonly #serials: SerialWatch;
  #device: Device | null;
  #last: RegisterSample | null;
  #day: string | null;
  #memo: string | null;
  /** What the memo says. */
  #noted: Pick<FactsMemory, "day" | "rival">;
  /** Registers that wait for the next reading to confirm them. */
  #waiting: RegisterSample | null = null;

  constructor(options: PointFactsOptions) {
    this.#options = options;
    this.#device = options.device;
    this.#last = options.last;
    this.#day = options.day;
    this.#serials = new SerialWatch(options.rival);
    this.#noted = { day: options.day, rival: options.rival };
    this.#memo = factsMemo(this.#noted);
  }

  /** What to store beside this reading; empty for most. */
  take({ reading, identity, events }: FactsFeed): Pick<StoreBatch, "registers" | "events" | "devices" | "memos"> {
    const time = readingTime(reading);
    const notes: Notes = { registers: [], events: [], devices: [] };
    const sure = reading.quality === "good" || reading.quality === "partial";
    const now = sure ? sampleOf(reading, time) : null;
    const serial = identity?.serial ?? null;
    const verdict = this.#serials.see(this.#device?.serial ?? null, { time, serial, now, before: this.#last });
    if (verdict.kind === "unsteady") {
      const { since, until, ...detail } = verdict.unsteady;
      this.#event(notes, "serial-unsteady", since, detail, until);
    }
    if (verdict.kind === "exchange") this.#exchangeFor(notes, verdict.rival, identity, now);
    this.#guardEvents(notes, events, { time, now, identity, isRival: verdict.kind === "waiting" });
    if (verdict.kind === "same" || verdict.kind === "unsteady") {
      this.#identify(notes, identity);
      if (now !== null) this.#daily(notes, now, identity);
    }
    if (now !== null && verdict.kind !== "waiting") this.#last = continued(this.#last, now);
    return this.#batch(notes);
  }

  #batch({ registers, events, devices }: Notes): ReturnType<PointFacts["take"]> {
    return { registers: some(registers), events: some(events), devices: some(devices), memos: this.#newMemos() };
  }

  /** The memo, if it is another one than before. */
  #newMemos(): readonly Memo[] | undefined {
    const noted = { day: this.#day, rival: this.#serials.rival };
    if (noted.day === this.#noted.day && noted.rival === this.#noted.rival) return undefined;
    this.#noted = noted;
    const memo = factsMemo(noted);
    if (memo === this.#memo) return undefined;
    this.#memo = memo;
    return [{ point: this.#options.point, name: factsMemoName, text: memo }];
  }

  #event(notes: Notes, kind: string, time: Millis, detail: unknown, until: Millis | null = null): void {
    notes.events.push(foundEvent(this.#options.point, kind, time, detail, until));
  }

  #guardEvents(
    notes: Notes,
    events: readonly GuardEvent[],
    {
      time,
      now,
      identity,
      isRival,
    }: { time: Millis; now: RegisterSample | null; identity: MeterIdentity | null; isRival: boolean },
  ): void {
    for (const event of events) {
      if (event.kind === "frozen") this.#event(notes, "frozen", event.since, { keys: event.keys }, event.until);
      // While another serial number waits, steps are its doing, and are told with the exchange.
      if (event.kind === "frozen" || event.kind === "withheld" || isRival) continue;
      if (event.registers.every((step) => this.#continues(step, time))) continue;
      if (event.kind === "meter-exchange") this.#fell(notes, event.registers, { time, now, identity });
      else this.#event(notes, event.kind, time, event.registers);
      if (event.kind === "register-rollover")
        this.#carry(
          notes,
          event.registers.map(({ key, count }) => ({ key, more: count })),
        );
    }
  }

  /** Whether a step leads back to the registers of this meter, after those of another one. */
  #continues({ key, to }: RegisterStep, time: Millis): boolean {
    const last = this.#last?.values[key];
    return last !== undefined && to >= last && to - last <= allowedRise(time - (this.#last?.time ?? time), 0);
  }

  #fell(
    notes: Notes,
    registers: readonly RegisterStep[],
    { time, now, identity }: { time: Millis; now: RegisterSample | null; identity: MeterIdentity | null },
  ): void {
    const serial = identity?.serial ?? null;
    const isSame = serial !== null && serial === this.#device?.serial;
    if (isSame && registers.every(({ from, to }) => from - to <= lostHour && to > from / 2)) {
      this.#event(notes, "register-fall", time, registers);
      this.#carry(
        notes,
        registers.map(({ key, from, to }) => ({ key, more: from - to })),
      );
      return;
    }
    const first = now ?? { time, values: Object.fromEntries(registers.map(({ key, to }) => [key, to])) };
    const before = this.#last ?? { time, values: Object.fromEntries(registers.map(({ key, from }) => [key, from])) };
    this.#exchange(notes, { from: first.time, before, first, identity, registers });
  }

  #carry(notes: Notes, more: readonly { readonly key: string; readonly more: number }[]): void {
    if (this.#device === null) return;
    const carried: Record<string, number> = { ...this.#device.carried };
    for (const { key, more: count } of more) carried[key] = (carried[key] ?? 0) + count;
    this.#device = { ...this.#device, carried };
    notes.devices.push(this.#device);
  }

  /** An exchange that the serial number shows. */
  #exchangeFor(notes: Notes, rival: Rival, identity: MeterIdentity | null, now: RegisterSample | null): void {
    const first = rival.first ?? now ?? { time: rival.since, values: {} };
    const before = rival.before ?? { time: rival.since, values: {} };
    this.#exchange(notes, { from: rival.since, before, first, identity, registers: [] });
  }

  #exchange(
    notes: Notes,
    change: {
      /** The first reading of the new meter, whose registers may have been in doubt. */
      readonly from: Millis;
      readonly before: RegisterSample;
      readonly first: RegisterSample;
      readonly identity: MeterIdentity | null;
      readonly registers: readonly RegisterStep[];
    },
  ): void {
    const { before, first, identity, registers } = change;
    const old = this.#device;
    // By a clock that is wrong it may have come before the old one did, and would never be taken for the present meter.
    const from = Math.max(change.from, old === null ? Number.NEGATIVE_INFINITY : old.from + 1);
    if (old !== null) notes.devices.push({ ...old, to: from - 1, end: before.values });
    this.#device = this.#newDevice({ time: from, values: first.values }, identity);
    notes.devices.push(this.#device);
    const detail: ExchangeDetail = {
      serials: [old?.serial ?? null, this.#device.serial],
      last_reading: new Date(before.time).toISOString(),
      end: before.values,
      start: first.values,
      registers,
    };
    this.#event(notes, "meter-exchange", from, detail);
    const what = "the last reading before the meter was exchanged";
    this.#states(notes, before, { reason: "exchange", device: old, note: what });
    this.#states(notes, first, {
      reason: "exchange",
      device: this.#device,
      note: "the first registers of the new meter",
    });
    this.#waiting = null;
    this.#day = this.#options.dayOf(first.time);
  }

  #newDevice({ time, values }: RegisterSample, identity: MeterIdentity | null): Device {
    const { serial = null, manufacturer = null, model = null, firmware = null, profile = null } = identity ?? {};
    const told = { serial, manufacturer, model, firmware, profile };
    return { point: this.#options.point, from: time, to: null, ...told, start: values, end: null };
  }

  /** What the same meter says of itself may change: its firmware is updated. */
  #identify(notes: Notes, identity: MeterIdentity | null): void {
    const device = this.#device;
    if (device === null || identity === null) return;
    const fields = ["serial", "manufacturer", "model", "firmware", "profile"] as const;
    const changed = fields.filter((field) => identity[field] !== null && identity[field] !== device[field]);
    if (changed.length === 0) return;
    this.#device = { ...device, ...Object.fromEntries(changed.map((field) => [field, identity[field]])) };
    notes.devices.push(this.#device);
  }

  /** The first registers of the point, and those of each day. */
  #daily(notes: Notes, now: RegisterSample, identity: MeterIdentity | null): void {
    const waiting = this.#waiting;
    if (waiting === null || now.time <= waiting.time || !confirms(now, waiting)) {
      this.#waiting = this.#device === null || this.#options.dayOf(now.time) !== this.#day ? now : null;
      return;
    }
    this.#waiting = null;
    this.#day = this.#options.dayOf(waiting.time);
    const note = "read live, and confirmed by the next reading";
    if (this.#device === null) {
      this.#device = this.#newDevice(waiting, identity);
      notes.devices.push(this.#device);
      this.#states(notes, waiting, { reason: "first", device: this.#device, note });
    } else this.#states(notes, waiting, { reason: "daily", device: this.#device, note });
  }

  #states(
    notes: Notes,
    { time, values }: { readonly time: Millis; readonly values: RegisterValues },
    {
      reason,
      device,
      note,
    }: { readonly reason: RegisterReason; readonly device: Device | null; readonly note: string },
  ): void {
    const { point, clockOffset } = this.#options;
    const proof: Proof = {
      ...{ time, table: "BT23", offset: null, raw: null, note },
      profile: device?.profile ?? null,
      clockOffset: clockOffset?.() ?? null,
    };
    for (const [register, value] of Object.entries(values))
      notes.registers.push({ point, register, tier: 0, time, value, reason, serial: device?.serial ?? null, proof });
  }
}
