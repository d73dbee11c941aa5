/** Runs transactions: writes requests to ET52 as one, and reads their responses from ET53. MEP guide 1.1, pp. 49-57. */
import {
  LayoutError,
  LinkError,
  MeterportError,
  ProcedureError,
  ResponseError,
  UsageError,
} from "@meterport/protocol/errors";
import { decode, encode } from "@meterport/protocol/layout/index";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { EP61, transactionLock, transactionLockTime } from "@meterport/protocol/procedures/ep61-transaction-lock";
import type { ET11 } from "@meterport/protocol/tables/extended/et11-mfg-dimension";
import { ET52 } from "@meterport/protocol/tables/extended/et52-mep-transaction-request";
import { ET53 } from "@meterport/protocol/tables/extended/et53-mep-transaction-response";
import { transaction, transactionHeader, transactionType } from "@meterport/protocol/tables/extended/transaction";
import { OneAtATime } from "../../session/one-at-a-time.ts";
import { pause } from "../../session/pause.ts";
import type { Outcome } from "../outcome.ts";
import type { ProcedureCaller } from "../procedure/procedure-caller.ts";
import { exchange, readSlice } from "../read/table-bytes.ts";
import { type ChangeOptions, checkShown } from "../write/changes.ts";
import type { TableWriter } from "../write/table-writer.ts";
import { cutWrite, type TableWrite } from "../write/write-plan.ts";
import { checkWritable } from "../write/write-rights.ts";
import {
  checkSteps,
  type LaidStep,
  messagesOf,
  openStep,
  responseSize,
  type Step,
  type Steps,
  steps,
  writtenTables,
} from "./transaction-steps.ts";

export type StepOutcomes<S extends readonly Step<unknown>[]> = {
  readonly [K in keyof S]: S[K] extends Step<infer T> ? Outcome<T> : never;
};

export interface TransactionOptions {
  readonly signal?: Signal | undefined;
  /** 0 to 65535; by default, the one after the last that the meter knows. */
  readonly number?: number | undefined;
  /** A plan that the user has agreed to: nothing is sent if the plan would be another one by now. */
  readonly shown?: TransactionPlan | undefined;
}

/** What a transaction sends. */
export interface TransactionPlan {
  readonly number: number;
  /** The writes to ET52, in order. */
  readonly requests: readonly TableWrite[];
}

interface Laid {
  readonly laid: readonly LaidStep[];
  /** Generation of the dimensions under which it was laid out. */
  readonly generation: number;
}

const label = "run a transaction";
/** Size, type, number, number. */
const frame = 7;
const head = 5;
/** Most transactions take a few hundred milliseconds (p. 56). */
const longestWait: Millis = 4_000;
const pollPause: Millis = 200;
const lockPause: Millis = 1_000;
/** The meter skips a transaction that begins at the same moment as the power line's; it must be tried again (p. 56). */
const attempts = 2;

const asked = (name: string, signal: Signal | undefined) =>
  signal === undefined ? { label: name } : { label: name, signal };

export interface TransactionsOptions extends ChangeOptions {
  readonly writer: TableWriter;
  readonly caller: ProcedureCaller;
}

/** A failed write to ET52 before the piece that starts a transaction. */
const unstarted: readonly string[] = ["moved", "reply-lost"];

type Limits = Pick<ET11, "transactionRequestLength" | "transactionResponseLength" | "mepChannelCount">;

export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #turns = new OneAtATime();
  #last: number | undefined;

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /** What `run` would send now; only reads. @throws UsageError, LayoutError, ResponseError, LinkError */
  plan(build: (steps: Steps) => readonly Step<unknown>[], options: TransactionOptions = {}): Promise<TransactionPlan> {
    return this.#turns.run(async () => {
      this.#checkMay();
      const { signal } = options;
      const limits = await this.#limits(signal);
      const { laid } = await this.#layOut(build(steps), signal);
      return this.#planOf(laid, limits, options.number ?? (await this.#nextNumber(false, signal)));
    });
  }

  /** @throws UsageError, LayoutError, ProcedureError, ResponseError, LinkError */
  run<const S extends readonly Step<unknown>[]>(
    build: (steps: Steps) => S,
    options: TransactionOptions = {},
  ): Promise<StepOutcomes<S>> {
    return this.#turns.run(async () => {
      this.#checkMay();
      const built = build(steps);
      for (let attempt = 1; ; attempt++) {
        const outcomes = await this.#attempt(built, options, attempt);
        if (outcomes !== undefined) return outcomes as unknown as StepOutcomes<S>;
      }
    });
  }

  /** @throws UsageError (`not-writable`, `other-way`) */
  #checkMay(): void {
    checkWritable(this.#options.writable, label);
    if (this.#options.meter.optical)
      throw new UsageError(
        "other-way",
        `${label}: ET52 belongs to the MEP port; on the optical port send the steps one by one`,
      );
  }

  async #layOut(built: readonly Step<unknown>[], signal: Signal | undefined): Promise<Laid> {
    const { meter, writer, caller } = this.#options;
    const layOut = async (): Promise<Laid> => {
      const { generation } = meter;
      const laid: LaidStep[] = [];
      for (const step of built) laid.push(await step.layOut({ meter, writer, caller, signal }));
      return { laid, generation };
    };
    const laidOut = await meter.steadily(label, layOut, true);
    checkSteps(laidOut.laid);
    return laidOut;
  }

  /** The one place where a transaction becomes bytes to show and send. */
  #planOf(laid: readonly LaidStep[], limits: Limits, number: number): TransactionPlan {
    const bytes = encode(ET52, transaction({ number, messages: laid.flatMap(messagesOf) }), {});
    checkSize(bytes.length, laid, limits);
    const pieces = cutWrite({ offset: 0, length: bytes.length }, this.#options.meter.session.writeLimit);
    const requests = pieces.map(({ offset, length }) => ({
      table: ET52.number,
      offset,
      data: bytes.slice(offset, offset + length),
    }));
    return { number, requests };
  }

  /** `undefined` if another attempt is worthwhile. */
  async #attempt(
    built: readonly Step<unknown>[],
    options: TransactionOptions,
    attempt: number,
  ): Promise<Outcome<unknown>[] | undefined> {
    const { meter, wear } = this.#options;
    const { signal, shown } = options;
    const isLast = attempt === attempts;
    const limits = await this.#limits(signal);
    return this.#locked(limits, signal, async (until) => {
      const { laid, generation } = await this.#layOut(built, signal);
      if (shown !== undefined) checkShown(shown.requests, this.#planOf(laid, limits, shown.number).requests, label);
      // Another number if the meter did not process it.
      const fixed = options.number ?? (attempt === 1 ? shown?.number : undefined);
      const number = fixed ?? (await this.#nextNumber(until !== undefined, signal));
      if (shown !== undefined && (await this.#head(signal)).number === number)
        throw new UsageError("changed", `${label}: its number ${number} has been used since it was shown; look again`);
      const { requests } = this.#planOf(laid, limits, number);
      await wear.spend([...requests.map(({ table }) => table), ...laid.flatMap(writtenTables)], label);
      this.#last = number;
      const dimensioned = laid.some((step) => step.dimensioned);
      try {
        if (dimensioned && meter.generation !== generation)
          throw new LinkError("moved", label, "the meter's dimensions changed before it ran");
        for (const request of requests) await this.#write(request, dimensioned, request === requests.at(-1), signal);
      } catch (error) {
        // Nothing was executed: only the last piece starts a transaction.
        if (!isLast && error instanceof LinkError && unstarted.includes(error.code)) return undefined;
        throw error;
      }
      const messages = await this.#responses(number, limits, signal);
      // Results laid out under other dimensions are invalid.
      const moved = meter.generation !== generation && dimensioned;
      // After the lock has expired they may be the other client's, under the same number.
      const late = until !== undefined && meter.clock.now() >= until;
      if (messages !== undefined && !moved && !late) return outcomesOf(laid, messages);
      if (!isLast) return undefined;
      if (moved) throw new LinkError("sequence", label, "the meter's dimensions changed while it ran");
      const lock = `it took longer than the ${transactionLockTime / 1000} s for which the meter locks its tables, so the answers may be another client's`;
      throw messages !== undefined
        ? new LinkError("reply-lost", label, lock)
        : new LinkError("no-answer", label, `the meter formed no response to it, ${attempts} times`);
    });
  }

  async #limits(signal: Signal | undefined): Promise<Limits> {
    const needs = { ...ET52, needs: ["ET11"] };
    const env = await this.#options.meter.environment(needs, { signal });
    return env.ET11 as Limits;
  }

  /**
   * The two ports of a meter share the tables: the other client is locked out meanwhile (p. 50). The task gets the end of
   * the lock; `undefined` if there is no other client.
   */
  async #locked<T>(
    limits: Limits,
    signal: Signal | undefined,
    task: (until: Millis | undefined) => Promise<T>,
  ): Promise<T> {
    const shared = this.#options.meter.several ?? (limits.mepChannelCount ?? 1) > 1;
    if (!shared) return task(undefined);
    const until = await this.#lock(signal);
    if (until === undefined) return task(Number.POSITIVE_INFINITY);
    try {
      return await task(until);
    } finally {
      // If it fails, the meter unlocks on its own after ten seconds; what the task did counts.
      await this.#options.caller.call(EP61, { lock: transactionLock.unlock }).catch(ignoreMeterportError);
    }
  }

  /** The earliest end of the lock; `undefined` if this meter has nothing to lock. */
  async #lock(signal: Signal | undefined): Promise<Millis | undefined> {
    const { meter, caller } = this.#options;
    const began = meter.clock.now();
    for (;;) {
      const asked = meter.clock.now();
      try {
        await caller.call(EP61, { lock: transactionLock.lock }, { signal });
        return asked + transactionLockTime;
      } catch (error) {
        if (!(error instanceof ProcedureError)) throw error;
        if (error.code === "unknown-procedure") return undefined;
        const lockedByOther = error.result === 3;
        if (!lockedByOther || meter.clock.now() - began > transactionLockTime + lockPause) throw error;
        await pause(meter.clock, lockPause, label, signal);
      }
    }
  }

  /** Another number each time: the meter does not run the same transaction twice in a row (p. 56). */
  async #nextNumber(shared: boolean, signal: Signal | undefined): Promise<number> {
    const last = shared || this.#last === undefined ? (await this.#head(signal)).number : this.#last;
    return last >= 0xffff ? 1 : last + 1;
  }

  async #head(signal: Signal | undefined) {
    const range = { offset: 0, length: head };
    const data = await readSlice(this.#options.meter.session, ET53.number, range, asked("read ET53", signal));
    return decode(transactionHeader, data, {});
  }

  /** A piece must not be written twice, and the rest must follow it directly (p. 50). */
  async #write(request: TableWrite, laidOut: boolean, starts: boolean, signal: Signal | undefined): Promise<void> {
    const options = { ...asked("write ET52", signal), retry: "same-packet", idempotent: false, laidOut } as const;
    try {
      await exchange(this.#options.meter.session, { kind: "write-at", ...request }, options);
    } catch (error) {
      // ET53 shows whether the last piece started it. A lost piece before it would leave old bytes in the table.
      if (!starts || !(error instanceof LinkError) || error.code !== "reply-lost") throw error;
    }
  }

  /** The response messages; `undefined` if none were formed in time. */
  async #responses(number: number, limits: Limits, signal: Signal | undefined): Promise<Uint8Array[] | undefined> {
    const { clock, session } = this.#options.meter;
    const began = clock.now();
    for (;;) {
      const { size, type, number: found } = await this.#head(signal);
      if (found === number && isResponse(type)) {
        if (size < frame || size > limits.transactionResponseLength)
          throw new ResponseError("unknown-response", 0, label, `ET53 says that the responses have ${size} bytes`);
        const range = { offset: 0, length: size };
        const data = await readSlice(session, ET53.number, range, asked("read ET53", signal));
        const messages = messagesIn(data, number);
        if (messages !== undefined) return messages;
      }
      if (clock.now() - began >= longestWait) return undefined;
      await pause(clock, pollPause, label, signal);
    }
  }
}

const isResponse = (type: number): boolean =>
  type === transactionType.responses || type === transactionType.partialResponses;

/** `undefined` if they are incomplete, because the meter or the other client is writing them at this moment. */
const messagesIn = (data: Uint8Array, number: number): Uint8Array[] | undefined => {
  try {
    const value = decode(ET53, data, {});
    if (value.number !== number || value.numberAgain !== number || !isResponse(value.type)) return undefined;
    return value.records.map(({ message }) => message);
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
};

const checkSize = (request: number, laid: readonly LaidStep[], limits: Limits): void => {
  const { transactionRequestLength, transactionResponseLength } = limits;
  const response = frame + laid.reduce((sum, step) => sum + responseSize(step), 0);
  if (request > transactionRequestLength)
    throw new UsageError(
      "too-long",
      `${label}: its requests have ${request} bytes, ET52 holds ${transactionRequestLength}`,
    );
  if (response > transactionResponseLength)
    throw new UsageError(
      "too-long",
      `${label}: its responses have ${response} bytes, ET53 holds ${transactionResponseLength}`,
    );
};

const outcomesOf = (laid: readonly LaidStep[], messages: readonly Uint8Array[]): Outcome<unknown>[] => {
  let at = 0;
  return laid.map((step) => {
    const own = messages.slice(at, at + step.requests.length);
    at += step.requests.length;
    if (own.length < step.requests.length)
      return {
        ok: false,
        error: new ResponseError("not-possible", 0, step.label, "the meter ended the transaction before this step"),
      };
    try {
      return { ok: true, value: openStep(step, own) };
    } catch (error) {
      if (error instanceof MeterportError) return { ok: false, error };
      throw error;
    }
  });
};

const ignoreMeterportError = (error: unknown): void => {
  if (!(error instanceof MeterportError)) throw error;
};
