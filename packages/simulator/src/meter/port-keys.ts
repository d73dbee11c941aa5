/** What a MEP port of a virtual meter speaks, and with which keys. */
import { type Profile, reaches } from "@meterport/protocol/layout/index";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { type PortSecurity, type PortTls, portSecurity } from "@meterport/protocol/mep/security/mep-tls/port-security";
import type { Entropy } from "@meterport/protocol/ports";
import { Noise } from "../household/noise.ts";

export interface PortKeys {
  readonly profile: Profile;
  readonly keys: { readonly basic: Secret; readonly advanced: Secret };
  readonly seed: number;
  readonly tls?: readonly PortTls[] | undefined;
  readonly entropy?: Entropy | undefined;
}

/** Without entropy of its own its randoms follow from the seed, which is only good for tests. */
export const securityOf = ({ profile, keys, seed, tls = [], entropy }: PortKeys, number: 1 | 2): PortSecurity => {
  const noise = new Noise(seed, `tls ${number}`);
  let drawn = 0;
  const seeded: Entropy = (length) => Uint8Array.from({ length }, () => Math.floor(noise.unit(drawn++) * 256));
  const byDefault = reaches(profile, { meter: [4, 0] }) ? "optional" : "off";
  return portSecurity({
    keys: { basic: keys.basic.reveal(), advanced: keys.advanced.reveal() },
    tls: tls[number - 1] ?? byDefault,
    entropy: entropy ?? seeded,
  });
};
