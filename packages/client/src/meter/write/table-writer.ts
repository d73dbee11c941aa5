/** Writes tables with care: checks rights and counts the memory's wear before a byte is sent. */
import { equalBytes } from "@meterport/protocol/bytes";
import { LinkError, ResponseError } from "@meterport/protocol/errors";
import { place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Signal } from "@meterport/protocol/ports";
import { isPending, pendingDescriptorSize } from "@meterport/protocol/tables/basic/pending";
import { type ByteRange, hullOf } from "../read/ranges.ts";
import { exchange, readSlice } from "../read/table-bytes.ts";
import { type ChangeableMeter, type ChangeOptions, checkShown } from "./changes.ts";
import { type Piece, pendingWrites } from "./pending-bytes.ts";
import type { WearBudget } from "./wear-budget.ts";
import {
  mergeTargets,
  planWrite,
  type TableWrite,
  type WritePlan,
  type WriteTarget,
  writeTarget,
} from "./write-plan.ts";
import { checkTable, checkWritable, clearsItself, objections } from "./write-rights.ts";

export interface WriteOptions {
  readonly signal?: Signal | undefined;
  /** Reads the written bytes again and compares them; true by default. */
  readonly verify?: boolean | undefined;
  /** Returns what would be sent, and sends only the reads that this takes. */
  readonly dryRun?: boolean | undefined;
  /** Also sends values that the meter already has; false by default, because writing wears the meter's memory. */
  readonly rewrite?: boolean | undefined;
  /** The requests of a dry run that the user has agreed to: nothing is sent if they would be others by now. */
  readonly shown?: readonly TableWrite[] | undefined;
}

export interface WriteResult {
  /** The requests that were sent, or would be; none if the meter already has these values. */
  readonly requests: readonly TableWrite[];
  readonly sent: boolean;
  /** The values before, one for each field, in their order. */
  readonly before: readonly unknown[];
}

interface Planned extends WritePlan {
  readonly target: WriteTarget;
  readonly before: readonly unknown[];
  /** Generation of the dimensions under which it was laid out. */
  readonly generation: number;
}

interface Sending {
  readonly requests: readonly TableWrite[];
  readonly generation: number;
  readonly label: string;
  readonly signal: Signal | undefined;
  /** Whether sending it twice has the same effect as sending it once. */
  readonly idempotent: boolean;
  /** Called with each write that the meter has executed. */
  readonly done: TableWrite[];
  readonly isLast: boolean;
}

/** A value and where in its table it goes; the whole table for an empty path. */
export interface FieldValue {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** For messages: "write ET51.clients.0.healthTimeout". */
export const writeLabel = (table: AnyTable, fields: readonly FieldValue[]): string =>
  `write ${fields.map(({ path }) => [table.id, ...path].join(".")).join(", ")}`;

/** How often a write is laid out where the meter's dimensions change under it. */
const mostAttempts = 4;

const asked = (label: string, signal: Signal | undefined) => (signal === undefined ? { label } : { label, signal });

/** The meter may store a relative time as another one: a descriptor is not compared. */
const behindDescriptor = ({ offset, data }: Piece): Piece => {
  const skipped = Math.max(0, pendingDescriptorSize - offset);
  return { offset: offset + skipped, data: data.subarray(skipped) };
};

export class TableWriter {
  readonly #meter: ChangeableMeter;
  readonly #writable: boolean;
  readonly #wear: WearBudget;

  constructor({ meter, writable, wear }: ChangeOptions) {
    this.#meter = meter;
    this.#writable = writable;
    this.#wear = wear;
  }

  /** @throws UsageError, LayoutError, ResponseError, LinkError */
  async write(table: AnyTable, fields: readonly FieldValue[], options: WriteOptions = {}): Promise<WriteResult> {
    const label = writeLabel(table, fields);
    const { signal, dryRun = false, verify = true, rewrite = false, shown } = options;
    if (!dryRun) checkWritable(this.#writable, label);
    const descriptor = isPending(table.number) ? pendingDescriptorSize : 0;
    const limit = this.#meter.session.writeLimit - descriptor;
    const laying = { label, limit, rewrite, signal };
    const done: TableWrite[] = [];
    for (let attempt = 1; ; attempt++) {
      const plan = await this.plan(table, fields, laying);
      const { before } = plan;
      const requests = await this.#requests(table, plan.writes, label, signal);
      if (dryRun) return { requests, sent: false, before };
      if (shown !== undefined) checkShown(shown, requests, label);
      if (requests.length === 0) return { requests: done, sent: done.length > 0, before };
      await this.#wear.spend(
        requests.map(({ table }) => table),
        label,
      );
      const isLast = attempt === mostAttempts;
      // Absolute bytes: writing them twice is the same as once, unless the meter has acted on them meanwhile.
      const idempotent = !plan.changed.some((leaf) => clearsItself(table, leaf));
      const { generation } = plan;
      if (!(await this.#send({ requests, generation, label, signal, idempotent, done, isLast }))) continue;
      if (verify) await this.#verify(table, plan, label, signal);
      return { requests: done, sent: true, before };
    }
  }

  /** False if the meter's dimensions changed before all of it was written: then it must be laid out again. */
  async #send({ requests, generation, label, signal, idempotent, done, isLast }: Sending): Promise<boolean> {
    // At the old offsets they would be other fields.
    const options = { ...asked(label, signal), idempotent, laidOut: true };
    for (const request of requests) {
      const { table, offset, data } = request;
      try {
        // Another request may have revealed a change. From here on the link checks for it.
        if (this.#meter.generation !== generation)
          throw new LinkError("moved", label, "the meter's dimensions changed");
        await exchange(this.#meter.session, { kind: "write-at", table, offset, data }, options);
      } catch (error) {
        if (isLast || !(error instanceof LinkError) || error.code !== "moved") throw error;
        return false;
      }
      done.push(request);
    }
    return true;
  }

  /** The writes as they are sent: those of a pending table carry its descriptor. */
  async #requests(
    table: AnyTable,
    writes: readonly TableWrite[],
    label: string,
    signal: Signal | undefined,
  ): Promise<readonly TableWrite[]> {
    if (!isPending(table.number) || writes.length === 0) return writes;
    const range = { offset: 0, length: pendingDescriptorSize };
    const descriptor = await readSlice(this.#meter.session, table.number, range, asked(label, signal));
    return pendingWrites(writes, descriptor).map((write) => ({ table: table.number, ...write }));
  }

  /** The requests that a write takes, given the present bytes. @throws as `write` */
  async plan(
    table: AnyTable,
    fields: readonly FieldValue[],
    options: {
      readonly label: string;
      readonly limit: number;
      readonly rewrite: boolean;
      readonly signal?: Signal | undefined;
    },
  ): Promise<Planned> {
    const { label, signal, limit, rewrite } = options;
    checkTable(table, this.#meter, label);
    const objection = objections(table);
    const layOut = async (): Promise<Planned> => {
      const { generation } = this.#meter;
      const env = await this.#meter.environment(table, { signal });
      const targets = fields.map(({ path, value }) => writeTarget(table, path, value, env));
      const target = mergeTargets(table, targets, env);
      const places = fields.map(({ path }) => place(table, path, env));
      // A bit is written in its byte, but decoded from its whole word.
      const hull = hullOf([target.range, ...places]);
      const { session } = this.#meter;
      const bytes = await readSlice(session, table.number, hull, asked(`read ${table.id}`, signal));
      const part = ({ offset, length }: ByteRange): Uint8Array =>
        bytes.subarray(offset - hull.offset, offset - hull.offset + length);
      const before = places.map((each) => each.decode(part(each)));
      const plan = planWrite(table, target, part(target.range), objection, { limit, rewrite });
      return { ...plan, target, before, generation };
    };
    return this.#meter.steadily(label, layOut, true);
  }

  async #verify(
    table: AnyTable,
    { writes, changed }: Planned,
    label: string,
    signal: Signal | undefined,
  ): Promise<void> {
    if (changed.length > 0 && changed.every((leaf) => clearsItself(table, leaf))) return;
    for (const written of writes) {
      const { offset, data } = isPending(table.number) ? behindDescriptor(written) : written;
      if (data.length === 0) continue;
      const range = { offset, length: data.length };
      const found = await readSlice(this.#meter.session, table.number, range, asked(`read ${table.id}`, signal));
      if (!equalBytes(found, data))
        throw new ResponseError(
          "refused",
          0,
          label,
          `the meter said yes, but bytes ${offset} to ${offset + data.length - 1} are not what was written`,
        );
    }
  }
}
