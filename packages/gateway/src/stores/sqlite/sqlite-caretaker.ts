/** Carries out the calls of a SQLite store: waits while the file is locked, opens it again after an error or when it was deleted, replaces it if it is damaged. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { causeOf, isDamage, isLocked, sentenceOf } from "./sqlite-errors.ts";
import type { OpenedStore, SqliteStore } from "./sqlite-store.ts";
import type { StoreCondition, StoreFigures, StoreMethod } from "./store-messages.ts";

/** Another program may hold a lock for the length of a backup; the caller keeps its values and asks again. */
const longestLocked: Millis = 30_000;
const betweenTries: Millis = 50;

export interface CaretakerOptions {
  readonly open: () => OpenedStore;
  /** Sets the damaged file aside and opens a new one; undefined for a store that only reads. */
  readonly replace: (() => OpenedStore) | undefined;
  readonly pause: (time: Millis) => Promise<void>;
  readonly now: () => Millis;
  readonly report: (condition: StoreCondition) => void;
  /** For the log: somebody deleted or replaced the file. */
  readonly say: (text: string) => void;
}

export class SqliteCaretaker {
  readonly #options: CaretakerOptions;
  #store: SqliteStore | undefined;
  /** What stays true when nothing else is wrong. */
  #replaced: string | undefined;
  #reported = "ok ";
  #hurried = false;

  /** @throws what `open` throws */
  constructor(options: CaretakerOptions) {
    this.#options = options;
    this.#take(options.open());
  }

  /** Nobody waits for locks from now on. */
  hurry(): void {
    this.#hurried = true;
  }

  async call(method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    const { now, pause, replace } = this.#options;
    const began = now();
    let mayReplace = replace;
    for (;;) {
      try {
        const store = this.#present();
        const value = await (store[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
        store.settled();
        this.#report("ok", null);
        return value;
      } catch (error) {
        if (causeOf(error) === "value") throw new TypeError(sentenceOf(error), { cause: error });
        if (isDamage(error) && mayReplace !== undefined) {
          this.#abandon();
          this.#take(mayReplace());
          mayReplace = undefined;
        } else if (isLocked(error) && !this.#hurried && now() - began < longestLocked) {
          this.#report("busy", sentenceOf(error));
          await pause(betweenTries);
        } else {
          this.#failed(error);
          throw causeOf(error) === undefined ? error : new Error(sentenceOf(error), { cause: error });
        }
      }
    }
  }

  /** What the file says now; null while it is not open. */
  figures(): StoreFigures | null {
    try {
      return this.#store?.figures() ?? null;
    } catch {
      return null;
    }
  }

  close(): void {
    this.#store?.closeNow();
    this.#store = undefined;
  }

  /** The store, over the files that have the names of its files now: only who writes looks. */
  #present(): SqliteStore {
    const store = this.#store ?? this.#reopen();
    const lost = this.#options.replace === undefined ? undefined : this.#lost(store);
    if (lost === undefined) return store;
    this.#options.say(lost);
    this.#abandon();
    const opened = this.#reopen();
    this.#tellReplaced(lost);
    return opened;
  }

  #lost(store: SqliteStore): string | undefined {
    try {
      return store.lost();
    } catch (error) {
      if (isLocked(error) || isDamage(error)) throw error;
      // Only this connection still has what was stored, so it stays open, and the next call tries again.
      const text = `the file of the database was deleted or replaced, and cannot be written again: ${sentenceOf(error)}`;
      this.#report("failing", text);
      throw new Error(text);
    }
  }

  /** What fails now is not the fault of the call, as an error of usage would say. */
  #reopen(): SqliteStore {
    try {
      return this.#take(this.#options.open());
    } catch (error) {
      const cause = error instanceof UsageError ? error.cause : error;
      throw cause instanceof Error ? cause : new Error(error instanceof Error ? error.message : String(error));
    }
  }

  #take({ store, replaced }: OpenedStore): SqliteStore {
    this.#store = store;
    if (replaced !== undefined) this.#tellReplaced(replaced);
    return store;
  }

  #tellReplaced(what: string): void {
    this.#replaced = what;
    this.#report("ok", null);
  }

  /** After an error of the disk a connection may not know what it has written: the next call begins with a new one. */
  #failed(error: unknown): void {
    const cause = causeOf(error);
    if (cause === undefined) return;
    this.#report(cause === "locked" ? "busy" : "failing", sentenceOf(error));
    if (cause !== "locked") this.#abandon();
  }

  #abandon(): void {
    try {
      this.#store?.closeNow();
    } catch {
      // What could not be closed is let go of.
    }
    this.#store = undefined;
  }

  /** Each change is reported once. */
  #report(state: "ok" | "busy" | "failing", problem: string | null): void {
    const replaced = state === "ok" ? this.#replaced : undefined;
    const condition: StoreCondition =
      replaced === undefined ? { state, problem } : { state: "replaced", problem: replaced };
    const text = `${condition.state} ${condition.problem ?? ""}`;
    if (text === this.#reported) return;
    this.#reported = text;
    this.#options.report(condition);
  }
}
