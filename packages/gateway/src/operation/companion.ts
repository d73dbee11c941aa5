/**
 * What a program that starts the daemon adds to it: meters that come and go, outputs, routes, and a word on readiness. The gateway knows
 * nothing else of it, so it does not know what a fleet is.
 */
import type { ProfileProgress } from "@meterport/engine/backfill/profile-job";
import type { ProfileKnown } from "@meterport/engine/backfill/profile-known";
import type { ConfiguredOutput } from "@meterport/engine/outputs/outputs";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { OutputStatus } from "@meterport/engine/ports/output";
import type { Store } from "@meterport/engine/ports/store";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Entropy, Millis } from "@meterport/protocol/ports";
import type { CompanionApi } from "../http/companion-api.ts";
import type { LevelLog } from "../log.ts";
import type { LinkGate } from "../meters/gated-meter.ts";
import type { MeterRates } from "./meter-rates.ts";

/** What stands around a companion from its beginning. */
export interface CompanionContext {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: LevelLog;
  /** Version of Meterport. */
  readonly version: string;
  /** The data folder, which this process has locked. */
  readonly data: string;
  /** How long the journal keeps what is not delivered yet. */
  readonly outboxAtMost: Millis;
}

/** A meter that is not in the configuration. */
export interface HeldMeter {
  /** The metering point. */
  readonly id: string;
  readonly name: string;
  /** How people group it, such as its site; none if omitted. */
  readonly group?: string | undefined;
  /** As in a configuration: "tcp://host:port". */
  readonly link: string;
  readonly key: Secret;
  /** Only for a meter that does not say what it is. */
  readonly profile?: string | undefined;
  readonly zone: string;
  readonly interval: Millis;
  readonly rates: MeterRates;
  /** What is known of its load profile elsewhere, so that it is not read again. */
  readonly known?: ProfileKnown | undefined;
  /** While it is shut a link ends instead of sending, and none is opened; always open if omitted. */
  readonly gate?: LinkGate | undefined;
}

/** A meter that the gateway reads now. */
export interface CompanionPoint {
  readonly source: Pick<MeterSource, "ask" | "status" | "identity">;
  /** Its link and its fresh values. */
  readonly view: MeterView;
  /** Has its load profile looked at again from this moment on: what is known neither here nor elsewhere is read. */
  readonly readAgainFrom: (time: Millis) => void;
  /** How far its load profile has been read. */
  readonly profile: () => ProfileProgress;
  /** Runs one of its jobs, such as "load profile" or "event log", as soon as the line is idle. @throws MeterportError */
  readonly runJob: (name: string) => Promise<void>;
}

/** The running gateway, as a companion uses it. */
export interface CompanionGateway {
  /** Address of the page and the API. */
  readonly url: string;
  /** Adds meters, or replaces those with the same ids; all others go on. @throws UsageError for a wrong link or profile */
  readonly hold: (meters: readonly HeldMeter[]) => Promise<void>;
  /** Closes the links of meters and forgets them; their values stay stored. */
  readonly release: (ids: readonly string[]) => Promise<void>;
  /** Undefined if it is not read here. */
  readonly point: (id: string) => CompanionPoint | undefined;
  readonly store: Store;
  readonly outputs: () => Promise<readonly OutputStatus[]>;
}

export interface Companion extends CompanionApi {
  readonly outputs: readonly ConfiguredOutput[];
  /** Called once, when the gateway serves. */
  readonly started: (gateway: CompanionGateway) => Promise<void>;
  /** Ends its work while the gateway still runs, so that meters are handed over in order. */
  readonly stop: () => Promise<void>;
}
