/** What this individual meter has, according to the sets of its BT00. A profile only says what its firmware may have. */
import { type Profile, tableExists } from "@meterport/protocol/layout/index";
import type { TableInfo } from "@meterport/protocol/layout/table";
import type { Signal } from "@meterport/protocol/ports";
import { BT00 } from "@meterport/protocol/tables/basic/bt00-general-configuration";
import { declaredProcedures, declaredTables } from "@meterport/protocol/tables/declared-numbers";
import {
  firstExtended,
  firstPending,
  numberOf,
  type ProcedureId,
  procedureIdOf,
  type TableId,
  tableIdOf,
} from "@meterport/protocol/tables/identifiers";
import { unlessRefused } from "./read/table-bytes.ts";

/** A procedure that the meter has. */
export interface Capability<Id extends string = ProcedureId> {
  readonly id: Id;
  /** Number on the wire. */
  readonly number: number;
  /** Whether its layout is declared here; others give bytes only. */
  readonly known: boolean;
}
/** A table that the meter has. */
export interface TableCapability extends Capability<TableId> {
  /** Whether some key may write it, not whether ours may; null if the meter does not say. */
  readonly writable: boolean | null;
}
export interface Capabilities {
  /** By ascending number; always includes BT00. */
  readonly tables: readonly TableCapability[];
  readonly procedures: readonly Capability[];
  /**
   * Whether the meter has a table or procedure. `undefined` if BT00 does not say: for pending tables, and beyond the
   * end of truncated sets.
   */
  readonly has: (id: TableId | ProcedureId) => boolean | undefined;
}

/** The numbers of one set, and up to which number it is known: none for a missing set, all for a complete one. */
interface Told {
  readonly numbers: ReadonlySet<number>;
  readonly end: number;
}

const setsOf = (bt00: BT00): readonly [Told, Told, Told, Told, Told, Told] => {
  let start = 19;
  const told = (numbers: readonly number[] | undefined, size: number): Told => {
    const there = numbers === undefined ? 0 : Math.min(size, (bt00.setsEnd ?? start + size) - start);
    start += size;
    return { numbers: new Set(numbers), end: there < size ? 8 * there : Number.POSITIVE_INFINITY };
  };
  const { basicTablesUsedSize: basic, extendedTablesUsedSize: extended } = bt00;
  return [
    told(bt00.basicTablesUsed, basic),
    told(bt00.extendedTablesUsed, extended),
    told(bt00.basicProceduresUsed, bt00.basicProceduresUsedSize),
    told(bt00.extendedProceduresUsed, bt00.extendedProceduresUsedSize),
    told(bt00.basicTablesWritable, basic),
    told(bt00.extendedTablesWritable, extended),
  ];
};

/**
 * The contents of the sets of a BT00; `undefined` if it ends before them, or names no table at all, which no real meter
 * does.
 *
 * @example
 * import { fromHex } from "@meterport/protocol/bytes";
 * import { decode } from "@meterport/protocol/layout/index";
 * import { BT00 } from "@meterport/protocol/tables/index";
 * const found = capabilitiesOf(decode(BT00, fromHex("022a88454c4f4e0200ff0c010001010000" + "0904" + "050804"), {}));
 * found.tables.map(({ id, known, writable }) => [id, known, writable]) // [["BT00", true, false], ["BT02", false, true], ["ET03", true, null]]
 * found.has("BT01") // false
 */
export const capabilitiesOf = (bt00: BT00): Capabilities | undefined => {
  const [basic, extended, basicProcedures, extendedProcedures, basicWritable, extendedWritable] = setsOf(bt00);
  if (basic.numbers.size + extended.numbers.size === 0) return undefined;
  const tells = ({ numbers, end }: Told, n: number): boolean | undefined => (n < end ? numbers.has(n) : undefined);
  const ask = (low: Told, high: Told, number: number): boolean | undefined =>
    number < firstExtended ? tells(low, number) : tells(high, number - firstExtended);
  const all = (low: Told, high: Told): number[] => [
    ...low.numbers,
    ...[...high.numbers].map((number) => firstExtended + number),
  ];
  // BT00 itself has just answered, whatever its set says.
  const tables = new Set([BT00.number, ...all(basic, extended)]);
  return {
    tables: [...tables].map((number) => ({
      id: tableIdOf(number),
      number,
      known: declaredTables.has(number),
      writable: ask(basicWritable, extendedWritable, number) ?? null,
    })),
    procedures: all(basicProcedures, extendedProcedures).map((number) => ({
      id: procedureIdOf(number),
      number,
      known: declaredProcedures.has(number),
    })),
    has: (id) => {
      const number = numberOf(id);
      if (id.charAt(1) === "P") return ask(basicProcedures, extendedProcedures, number);
      if (number >= firstPending) return undefined;
      return number === BT00.number || ask(basic, extended, number);
    },
  };
};

interface CapabilitySource {
  /** Changes whenever the meter's dimensions may have changed. */
  readonly generation: () => number;
  readonly bt00: (signal: Signal | undefined) => Promise<unknown>;
}

/** Reads BT00 once, and again after each change of dimensions; a refusal is remembered for as long. */
export class CapabilityReader {
  readonly #source: CapabilitySource;
  #known: { readonly generation: number; readonly capabilities: Capabilities | undefined } | undefined;

  constructor(source: CapabilitySource) {
    this.#source = source;
  }

  /** @throws LinkError */
  async read(signal: Signal | undefined): Promise<Capabilities | undefined> {
    if (this.#known?.generation === this.#source.generation()) return this.#known.capabilities;
    const bt00 = (await unlessRefused(this.#source.bt00(signal))) as BT00 | undefined;
    const capabilities = bt00 === undefined ? undefined : capabilitiesOf(bt00);
    this.#known = { generation: this.#source.generation(), capabilities };
    return capabilities;
  }
}

interface Asked {
  readonly profile: Profile;
  readonly capabilities: (options: { readonly signal?: Signal | undefined }) => Promise<Capabilities | undefined>;
}

/**
 * Whether a table is worth asking for: its firmware may have it, and BT00 does not say that this meter lacks it. A
 * table that BT00 names can still be refused; if BT00 does not say, only a refusal shows it.
 *
 * @throws LinkError
 */
export const mayHave = async (
  meter: Asked,
  table: TableInfo,
  call: { readonly signal?: Signal | undefined },
): Promise<boolean> =>
  tableExists(table, meter.profile) && (await meter.capabilities(call))?.has(table.id as TableId) !== false;
