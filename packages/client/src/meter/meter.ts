/** A meter as tables: typed reads of whole tables and single fields; each table's dimensions are read once and kept. */
import { concat } from "@meterport/protocol/bytes";
import { LayoutError, MeterportError, UsageError } from "@meterport/protocol/errors";
import {
  type At,
  decode,
  isAmong,
  type Path,
  type Place,
  type Procedure,
  type Profile,
  place,
  profileName,
  type Table,
  tableExists,
} from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Clock, Signal } from "@meterport/protocol/ports";
import { BT00 } from "@meterport/protocol/tables/basic/bt00-general-configuration";
import { numberOf } from "@meterport/protocol/tables/identifiers";
import type { Session } from "../session/session.ts";
import { type Capabilities, CapabilityReader } from "./capabilities.ts";
import type { Identity, ProfileSource } from "./identity.ts";
import type { Outcome } from "./outcome.ts";
import type { RawProcedureResponse } from "./procedure/procedure-call.ts";
import { ProcedureCaller, type ProcedureOptions } from "./procedure/procedure-caller.ts";
import { membersOf, type Part, within } from "./read/batch-parts.ts";
import { Dimensions, type Environment } from "./read/dimensions.ts";
import { joinRanges, requestCost } from "./read/ranges.ts";
import { placeByContents, valueAt } from "./read/self-describing.ts";
import { readSlice, readWhole, unlessRefused } from "./read/table-bytes.ts";
import type { Step, Steps } from "./transaction/transaction-steps.ts";
import {
  type StepOutcomes,
  type TransactionOptions,
  type TransactionPlan,
  Transactions,
} from "./transaction/transactions.ts";
import { type FieldValue, TableWriter, type WriteOptions, type WriteResult } from "./write/table-writer.ts";
import { memoryWearStore, WearBudget, type WearStore } from "./write/wear-budget.ts";

export interface CallOptions {
  readonly signal?: Signal | undefined;
}

/** One wanted value: a table, or its part at a path. */
export interface Wanted<T> {
  readonly table: AnyTable;
  readonly path: readonly (string | number)[];
  /** Only for types. */
  readonly value?: T;
}

/** Names a wanted part of a batch. */
export interface Wants {
  read<T, E>(table: Table<string, T, E>): Wanted<T>;
  read<T, E, const P extends Path<T>>(table: Table<string, T, E>, path: P): Wanted<At<T, P>>;
}
const wants: Wants = {
  read: (table: AnyTable, path: readonly (string | number)[] = []): Wanted<never> => ({ table, path }),
};
type Outcomes<W extends readonly Wanted<unknown>[]> = {
  readonly [K in keyof W]: W[K] extends Wanted<infer T> ? Outcome<T> : never;
};

export interface MeterOptions {
  readonly session: Session;
  readonly clock: Clock;
  readonly profile: Profile;
  readonly profileFrom: ProfileSource;
  readonly identity: Identity;
  readonly level: Level | undefined;
  /** Which of the two MEP ports of firmware 4.0 and later; 1 elsewhere. */
  readonly port: 1 | 2;
  /** Whether another MEP client may use the meter too; `undefined` if the meter does not say. */
  readonly several?: boolean | undefined;
  /** Whether anything may be changed; false by default. */
  readonly writable?: boolean | undefined;
  /** Remembers how often this meter was written to; if omitted, for as long as the `Meter` lives. */
  readonly wear?: WearStore | undefined;
}

/** The byte of ET04 that counts changes of dimensions (MEP guide 1.1, p. 70). */
const idtVersionOffset = 116;

/** A connected meter. Every method takes a signal and rejects with a `MeterportError`. */
export class Meter {
  readonly session: Session;
  readonly clock: Clock;
  readonly profile: Profile;
  /** Source of the profile; unless it is the meter, the values are only as certain as this source. */
  readonly profileFrom: ProfileSource;
  readonly identity: Identity;
  readonly level: Level | undefined;
  readonly port: 1 | 2;
  readonly several: boolean | undefined;
  readonly #dimensions: Dimensions;
  readonly #capabilities: CapabilityReader;
  readonly #writer: TableWriter;
  readonly #caller: ProcedureCaller;
  readonly #transactions: Transactions;

  constructor(options: MeterOptions) {
    this.session = options.session;
    this.clock = options.clock;
    this.profile = options.profile;
    this.profileFrom = options.profileFrom;
    this.identity = options.identity;
    this.level = options.level;
    this.port = options.port;
    this.several = options.several;
    this.#dimensions = new Dimensions(options.profile, {
      now: options.clock.now,
      version: () => this.#idtVersion(),
      read: (table, env) => this.#readWhole(table, env, undefined),
      listen: (listener) => this.session.listen(listener),
    });
    this.#capabilities = new CapabilityReader({
      generation: () => this.generation,
      bt00: (signal) => this.steadily("read BT00", () => this.#dimensions.value(BT00, signal)),
    });
    const wear = new WearBudget(options.wear ?? memoryWearStore(), options.clock, options.profile);
    const change = { meter: this, writable: options.writable === true, wear };
    this.#writer = new TableWriter(change);
    this.#caller = new ProcedureCaller(change);
    this.#transactions = new Transactions({ ...change, writer: this.#writer, caller: this.#caller });
  }

  /**
   * Reads a table, or its part at `path` with as few bytes as possible. Tables that it depends on are read first,
   * once.
   *
   * @throws LinkError, ResponseError, LayoutError, UsageError
   */
  read<T, E>(table: Table<string, T, E>, options?: CallOptions): Promise<T>;
  read<T, E, const P extends Path<T>>(table: Table<string, T, E>, path: P, options?: CallOptions): Promise<At<T, P>>;
  async read(
    table: AnyTable,
    pathOrOptions: readonly (string | number)[] | CallOptions = [],
    options: CallOptions = {},
  ): Promise<unknown> {
    if (!isPath(pathOrOptions)) return this.readPath(table, [], pathOrOptions);
    return this.readPath(table, pathOrOptions, options);
  }

  /** `read` for a path that is only known at run time. @throws LinkError, ResponseError, LayoutError, UsageError */
  async readPath(table: AnyTable, path: readonly (string | number)[], { signal }: CallOptions = {}): Promise<unknown> {
    const label = `read ${[table.id, ...path].join(".")}`;
    return this.steadily(label, async () => {
      const env = await this.environment(table, { signal });
      if (path.length === 0) return this.#readWhole(table, env, signal);
      const part = await this.#placeOf(table, path, env, signal);
      // Only the whole table shows where the part is.
      if (part === undefined) return valueAt(await this.#readWhole(table, env, signal), path);
      const starts = this.#startsIn(() => part, part.length);
      return part.decode(await readSlice(this.session, table.number, part, request(label, signal), starts));
    });
  }

  /**
   * Which tables and procedures this individual meter has, according to its BT00: read once, and again when its dimensions
   * may have changed. `undefined` if BT00 is refused or ends before its sets, as on older firmware.
   *
   * @throws LinkError
   */
  capabilities({ signal }: CallOptions = {}): Promise<Capabilities | undefined> {
    return this.#capabilities.read(signal);
  }

  /** Whether the link goes to its optical port: other keys, other rules for procedures, no transactions. */
  get optical(): boolean {
    return this.session.kind === "optical";
  }

  /** `undefined` if only the whole table shows it. @throws LayoutError if there is no such part; LinkError, ResponseError */
  async #placeOf(
    table: AnyTable,
    path: readonly (string | number)[],
    env: Environment,
    signal: Signal | undefined,
  ): Promise<Place | undefined> {
    try {
      const options = request(`read ${table.id}`, signal);
      return await placeByContents(table, path, env, (range) => readSlice(this.session, table.number, range, options));
    } catch (error) {
      if (error instanceof LayoutError && knownSize(table, env) === undefined) return undefined;
      throw error;
    }
  }

  /**
   * Where this client's own elements are: its index in ET50 and ET51, its slot in ET13, ET14, ET16, ET34 and ET58
   * (MEP guide 1.1, pp. 28-30).
   */
  get place(): { readonly index: 0 | 1; readonly slot: 4 | 5 } {
    return this.port === 2 ? { index: 1, slot: 5 } : { index: 0, slot: 4 };
  }

  /** Repeats `read` if the meter's dimensions changed meanwhile; `fresh` checks first, under TLS. @throws LinkError, as `read` */
  steadily<T>(label: string, read: () => Promise<T>, fresh?: boolean): Promise<T> {
    return this.#dimensions.steadily(label, read, fresh);
  }

  /** Changes whenever the meter's dimensions may have changed: places worked out earlier are then invalid. */
  get generation(): number {
    return this.#dimensions.generation;
  }

  /**
   * Reads several values in the fewest requests: neighbours in a table share one. A refused part fails alone;
   * if the link fails, the whole batch rejects.
   *
   * @throws LinkError
   */
  async batch<const W extends readonly Wanted<unknown>[]>(
    build: (wants: Wants) => W,
    { signal }: CallOptions = {},
  ): Promise<Outcomes<W>> {
    const wanted = build(wants);
    return this.steadily("read a batch", () => this.#batch(wanted, signal)) as Promise<Outcomes<W>>;
  }

  async #batch(wanted: readonly Wanted<unknown>[], signal: Signal | undefined): Promise<Outcome<unknown>[]> {
    const outcomes: Outcome<unknown>[] = [];
    const byTable = new Map<AnyTable, Part[]>();
    for (const [index, { table, path }] of wanted.entries()) {
      outcomes[index] = await settle(async () => {
        const env = await this.environment(table, { signal });
        const place = await this.#placeOf(table, path, env, signal);
        if (place === undefined) return valueAt(await this.#readWhole(table, env, signal), path);
        byTable.set(table, [...(byTable.get(table) ?? []), { index, place }]);
        return undefined;
      });
    }
    for (const [table, parts] of byTable) {
      const ranges = joinRanges(
        parts.map(({ place }) => place),
        { requestCost, limit: this.session.readLimit },
      );
      // A part longer than one message spans several pieces: their outcomes are one.
      for (const { range, members } of membersOf(ranges, parts)) {
        const read = await settle(async () => {
          const env = await this.environment(table, { signal });
          const starts = this.#startsIn(() => place(table, [], env), range.length);
          return readSlice(this.session, table.number, range, request(`read ${table.id}`, signal), starts);
        });
        for (const { index, place } of members)
          outcomes[index] = read.ok ? await settle(async () => place.decode(within(read.value, range, place))) : read;
      }
    }
    return outcomes;
  }

  /**
   * Writes a table, or its part at `path`: only bytes that change, never a field that the meter controls, and
   * reads them again. Sends nothing if the key, the field or the wear budget does not permit it.
   *
   * @throws UsageError, LayoutError, ResponseError, LinkError
   */
  write<T, E>(table: Table<string, T, E>, value: T, options?: WriteOptions): Promise<WriteResult>;
  write<T, E, const P extends Path<T>>(
    table: Table<string, T, E>,
    path: P,
    value: At<T, P>,
    options?: WriteOptions,
  ): Promise<WriteResult>;
  write(table: AnyTable, first: unknown, second?: unknown, third?: WriteOptions): Promise<WriteResult> {
    if (!Array.isArray(first)) return this.writePath(table, [], first, second as WriteOptions | undefined);
    return this.writePath(table, first as readonly (string | number)[], second, third);
  }

  /** `write` for a path that is only known at run time. @throws UsageError, LayoutError, ResponseError, LinkError */
  writePath(
    table: AnyTable,
    path: readonly (string | number)[],
    value: unknown,
    options?: WriteOptions,
  ): Promise<WriteResult> {
    return this.#writer.write(table, [{ path, value }], options);
  }

  /** Writes several fields of one table with one read and as few writes as possible. @throws as `write` */
  writeFields(table: AnyTable, fields: readonly FieldValue[], options?: WriteOptions): Promise<WriteResult> {
    return this.#writer.write(table, fields, options);
  }

  /**
   * Calls a procedure and waits for its final result (MEP guide 1.1, pp. 57-60).
   *
   * @throws ProcedureError for a result other than success; UsageError, LayoutError, ResponseError, LinkError
   */
  call<Q, QE, R, RE>(
    procedure: Procedure<string, Q, QE, R, RE>,
    parameters: Q,
    options?: ProcedureOptions,
  ): Promise<R> {
    return this.#caller.call(procedure, parameters, options);
  }

  /** Calls a procedure by its number, 0 to 4095, with its parameters as bytes. @throws as `call` */
  callRaw(number: number, parameters: Uint8Array, options?: ProcedureOptions): Promise<RawProcedureResponse> {
    return this.#caller.callRaw(number, parameters, options);
  }

  /**
   * Runs several steps as one transaction (MEP guide 1.1, pp. 49-57). A step that the meter refuses fails alone.
   *
   * @throws UsageError, LayoutError, ProcedureError, ResponseError, LinkError
   */
  transaction<const S extends readonly Step<unknown>[]>(
    build: (steps: Steps) => S,
    options?: TransactionOptions,
  ): Promise<StepOutcomes<S>> {
    return this.#transactions.run(build, options);
  }

  /** What `transaction` would send now; a caller that agrees to it passes it back as `shown`. @throws as `transaction` */
  planTransaction(
    build: (steps: Steps) => readonly Step<unknown>[],
    options?: TransactionOptions,
  ): Promise<TransactionPlan> {
    return this.#transactions.plan(build, options);
  }

  /** What a table's layout depends on: the profile and other tables, read if not known yet. */
  environment(table: AnyTable, { signal }: CallOptions = {}): Promise<Environment> {
    if (!tableExists(table, this.profile))
      return Promise.reject(
        new UsageError("no-such-table", `${table.id} does not exist on ${profileName(this.profile)}`),
      );
    return this.#dimensions.environment(table, signal);
  }

  /** Ends the session and closes the transport. */
  close(): Promise<void> {
    return this.session.close();
  }

  /** Only under TLS, whose messages have no sequence numbers that could jump (MEP guide 1.1, p. 61); every meter has ET04. */
  #idtVersion(): Promise<number | undefined> | undefined {
    if (this.session.tellsChanges) return undefined;
    const range = { offset: idtVersionOffset, length: 1 };
    const read = readSlice(this.session, numberOf("ET04"), range, { label: "read ET04.idtVersion" });
    return unlessRefused(read).then((bytes) => bytes?.[0]);
  }

  /** Offsets where the values in a part begin, for a read long enough to need several messages. */
  #startsIn(part: () => Place, length: number): readonly number[] {
    if (length <= this.session.readLimit) return [];
    try {
      return part().starts();
    } catch (error) {
      if (error instanceof LayoutError) return [];
      throw error;
    }
  }

  async #readWhole(table: AnyTable, env: Environment, signal: Signal | undefined): Promise<unknown> {
    const length = knownSize(table, env);
    if (length === undefined) return this.#readUnsized(table, env, signal);
    const starts = this.#startsIn(() => place(table, [], env), length);
    const options = request(`read ${table.id}`, signal);
    const cut = table.cutOn !== undefined && isAmong(this.profile, table.cutOn);
    const data = cut
      ? readSlice(this.session, table.number, { offset: 0, length }, options, starts)
      : readWhole(this.session, table.number, length, options, starts);
    return decode(table, await data, env);
  }

  /** A table whose contents determine its length: as much as one message holds, then more while it is incomplete. */
  async #readUnsized(table: AnyTable, env: Environment, signal: Signal | undefined): Promise<unknown> {
    const length = this.session.readLimit;
    const options = request(`read ${table.id}`, signal);
    let data = await readWhole(this.session, table.number, length, options);
    for (let offset = length; data.length === offset; offset += length) {
      try {
        return decode(table, data, env, { trailing: "keep" });
      } catch (error) {
        if (!(error instanceof LayoutError) || error.code !== "truncated") throw error;
      }
      data = concat(data, await readSlice(this.session, table.number, { offset, length }, options));
    }
    return decode(table, data, env, { trailing: "keep" });
  }
}

const isPath = (value: readonly (string | number)[] | CallOptions): value is readonly (string | number)[] =>
  Array.isArray(value);
const request = (label: string, signal: Signal | undefined) => (signal === undefined ? { label } : { label, signal });

/** `undefined` if the size depends on the value. */
const knownSize = (table: AnyTable, env: Environment): number | undefined => {
  try {
    return place(table, [], env).length;
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

/** The outcome of a part that the meter or the layout may refuse; a failing link is not the outcome of one part. */
const settle = async <T>(task: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    if (error instanceof MeterportError && error.name !== "LinkError") return { ok: false, error };
    throw error;
  }
};
