/** How a configured meter is reached: its transport, a session with its key, the plan of the live keys. */
import type { WearStore } from "@meterport/client";
import { type Finding, findingText, type SecurityMemory, securityOf } from "@meterport/client/security/auto";
import { optical } from "@meterport/client/session/optical";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Entropy, Millis, Signal, Transport } from "@meterport/protocol/ports";
import type { MeterConfig } from "../config/config.ts";
import { linkMeter, type MeterAccess } from "./meter-link.ts";

/** What is known of a link without opening it. */
export interface LinkTraits {
  /** Its speed, if that can be set. */
  readonly baud: number | undefined;
  /** Whether it leads to a port of this machine. */
  readonly near: boolean;
}

export interface OpenMeterDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Pick<Log, "info">;
  /** Remembers what a link speaks, beyond the end of the process. */
  readonly securityMemory: (link: string) => SecurityMemory;
  readonly traitsOf: (link: string) => LinkTraits;
  /** Where writes are counted, for a meter that may be written to. */
  readonly wear?: WearStore | undefined;
  /** Opens a link, at another speed if given. @throws LinkError, UsageError */
  readonly openLink: (link: string, signal: Signal, baud: number | undefined) => Promise<Transport>;
}

/** Remembers sentences, so that they are not logged again. */
const mostSaid = 32;

/** How to reach a configured meter, any number of times. */
export const openMeter = (config: MeterConfig, deps: OpenMeterDeps): MeterAccess =>
  config.optical ? throughHead(config, deps) : throughMep(config, deps);

/** The session ends a few seconds after the last answer: the meter's MEP port, and its limit for sessions, count them. */
const shortSessions = { holdTime: 0 } as const;

/** Logs a sentence again only after a different one. */
const once = (tell: (sentence: string) => void): ((sentence: string) => void) => {
  let last: string | undefined;
  return (sentence) => {
    if (sentence !== last) tell(sentence);
    last = sentence;
  };
};

/** A note for the user who configured it. */
export const throughHeadNote = (interval: Millis): string =>
  `read through its optical port every ${interval / 1000} s; on a meter before firmware 4.0 the MEP port is silent for a few seconds each time`;

/** Through an optical head. Its speed is what the link says: a head that slipped is not a reason to try others. */
const throughHead = (config: MeterConfig, { clock, openLink, traitsOf, log }: OpenMeterDeps): MeterAccess => {
  const { id, key, clientId, profile, pipe, fastest = 0, wake = 0 } = config;
  const onUnsure = once((sentence) => log.info(sentence, { meter: id }));
  // Shared by all sessions, so that a refused key is not sent again until the gateway restarts.
  // A short session ends before negotiating another speed would pay off.
  const security = optical({ key, userId: clientId, fastest, wake, timing: shortSessions });
  return {
    near: traitsOf(pipe).near,
    open: ({ signal }) => openLink(pipe, signal, undefined),
    connect: (transport, signal, onSession) =>
      linkMeter(transport, { security, clock, signal, profile, onSession, onUnsure }),
  };
};

const throughMep = (config: MeterConfig, deps: OpenMeterDeps): MeterAccess => {
  const { clock, entropy, log, openLink, traitsOf, wear } = deps;
  const { id, key, clientId, profile, link } = config;
  const memory = deps.securityMemory(link);
  // A meter that stays away is retried again and again, with the same outcome. Of most meters nothing is ever said.
  let said: Set<string> | undefined;
  const onFinding = (finding: Finding): void => {
    const text = findingText(finding);
    if ((finding.tried !== "tls" && finding.outcome !== "chosen") || said?.has(text) === true) return;
    if (finding.outcome !== "refused" || (said?.size ?? 0) >= mostSaid) said = undefined;
    said ??= new Set();
    said.add(text);
    log.info(text, { meter: id });
  };
  const onUnsure = once((sentence) => log.info(sentence, { meter: id }));
  const { baud, near } = traitsOf(link);
  return {
    baud,
    near,
    open: ({ signal, baud }) => openLink(link, signal, baud),
    connect: (transport, signal, onSession) =>
      linkMeter(transport, {
        security: securityOf(config.security, { key, entropy, clientId, memory, onFinding }),
        clock,
        signal,
        profile,
        wear,
        onSession,
        onUnsure,
      }),
  };
};
