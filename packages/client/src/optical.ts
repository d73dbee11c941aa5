/** The optical port as a client's way to a meter. Beside the main entry, because few need it. */
import { UsageError } from "@meterport/protocol/errors";
import type { LinkInput, LinkOutput } from "@meterport/protocol/link/exchange";
import { OpticalLink, type OpticalLinkOptions } from "@meterport/protocol/optical/optical-link";
import { passwordLength } from "@meterport/protocol/optical/services";
import { defaultOpticalTiming, type OpticalTiming } from "@meterport/protocol/optical/timing";
import type { Millis } from "@meterport/protocol/ports";
import type { Secret } from "@meterport/protocol/security/key";
import type { MachineSecurity } from "./security.ts";

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
  /** Differences from `defaultOpticalTiming`. */
  readonly timing?: Partial<OpticalTiming>;
}

/** What a meter said of a key, for all sessions that show it. */
interface KeyMemory {
  refusal: string | undefined;
}

/** A key that a meter has refused is not shown to it in the next session either: wrong ones raise an alarm, and lock the port. */
class OpticalSession extends OpticalLink {
  readonly #memory: KeyMemory;

  constructor(options: OpticalLinkOptions, memory: KeyMemory) {
    super(options);
    this.#memory = memory;
  }

  override handle(input: LinkInput, now: Millis): LinkOutput[] {
    const { refusal } = this.#memory;
    if (input.type === "request" && refusal !== undefined)
      return [{ type: "failed", id: input.id, failure: "wrong-key", attempts: 0, detail: refusal }];
    const out = super.handle(input, now);
    for (const output of out)
      if (output.type === "failed" && output.failure === "wrong-key") this.#memory.refusal = output.detail;
    return out;
  }
}

/**
 * The optical port (ANSI C12.18-1996), for `connect`: the same meter with other keys. Procedures answer in BT08, pending tables
 * can be written, and transactions are left to the MEP port. One security may serve sessions that follow each other: a key that the
 * meter refused in one is not shown in the next.
 *
 * @throws UsageError (`key`, `range`) for what does not fit its field
 */
export const optical = ({ key, userId = 0, user = "Meterport", timing }: OpticalSecurity): MachineSecurity => {
  const password = key?.reveal();
  if (password !== undefined && password.length > passwordLength)
    throw new UsageError(
      "key",
      `a key of the optical port has at most ${passwordLength} bytes, this one has ${password.length}`,
    );
  const options = { userId, user, ...(password === undefined ? {} : { password }) };
  // What does not fit is to be heard of now, not when the port is opened.
  new OpticalLink(options);
  const memory: KeyMemory = { refusal: undefined };
  return {
    level: undefined,
    machine: ({ bridgeDelay, interByteTimeout = 0, byteTime }) =>
      new OpticalSession(
        {
          ...options,
          timing: {
            ...(bridgeDelay === undefined ? {} : { bridgeDelay }),
            ...(byteTime === undefined ? {} : { byteTime }),
            interByteTimeout: Math.max(interByteTimeout, defaultOpticalTiming.interByteTimeout),
            ...timing,
          },
        },
        memory,
      ),
  };
};
