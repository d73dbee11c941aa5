/** What supervision must know about a meter besides its answers. */
import { reaches } from "@meterport/protocol/layout/index";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { BT01 } from "@meterport/protocol/tables/basic/bt01-general-manufacturer-information";
import { ET51 } from "@meterport/protocol/tables/extended/et51-mep-device-configuration";
import type { Meter } from "../meter/meter.ts";
import { readWhole, unlessRefused } from "../meter/read/table-bytes.ts";
import type { RequestOptions, Session } from "../session/session.ts";

/** Manufacturer, model, versions and serial number (MEP guide 1.1, p. 205). */
const identityLength = 24;

/** One attempt, ahead of all waiting requests: its result decides what follows. */
const looking = { attempts: 1, priority: 10 } as const;

/** The identity that the meter reports; undefined if it answers but does not report it. @throws LinkError */
export const askIdentity = (session: Session, signal?: Signal): Promise<Uint8Array | undefined> =>
  ask(session, { signal });

/** The same in the quickest way, to find out whether there is a meter at all. @throws LinkError */
export const lookForMeter = (session: Session, signal: Signal): Promise<Uint8Array | undefined> =>
  ask(session, { ...looking, signal });

const ask = (session: Session, options: Omit<RequestOptions, "label">): Promise<Uint8Array | undefined> =>
  unlessRefused(readWhole(session, BT01.number, identityLength, { label: "look for the meter", ...options }));

/** The default of ET51, for meters that do not say (MEP guide 1.1, p. 135). */
const usualSession: Millis = 600_000;
/** How long a meter takes to notice that a session has ended. */
const grace: Millis = 10_000;

/**
 * How long an optical session may silence this meter's MEP port: firmware before 4.0 has one line for both (MEP guide 1.1,
 * p. 26). Undefined if each has its own.
 *
 * @throws LinkError
 */
export const askPauseLimit = async (meter: Meter, signal?: Signal): Promise<Millis | undefined> => {
  // On the optical port itself, no other session can silence this one.
  if (meter.session.kind === "optical" || meter.profile.family !== "meter" || reaches(meter.profile, { meter: [4, 0] }))
    return undefined;
  const options = { signal };
  const [limited, seconds] = await meter.batch(
    (want) => [
      want.read(ET51, ["clients", 0, "enableOpticalDosTimer"]),
      want.read(ET51, ["clients", 0, "opticalSessionTimeout"]),
    ],
    options,
  );
  // Without its timer a session may last for ever; no user stays that long.
  const known = limited.ok && limited.value && seconds.ok && seconds.value > 0;
  return (known ? 1000 * seconds.value : usualSession) + grace;
};
