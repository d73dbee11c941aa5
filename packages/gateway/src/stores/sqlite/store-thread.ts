/** The main thread's end of one thread of the store. */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Log } from "@meterport/engine/ports/log";
import type { Millis } from "@meterport/protocol/ports";
import {
  type FromStore,
  receivedError,
  type StoreCall,
  type StoreCondition,
  type StoreFigures,
  type StoreThreadData,
  type ToStore,
} from "./store-messages.ts";

/** Calls that may wait for one thread; values that wait for a locked file are in the keeper's memory, not here. */
const mostCalls = 1_000;

/** The published package holds JavaScript where a checkout holds TypeScript. */
const workerFile = new URL(`./store-worker${extname(import.meta.url)}`, import.meta.url);

export interface StoreThreadOptions {
  readonly data: Omit<StoreThreadData, "now">;
  readonly log: Log;
  readonly wall: () => Millis;
  readonly onFigures?: ((figures: StoreFigures) => void) | undefined;
  readonly onCondition?: ((condition: StoreCondition) => void) | undefined;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class StoreThread {
  readonly #options: StoreThreadOptions;
  readonly #calls = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #number = 0;
  #closed = false;

  constructor(options: StoreThreadOptions) {
    this.#options = options;
  }

  /** Resolves when the database is open. @throws UsageError if it cannot be opened */
  start(): Promise<void> {
    const { data, wall } = this.#options;
    const worker = new Worker(workerFile, {
      workerData: { ...data, now: wall() } satisfies StoreThreadData,
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let problem: Error | undefined;
      worker.on("message", (message: FromStore) => {
        if (message.kind === "open") {
          this.#rest();
          resolve();
        } else if (message.kind === "refused") problem = receivedError(message.error);
        this.#received(message);
      });
      worker.on("error", (error) => {
        problem = error instanceof Error ? error : new Error(String(error));
      });
      this.#ended = new Promise((ended) => {
        worker.once("exit", () => {
          if (this.#worker === worker) this.#worker = undefined;
          const why = problem ?? new Error("the thread of the store ended");
          reject(why);
          this.#fail(why);
          ended();
        });
      });
    });
  }

  /** A thread that has ended is started again. */
  async call(method: StoreCall["method"], args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) throw new Error("the store is closed");
    if (this.#calls.size >= mostCalls) throw new Error(`the store is busy: ${mostCalls} calls are already waiting`);
    // Why it cannot start is the answer to the calls that wait for it.
    if (this.#worker === undefined) this.start().catch(() => {});
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#worker?.ref();
      try {
        this.#send({ kind: "call", id, method, args, now: this.#options.wall() });
      } catch (error) {
        this.#take(id);
        reject(error);
      }
    });
  }

  /** Lets calls that were made before end, for at most `patience`. May be called twice. */
  async close(patience: Millis): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    this.#send({ kind: "close" });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    if (this.#worker === worker) await worker.terminate();
  }

  #send(message: ToStore): void {
    this.#worker?.postMessage(message);
  }

  #received(message: FromStore): void {
    const { log, onFigures, onCondition } = this.#options;
    if (message.kind === "log") log[message.level](message.text);
    else if (message.kind === "condition") onCondition?.(message.condition);
    else if (message.kind === "open" || message.kind === "result") {
      if (message.figures !== null) onFigures?.(message.figures);
      if (message.kind === "result") this.#take(message.id)?.resolve(message.value);
    } else if (message.kind === "error") this.#take(message.id)?.reject(receivedError(message.error));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#calls.get(id);
    this.#calls.delete(id);
    this.#rest();
    return waiting;
  }

  /** A thread without work does not keep the process alive. */
  #rest(): void {
    if (this.#calls.size === 0) this.#worker?.unref();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}
