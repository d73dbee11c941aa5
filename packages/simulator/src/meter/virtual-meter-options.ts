/** What a virtual meter is made of. */
import type { Profile } from "@meterport/protocol/layout/index";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { PortTls } from "@meterport/protocol/mep/security/mep-tls/port-security";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import type { ScenarioName } from "../household/scenarios.ts";
import type { OpticalKeys } from "../optical/optical-port.ts";

export interface VirtualMeterOptions {
  readonly profile: Profile;
  /** MBK and MAK. */
  readonly keys: { readonly basic: Secret; readonly advanced: Secret };
  readonly scenario: ScenarioName;
  /** A whole number: another household, serial number and register readings for each. */
  readonly seed: number;
  /** Unix milliseconds of the meter's clock when `now` is `epoch`, in 2001 to 2099. */
  readonly start: Millis;
  /** What its energy registers have counted more than a new meter's, in Wh; nothing if omitted. See `installationAt`. */
  readonly counted?: number | undefined;
  /** How many days before `start` its memory reaches, 1 to 60; 60 if omitted. Each costs some 20 ms when it is first read. */
  readonly days?: number | undefined;
  /** The `now` at which the meter's clock shows `start`; 0 if omitted. */
  readonly epoch?: Millis | undefined;
  /**
   * Simulated seconds per real second, 0 to 100000; 1 if omitted. The energy between two reads is added up at the
   * second of them, which takes some 15 ms for each simulated day.
   */
  readonly speed?: number | undefined;
  /** The sequence number that the first request should carry; made from the seed if omitted. */
  readonly sequence?: number | undefined;
  /** Differences from `defaultEndpointTiming`. */
  readonly timing?: Partial<EndpointTiming> | undefined;
  /** Whether eight demand registers are configured. */
  readonly demand?: boolean | undefined;
  /** Tiers in use: 4 if omitted, up to 8 from firmware 3.70 on. The factory's calendar switches between the first two. */
  readonly tiers?: number | undefined;
  /** What port 1 and port 2 speak. If omitted, `optional` from firmware 4.0 on and `off` before. */
  readonly tls?: readonly PortTls[] | undefined;
  /** For the randoms of TLS; made from the seed if omitted, which is only good for tests. */
  readonly entropy?: Entropy | undefined;
  /** What is on its M-Bus: one gas meter if omitted, or one meter each for water, heat, gas and electricity. */
  readonly children?: "one" | "four" | undefined;
  /** Whether a meter of firmware 4 serves one client only, as those before it (MEP guide 1.1, p. 28). */
  readonly compatible?: boolean | undefined;
  /** MK, PK and RK of the optical port; without any it shows what is open. */
  readonly opticalKeys?: OpticalKeys | undefined;
  /** Numbers of tables behind the hardware lock, which answer 0x03 to every key. */
  readonly locked?: readonly number[] | undefined;
}
