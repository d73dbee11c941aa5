/** Readings of one's own, and the answers that are made of them: what is old or missing is never sent. */

import { mbusRecords } from "@meterport/mbus/records";
import { fromHex, toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { SourceSettings } from "../settings/device-settings.ts";
import { sourceRecord } from "../settings/source-record.ts";

/** What a source said last. */
export type SourceValue = (
  | /** In the unit of the source. */ { readonly value: number }
  | /** The records of an M-Bus telegram, as they are. */ { readonly records: Uint8Array }
) & {
  /** Its alarms, a bit each, 0 to 255; it says nothing of them if omitted. */
  readonly alarms?: number | undefined;
};

export interface SourceState extends SourceSettings {
  readonly said: SourceValue | null;
  /** Unix milliseconds; null before the first. */
  readonly at: Millis | null;
  /** How old it is at least; null before the first. */
  readonly age: Millis | null;
}

/** Both clocks of the machine at one moment. */
export interface SourceMoment {
  /** Unix milliseconds. */
  readonly wall: Millis;
  /** Of the clock that nobody can set. */
  readonly now: Millis;
}

interface Known {
  readonly said: SourceValue;
  readonly at: Millis;
  readonly taken: SourceMoment;
}

/** The older of what both clocks say: a clock that was set back must not make an old reading fresh. */
const ageOf = ({ at, taken }: Pick<Known, "at" | "taken">, { wall, now }: SourceMoment): Millis =>
  Math.max(wall - at, Math.max(0, taken.wall - at) + now - taken.now);

/** Readings by their source, as they are kept in a file. */
export type KeptReadings = Readonly<
  Record<
    string,
    { readonly at: Millis; readonly alarms?: number | undefined } & (
      | { readonly value: number }
      | { readonly telegram: string }
    )
  >
>;

/** ET14 has a byte for the alarms that a device defines itself (MEP guide 1.1, pp. 93-95). */
const mostAlarms = 255;
const isAlarms = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostAlarms;

/** A MEP client's data are 517 bytes of an entry less its head (MEP guide 1.1, pp. 98-101). */
export const mostAnswerBytes = 506;

export class OwnSources {
  readonly #settings: readonly SourceSettings[];
  readonly #said = new Map<string, Known>();

  constructor(settings: readonly SourceSettings[]) {
    this.#settings = settings;
  }

  /**
   * Takes what a source says, with the time of the measurement.
   *
   * @throws UsageError (`source`) for an unknown source or what cannot be sent
   */
  take(name: string, said: SourceValue, at: Millis, taken: SourceMoment = { wall: at, now: at }): void {
    const source = this.#settings.find((each) => each.name === name);
    if (source === undefined)
      throw new UsageError(
        "source",
        `there is no source ${JSON.stringify(name.slice(0, 60))}: add it to device.sources`,
      );
    if ("records" in said) {
      const { records, problem } = mbusRecords(said.records);
      if (records.length === 0 || problem !== null)
        throw new UsageError("source", `${name}: these bytes are not whole M-Bus records`);
    }
    encoded(source, said);
    if (said.alarms !== undefined && !isAlarms(said.alarms))
      throw new UsageError("source", `${name}: alarms are a whole number from 0 to 255, a bit each`);
    const known = this.#said.get(name);
    const reading: Known = { said, at, taken };
    // What was measured earlier may come later; times from before a clock was set back do not count.
    if (known === undefined || known.at <= at || ageOf(reading, taken) <= ageOf(known, taken))
      this.#said.set(name, reading);
  }

  states(moment: SourceMoment): readonly SourceState[] {
    return this.#settings.map((source) => {
      const known = this.#said.get(source.name);
      if (known === undefined) return { ...source, said: null, at: null, age: null };
      return { ...source, said: known.said, at: known.at, age: ageOf(known, moment) };
    });
  }

  /** What `restore` takes after a restart: the readings with their times. */
  kept(): KeptReadings {
    return Object.fromEntries(
      [...this.#said].map(([name, { said, at }]) => [
        name,
        {
          ...("records" in said ? { telegram: toHex(said.records) } : { value: said.value }),
          ...{ at, ...(said.alarms === undefined ? {} : { alarms: said.alarms }) },
        },
      ]),
    );
  }

  /**
   * Takes what `kept` gave, as far as it can be believed: it comes from a file, and the configuration may have changed.
   *
   * @param moment no reading is newer than now
   */
  restore(kept: unknown, moment: SourceMoment): void {
    if (typeof kept !== "object" || kept === null) return;
    for (const [name, reading] of Object.entries(kept).slice(0, this.#settings.length)) {
      const { value, telegram, at, alarms: bits } = (reading ?? {}) as Readonly<Record<string, unknown>>;
      const told = isAlarms(bits) ? { alarms: bits } : {};
      const records = typeof telegram === "string" ? fromHex(telegram) : undefined;
      const said =
        records !== undefined
          ? { records, ...told }
          : Number.isFinite(value)
            ? { value: value as number, ...told }
            : undefined;
      if (said === undefined || !Number.isFinite(at) || (at as number) > moment.wall) continue;
      try {
        this.take(name, said, at as number, moment);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }
  }

  /** The alarms that fresh readings came with, all in one; undefined if none said anything of alarms. */
  alarms(moment: SourceMoment): number | undefined {
    const said = this.states(moment).flatMap(({ said, age, maxAge }) =>
      said?.alarms === undefined || age === null || age > maxAge ? [] : [said.alarms],
    );
    return said.length === 0 ? undefined : said.reduce((all, alarms) => all | alarms, 0);
  }

  /**
   * All readings as M-Bus records, in the order of the configuration.
   *
   * @throws UsageError (`source`) if one is missing or too old, or there is none
   */
  answer(moment: SourceMoment): Uint8Array {
    const states = this.states(moment);
    if (states.length === 0) throw new UsageError("source", "no source is configured, so there is nothing to send");
    const parts = states.map((source) => {
      const { name, said, age, maxAge } = source;
      if (said === null || age === null) throw new UsageError("source", `${name} has not said anything yet`);
      if (age > maxAge) throw new UsageError("source", `the value of ${name} is ${Math.round(age / 1000)} s old`);
      return encoded(source, said);
    });
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > mostAnswerBytes)
      throw new UsageError(
        "source",
        `the sources are ${length} bytes together, and an answer holds ${mostAnswerBytes}`,
      );
    const out = new Uint8Array(length);
    let offset = 0;
    for (const part of parts) {
      out.set(part, offset);
      offset += part.length;
    }
    return out;
  }
}

/** @throws UsageError (`source`) for a number that no record holds */
const encoded = (source: SourceSettings, said: SourceValue): Uint8Array =>
  "records" in said ? said.records : sourceRecord(source, said.value);
