/**
 * Finland's E66: values to Fingrid's Datahub, of which only new and changed ones are reported (DH-210). Names and forms of the time series are
 * those of Datahub's published answers (`packages/fleet/vectors/fingrid`); the sending side has no public schema.
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { changedRuns } from "../model/changed-values.ts";
import { decimalText } from "../model/decimal.ts";
import { checkDay, type ExportDay, type ExportValue, meaningOf, startOfSlot, stepMillis } from "../model/export-day.ts";
import { fieldOf, gsrnOf } from "../model/market.ts";
import { resolutionText, utcText } from "../model/times.ts";
import { codeFacts } from "../model/value-codes.ts";

export interface FinnishEnvelope {
  readonly messageId: string;
  /** GLN or EIC. */
  readonly sender: string;
  readonly receiver: string;
  readonly created: Millis;
}

/** A day as it is chosen now, and as the last delivered file carried it. */
export interface CarriedDay {
  readonly now: ExportDay;
  /** Null if no file has carried it. */
  readonly before: ExportDay | null;
}

const product = "8716867000030";
/** Consumption and production. */
const readingTypes = { import: "BN01", export: "BN02" } as const;

interface SettledValue {
  readonly amount: number;
  /** "OK" is in Datahub's answers; the others are those of ebIX, which E66 comes from. */
  readonly quality: string;
}

/** Null for a value that is missing or in doubt: it is reported when it is settled, and until then what was reported stays. */
const settled = ({ amount, code }: ExportValue): SettledValue | null => {
  const { ebix } = codeFacts[code];
  return amount === null || ebix === null ? null : { amount, quality: ebix === "E01" ? "OK" : ebix };
};

const observation = ({ amount, quality }: SettledValue, start: Millis) => ({
  PeriodStartTime: utcText(start),
  Quantity: decimalText(amount, 3, 6),
  Quality: quality,
});

interface Run {
  readonly first: number;
  readonly values: SettledValue[];
}

/** The changed values without those that are not settled, which cut a run in two. */
const reportedRuns = (before: ExportDay | null, now: ExportDay): readonly Run[] => {
  const runs: Run[] = [];
  for (const { first, values } of changedRuns(before, now))
    for (const [n, found] of values.entries()) {
      const value = settled(found);
      const last = runs.at(-1);
      if (value === null) continue;
      if (last !== undefined && last.first + last.values.length === first + n) last.values.push(value);
      else runs.push({ first: first + n, values: [value] });
    }
  return runs;
};

const seriesOf = (day: ExportDay, { first, values }: Run) => {
  const { direction, reactive } = meaningOf(day.obis);
  if (reactive || day.unit !== "Wh" || (day.step !== 15 && day.step !== 60))
    throw new UsageError(
      "obis",
      `point ${JSON.stringify(day.point)}: only active energy of 15 or 60 minutes is written`,
    );
  const start = startOfSlot(day, first);
  return {
    MeteringPointEAN: gsrnOf(day),
    ResolutionDuration: resolutionText(day.step),
    PeriodStartTS: utcText(start),
    PeriodEndTS: utcText(start + values.length * stepMillis(day)),
    ProductType: product,
    UnitType: "kWh",
    ReadingType: readingTypes[direction],
    Observations: values.map((value, n) => observation(value, startOfSlot(day, first + n))),
  };
};

const head = ({ messageId, sender, receiver, created }: FinnishEnvelope) => {
  const party = (name: string, id: string) => ({
    Identification: fieldOf(name, id, /^(\d{13}|[0-9A-Z-]{16})$/, "a GLN of 13 digits or an EIC of 16 characters"),
  });
  return {
    Identification: fieldOf("messageId", messageId, /^[\w-]{1,36}$/, "1 to 36 letters, digits, _ or -"),
    PhysicalSenderParty: party("sender", sender),
    JuridicalSenderParty: party("sender", sender),
    PhysicalReceiverParty: party("receiver", receiver),
    JuridicalReceiverParty: party("receiver", receiver),
    ProcessRole: "MDR",
    Creation: utcText(created),
    DocumentType: "E66",
  };
};

/**
 * The report, in pieces of one day: a time series for each run of values that no file has carried, or with another amount or code. Missing and
 * doubtful values are left out until they are settled. Gives nothing at all if nothing changed, since an empty report says nothing.
 *
 * @throws UsageError (`day`, `days`, `gsrn`, `obis`, `field`) for what it cannot carry
 */
export function* finnishE66(days: Iterable<CarriedDay>, envelope: FinnishEnvelope): Generator<string, void, undefined> {
  const header = JSON.stringify(head(envelope));
  let isOpen = false;
  for (const { now, before } of days) {
    checkDay(now);
    const series = reportedRuns(before, now).map((run) => JSON.stringify(seriesOf(now, run)));
    if (series.length === 0) continue;
    const opening = isOpen ? "," : `{"E66":{"Header":${header},"Transaction":{"TimeSeries":[`;
    yield `${opening}\n${series.join(",\n")}`;
    isOpen = true;
  }
  if (isOpen) yield "\n]}}}\n";
}
