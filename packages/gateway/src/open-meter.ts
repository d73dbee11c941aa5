/** Opens a configured meter: its transport, a session with its key, the plan of the live keys. */
import { type Finding, findingText, type SecurityMemory, securityOf } from "@meterport/client/auto";
import type { Clock, Entropy, Transport } from "@meterport/protocol/ports";
import type { MeterConfig } from "./config.ts";
import type { Log } from "./log.ts";
import { linkMeter } from "./meter-link.ts";
import type { OpenMeter } from "./meter-source.ts";

export interface OpenMeterDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Pick<Log, "info">;
  /** What a link was found to speak; it has to outlive the process. */
  readonly securityMemory: (link: string) => SecurityMemory;
  /** Opens what a link names. @throws LinkError, UsageError */
  readonly openLink: (link: string, signal: AbortSignal) => Promise<Transport>;
}

/** Gives the function that connects to a configured meter; it can be called again whenever the link was lost. */
export const openMeter = (config: MeterConfig, deps: OpenMeterDeps): OpenMeter => {
  const { clock, entropy, log, openLink } = deps;
  const { key, clientId, profile } = config;
  const memory = deps.securityMemory(config.link);
  return async (signal) => {
    const onFinding = (finding: Finding): void => {
      if (finding.tried === "tls" || finding.outcome === "chosen") log.info(`${config.id}: ${findingText(finding)}`);
    };
    const security = securityOf(config.security, { key, entropy, clientId, memory, onFinding });
    const transport = await openLink(config.link, signal);
    return linkMeter(transport, { security, clock, signal, ...(profile === undefined ? {} : { profile }) });
  };
};
