/** The meters that a companion has the gateway read. They are remembered, so that one that is stuck can be started over. */
import type { CompanionGateway, HeldMeter } from "./companion.ts";
import type { Gateway } from "./gateway.ts";
import type { GatewayMeter } from "./open-meter.ts";

export interface HeldMetersOptions {
  readonly gateway: Pick<Gateway, "point" | "replaceMeters">;
  /** @throws UsageError for a wrong link or profile */
  readonly make: (held: readonly HeldMeter[]) => readonly GatewayMeter[];
}

export class HeldMeters implements Pick<CompanionGateway, "hold" | "release"> {
  readonly #options: HeldMetersOptions;
  readonly #held = new Map<string, HeldMeter>();

  constructor(options: HeldMetersOptions) {
    this.#options = options;
  }

  readonly hold = async (held: readonly HeldMeter[]): Promise<void> => {
    const { gateway, make } = this.#options;
    const made = make(held);
    for (const meter of held) this.#held.set(meter.id, meter);
    const replaced = held.flatMap(({ id }) => (gateway.point(id) === undefined ? [] : [id]));
    await gateway.replaceMeters(replaced, made);
  };

  readonly release = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) this.#held.delete(id);
    await this.#options.gateway.replaceMeters(ids, []);
  };

  /** Starts a meter over; does nothing if it is not held. */
  async again(id: string): Promise<void> {
    const meter = this.#held.get(id);
    if (meter !== undefined) await this.hold([meter]);
  }
}
