/** A virtual meter of firmware 4.30 in virtual time, and clients for its ports. */
import { type ConnectOptions, connect, type Meter, type Security } from "@meterport/client";
import { auto, type Finding, type FoundSecurity } from "@meterport/client/security/auto";
import { tls } from "@meterport/client/session/tls";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Level } from "@meterport/protocol/mep/security/seal";
import type { Entropy } from "@meterport/protocol/ports";
import { memoryLine, seeded, VirtualMeter, type VirtualMeterOptions } from "@meterport/simulator";
import { VirtualClock } from "./virtual-clock.ts";

export const keys = { basic: new Secret(new Uint8Array(16).fill(1)), advanced: new Secret(new Uint8Array(16).fill(2)) };

export const setting = (options: Partial<VirtualMeterOptions> & { readonly firmware?: string } = {}) => {
  const { firmware = "meter:4.30", ...rest } = options;
  const clock = new VirtualClock();
  const device = new VirtualMeter({
    profile: parseProfile(firmware),
    keys,
    scenario: "quiet",
    seed: 1,
    start: clock.wall(),
    ...rest,
  });
  const random = seeded(9);
  const entropy: Entropy = (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const to = (port: 1 | 2, security: Security, more: Partial<ConnectOptions> = {}): Promise<Meter> =>
    clock.run(connect(memoryLine({ meter: device.port(port), clock }), { security, clock, ...more }));
  const inTls = (level: Level): Security => tls({ key: keys[level], level, clientId: 100, entropy });
  const found: Finding[] = [];
  let remembered: FoundSecurity | undefined;
  const automatic = (key: Secret = keys.basic, level?: Level): Security =>
    auto({
      key,
      entropy,
      level,
      memory: { get: () => remembered, set: (next) => (remembered = next) },
      onFinding: (finding) => found.push(finding),
    });
  return { clock, device, entropy, to, inTls, automatic, found, remembered: () => remembered };
};
