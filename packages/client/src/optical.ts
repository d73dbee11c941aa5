/** The optical port as a client's way to a meter. Beside the main entry, because few need it. */
import { UsageError } from "@meterport/protocol/errors";
import { OpticalLink } from "@meterport/protocol/optical/optical-link";
import { passwordLength } from "@meterport/protocol/optical/services";
import { defaultOpticalTiming, type OpticalTiming } from "@meterport/protocol/optical/timing";
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

/**
 * The optical port (ANSI C12.18-1996), for `connect`: the same meter with other keys. Procedures answer in BT08, pending tables
 * can be written, and transactions are left to the MEP port.
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
  return {
    level: undefined,
    machine: ({ bridgeDelay, interByteTimeout = 0, byteTime }) =>
      new OpticalLink({
        ...options,
        timing: {
          ...(bridgeDelay === undefined ? {} : { bridgeDelay }),
          ...(byteTime === undefined ? {} : { byteTime }),
          interByteTimeout: Math.max(interByteTimeout, defaultOpticalTiming.interByteTimeout),
          ...timing,
        },
      }),
  };
};
