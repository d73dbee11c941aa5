/** The optical port as a client's way to a meter. Not in the main entry, because few programs need it. */

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

/** The highest speed offered to a meter by default, in bits per second: common heads can follow it. */
export const usualFastest = 19_200;

/** More would take over a second and a half before each session. */
const mostWakes = 32;

export interface OpticalSecurity {
  /**
   * MK, PK or RK, up to 20 bytes (Optical guide 1.1, p. 15); a shorter one is padded with zeros, which no guide
   * mentions. Without a key the meter shows only BT00, BT01 and ET03.
   */
  readonly key?: Secret | undefined;
  /** 0 to 65535; the meter records it in its event log. 0 by default. */
  readonly userId?: number | undefined;
  /** At most 10 printable ASCII characters; the meter does not check it. */
  readonly user?: string | undefined;
  /**
   * The highest speed to offer to the meter, in bits per second, if the transport can change its own: `usualFastest` by
   * default, 0 for none. No guide says which speeds these meters support; the meter chooses.
   */
  readonly fastest?: number | undefined;
  /** Bytes 0x55 to send before each session, 50 ms apart, to a head or meter that must be woken: 0 to 32, none if omitted. */
  readonly wake?: number | undefined;
  /** Called once if meter or head did not follow to another speed, and the line is back at its first. */
  readonly onSlow?: (() => void) | undefined;
  /** Differences from `defaultOpticalTiming`. */
  readonly timing?: Partial<OpticalTiming> | undefined;
}

/** What all sessions under one security know about the meter. */
interface Memory {
  /** Why it refused the key. */
  refusal: string | undefined;
  /** Whether it or its head failed to follow to another speed. */
  slow: boolean;
}

/**
 * The optical port (ANSI C12.18-1996), for `connect`: the same meter with other keys. Procedures answer in BT08, pending tables
 * can be written, and there are no transactions. One security may serve several sessions in turn: a key that the meter
 * refused in one is not shown in the next.
 *
 * @throws UsageError (`key`, `range`) for a value that does not fit its field
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
  // Report a value that does not fit now, not when the port is opened.
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
 * An optical link whose transport changes its speed when the link says so. A key that a meter has refused is not shown in
 * the next session either: wrong keys raise an alarm, and lock the port.
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
      // Outputs beside it are written first. If the line did not change, nothing answers, and the link goes back on its own.
      void Promise.resolve().then(() => this.#speed?.change(output.baudRate).catch(() => {}));
      if (output.last && !this.#memory.slow) this.#onSlow();
      this.#memory.slow ||= output.last;
      return false;
    });
  }
}
