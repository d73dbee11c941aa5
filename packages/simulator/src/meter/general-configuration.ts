/** BT00 of a virtual meter: its fixed fields, and the sets of what it serves at the moment it is asked. */
import { encode, type Profile, reaches } from "@meterport/protocol/layout/index";
import { procedures } from "@meterport/protocol/procedures/index";
import { firstExtended, firstPending } from "@meterport/protocol/tables/identifiers";
import { BT00 } from "@meterport/protocol/tables/index";
import type { Memory } from "../contents/memory.ts";
import type { MepSide } from "./mep-side.ts";
import { servesProcedure } from "./procedures.ts";
import { writableByAnyKey } from "./table-service.ts";

/** Bytes of a set, of which a meter keeps more than it fills: from firmware 4.0 on 160 extended tables have a place. */
const basicBytes = 10;
const basicProcedureBytes = 2;
const extendedProcedureBytes = 12;
const extendedBytes = (profile: Profile): number => (reaches(profile, { meter: [4, 0] }) ? 20 : 13);

/** The numbers of one half of a numbering, as far as its set has a place for them. */
const half = (numbers: readonly number[], first: number, bytes: number): number[] =>
  numbers.filter((n) => n >= first && n < first + 8 * bytes).map((n) => n - first);

/** What BT00 holds besides its sets (MEP guide 1.1, pp. 202-204). */
const fixedFields = (profile: Profile) => ({
  dataOrder: 0,
  charFormat: 1,
  timeFormat: 2,
  dataAccessMethod: 1,
  identificationFormat: 1,
  integerFormat: 0,
  nonIntegerFormat1: 8,
  nonIntegerFormat2: 8,
  manufacturer: "NES",
  nameplateType: 2,
  defaultSetUsed: 0,
  procedureParameterLength: 255,
  responseDataLength: 12,
  standardVersion: 1,
  standardRevision: 0,
  basicTablesUsedSize: basicBytes,
  extendedTablesUsedSize: extendedBytes(profile),
  basicProceduresUsedSize: basicProcedureBytes,
  extendedProceduresUsedSize: extendedProcedureBytes,
  manufacturerStatusLength: 9,
  pendingTables: reaches(profile, { meter: [4, 0] }) ? 4 : 3,
});

/** The bytes of BT00 now: a table is in its set while the memory holds it. Pending tables have no place in any set. */
export const generalConfiguration = (
  memory: Memory,
  profile: Profile,
  locked: ReadonlySet<number>,
  mep: MepSide,
): Uint8Array => {
  const used = memory.tables.filter((table) => table < firstPending);
  const writable = used.filter((table) => writableByAnyKey(table, memory, profile, locked));
  const known = [...new Set([...procedures.map(({ number }) => number), ...mep.procedures.keys()])].sort(
    (a, b) => a - b,
  );
  const served = known.filter((number) => servesProcedure(number, profile, mep));
  const extended = extendedBytes(profile);
  return encode(
    BT00,
    {
      ...fixedFields(profile),
      basicTablesUsed: half(used, 0, basicBytes),
      extendedTablesUsed: half(used, firstExtended, extended),
      basicProceduresUsed: half(served, 0, basicProcedureBytes),
      extendedProceduresUsed: half(served, firstExtended, extendedProcedureBytes),
      basicTablesWritable: half(writable, 0, basicBytes),
      extendedTablesWritable: half(writable, firstExtended, extended),
    },
    {},
  );
};
