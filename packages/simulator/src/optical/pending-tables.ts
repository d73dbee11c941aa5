/**
 * Pending tables: what replaces a table at a given time. Each is written and read with a descriptor of six bytes in front,
 * which is part of counts and not of offsets (Optical guide 1.1, pp. 9-12). Self-read and demand reset, which a descriptor
 * may ask for first, are not done.
 */
import { equalBytes } from "@meterport/protocol/bytes";
import { utcFields, utcMillis } from "@meterport/protocol/layout/dates";
import { decode } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { BP12, BP13, BP14, BP15 } from "@meterport/protocol/procedures/pending-procedures";
import { pendingDescriptorSize as descriptorSize, isPending } from "@meterport/protocol/tables/basic/pending";
import { pendingEventCode } from "@meterport/protocol/tables/basic/pending-event";
import { BT00, BT04, type Dimensions } from "@meterport/protocol/tables/index";
import type { Behaviour } from "../behaviour.ts";
import type { Memory } from "../contents/memory.ts";
import { eventNumber, nobody } from "../history/event-numbers.ts";
import type { Noted } from "../history/events.ts";

const twin = 4096;
const extended = 2048;
const stimeSize = 5;
const entrySize = 8;
const stillPending = 0x1000;
const done = 0;
const noMatch = 1;
const badParameter = 2;

/** When a descriptor's table takes effect; undefined if only a procedure makes it so. */
const dueAt = (descriptor: Uint8Array, written: Millis): Millis | undefined => {
  const [event = 0, a = 0, b = 0, c = 0, d = 0, e = 0] = descriptor;
  const kind = event & 0x0f;
  if (kind === pendingEventCode.relativeTime) return written + 1000 * ((((a * 7 + b) * 24 + c) * 60 + d) * 60 + e);
  if (kind !== pendingEventCode.absoluteTime) return undefined;
  return utcMillis({ year: a, month: b, day: c, hour: d, minute: e });
};

/** A date of zeros is no date, whatever the flags beside the kind say (p. 10). */
const isEmpty = ([event = 0, ...storage]: Uint8Array): boolean =>
  (event & 0x0f) === pendingEventCode.absoluteTime && storage.every((byte) => byte === 0);

/** Whether a procedure is one of those for pending tables, which are called at the optical port. */
export const servesPending = (procedure: number): boolean =>
  [BP12, BP13, BP14, BP15].some(({ number }) => number === procedure);

/** The pending tables of one meter. */
export class PendingTables {
  readonly #memory: Memory;
  readonly #dimensions: Dimensions;
  readonly #note: (event: Noted) => void;
  /** Those that wait, by the number of the table that they replace. */
  readonly #waiting = new Map<number, { readonly descriptor: Uint8Array; readonly due: Millis | undefined }>();

  /** `note` receives what goes into the event log. */
  constructor(memory: Memory, dimensions: Dimensions, note: (event: Noted) => void) {
    this.#memory = memory;
    this.#note = note;
    this.#dimensions = dimensions;
  }

  /** Lets what is due take effect, and serves pending tables at the optical port. */
  readonly behaviour: Behaviour = ({ request, optical, time }, next) => {
    for (const [table, { due }] of this.#waiting) if (due !== undefined && due <= time) this.#activate(table, time);
    if (optical === undefined || request.kind === "malformed") return undefined;
    if (!isPending(request.table) || !("data" in request)) return undefined;
    const response = next();
    if (response.kind === "done") this.#written(request.table, request.data.slice(0, descriptorSize), time);
    return response;
  };

  /** The result of BP12 to BP15; undefined for any other procedure. */
  call(procedure: number, parameters: Uint8Array, time: Millis, userId?: number): number | undefined {
    if (procedure === BP12.number || procedure === BP14.number)
      return this.#end([...this.#waiting.keys()], procedure === BP12.number, time, userId);
    if (procedure !== BP13.number && procedure !== BP15.number) return undefined;
    if (parameters.length !== descriptorSize) return badParameter;
    const matching = [...this.#waiting].flatMap(([table, { descriptor }]) =>
      equalBytes(descriptor, parameters) ? [table] : [],
    );
    return matching.length === 0 ? noMatch : this.#end(matching, procedure === BP13.number, time, userId);
  }

  #end(tables: readonly number[], activate: boolean, time: Millis, userId = nobody): number {
    for (const table of tables) {
      if (activate) this.#activate(table, time, userId);
      else this.#clear(table, time, userId);
    }
    this.#tell();
    return done;
  }

  #written(table: number, descriptor: Uint8Array, time: Millis): void {
    if (isEmpty(descriptor)) this.#waiting.delete(table - twin);
    else this.#waiting.set(table - twin, { descriptor, due: dueAt(descriptor, time) });
    this.#tell();
  }

  #clear(table: number, time: Millis, userId: number): void {
    this.#waiting.delete(table);
    this.#note({ time, event: eventNumber.pendingCleared, userId, argument: table + twin });
  }

  /** Nobody asked for it: its time has come. */
  #activate(table: number, time: Millis, userId = nobody): void {
    const contents = this.#memory.get(table + twin)?.subarray(descriptorSize);
    if (contents !== undefined) this.#memory.patch(table, 0, contents);
    this.#waiting.delete(table);
    this.#note({ time, event: eventNumber.pendingActivated, userId, argument: table + twin });
    const { year, month, day, hour, minute } = utcFields(time);
    this.#tell(Uint8Array.of(year, month, day, hour, minute));
  }

  /** BT04: which tables wait, and what for. */
  #tell(activated?: Uint8Array): void {
    const memory = this.#memory;
    const general = decode(BT00, memory.get(BT00.number) ?? new Uint8Array(), this.#dimensions, { trailing: "keep" });
    const [basic, other] = [general.basicTablesUsedSize, general.extendedTablesUsedSize];
    const bits = new Uint8Array(basic + other);
    const entries = new Uint8Array(entrySize * general.pendingTables);
    for (const [index, [table, { descriptor }]] of [...this.#waiting].entries()) {
      const bit = table < extended ? table : 8 * basic + table - extended;
      if (bit >> 3 < bits.length) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
      if (index >= general.pendingTables) continue;
      entries.set(descriptor, entrySize * index);
      entries.set([table & 0xff, (table | stillPending) >> 8], entrySize * index + descriptorSize);
    }
    memory.patch(BT04.number, 0, bits);
    if (activated !== undefined) memory.patch(BT04.number, bits.length, activated);
    memory.patch(BT04.number, bits.length + stimeSize, Uint8Array.of(this.#waiting.size, ...entries));
  }
}
