/** Copies of the registers that a meter keeps for billing: last season, demand resets, self-reads and one-time reads. */
import { ResponseError } from "@meterport/protocol/errors";
import type { StimeDate } from "@meterport/protocol/layout/dates";
import { place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { BT21 } from "@meterport/protocol/tables/basic/bt21-actual-register";
import { BT22 } from "@meterport/protocol/tables/basic/bt22-data-selection";
import type { BT23 } from "@meterport/protocol/tables/basic/bt23-current-register-data";
import { BT24 } from "@meterport/protocol/tables/basic/bt24-previous-season-data";
import { BT25 } from "@meterport/protocol/tables/basic/bt25-previous-demand-reset-data";
import { BT26 } from "@meterport/protocol/tables/basic/bt26-self-read-data";
import { ET31 } from "@meterport/protocol/tables/extended/et31-one-time-read-log";
import { adjustableLog, type ET36 } from "@meterport/protocol/tables/extended/et36-mfg-table-actual-dimensions";
import { ET41 } from "@meterport/protocol/tables/extended/et41-historical-demand-reset-log";
import { ET42 } from "@meterport/protocol/tables/extended/et42-interface-definition";
import { askEnergyUnit } from "../live/energy-unit.ts";
import { mayHave } from "../meter/capabilities.ts";
import type { CallOptions, Meter } from "../meter/meter.ts";
import { orThrow } from "../meter/outcome.ts";
import { type Believed, believed, type Doubt, isBlank, localIso } from "./quality.ts";
import { type LogOptions, type Ring, readRing, ringOf } from "./ring.ts";
import { type Registers, registersOf, type SnapshotSetup } from "./snapshot.ts";

export const billingKinds = ["season", "demand-reset", "one-time-read", "self-read"] as const;
export type BillingKind = (typeof billingKinds)[number];

/** What caused a demand reset. */
export type ResetReason = "schedule" | "procedure" | "push button" | "pending table" | "unknown";

/** One copy of the registers. */
export interface BillingSnapshot extends Believed, Registers {
  readonly kind: BillingKind;
  readonly table: "BT24" | "BT25" | "BT26" | "ET31" | "ET41";
  /** Number in its log, modulo 65536; null for a single copy. */
  readonly sequence: number | null;
  /** By the meter's local clock, without a zone; null if not recorded, or impossible. */
  readonly takenAt: string | null;
  /** Counted from 0; null if not recorded. */
  readonly season: number | null;
  readonly demandResets: number | null;
  /** The configuration under which it was recorded; null if not recorded. */
  readonly configuration: number | null;
  readonly reason: ResetReason | null;
}

export interface BillingOptions extends LogOptions {
  /** All kinds by default. */
  readonly kinds?: readonly BillingKind[] | undefined;
  /** Only copies taken at or after this local time, as in "2026-01-01T00:00:00"; those without a time are included. */
  readonly since?: string | undefined;
}

const selfReads = ringOf(BT26, "selfReadEntries", (env) => (env.BT21 as BT21).selfReads);
const roomOf = (log: keyof typeof adjustableLog) => (env: Readonly<Record<string, unknown>>) =>
  (env.ET36 as ET36).actualDimensions[adjustableLog[log]]?.currentEntries ?? 0;
const oneTimeReads = ringOf(ET31, "oneTimeReadEntries", roomOf("ET31"));
const demandResets = ringOf(ET41, "demandResetEntries", roomOf("ET41"));

const reasons: readonly ResetReason[] = ["schedule", "procedure", "push button", "pending table"];

interface Setup extends SnapshotSetup {
  /** null if the meter does not say. */
  readonly configuration: number | null;
}

/** The fields common to BT24, BT25 and all entries of logs. */
interface Copy {
  readonly timeAndDate?: StimeDate | undefined;
  readonly season?: number | undefined;
  readonly registerData: BT23;
  readonly bidn?: number | undefined;
  readonly resetReason?: number;
  readonly length?: number;
}

const prepare = async (meter: Meter, call: CallOptions): Promise<Setup> => {
  const [sources] = await meter.batch((want) => [want.read(BT22)], call);
  const [bidn] = (await mayHave(meter, ET42, call))
    ? await meter.batch((want) => [want.read(ET42, ["billingInterfaceDefinitionNumber"])], call)
    : [];
  return {
    sources: orThrow(sources),
    configuration: bidn?.ok === true ? bidn.value : null,
    energyUnit: await askEnergyUnit(meter, call),
  };
};

interface Origin {
  readonly kind: BillingKind;
  readonly table: BillingSnapshot["table"];
  readonly sequence: number | null;
  /** Bytes that an entry needs, if it says how many it has. */
  readonly needed?: number;
}

const snapshotOf = (copy: Copy, { kind, table, sequence, needed = 0 }: Origin, setup: Setup): BillingSnapshot => {
  const { timeAndDate, bidn } = copy;
  const takenAt = timeAndDate === undefined ? null : localIso(timeAndDate);
  const doubts: Doubt[] = [];
  if (timeAndDate !== undefined && takenAt === null) doubts.push("time");
  if (bidn !== undefined && setup.configuration !== null && bidn !== setup.configuration) doubts.push("configuration");
  if (copy.length !== undefined && copy.length < needed) doubts.push("length");
  if (setup.energyUnit === null) doubts.push("unit");
  return {
    kind,
    table,
    sequence,
    takenAt,
    season: copy.season ?? null,
    demandResets: copy.registerData.demandResets ?? null,
    configuration: bidn ?? null,
    reason: copy.resetReason === undefined ? null : (reasons[copy.resetReason] ?? "unknown"),
    ...registersOf(copy.registerData, setup),
    ...believed(doubts),
  };
};

/** For meters whose BT00 does not say what they have. */
const without = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ResponseError && error.code === "no-such-table") return undefined;
    throw error;
  }
};

/** A single copy; nothing if none was ever made. */
const single = async (meter: Meter, table: typeof BT24 | typeof BT25, call: CallOptions): Promise<Copy | undefined> => {
  if (!(await mayHave(meter, table, call))) return undefined;
  const copy = await without(async (): Promise<Copy> => (await meter.readPath(table, [], call)) as BT24 | BT25);
  return copy?.timeAndDate !== undefined && isBlank(copy.timeAndDate) ? undefined : copy;
};

interface Reading {
  readonly meter: Meter;
  readonly options: LogOptions;
  readonly setup: Setup;
}

async function* readLog(
  { meter, options, setup }: Reading,
  ring: Ring<Copy>,
  origin: Omit<Origin, "sequence">,
): AsyncGenerator<BillingSnapshot> {
  if (!(await mayHave(meter, ring.table, { signal: options.signal }))) return;
  const pages = readRing(meter, ring, options);
  for (;;) {
    // A meter without the log refuses the read of its header.
    const page = await without(() => pages.next());
    if (page === undefined || page.done === true) return;
    const needed = await lengthOf(meter, ring, options);
    for (const { value, sequence } of page.value.entries)
      yield snapshotOf(value, { ...origin, sequence, needed }, setup);
  }
}

/** The length of an entry, without the two bytes that hold it. */
const lengthOf = async (meter: Meter, { table, list }: Ring<Copy>, { signal }: LogOptions): Promise<number> => {
  const env = await meter.environment(table as AnyTable, { signal });
  return place(table, [list, 0], env).length - 2;
};

async function* readDemandResets(reading: Reading, call: CallOptions): AsyncGenerator<BillingSnapshot> {
  const { meter, setup } = reading;
  let logged = false;
  for await (const snapshot of readLog(reading, demandResets, { kind: "demand-reset", table: "ET41" })) {
    logged = true;
    yield snapshot;
  }
  // BT25 is a copy of the newest entry of ET41 (p. 116).
  if (logged) return;
  const latest = await single(meter, BT25, call);
  if (latest !== undefined) yield snapshotOf(latest, { kind: "demand-reset", table: "BT25", sequence: null }, setup);
}

async function* readKind(kind: BillingKind, reading: Reading, call: CallOptions): AsyncGenerator<BillingSnapshot> {
  const { meter, setup } = reading;
  switch (kind) {
    case "season": {
      const season = await single(meter, BT24, call);
      if (season !== undefined) yield snapshotOf(season, { kind, table: "BT24", sequence: null }, setup);
      return;
    }
    case "demand-reset":
      yield* readDemandResets(reading, call);
      return;
    case "one-time-read":
      yield* readLog(reading, oneTimeReads, { kind, table: "ET31" });
      return;
    case "self-read":
      yield* readLog(reading, selfReads, { kind, table: "BT26" });
  }
}

/**
 * The copies of each kind, newest first. Energies are in Wh, varh and VAh whatever the meter's register unit is; copies
 * are assumed to be in the present unit. MEP guide 1.1, pp. 110-111, 116-117, 217-220.
 *
 * @throws LayoutError for an impossible log header; LinkError, ResponseError
 */
export async function* readBilling(meter: Meter, options: BillingOptions = {}): AsyncGenerator<BillingSnapshot> {
  const { kinds = billingKinds, since, ...log } = options;
  const call: CallOptions = { signal: log.signal };
  const reading: Reading = { meter, options: log, setup: await prepare(meter, call) };
  for (const kind of kinds) {
    for await (const snapshot of readKind(kind, reading, call)) {
      // A clock may have been set, but a log is not read to its end once it is well past the given time.
      if (since === undefined || snapshot.takenAt === null || snapshot.takenAt >= since) yield snapshot;
      else break;
    }
  }
}
