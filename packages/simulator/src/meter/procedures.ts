/** BT07 and the tables that answer it: EP17, EP19 and EP61; every other procedure is unknown to this meter (result 6). */
import { LayoutError } from "@meterport/protocol/errors";
import { decode, type Profile, reaches } from "@meterport/protocol/layout/index";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Millis } from "@meterport/protocol/ports";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { EP19 } from "@meterport/protocol/procedures/ep19-post-on-demand-request";
import { EP61 } from "@meterport/protocol/procedures/ep61-transaction-lock";
import { BT07, type Dimensions, ET50 } from "@meterport/protocol/tables/index";
import type { Behaviour } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";
import { responseTables } from "../contents/mep.ts";
import { deviceArgument, deviceStatus, eventNumber } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";
import { type PendingTables, servesPending } from "../optical/pending-tables.ts";
import { userOf } from "./change-log.ts";
import { firstMepSlot } from "./device-entries.ts";
import type { MepSide } from "./mep-side.ts";
import { type Posted, postOnDemand } from "./on-demand.ts";
import type { TransactionLock } from "./transaction-lock.ts";

const unknownProcedure = 6;
const badParameter = 2;
const noSuchHandle = 3;
const notAuthorized = 5;
const everyDevice = 0xffff;

const lockTransactions = { meter: [4, 0] } as const;

/** Whether a meter knows the procedure, at any of its ports. */
export const servesProcedure = (procedure: number, profile: Profile, mep: MepSide): boolean =>
  mep.procedures.has(procedure) ||
  procedure === EP17.number ||
  procedure === EP19.number ||
  servesPending(procedure) ||
  (procedure === EP61.number && reaches(profile, lockTransactions));

/** Calls a procedure that is written to BT07 and posts its result (MEP guide 1.1, pp. 57-60). */
export const procedures = (
  dimensions: Dimensions,
  lock: TransactionLock,
  pending: PendingTables,
  mep: MepSide,
  note: (event: Noted) => void,
): Behaviour => {
  const lastSequence = new Map<number | "optical", number>();
  return ({ request, memory, level, port, optical, userId, time, inTransaction }, next) => {
    const client = optical === undefined ? port : "optical";
    if (request.kind !== "write" && request.kind !== "write-at") return undefined;
    if (request.table !== BT07.number || (request.kind === "write-at" && request.offset !== 0)) return undefined;
    // What does not fit into BT07 is lost, except in a transaction (p. 57).
    const call = parse(inTransaction ? request.data : request.data.subarray(0, bytesOf(memory, BT07.number).length));
    if (call === undefined) return undefined;
    // The same number as in the call before (p. 58).
    if (call.sequence === lastSequence.get(client)) return { kind: "error", code: code.operationNotPossible };
    const response = next();
    if (response.kind !== "done") return response;
    lastSequence.set(client, call.sequence);
    const user = userOf({ optical, userId });
    const removed = (slot: number): void => {
      const argument = deviceArgument(slot, deviceStatus.removed);
      note({ time, event: eventNumber.deviceStatus, argument, userId: user });
    };
    const site: Site = { memory, dimensions, level, port, time, lock, mep, userId, removed };
    const { result, data } = optical === undefined ? run(call, site) : runOptical(call, site, pending);
    const posted = Uint8Array.of(call.procedure & 0xff, call.procedure >> 8, call.sequence, result, ...data);
    const table = optical === undefined ? responseTableOf(port, memory, dimensions) : responseTables.bt08;
    memory.patch(table, 0, posted);
    return response;
  };
};

interface Site {
  readonly memory: Memory;
  readonly dimensions: Dimensions;
  readonly level: Level;
  readonly port: 1 | 2;
  readonly time: Millis;
  readonly lock: TransactionLock;
  readonly mep: MepSide;
  readonly userId?: number | undefined;
  /** Called with each slot whose device is gone. */
  readonly removed: (slot: number) => void;
}

const run = ({ procedure, parameters }: BT07, site: Site): Posted => {
  const { dimensions, level, port, time, lock, mep } = site;
  const { queue, devices } = mep;
  const added = mep.procedures.get(procedure);
  if (added !== undefined) return { result: added({ parameters, port, level, time }), data: [] };
  if (procedure === EP19.number) return postOnDemand(parameters, level, { queue, devices, dimensions, time });
  if (procedure === EP17.number) return { result: removeDevice(parameters, site), data: [] };
  if (procedure === EP61.number && reaches(dimensions.profile, lockTransactions))
    return { result: lock.call(parameters, port, time), data: [] };
  return { result: unknownProcedure, data: [] };
};

/** Pending tables are the optical port's, the lock of transactions is not. */
const runOptical = (call: BT07, site: Site, pending: PendingTables): Posted => {
  const result = pending.call(call.procedure, call.parameters, site.time, site.userId);
  if (result !== undefined) return { result, data: [] };
  if (site.mep.procedures.has(call.procedure)) return { result: notAuthorized, data: [] };
  return call.procedure === EP61.number ? { result: unknownProcedure, data: [] } : run(call, site);
};

/** Client 2 has a table of its own, client 1 chooses (MEP guide 1.1, p. 57). */
const responseTableOf = (port: 1 | 2, memory: Memory, dimensions: Dimensions): number => {
  if (port === 2) return responseTables.et85;
  return answersInEt59(memory, dimensions) ? responseTables.et59 : responseTables.bt08;
};

const parse = (data: Uint8Array): BT07 | undefined => {
  try {
    return decode(BT07, data, {});
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

const bytesOf = (memory: Memory, table: number): Uint8Array => memory.get(table) ?? new Uint8Array(0);

/** Client 1 says in ET50 where it looks for responses. */
const answersInEt59 = (memory: Memory, dimensions: Dimensions): boolean =>
  decode(ET50, bytesOf(memory, ET50.number), dimensions, { trailing: "keep" }).clients[0]?.et59Response === true;

/**
 * EP17: clears the device's entry in ET14 and, for a MEP client, its registration in ET50. On a meter the basic key can
 * remove MEP clients only (MEP guide 1.1, pp. 249-250).
 */
const removeDevice = (parameters: Uint8Array, { dimensions, level, time, mep, removed: tell }: Site): number => {
  const [action, low, high] = parameters;
  if (action === undefined || low === undefined || high === undefined || action > 1) return badParameter;
  const { devices } = mep;
  const handle = low + 256 * high;
  const slots = Array.from({ length: devices.count }, (_, slot) => slot).filter((slot) => devices.handle(slot) !== 0);
  const found = slots.filter((slot) => handle === everyDevice || devices.handle(slot) === handle);
  if (found.length === 0) return noSuchHandle;
  const mbusToo = level === "advanced" || dimensions.profile.family === "module";
  const removed = found.filter((slot) => mbusToo || slot >= firstMepSlot);
  if (removed.length === 0) return notAuthorized;
  for (const slot of removed) {
    mep.remove(slot, time);
    tell(slot);
  }
  return 0;
};
