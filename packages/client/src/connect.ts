/** From a transport to a meter. */

import { ResponseError } from "@meterport/protocol/errors";
import { type Profile, reaches } from "@meterport/protocol/layout/index";
import type { LinkTiming } from "@meterport/protocol/link/timing";
import type { Clock, Signal, Transport } from "@meterport/protocol/ports";
import { ET70 } from "@meterport/protocol/tables/extended/et70-ram-only-status";
import { tablesById } from "@meterport/protocol/tables/index";
import { identify } from "./identity.ts";
import { Meter } from "./meter.ts";
import type { Security } from "./security.ts";
import { Session } from "./session.ts";
import { readSlice } from "./table-bytes.ts";

export interface ConnectOptions {
  readonly security: Security;
  readonly clock: Clock;
  readonly timing?: Partial<LinkTiming>;
  /** What the device is; asked from BT01 where absent. */
  readonly profile?: Profile;
  readonly signal?: Signal;
}

/** Byte of ET70 that names the port a request came in on (MEP guide 1.1, p. 179). */
const portOffset = 142;

/**
 * Opens a session and learns what device it is. The transport is closed where that fails.
 *
 * @throws LinkError, UsageError
 */
export const connect = async (transport: Transport, options: ConnectOptions): Promise<Meter> => {
  const { security, clock, timing, signal } = options;
  const session = new Session(transport, { seal: security.seal, clock, ...(timing === undefined ? {} : { timing }) });
  try {
    const { identity, profile } =
      options.profile === undefined
        ? await identify(session, signal)
        : { identity: undefined, profile: options.profile };
    const port = reaches(profile, { meter: [4, 0] }) ? await askPort(session, signal) : 1;
    return new Meter({ session, clock, profile, identity, level: security.level, port, tables: tablesById });
  } catch (error) {
    await session.close();
    throw error;
  }
};

const askPort = async (session: Session, signal: Signal | undefined): Promise<1 | 2> => {
  const options = { label: `read ET70.${portOffset}`, ...(signal === undefined ? {} : { signal }) };
  try {
    const answer = await readSlice(session, ET70.number, { offset: portOffset, length: 1 }, options);
    return answer[0] === 2 ? 2 : 1;
  } catch (error) {
    // Only where it is refused: the first port is the one that every meter has.
    if (error instanceof ResponseError) return 1;
    throw error;
  }
};
