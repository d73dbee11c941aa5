/** Calls procedures: writes BT07, and reads the answer from the table that this client's port has for it. */
import { LinkError, ResponseError, UsageError } from "@meterport/protocol/errors";
import {
  type AnyTable,
  decode,
  type Procedure,
  profileName,
  reaches,
  tableExists,
} from "@meterport/protocol/layout/index";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { mayBeRepeated } from "@meterport/protocol/procedures/repeatable";
import { BT07 } from "@meterport/protocol/tables/basic/bt07-procedure-initiate";
import { BT08 } from "@meterport/protocol/tables/basic/bt08-procedure-response";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { ET59 } from "@meterport/protocol/tables/extended/et59-mep-procedure-response";
import { ET85 } from "@meterport/protocol/tables/extended/et85-mep-procedure-response-2";
import { OneAtATime } from "../../session/one-at-a-time.ts";
import { pause } from "../../session/pause.ts";
import { exchange, readSlice, readWhole, unlessRefused } from "../read/table-bytes.ts";
import type { ChangeableMeter, ChangeOptions } from "../write/changes.ts";
import type { WearBudget } from "../write/wear-budget.ts";
import { checkLevel, checkWritable } from "../write/write-rights.ts";
import {
  type CallBody,
  callBody,
  initiation,
  isAnswerTo,
  openResponse,
  type RawProcedureResponse,
  rawCallBody,
} from "./procedure-call.ts";

export interface ProcedureOptions {
  readonly signal?: Signal | undefined;
  /** How long a procedure that says "not done yet" may go on, in milliseconds; 30 s by default. */
  readonly timeout?: Millis | undefined;
  /** Of its requests: higher goes first; 0 by default. */
  readonly priority?: number | undefined;
}

/** A sequence number shows who called: MEP clients use 5 to 9 (MEP guide 1.1, p. 58), so the optical port uses others. */
const sequencesOf = ({ optical }: ChangeableMeter): { readonly first: number; readonly count: number } =>
  optical ? { first: 10, count: 10 } : { first: 5, count: 5 };

/** A response may take a second (p. 58); three, because another user may be served first. */
const postingTime: Millis = 3_000;
const postingPause: Millis = 200;
const unfinishedPause: Millis = 1_000;
const defaultTimeout: Millis = 30_000;

const asked = (label: string, signal: Signal | undefined, priority = 0) => ({ label, signal, priority });
const until = (signal: Signal | undefined) => ({ signal });

export class ProcedureCaller {
  readonly #meter: ChangeableMeter;
  readonly #writable: boolean;
  readonly #wear: WearBudget;
  readonly #turns = new OneAtATime();
  /** The number of our last call; `undefined` until that of an earlier session is known. */
  #sequence: number | undefined;

  constructor({ meter, writable, wear }: ChangeOptions) {
    this.#meter = meter;
    this.#writable = writable;
    this.#wear = wear;
  }

  /** @throws UsageError, LayoutError, ProcedureError, ResponseError, LinkError */
  async call<Q, QE, R, RE>(
    procedure: Procedure<string, Q, QE, R, RE>,
    parameters: Q,
    options: ProcedureOptions = {},
  ): Promise<R> {
    const body = await this.body(procedure, parameters, options.signal);
    return this.#turns.run(() => this.#run(body, options));
  }

  /** @throws as `call` */
  async callRaw(number: number, parameters: Uint8Array, options: ProcedureOptions = {}): Promise<RawProcedureResponse> {
    const body = rawCallBody(number, parameters);
    checkWritable(this.#writable, `call ${body.id}`);
    return this.#turns.run(() => this.#run(body, options));
  }

  /** Checks what can be checked before anything is sent, and encodes the parameters. @throws UsageError, LayoutError */
  async body<Q, QE, R, RE>(
    procedure: Procedure<string, Q, QE, R, RE>,
    parameters: Q,
    signal: Signal | undefined,
  ): Promise<CallBody<R>> {
    const { id, number, title, access, since, request, response } = procedure;
    const label = `call ${id}`;
    checkWritable(this.#writable, label);
    if (since !== undefined && !reaches(this.#meter.profile, since))
      throw new UsageError("no-such-procedure", `${id} does not exist on ${profileName(this.#meter.profile)}`);
    if (access.call === "never") throw new UsageError("read-only", `${label}: no key permits it`);
    checkLevel(access.call, this.#meter.level, label);
    // Only what it needs from other tables matters.
    const needs = { ...request, needs: [...request.needs, ...response.needs], id, number, title, since: undefined };
    const env = await this.#meter.environment({ ...needs, access: { read: "never", write: "never" } }, until(signal));
    return callBody(procedure, parameters, env as unknown as QE & RE);
  }

  /** Takes the next sequence number: never the same twice running. @throws LinkError */
  async nextSequence(signal: Signal | undefined): Promise<number> {
    const last = this.#sequence ?? (await this.#lastSequence(signal));
    const { first, count } = sequencesOf(this.#meter);
    this.#sequence = last === undefined ? first : first + ((last - first + 1) % count);
    return this.#sequence;
  }

  /** Where responses to this client's calls are posted. MEP guide 1.1, p. 57. @throws LinkError */
  async responseTable(signal: Signal | undefined): Promise<AnyTable> {
    const { port, profile, optical } = this.#meter;
    if (optical) return BT08;
    if (port === 2) return ET85;
    if (!tableExists(ET59, profile)) return BT08;
    // Read each time: a power failure or another user may have changed it. BT00 has no flags.
    const flag = this.#meter.readPath(ET50, ["clients", 0, "et59Response"], until(signal));
    return (await unlessRefused(flag)) === true ? ET59 : BT08;
  }

  async #run<R>(body: CallBody<R>, options: ProcedureOptions): Promise<R> {
    const { signal, timeout = defaultTimeout, priority } = options;
    const label = `call ${body.id}`;
    const table = await this.responseTable(signal);
    const known = this.#sequence !== undefined;
    const sequence = await this.nextSequence(signal);
    const data = initiation(body, sequence);
    const limit = this.#meter.session.writeLimit;
    if (data.length > limit)
      throw new UsageError("too-long", `${label}: ${data.length} bytes, of which one message holds ${limit}`);
    await this.#wear.spend([BT07.number], label);
    const doubt = await this.#initiate(data, asked(label, signal, priority));
    const response = await this.#response(body, sequence, { table, timeout, signal, label, priority });
    if (response !== undefined) return openResponse(body, response);
    // 0x04 and nothing posted: the number was the last one of an earlier session, and nothing was called.
    if (doubt instanceof ResponseError && !known && mayBeRepeated(body.number)) return this.#run(body, options);
    throw doubt ?? new LinkError("no-answer", label, `no response in ${table.id} after ${postingTime / 1000} s`);
  }

  /** Writes BT07. Returns an error that leaves open whether the procedure ran: the response table will show. */
  async #initiate(data: Uint8Array, request: ReturnType<typeof asked>): Promise<Error | undefined> {
    const options = { ...request, retry: "same-packet", idempotent: false } as const;
    try {
      await exchange(this.#meter.session, { kind: "write", table: BT07.number, data }, options);
      return undefined;
    } catch (error) {
      if (error instanceof LinkError && error.code === "reply-lost") return error;
      // The number is that of the call before (p. 58): ours, sent again because its answer was lost.
      if (error instanceof ResponseError && error.response === code.operationNotPossible) return error;
      throw error;
    }
  }

  /** The response once it is final, or as far as it got in time; `undefined` if none was posted. */
  async #response(
    body: CallBody<unknown>,
    sequence: number,
    how: {
      readonly table: AnyTable;
      readonly timeout: Millis;
      readonly signal: Signal | undefined;
      readonly label: string;
      readonly priority: number | undefined;
    },
  ): Promise<BT08 | undefined> {
    const { clock } = this.#meter;
    const began = clock.now();
    for (;;) {
      const found = await this.#posted(body, how);
      const response = isAnswerTo(body, sequence, found) ? found : undefined;
      if (response !== undefined && response.result !== body.unfinished) return response;
      if (clock.now() - began >= (response === undefined ? postingTime : how.timeout)) return response;
      await pause(clock, response === undefined ? postingPause : unfinishedPause, how.label, how.signal);
    }
  }

  async #posted(
    { length }: CallBody<unknown>,
    { table, signal, priority }: { table: AnyTable; signal: Signal | undefined; priority: number | undefined },
  ): Promise<BT08> {
    const { session } = this.#meter;
    const options = asked(`read ${table.id}`, signal, priority);
    const data =
      length === undefined
        ? await readWhole(session, table.number, session.readLimit, options)
        : await readSlice(session, table.number, { offset: 0, length }, options);
    return decode(BT08, data, {});
  }

  /** The last number of an earlier session, if the response table still has it. */
  async #lastSequence(signal: Signal | undefined): Promise<number | undefined> {
    const { id, number } = await this.responseTable(signal);
    const read = readSlice(this.#meter.session, number, { offset: 2, length: 1 }, asked(`read ${id}`, signal));
    const last = (await unlessRefused(read))?.[0] ?? 0;
    const { first, count } = sequencesOf(this.#meter);
    return last >= first && last < first + count ? last : undefined;
  }
}
