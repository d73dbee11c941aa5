/** Runs a device role at a meter: does its steps one at a time, and hands its questions to the application. */

import type { Meter } from "@meterport/client/meter/meter";
import { orThrow } from "@meterport/client/meter/outcome";
import { hullOf } from "@meterport/client/meter/read/ranges";
import { readSlice } from "@meterport/client/meter/read/table-bytes";
import { StopSignal } from "@meterport/client/session/stop-signal";
import { LayoutError, LinkError, MeterportError, UsageError } from "@meterport/protocol/errors";
import { type AnyTable, place } from "@meterport/protocol/layout/index";
import type { Signal } from "@meterport/protocol/ports";
import { EP17 } from "@meterport/protocol/procedures/ep17-remove-device";
import { unverifiedEP39 } from "@meterport/protocol/procedures/ep39-post-mep-data";
import type {
  Answer,
  Ask,
  FieldPath,
  FileRules,
  RoleAction,
  RoleInput,
  RoleOptions,
  Step,
  StepFailure,
} from "./actions.ts";
import { DeviceRole, type RolePhase } from "./device-role.ts";
import type { DeviceEvent } from "./events.ts";
import { doFileStep, type FileSink, type ImageMac } from "./file-store.ts";
import type { RoleMemory } from "./memory.ts";

/**
 * Answers what the grid asks. A rejection is a refusal, whose message becomes an event. The signal ends when nobody waits
 * any more. After a restart the same request may come again, with the same transaction.
 */
export interface Answerer {
  readonly answer: (request: Ask, signal: Signal) => Promise<Answer>;
}

/** Keeps what a device must not forget, for one meter and port. */
export interface DeviceStore {
  /** What was saved last; undefined if nothing was. It is checked. */
  readonly load: () => Promise<unknown>;
  /** Resolves when it survives a crash. */
  readonly save: (memory: RoleMemory) => Promise<void>;
}

export interface DeviceOptions extends Omit<RoleOptions, "port" | "files"> {
  readonly answerer: Answerer;
  readonly store: DeviceStore;
  /** Takes files; refused if omitted. */
  readonly files?: (FileRules & { readonly sink: FileSink; readonly mac?: ImageMac | undefined }) | undefined;
  readonly onEvent: (event: DeviceEvent) => void;
  readonly signal?: Signal | undefined;
}

/** A device in progress. */
export interface RunningDevice {
  readonly phase: RolePhase;
  /** Null while not registered. */
  readonly handle: number | null;
  /** Looks for non-urgent data of the grid, which comes as an event. */
  readonly readDownlink: () => void;
  /** Says that the meter may have lost its registration: it is looked at, at most every 10 s. A session tells by itself only what it sees. */
  readonly doubt: () => void;
  /** Ends it; the registration stays. */
  readonly stop: () => void;
  /** Resolves when it has ended: stopped, or the session was closed. Rejects only for a bug. */
  readonly ended: Promise<void>;
}

/** Above live readings: the role itself sees to it that these stay few. */
const urgent = 2;
const removalTime = 60_000;
/** The role has encoded its parameters already. */
const EP39 = unverifiedEP39(({ data }) => data);
/** BT00.9 */
const mostInBt07 = 255;

const failureOf = (error: unknown, step: Step): StepFailure => {
  const detail = error instanceof Error ? error.message : "it threw something";
  if (step.type === "remember" || step.type === "file") return { kind: "here", detail };
  if (!(error instanceof MeterportError)) throw error;
  if (error instanceof LinkError) return { kind: "link", detail };
  // What came from the meter does not fit, or what was to be sent.
  const here = error instanceof UsageError || (error instanceof LayoutError && error.code === "shape");
  return { kind: here ? "here" : "refused", detail };
};

const reading = (table: AnyTable, paths: readonly FieldPath[]): string =>
  `read ${paths.map((path) => [table.id, ...path].join(".")).join(", ")}`;

class Runner implements RunningDevice {
  readonly ended: Promise<void>;
  readonly #meter: Meter;
  readonly #options: DeviceOptions;
  readonly #role: DeviceRole;
  readonly #stop = new StopSignal();
  readonly #asks = new Map<number, StopSignal>();
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  #over = false;
  #cancelWake: () => void = () => {};
  /** Answers to requests of others, as far as they can be told apart from those to steps. */
  #othersSeen = 0;
  #own = 0;

  constructor(meter: Meter, options: DeviceOptions) {
    this.#meter = meter;
    this.#options = options;
    this.#role = new DeviceRole({ ...options, port: meter.port });
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    void this.#start();
  }

  get phase(): RolePhase {
    return this.#role.phase;
  }

  get handle(): number | null {
    return this.#role.deviceHandle;
  }

  readonly readDownlink = (): void => this.#handle({ type: "read-downlink" });

  readonly doubt = (): void => this.#handle({ type: "doubt" });

  readonly stop = (): void => this.#finish(this.#end);

  async #start(): Promise<void> {
    const { signal, store } = this.#options;
    const unlisten = this.#meter.session.listen((event) => {
      if (event.type === "alert") this.#handle({ type: "alert" });
      else if (event.type === "resync" && (event.jumped || event.firstContact)) this.#handle({ type: "doubt" });
      else if (event.type === "closed") this.stop();
    });
    this.#stop.addEventListener("abort", unlisten);
    signal?.addEventListener("abort", this.stop, { once: true });
    this.#stop.addEventListener("abort", () => signal?.removeEventListener("abort", this.stop));
    if (signal?.aborted === true || this.#meter.session.closed) this.stop();
    try {
      const memory = await store.load();
      const wall = this.#meter.clock.wall();
      this.#handle({ type: "started", wall, meter: this.#meter.identity?.serial ?? "", memory });
    } catch (error) {
      // Without its memory a device could answer twice.
      this.#finish(() => this.#fail(error));
    }
  }

  #finish(settle: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelWake();
    this.#stop.raise();
    for (const ask of this.#asks.values()) ask.raise();
    settle();
  }

  #handle(input: RoleInput): void {
    if (this.#over) return;
    for (const action of this.#role.handle(input, this.#meter.clock.now())) this.#apply(action);
    this.#schedule();
  }

  #schedule(): void {
    this.#cancelWake();
    const at = this.#over ? undefined : this.#role.wakeAt();
    this.#cancelWake = at === undefined ? () => {} : this.#meter.clock.at(at, () => this.#tick());
  }

  #tick(): void {
    const others = this.#meter.session.counters.responses - this.#own;
    const traffic = others > this.#othersSeen;
    this.#othersSeen = others;
    this.#handle({ type: "tick", traffic });
  }

  #apply(action: RoleAction): void {
    switch (action.type) {
      case "step":
        void this.#perform(action.id, action.step);
        return;
      case "ask":
        void this.#ask(action.ask, action.request);
        return;
      case "withdraw":
        this.#asks.get(action.ask)?.raise();
        this.#asks.delete(action.ask);
        return;
      case "event":
        try {
          this.#options.onEvent(action.event);
        } catch (error) {
          // A listener's bug is not a fault of the device.
          void Promise.reject(error);
        }
        return;
      default:
        action satisfies never;
    }
  }

  async #perform(id: number, step: Step): Promise<void> {
    const { session } = this.#meter;
    const before = session.counters.responses;
    try {
      const value = await this.#do(step);
      this.#own += session.counters.responses - before;
      this.#handle({ type: "done", id, value });
    } catch (error) {
      this.#own += session.counters.responses - before;
      try {
        this.#handle({ type: "failed", id, failure: failureOf(error, step) });
      } catch (bug) {
        this.#finish(() => this.#fail(bug));
      }
    }
  }

  #do(step: Step): Promise<unknown> {
    const { store, files } = this.#options;
    const signal = this.#stop;
    switch (step.type) {
      case "read":
        return this.#read(step.table, step.paths, step.urgent);
      case "read-byte":
        return this.#readByte(step.table, step.path);
      case "write":
        return this.#meter.writeFields(step.table, step.fields, { signal });
      case "remove-device":
        return this.#meter.call(EP17, { action: 0, deviceHandle: step.handle }, { signal, timeout: removalTime });
      case "post":
        return this.#post(step.parameters);
      case "remember":
        return store.save(step.memory);
      case "file":
        if (files === undefined) return Promise.reject(new UsageError("files", "there is nowhere to put a file"));
        return doFileStep(files.sink, files.mac, step.file);
    }
  }

  /** What BT07 has no room for goes through a transaction, which lifts its limit (MEP guide 1.1, p. 57). */
  #post(parameters: Uint8Array): Promise<unknown> {
    const signal = this.#stop;
    if (parameters.length <= mostInBt07)
      return this.#meter.callRaw(EP39.number, parameters, { signal, priority: urgent });
    const post = { type: 0, data: parameters };
    return this.#meter.transaction(({ call }) => [call(EP39, post)], { signal }).then(([outcome]) => orThrow(outcome));
  }

  #read(table: AnyTable, paths: readonly FieldPath[], isUrgent: boolean): Promise<readonly unknown[]> {
    const label = reading(table, paths);
    return this.#meter.steadily(label, async () => {
      const env = await this.#meter.environment(table, { signal: this.#stop });
      const places = paths.map((path) => place(table, path as never, env as never));
      const hull = hullOf(places);
      const options = { label, signal: this.#stop, priority: isUrgent ? urgent : 0 };
      const bytes = await readSlice(this.#meter.session, table.number, hull, options);
      return places.map((each) => {
        const from = each.offset - hull.offset;
        return each.decode(bytes.slice(from, from + each.length));
      });
    });
  }

  #readByte(table: AnyTable, path: FieldPath): Promise<number> {
    const label = reading(table, [path]);
    return this.#meter.steadily(label, async () => {
      const env = await this.#meter.environment(table, { signal: this.#stop });
      const { offset } = place(table, path as never, env as never);
      const options = { label, signal: this.#stop, priority: urgent };
      const bytes = await readSlice(this.#meter.session, table.number, { offset, length: 1 }, options);
      return bytes[0] as number;
    });
  }

  async #ask(ask: number, request: Ask): Promise<void> {
    const signal = new StopSignal();
    this.#asks.set(ask, signal);
    let input: RoleInput;
    try {
      input = { type: "answer", ask, answer: await this.#options.answerer.answer(request, signal) };
    } catch (error) {
      input = { type: "refusal", ask, reason: error instanceof Error ? error.message : "" };
    }
    this.#asks.delete(ask);
    this.#handle(input);
  }
}

/**
 * Registers a device at a meter and serves it until it is stopped or the session is closed. The meter must be `writable`.
 * Faults of the line only pause it.
 *
 * @throws UsageError for an impossible identification
 * @example
 * ```ts
 * const device = runDevice(meter, {
 *   identification: mepIdentification({ manufacturer, deviceClass: 5, programId, uniqueId }),
 *   forms: thirdPartyForms,
 *   answerer: { answer: async () => ({ data: telegram }) },
 *   store,
 *   onEvent: (event) => console.log(deviceEventText(event)),
 * });
 * await device.ended;
 * ```
 */
export const runDevice = (meter: Meter, options: DeviceOptions): RunningDevice => new Runner(meter, options);
