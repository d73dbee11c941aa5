/** How a configured meter is reached: its transport, a session with its key, the plan of the live keys. */
import { type Finding, findingText, type SecurityMemory, securityOf } from "@meterport/client/security/auto";
import { optical } from "@meterport/client/session/optical";
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Entropy, Millis, Signal, Transport } from "@meterport/protocol/ports";
import type { MeterConfig } from "../config/config.ts";
import { linkMeter, type MeterAccess } from "./meter-link.ts";

/** What is known of a link without opening it. */
export interface LinkTraits {
  /** Its speed, where that can be set. */
  readonly baud: number | undefined;
  /** Whether it leads to a port of this machine. */
  readonly near: boolean;
}

export interface OpenMeterDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Pick<Log, "info">;
  /** What a link was found to speak; it has to outlive the process. */
  readonly securityMemory: (link: string) => SecurityMemory;
  readonly traitsOf: (link: string) => LinkTraits;
  /** Opens what a link names, at another speed where one is given. @throws LinkError, UsageError */
  readonly openLink: (link: string, signal: Signal, baud: number | undefined) => Promise<Transport>;
}

/** Sentences that are remembered, so that they are not said again. */
const mostSaid = 32;

/** What it takes to reach a configured meter, as often as it has to be reached. */
export const openMeter = (config: MeterConfig, deps: OpenMeterDeps): MeterAccess =>
  config.optical ? throughHead(config, deps) : throughMep(config, deps);

/** The session ends a few seconds after the last answer: the meter's MEP port, and its limit for sessions, count them. */
const shortSessions = { holdTime: 0 } as const;

/** Tells a sentence again only after another one. */
const once = (tell: (sentence: string) => void): ((sentence: string) => void) => {
  let last: string | undefined;
  return (sentence) => {
    if (sentence !== last) tell(sentence);
    last = sentence;
  };
};

/** What whoever configured it is to know. */
export const throughHeadNote = (interval: Millis): string =>
  `read through its optical port each ${interval / 1000} s; on a meter before firmware 4.0 the MEP port is silent for some seconds each time`;

/** Through an optical head. Its speed is what the link says: a head that slipped is no reason to look for others. */
const throughHead = (config: MeterConfig, { clock, openLink, traitsOf, log }: OpenMeterDeps): MeterAccess => {
  const { id, key, clientId, profile, pipe, fastest = 0, wake = 0 } = config;
  const onUnsure = once((sentence) => log.info(`${id}: ${sentence}`));
  // One for all sessions, so that a key that was refused is not shown again until the gateway is started anew.
  // A short session is over before another speed is worth its negotiation.
  const security = optical({ key, userId: clientId, fastest, wake, timing: shortSessions });
  return {
    near: traitsOf(pipe).near,
    open: ({ signal }) => openLink(pipe, signal, undefined),
    connect: (transport, signal, onSession) =>
      linkMeter(transport, { security, clock, signal, profile, onSession, onUnsure }),
  };
};

const throughMep = (config: MeterConfig, deps: OpenMeterDeps): MeterAccess => {
  const { clock, entropy, log, openLink, traitsOf } = deps;
  const { id, key, clientId, profile, link } = config;
  const memory = deps.securityMemory(link);
  // A meter that stays away is tried again and again, with the same outcome.
  const said = new Set<string>();
  const onFinding = (finding: Finding): void => {
    const text = findingText(finding);
    if ((finding.tried !== "tls" && finding.outcome !== "chosen") || said.has(text)) return;
    if (finding.outcome !== "refused" || said.size >= mostSaid) said.clear();
    said.add(text);
    log.info(`${id}: ${text}`);
  };
  const onUnsure = once((sentence) => log.info(`${id}: ${sentence}`));
  const { baud, near } = traitsOf(link);
  return {
    ...(baud === undefined ? {} : { baud }),
    near,
    open: ({ signal, baud }) => openLink(link, signal, baud),
    connect: (transport, signal, onSession) =>
      linkMeter(transport, {
        security: securityOf(config.security, { key, entropy, clientId, memory, onFinding }),
        clock,
        signal,
        profile,
        onSession,
        onUnsure,
      }),
  };
};
