/** The optical port as a client's way to a meter. Beside the main entry, because few need it. */

import { opticalBaudRates } from "@meterport/protocol/baud-rates";
import { UsageError } from "@meterport/protocol/errors";
import type { LinkInput, LinkOutput } from "@meterport/protocol/mep/link/exchange";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { OpticalLink } from "@meterport/protocol/optical/optical-link";
import type { OpticalLinkOutput } from "@meterport/protocol/optical/optical-link-ends";
import { passwordLength } from "@meterport/protocol/optical/services";
import { defaultOpticalTiming, type OpticalTiming } from "@meterport/protocol/optical/timing";
import type { Millis, Transport } from "@meterport/protocol/ports";
import type { LinkMachine } from "./link-machine.ts";
import { type MachineSecurity, revealed } from "./security.ts";

/** What is offered to a meter at most, in bits per second, where nobody says otherwise: what common heads can follow. */
export const usualFastest = 19_200;

/** More would take a second and a half before each session. */
const mostWakes = 32;

export interface OpticalSecurity {
  /**
   * MK, PK or RK, up to 20 bytes (Optical guide 1.1, p. 15); zeros are put behind a shorter one, which no guide says. Without a
   * key the meter shows BT00, BT01 and ET03 only.
   */
  readonly key?: Secret;
  /** 0 to 65535; the meter notes it in its event log. 0 where left out. */
  readonly userId?: number;
  /** At most 10 printable ASCII characters; the meter does not check it. */
  readonly user?: string;
  /**
   * The highest speed that is offered to the meter, in bits per second, where the transport can change its own: `usualFastest`
   * where left out, 0 for none. No guide says which speeds these meters know; the meter chooses.
   */
  readonly fastest?: number;
  /** Bytes 0x55 that are sent before each session, 50 ms apart, to a head or meter that has to be woken: 0 to 32, none if omitted. */
  readonly wake?: number;
  /** Is called once where meter or head did not follow to another speed, and the line is back at its first. */
  readonly onSlow?: () => void;
  /** Differences from `defaultOpticalTiming`. */
  readonly timing?: Partial<OpticalTiming>;
}

/** What all sessions under one security know of the meter. */
interface Memory {
  /** Why it refused the key. */
  refusal: string | undefined;
  /** Whether it or its head did not follow to another speed. */
  slow: boolean;
}

/**
 * The optical port (ANSI C12.18-1996), for `connect`: the same meter with other keys. Procedures answer in BT08, pending tables
 * can be written, and transactions are left to the MEP port. One security may serve sessions that follow each other: a key that the
 * meter refused in one is not shown in the next.
 *
 * @throws UsageError (`key`, `range`) for what does not fit its field
 */
export const optical = (security: OpticalSecurity): MachineSecurity => {
  const { key, userId = 0, user = "Meterport", fastest = usualFastest, wake = 0, onSlow = () => {}, timing } = security;
  const password = key === undefined ? undefined : revealed(key);
  if (password !== undefined && password.length > passwordLength)
    throw new UsageError(
      "key",
      `a key of the optical port has at most ${passwordLength} bytes, this one has ${password.length}`,
    );
  if (!Number.isInteger(wake) || wake < 0 || wake > mostWakes)
    throw new UsageError("range", `a wake-up has 0 to ${mostWakes} bytes, not ${wake}`);
  const options = { userId, user, ...(password === undefined ? {} : { password }) };
  // What does not fit is to be heard of now, not when the port is opened.
  new OpticalLink(options);
  const memory: Memory = { refusal: undefined, slow: false };
  return {
    level: undefined,
    machine: ({ bridgeDelay, interByteTimeout = 0, byteTime }, { speed }) => {
      const initial = speed?.baudRate ?? 0;
      const faster = Object.values(opticalBaudRates).filter(
        (rate) => !memory.slow && rate > initial && rate <= fastest,
      );
      const link = new OpticalLink({
        ...options,
        ...(speed === undefined ? {} : { speeds: { initial, faster } }),
        timing: {
          ...(bridgeDelay === undefined ? {} : { bridgeDelay }),
          ...(byteTime === undefined ? {} : { byteTime }),
          interByteTimeout: Math.max(interByteTimeout, defaultOpticalTiming.interByteTimeout),
          wakeBytes: wake,
          ...timing,
        },
      });
      return new OpticalSession(link, speed, memory, onSlow);
    },
  };
};

/**
 * An optical link whose transport changes its speed when the link says so. A key that a meter has refused is not shown to it in
 * the next session either: wrong ones raise an alarm, and lock the port.
 */
class OpticalSession implements LinkMachine {
  readonly kind = "optical";
  readonly tellsChanges = false;
  readonly #link: OpticalLink;
  readonly #speed: Transport["speed"];
  readonly #memory: Memory;
  readonly #onSlow: () => void;

  constructor(link: OpticalLink, speed: Transport["speed"], memory: Memory, onSlow: () => void) {
    this.#link = link;
    this.#speed = speed;
    this.#memory = memory;
    this.#onSlow = onSlow;
  }

  get load(): number {
    return this.#link.load;
  }

  get readLimit(): number {
    return this.#link.readLimit;
  }

  get writeLimit(): number {
    return this.#link.writeLimit;
  }

  get busy(): boolean {
    return this.#link.busy;
  }

  wakeAt(): Millis | undefined {
    return this.#link.wakeAt();
  }

  leave(now: Millis): LinkOutput[] {
    return this.#heed(this.#link.leave(now));
  }

  handle(input: LinkInput, now: Millis): LinkOutput[] {
    const { refusal } = this.#memory;
    if (input.type === "request" && refusal !== undefined)
      return [{ type: "failed", id: input.id, failure: "wrong-key", attempts: 0, detail: refusal }];
    return this.#heed(this.#link.handle(input, now));
  }

  #heed(outputs: readonly OpticalLinkOutput[]): LinkOutput[] {
    return outputs.filter((output): output is LinkOutput => {
      if (output.type === "failed" && output.failure === "wrong-key") this.#memory.refusal = output.detail;
      if (output.type !== "speed") return true;
      // What stands beside it is written first. A line that did not change answers nothing, and the link goes back by itself.
      void Promise.resolve().then(() => this.#speed?.change(output.baudRate).catch(() => {}));
      if (output.last && !this.#memory.slow) this.#onSlow();
      this.#memory.slow ||= output.last;
      return false;
    });
  }
}
