/** EP61: the tables of transactions belong to one of two clients for a while (MEP guide 1.1, pp. 31, 144 and 253). */
import { place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Millis } from "@meterport/protocol/ports";
import { transactionLock, transactionLockTime } from "@meterport/protocol/procedures/ep61-transaction-lock";
import { type Dimensions, ET54 } from "@meterport/protocol/tables/index";
import type { Behaviour } from "../behaviour.ts";

const done = 0;
const badParameter = 2;
const lockedByTheOther = 3;

const status: AnyTable = ET54;

export class TransactionLock {
  #holder: 1 | 2 | undefined;
  #until: Millis = 0;

  /** Who holds it at a time of the meter's clock. */
  holder(time: Millis): 1 | 2 | undefined {
    return time < this.#until ? this.#holder : undefined;
  }

  /** Whether a client may not use the tables, because the other one holds them. */
  excludes(port: 1 | 2, time: Millis): boolean {
    const holder = this.holder(time);
    return holder !== undefined && holder !== port;
  }

  /** The result of EP61. */
  call([action]: Uint8Array, port: 1 | 2, time: Millis): number {
    if (action !== transactionLock.lock && action !== transactionLock.unlock) return badParameter;
    if (this.excludes(port, time)) return lockedByTheOther;
    this.#holder = action === transactionLock.lock ? port : undefined;
    this.#until = action === transactionLock.lock ? time + transactionLockTime : 0;
    return done;
  }

  /** Shows in ET54 whether it is locked, and by whom. */
  behaviour(dimensions: Dimensions): Behaviour {
    return ({ request, memory, time }) => {
      const reads = request.kind === "read" || request.kind === "read-at";
      if (!reads || request.table !== ET54.number || this.#holder === undefined) return undefined;
      const holder = this.holder(time);
      const tell = (field: "mepTxLocked" | "mepTxLockChannel", value: number): void => {
        memory.patch(ET54.number, place(status, [field], dimensions).offset, Uint8Array.of(value));
      };
      tell("mepTxLocked", holder === undefined ? 0 : 1);
      tell("mepTxLockChannel", holder ?? 0);
      if (holder === undefined) this.#holder = undefined;
      return undefined;
    };
  }
}
