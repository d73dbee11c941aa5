/** The doctor and the test of a key for a point, while the point's own reading rests. */

import type { LinkCause } from "@meterport/client/supervision/link-status";
import type { Diagnosis } from "@meterport/doctor/diagnosis";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis, Signal } from "@meterport/protocol/ports";
import type { LinkRecording } from "./link-recording.ts";
import type { PausableSource } from "./pausable-source.ts";
import { examineLink, type KeyVerdict, type LinkTestDeps, type TestedLink, tryKey } from "./tested-link.ts";

export interface LinkService {
  readonly link: Pick<TestedLink, "optical" | "kind" | "security">;
  readonly doctor: () => Promise<Diagnosis>;
  readonly tryKey: (key: Secret) => Promise<KeyVerdict>;
  /** Records its traffic; undefined for an optical port, which a key crosses in the clear. */
  readonly recorder?: LinkRecording | undefined;
}

/** The doctor needs half a minute for a meter that answers, and about twice as much for one that does not. */
const doctorLimit: Millis = 120_000;
const keyLimit: Millis = 45_000;

const cause = (what: string): LinkCause => ({ code: "doctor", text: `${what}; the meter is read again afterwards` });

export const linkService = (
  source: Pick<PausableSource, "rest">,
  link: TestedLink,
  deps: LinkTestDeps,
): LinkService => ({
  link,
  doctor: () =>
    source.rest({
      cause: cause("the doctor examines the link"),
      limit: doctorLimit,
      run: (signal) => examineLink(link, signal, deps),
    }),
  tryKey: (key) =>
    source.rest({
      cause: cause("a key is being tried"),
      limit: keyLimit,
      run: (signal) => tryKey(link, key, signal, deps),
    }),
});

/** A key on a link that no point has, within the time of a test. @throws LinkError (`aborted`) */
export const tryLink = async (
  link: TestedLink,
  key: Secret | undefined,
  deps: LinkTestDeps,
  stop?: Signal | undefined,
): Promise<KeyVerdict> => {
  const controller = new AbortController();
  const abort = () => controller.abort();
  stop?.addEventListener("abort", abort, { once: true });
  const cancel = deps.clock.at(deps.clock.now() + keyLimit, abort);
  try {
    return await tryKey(link, key, controller.signal, deps);
  } finally {
    cancel();
    stop?.removeEventListener("abort", abort);
  }
};
