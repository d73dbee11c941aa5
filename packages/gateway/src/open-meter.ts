/** Opens a configured meter: its transport, a session with its key, the plan of the live keys. */
import { rc4 } from "@meterport/client";
import type { Clock, Entropy, Transport } from "@meterport/protocol/ports";
import type { MeterConfig } from "./config.ts";
import { linkMeter } from "./meter-link.ts";
import type { OpenMeter } from "./meter-source.ts";

export interface OpenMeterDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Opens what a link names. @throws LinkError, UsageError */
  readonly openLink: (link: string, signal: AbortSignal) => Promise<Transport>;
}

/** Gives the function that connects to a configured meter; it can be called again whenever the link was lost. */
export const openMeter =
  (config: MeterConfig, { clock, entropy, openLink }: OpenMeterDeps): OpenMeter =>
  async (signal) => {
    const security = rc4({ key: config.key, entropy });
    const transport = await openLink(config.link, signal);
    const { profile } = config;
    return linkMeter(transport, { security, clock, signal, ...(profile === undefined ? {} : { profile }) });
  };
