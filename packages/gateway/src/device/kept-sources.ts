/** Own sources that survive a restart: a reading that is still fresh is sent, however it came. */
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { SourceSettings } from "../settings/device-settings.ts";
import type { DeviceStorage } from "./device-files.ts";
import { OwnSources, type SourceMoment, type SourceState, type SourceValue } from "./own-sources.ts";

/** Topics may speak each second, and a memory card wears. */
const leastBetweenSaves: Millis = 60_000;

export interface KeptSourcesOptions {
  readonly settings: readonly SourceSettings[];
  readonly folder: Pick<DeviceStorage, "sources">;
  readonly clock: Clock;
  readonly failed: (text: string) => void;
}

export class KeptSources {
  readonly #options: KeptSourcesOptions;
  readonly #own: OwnSources;
  /** Resolves when the readings of an earlier run are back. */
  readonly #restored: Promise<void>;
  #savedAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(options: KeptSourcesOptions) {
    this.#options = options;
    this.#own = new OwnSources(options.settings);
    this.#restored = options.settings.length === 0 ? Promise.resolve() : this.#restore();
  }

  get #moment(): SourceMoment {
    const { clock } = this.#options;
    return { wall: clock.wall(), now: clock.now() };
  }

  states(): readonly SourceState[] {
    return this.#own.states(this.#moment);
  }

  /** @throws UsageError (`source`) */
  take(name: string, said: SourceValue, at: Millis): void {
    this.#own.take(name, said, at, this.#moment);
    const { clock } = this.#options;
    if (this.#cancel !== undefined) return;
    const due = this.#savedAt + leastBetweenSaves;
    if (due <= clock.now()) this.#save();
    else this.#cancel = clock.at(due, () => this.#save());
  }

  /** @throws UsageError (`source`) */
  async answer(): Promise<Uint8Array> {
    await this.#restored;
    return this.#own.answer(this.#moment);
  }

  /** Of fresh readings; undefined if none said anything of alarms. */
  alarms(): number | undefined {
    return this.#own.alarms(this.#moment);
  }

  /** Saves what was not saved yet; nothing is due afterwards. */
  close(): void {
    if (this.#cancel !== undefined) this.#save();
  }

  async #restore(): Promise<void> {
    try {
      this.#own.restore(await this.#options.folder.sources.load(), this.#moment);
    } catch (error) {
      this.#failed(error);
    }
  }

  #save(): void {
    const { folder, clock } = this.#options;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#savedAt = clock.now();
    // Not before the older ones are back, or they would be lost.
    this.#restored.then(() => folder.sources.save(this.#own.kept())).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    this.#options.failed(error instanceof Error ? error.message : String(error));
  }
}
