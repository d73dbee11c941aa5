/** Says what meters behind others answered: they are read once an hour or less, and what they have counted stays true until then. */
import type { ChildView } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import type { Announcer } from "./announcer.ts";
import type { Message } from "./broker.ts";
import { isCounted } from "./child-entities.ts";
import { childKey, childPayload, type ShownChild } from "./payloads.ts";
import { pointTopics } from "./topics.ts";

export interface ChildSayerOptions {
  readonly prefix: string;
  readonly announcer: Pick<Announcer, "child">;
  readonly offer: (message: Message) => void;
  /** Seconds after which the broker forgets what it was told; undefined for never. */
  readonly expiry: number | undefined;
}

type Registers = Map<string, Pick<ChildView["values"][number], "register" | "tier">>;

/**
 * What can be said of it now. A counter stays true; what was measured is unknown while the meter does not reach it, or is not reached
 * itself.
 *
 * @param registers all that it has answered so far: an answer may leave some out
 */
const shownOf = (child: ChildView, registers: Registers, isStale: boolean): ShownChild => {
  const now = new Map(child.values.map((value) => [childKey(value), value.value]));
  const isReached = !isStale && child.state !== "down";
  return {
    ...child,
    ...(isStale ? { state: "unknown", alarms: null } : {}),
    values: [...registers].map(([key, { register, tier }]) => ({
      ...{ register, tier, value: isReached || isCounted(register) ? (now.get(key) ?? null) : null },
    })),
  };
};

export class ChildSayer {
  readonly #options: ChildSayerOptions;
  readonly #said = new Map<string, { readonly payload: string; readonly at: Millis }>();
  /** By child: a key that was announced is in every message. */
  readonly #registers = new Map<string, Registers>();

  constructor(options: ChildSayerOptions) {
    this.#options = options;
  }

  /** Everything is said again. */
  forget(): void {
    this.#said.clear();
  }

  /**
   * Announces all of them, and says what is news.
   *
   * @param isStale whether the meter that reads it does not answer
   * @param repeat milliseconds after which the same is said again; 0 if it was said already
   */
  async say(
    children: readonly ChildView[],
    isStale: (parent: string) => boolean,
    now: Millis,
    repeat: Millis,
  ): Promise<void> {
    const { announcer, prefix, offer, expiry } = this.#options;
    const here = new Set(children.map(({ id }) => id));
    for (const id of this.#registers.keys()) if (!here.has(id)) this.#forgetOne(id);
    for (const child of children) {
      const shown = shownOf(child, this.#registersOf(child), isStale(child.parent));
      await announcer.child(shown);
      const payload = JSON.stringify(childPayload(shown));
      const said = this.#said.get(child.id);
      const isOld = repeat > 0 && said !== undefined && now - said.at >= repeat;
      if (said?.payload === payload && !isOld) continue;
      this.#said.set(child.id, { payload, at: now });
      offer({ topic: pointTopics(prefix, child.id).values, payload, retain: true, expiry });
    }
  }

  #registersOf(child: ChildView): Registers {
    const registers: Registers = this.#registers.get(child.id) ?? new Map();
    this.#registers.set(child.id, registers);
    for (const value of child.values) if (!registers.has(childKey(value))) registers.set(childKey(value), value);
    return registers;
  }

  #forgetOne(id: string): void {
    this.#registers.delete(id);
    this.#said.delete(id);
  }
}
