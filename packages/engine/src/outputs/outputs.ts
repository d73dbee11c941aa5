/** All outputs of a gateway: they come and go while the meters run. */
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { Log } from "../ports/log.ts";
import type { Output, OutputStatus } from "../ports/output.ts";
import type { Store } from "../ports/store.ts";
import { OutputRunner, type OutputTest, type RunnerLimits, readerOf } from "./output-runner.ts";
import { type Children, type OutputPoint, PointBook } from "./point-book.ts";
import { PointTotals } from "./point-totals.ts";
import { sentenceOf } from "./sentence.ts";

/** An output with what the configuration says of it outside of its own keys. */
export interface ConfiguredOutput {
  readonly output: Output;
  /** Ids of the points that it may see; undefined for all. */
  readonly only?: readonly string[] | undefined;
}

export interface OutputsOptions {
  readonly points: () => Iterable<OutputPoint>;
  /** The meters behind the meters. */
  readonly children?: Children | undefined;
  readonly store: Store;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Version of Meterport. */
  readonly version: string;
  readonly limits?: Partial<RunnerLimits> | undefined;
}

/** An output as a part that can be stuck. */
export interface OutputPart {
  readonly name: string;
  readonly busySince: () => Millis | undefined;
  readonly restart: () => Promise<void>;
}

export class Outputs {
  readonly #options: OutputsOptions;
  readonly #totals: PointTotals;
  readonly #book: PointBook;
  readonly #runners = new Map<string, OutputRunner>();

  constructor(options: OutputsOptions) {
    const { points, children, store, clock } = options;
    this.#options = options;
    this.#totals = new PointTotals({ store, clock });
    this.#book = new PointBook({ points, children, totals: this.#totals });
  }

  /** Starts outputs. What costs something for each point begins with the first of them. */
  start(configured: readonly ConfiguredOutput[]): void {
    if (configured.length === 0) return;
    if (this.#runners.size === 0) {
      this.#book.refresh();
      this.#totals.start();
    }
    for (const each of configured) {
      const { store, clock, entropy, log, version, limits } = this.#options;
      const runner = new OutputRunner({ ...each, book: this.#book, store, clock, entropy, log, version, limits });
      this.#runners.set(runner.name, runner);
      runner.start();
    }
  }

  /** Stops outputs by name and then starts others; all others go on. */
  async replace(stopped: readonly string[], added: readonly ConfiguredOutput[]): Promise<void> {
    const gone = stopped.flatMap((name) => this.#runners.get(name) ?? []);
    await Promise.all(gone.map((runner) => runner.stop()));
    for (const { name } of gone) this.#runners.delete(name);
    this.start(added);
    if (this.#runners.size === 0) this.#rest();
  }

  /** Forgets the positions of outputs that the configuration no longer has, so that the journal need not wait for them. */
  async forgetOthers(names: readonly string[]): Promise<void> {
    const { store, log } = this.#options;
    const known = new Set(names.map(readerOf));
    const mark = readerOf("");
    try {
      for (const reader of (await store.cursors()).keys()) {
        if (!reader.startsWith(mark) || known.has(reader)) continue;
        await store.setCursor(reader, undefined);
        log.info(`output ${reader.slice(mark.length)}: is no longer configured, and its position is forgotten`);
      }
    } catch (error) {
      log.warn(`outputs: positions of former outputs cannot be looked at: ${sentenceOf(error)}`);
    }
  }

  /** To be called when meters come, go or change. */
  pointsChanged(): void {
    if (this.#runners.size > 0) this.#book.refresh();
  }

  /** To be called when meters behind others were read or have gone. */
  childrenChanged(): void {
    if (this.#runners.size > 0) this.#book.childrenChanged();
  }

  async status(): Promise<readonly OutputStatus[]> {
    if (this.#runners.size === 0) return [];
    const newest = await this.#options.store.status().then(
      ({ journal }) => journal.newest,
      () => null,
    );
    return [...this.#runners.values()].map((runner) => runner.status(newest));
  }

  /** Undefined if there is no such output. */
  async test(name: string): Promise<OutputTest | undefined> {
    return this.#runners.get(name)?.test();
  }

  /** Lets the next program in that asks an output for it. Undefined if there is no such output. */
  pair(name: string): OutputTest | undefined {
    return this.#runners.get(name)?.pair();
  }

  parts(): readonly OutputPart[] {
    return [...this.#runners.values()].map((runner) => ({
      name: runner.name,
      busySince: runner.busySince,
      restart: () => runner.restart(),
    }));
  }

  async stop(): Promise<void> {
    const runners = [...this.#runners.values()];
    this.#runners.clear();
    await Promise.all(runners.map((runner) => runner.stop()));
    this.#rest();
  }

  #rest(): void {
    this.#totals.stop();
    this.#book.close();
  }
}
