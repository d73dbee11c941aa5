/** What a key may do at the optical port, table by table (Optical guide 1.1, pp. 13, 15 and 16). */
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { OpticalLevel } from "@meterport/protocol/optical/optical-endpoint";
import { BP10 } from "@meterport/protocol/procedures/bp10-set-date-and-time";
import { EP16 } from "@meterport/protocol/procedures/ep16-change-clock";
import { BT00, BT01, BT04, BT07, ET03, ET04, ET21, ET51, ET52 } from "@meterport/protocol/tables/index";
import type { Behaviour, MeterRequest } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";

/** Without a key. */
const open: readonly number[] = [BT00.number, BT01.number, ET03.number];
/** Clock calibration (ET02), and what the guide gives to MK and PK only. */
const notForReadOnly: readonly number[] = [2048 + 2, BT04.number, ET21.number, ET51.number];
const settingTheClock: readonly number[] = [BP10.number, EP16.number];
/** In ET04: bit 0 of this byte keeps the read-only key from setting the clock, this byte the provisioning key from everything. */
const readOnlyFlags = 71;
const provisioningFlag = 52;

/** Whether the provisioning key gives any access (ET04.52). */
export const provisioningKeyWorks = (memory: Memory): boolean =>
  (memory.read(ET04.number, provisioningFlag, 1)?.[0] ?? 0) === 0;

const mayCall = (data: Uint8Array, memory: Memory): boolean => {
  const procedure = (data[0] ?? 0) | (((data[1] ?? 0) & 0x0f) << 8);
  return settingTheClock.includes(procedure) && ((memory.read(ET04.number, readOnlyFlags, 1)?.[0] ?? 0) & 1) === 0;
};

const allowed = (level: OpticalLevel, { request, memory }: MeterRequest): boolean => {
  if (request.kind === "malformed") return true;
  const reads = request.kind === "read" || request.kind === "read-at";
  if (level === "none") return reads && open.includes(request.table);
  // Transactions are MEP's: their tables can be read here, and that is all (p. 63).
  if (!reads && request.table === ET52.number) return false;
  if (level !== "read-only") return true;
  if (reads) return !notForReadOnly.includes(request.table);
  return request.table === BT07.number && request.kind === "write" && mayCall(request.data, memory);
};

/** Refuses what the key of an optical request does not reach. */
export const opticalRights: Behaviour = (request) =>
  request.optical === undefined || allowed(request.optical, request)
    ? undefined
    : { kind: "error", code: code.insufficientSecurity };
