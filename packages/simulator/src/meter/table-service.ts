/** Reads and writes of tables, as the meter's memory and the rights of the keys allow them. */
import { concat } from "@meterport/protocol/bytes";
import { isAmong, type KeyLevel, type Profile, writeLevel } from "@meterport/protocol/layout/index";
import type { TableRequest, TableResponse } from "@meterport/protocol/mep/frame/apdu";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { Level } from "@meterport/protocol/mep/security/seal";
import { isPending, pendingDescriptorSize } from "@meterport/protocol/tables/basic/pending";
import { catalogueEntry, tableIdOf } from "@meterport/protocol/tables/catalogue";
import { BT28, tablesByNumber } from "@meterport/protocol/tables/index";
import type { DefaultAnswer } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";

type ReadRequest = Extract<TableRequest, { kind: "read" | "read-at" }>;

interface Rights {
  readonly read: KeyLevel;
  readonly write: KeyLevel;
}

/** Requests are unsigned 13-bit numbers; beyond them no table can be named. */
const lastTable = 8191;

/** The declaration's word, else the catalogue's; where the guides are silent, reading takes the basic key and writing the advanced one. */
const rightsOf = (table: number, profile: Profile): Rights => {
  const declared = tablesByNumber.get(table);
  if (declared !== undefined) return { read: declared.access.read, write: writeLevel(declared, profile) };
  const access = table <= lastTable ? catalogueEntry(tableIdOf(table))?.access : undefined;
  return { read: access?.read ?? "basic", write: access?.write ?? "advanced" };
};

const refusal = (needed: KeyLevel, level: Level): TableResponse | undefined => {
  // "Table operation not possible" is the answer of a table that no key may write (MEP guide 1.1, p. 18).
  if (needed === "never") return { kind: "error", code: code.inappropriateAction };
  if (needed === "advanced" && level !== "advanced") return { kind: "error", code: code.insufficientSecurity };
  return undefined;
};

/** Whether some key writes the table: what is computed and what is locked, none does. */
export const writableByAnyKey = (
  table: number,
  memory: Memory,
  profile: Profile,
  locked: ReadonlySet<number>,
): boolean => !memory.isLive(table) && !locked.has(table) && rightsOf(table, profile).write !== "never";

/** A full read of BT28 gives the 55 values of modules, whatever follows them (MEP guide 1.1, p. 225). */
const fullReadEnd = (table: number, profile: Profile): number =>
  table === BT28.number && BT28.cutOn !== undefined && isAmong(profile, BT28.cutOn) ? 4 * 55 : Number.POSITIVE_INFINITY;

/** The descriptor goes before the data: the count includes it, the offset does not (optical guide 1.1, p. 11). */
const readPending = (memory: Memory, table: number, offset: number, count: number): Uint8Array | undefined => {
  const head = memory.read(table, 0, Math.min(pendingDescriptorSize, count));
  const data = memory.read(table, pendingDescriptorSize + offset, Math.max(0, count - pendingDescriptorSize));
  return head === undefined || data === undefined ? undefined : concat(head, data);
};

const patch = (memory: Memory, table: number, offset: number, data: Uint8Array): boolean =>
  memory.patch(table, offset, data);

/** As it is read; nothing is written without a descriptor. */
const writePending = (memory: Memory, table: number, offset: number, data: Uint8Array): boolean =>
  data.length >= pendingDescriptorSize &&
  memory.patch(table, 0, data.subarray(0, pendingDescriptorSize)) &&
  memory.patch(table, pendingDescriptorSize + offset, data.subarray(pendingDescriptorSize));

/** An omitted count is "indeterminate" (p. 18): here what is left of the table. */
const read = (memory: Memory, request: ReadRequest, limit: number, profile: Profile): Uint8Array | undefined => {
  const { table, count } = request;
  if (request.kind === "read")
    return memory.readWhole(table, Math.min(count ?? limit, limit, fullReadEnd(table, profile)));
  if (count !== undefined && isPending(table))
    return readPending(memory, request.table, request.offset, Math.min(count, limit));
  if (count !== undefined) return memory.read(table, request.offset, Math.min(count, limit));
  return memory.get(table)?.slice(request.offset, request.offset + limit);
};

/**
 * Answers requests from memory: zeros past the end of a table for partial reads, a table's own length for full ones,
 * surplus write data ignored (MEP guide 1.1, p. 18; optical guide, p. 11).
 *
 * `locked` are tables behind the hardware lock, which refuses every key (p. 19).
 */
export const serveTables =
  (locked: ReadonlySet<number>, profile: Profile): DefaultAnswer =>
  ({ request, level, memory, readLimit, apdu, optical }) => {
    if (request.kind === "malformed") return malformed(apdu);
    const { table } = request;
    if (!memory.has(table)) return { kind: "error", code: code.inappropriateAction };
    if (locked.has(table)) return { kind: "error", code: code.insufficientSecurity };
    const rights = rightsOf(table, profile);
    // Declarations give the rights of the MEP port; those of pending tables at the optical port are asked for above.
    const foreign = optical !== undefined && isPending(table);
    const refused = foreign ? undefined : refusal(isWrite(request) ? rights.write : rights.read, level);
    if (refused !== undefined) return refused;
    if (isWrite(request)) {
      const offset = request.kind === "write-at" ? request.offset : 0;
      // What a meter computes cannot be overwritten.
      return (isPending(table) ? writePending : patch)(memory, table, offset, request.data)
        ? { kind: "done" }
        : { kind: "error", code: code.operationNotPossible };
    }
    const data = read(memory, request, readLimit, profile);
    return data === undefined ? { kind: "error", code: code.inappropriateAction } : { kind: "data", data };
  };

const isWrite = (request: TableRequest): request is Exclude<TableRequest, ReadRequest> =>
  request.kind === "write" || request.kind === "write-at";

/** Codes of the C12.18 services that this port does not have; anything else is not even a request. */
const otherServices: ReadonlySet<number> = new Set([0x20, 0x21, 0x50, 0x51, 0x52, 0x57, 0x58, 0x59, 0x60, 0x70, 0x80]);

const malformed = (apdu: Uint8Array): TableResponse => ({
  kind: "error",
  code: otherServices.has(apdu[0] ?? 0) ? code.serviceNotSupported : code.error,
});
