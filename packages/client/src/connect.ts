/** From a transport to a meter. */

import { type Profile, reaches } from "@meterport/protocol/layout/index";
import type { LinkTiming } from "@meterport/protocol/mep/link/timing";
import type { Clock, Signal, Transport } from "@meterport/protocol/ports";
import { ET70 } from "@meterport/protocol/tables/extended/et70-ram-only-status";
import { numberOf } from "@meterport/protocol/tables/identifiers";
import { identify } from "./meter/identity.ts";
import { Meter } from "./meter/meter.ts";
import { readSlice, unlessRefused } from "./meter/read/table-bytes.ts";
import { memoryWearStore, type WearStore } from "./meter/write/wear-budget.ts";
import type { Security } from "./session/security.ts";
import { Session, type SessionEnd } from "./session/session.ts";

export interface ConnectOptions {
  readonly security: Security;
  readonly clock: Clock;
  readonly timing?: Partial<LinkTiming> | undefined;
  /** The device's profile, for a meter that does not report its own; refused if the meter contradicts it. */
  readonly profile?: Profile | undefined;
  readonly signal?: Signal | undefined;
  /** Called with the session before its first request, for callers that count the traffic of the first contact. */
  readonly onSession?: ((session: Session) => void) | undefined;
  /** Permits writes, procedures and transactions; false by default, because the meter is somebody's property. */
  readonly writable?: boolean | undefined;
  /** Remembers across restarts how often this meter was written to; if omitted, only for this connection. */
  readonly wear?: WearStore | undefined;
}

/** Byte of ET70 that names the port a request came in on (MEP guide 1.1, p. 179). */
const portOffset = 142;

/**
 * Opens a session and finds out which device it is. Closes the transport if that fails.
 *
 * @throws UsageError (`profile`) if the meter contradicts the given profile; LinkError
 */
export const connect = async (transport: Transport, options: ConnectOptions): Promise<Meter> => {
  const { security, clock, timing, signal } = options;
  const session = new Session(transport, { ...endOf(security), clock, ...(timing === undefined ? {} : { timing }) });
  options.onSession?.(session);
  try {
    const settled = await security.settle?.(session, signal, options.profile);
    const { profile, ...identified } = await identify(session, signal, options.profile);
    // On the optical port, the MEP ports and their other clients do not matter.
    const asksPort = session.kind === "mep" && reaches(profile, { meter: [4, 0] });
    const port = asksPort ? await askPort(session, signal) : 1;
    const { writable = false, wear = memoryWearStore() } = options;
    const level = settled ?? security.level;
    const several = port === 2 || (asksPort ? await askSeveral(session, signal) : false);
    return new Meter({ session, clock, profile, ...identified, level, port, several, writable, wear });
  } catch (error) {
    // The caller must see the first error, not one from closing.
    await session.close().catch(() => {});
    throw error;
  }
};

const endOf = (security: Security): SessionEnd =>
  "seal" in security ? { seal: security.seal } : { machine: security.machine };

/** Byte and bit of ET54 that say whether the meter serves two clients, or works as before firmware 4.0 (MEP guide 1.1, p. 29). */
const severalAt = { offset: 1, length: 1 };
const severalBit = 0x01;

/** `undefined` if the meter does not say. BT00 would cost as much as this byte, which every meter with 4.0 has. */
const askSeveral = async (session: Session, signal: Signal | undefined): Promise<boolean | undefined> => {
  const options = { label: "read ET54.0.8", ...(signal === undefined ? {} : { signal }) };
  const answer = await unlessRefused(readSlice(session, numberOf("ET54"), severalAt, options));
  return answer === undefined ? undefined : ((answer[0] ?? 0) & severalBit) !== 0;
};

/** The first port, which every meter has, if the meter does not say; BT00 is not read first, see `askSeveral`. */
const askPort = async (session: Session, signal: Signal | undefined): Promise<1 | 2> => {
  const options = { label: `read ET70.${portOffset}`, ...(signal === undefined ? {} : { signal }) };
  const answer = await unlessRefused(readSlice(session, ET70.number, { offset: portOffset, length: 1 }, options));
  return answer?.[0] === 2 ? 2 : 1;
};
