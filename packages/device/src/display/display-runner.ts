/** Drives a `DisplayKeeper` over a meter: reads and writes what it says, when it says so. */

import type { Meter } from "@meterport/client/meter/meter";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import { ET50 } from "@meterport/protocol/tables/extended/et50-mep-inbound-data-space";
import { readCells } from "./display-cells.ts";
import type { DisplayInput, DisplayKeeper, DisplayMemory, DisplayOutput, WantedDisplay } from "./display-keeper.ts";
import { recordedClientSources } from "./recorded-sources.ts";

export interface DisplayRunnerOptions {
  /** Of a connection that may write. */
  readonly meter: Meter;
  readonly keeper: DisplayKeeper;
  /** Keeps what must survive a crash; nothing is written before it is done. */
  readonly remember: (memory: DisplayMemory | null) => Promise<void>;
  /** Told when house and signal bars are not written, because the meter lets another client drive them. */
  readonly onIconsIgnored?: ((drivenBy: 0 | 1 | 2) => void) | undefined;
  /** Shows values even if the meter records what its clients show; false by default. */
  readonly evenIfRecorded?: boolean | undefined;
}

/** @throws UsageError (`recorded`) if the utility would take what is shown for measured values */
const checkNotRecorded = async (meter: Meter): Promise<void> => {
  const recorded = await recordedClientSources(meter);
  if (recorded?.length === 0) return;
  const what = recorded === null ? "may record" : `records (source ${recorded.join(", ")})`;
  throw new UsageError(
    "recorded",
    `display: the meter ${what} the values that MEP clients show, so nothing is shown; evenIfRecorded permits it`,
  );
};

/** After these the same meter may answer again. */
const passing: ReadonlySet<string> = new Set(["no-answer", "only-alerts", "half-reply", "bad-digest", "reply-lost"]);

/**
 * Shows values on a meter's display until it is stopped.
 *
 * @example
 * ```ts
 * const keeper = new DisplayKeeper({ index: meter.place.index, places: [0, 1], memory: loaded });
 * const runner = new DisplayRunner({ meter, keeper, remember: save });
 * const running = runner.run();
 * runner.want({ items: [{ value: 1234, icons: ["kW"] }] });
 * runner.stop();
 * await running; // true: the display is as it was before
 * ```
 */
export class DisplayRunner {
  readonly #options: DisplayRunnerOptions;
  readonly #inputs: DisplayInput[] = [];
  #wake: (() => void) | undefined;
  #mayShow: boolean;
  #stopping = false;

  constructor(options: DisplayRunnerOptions) {
    this.#options = options;
    this.#mayShow = options.evenIfRecorded === true;
  }

  /** Shows other values from now on; the error of an impossible one comes from `run`. */
  want(wanted: WantedDisplay): void {
    this.#put({ type: "want", wanted });
  }

  /** Looks at the display again: after a power failure of the meter it is empty. */
  async check(): Promise<void> {
    this.#put({ type: "found", found: await readCells(this.#options.meter) });
  }

  /** Puts back what was there before, and ends `run`. */
  stop(): void {
    this.#stopping = true;
    this.#put({ type: "stop" });
  }

  /**
   * Resolves after `stop`: true if all is as it was before.
   *
   * @throws UsageError (`recorded`, and others), ResponseError, LayoutError, LinkError of a link that is gone; what was remembered is then still
   * needed, by the next run
   */
  async run(): Promise<boolean> {
    const { keeper, meter } = this.#options;
    this.#inputs.unshift({ type: "tick" });
    for (;;) {
      const input = this.#inputs.shift();
      if (input === undefined) {
        await this.#rest(keeper.wakeAt(meter.clock.now()));
        this.#inputs.push({ type: "tick" });
        continue;
      }
      for (const output of keeper.handle(input, meter.clock.now())) {
        if (output.type === "stopped") return output.restored;
        await this.#obey(output);
      }
    }
  }

  #put(input: DisplayInput): void {
    this.#inputs.push(input);
    this.#wake?.();
  }

  async #obey(output: DisplayOutput): Promise<void> {
    const { meter, remember, onIconsIgnored } = this.#options;
    if (output.type === "icons-ignored") onIconsIgnored?.(output.drivenBy);
    if (output.type === "remember") await remember(output.memory);
    if (output.type === "read") await this.#try(async () => ({ type: "found", found: await readCells(meter) }));
    if (output.type === "write")
      await this.#try(async () => {
        // What was there before may always be put back.
        if (!this.#mayShow && !this.#stopping) await checkNotRecorded(meter);
        this.#mayShow = true;
        await meter.writeFields(ET50, output.fields);
        return { type: "written" };
      });
  }

  /** A result goes before what the application wants meanwhile: the keeper waits for it. */
  async #try(work: () => Promise<DisplayInput>): Promise<void> {
    try {
      this.#inputs.unshift(await work());
    } catch (error) {
      if (!(error instanceof LinkError && passing.has(error.code))) throw error;
      this.#inputs.unshift({ type: "failed" });
    }
  }

  #rest(until: number | undefined): Promise<void> {
    const { clock } = this.#options.meter;
    return new Promise((resolve) => {
      const cancel = until === undefined ? undefined : clock.at(until, () => this.#wake?.());
      this.#wake = () => {
        cancel?.();
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
