/** The meters of a shard's sites as the gateway reads them. Pure. */
import type { ProfileKnown } from "@meterport/engine/backfill/profile-known";
import type { LinkGate } from "@meterport/gateway/meters/gated-meter";
import type { HeldMeter } from "@meterport/gateway/operation/companion";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Millis } from "@meterport/protocol/ports";
import type { Site, SiteMeter } from "../shards/sites.ts";

export interface Rhythm {
  /** How often live values are read. */
  readonly live: Millis;
  /** How often the load profile and the logs are read. */
  readonly profile: Millis;
}

/** Alarms, tariff and outputs of many meters. */
const stateEvery: Millis = 30 * 60_000;

/** A meter of a site that can be read, were its key known. */
export interface ReachedMeter {
  readonly shard: number;
  readonly site: Site;
  readonly meter: SiteMeter & { readonly link: string; readonly point: string };
}

/** Those that somebody said how to reach, and whose site is not paused. */
export const reachedMeters = (sites: readonly Site[], now: Millis): readonly ReachedMeter[] =>
  sites.flatMap((site) =>
    (site.pausedUntil ?? now) > now
      ? []
      : site.meters.flatMap((meter): readonly ReachedMeter[] => {
          const { link, point } = meter;
          return link === null || point === null ? [] : [{ shard: site.shard, site, meter: { ...meter, link, point } }];
        }),
  );

export const pausedSites = (sites: readonly Site[], now: Millis): number =>
  sites.filter(({ pausedUntil }) => (pausedUntil ?? now) > now).length;

/** Meters of the load-profile's rhythm: what is asked seldom is asked with it. */
export const heldMeter = (
  { site, meter }: ReachedMeter,
  key: Secret,
  { live, profile }: Rhythm,
  known: ProfileKnown,
  gate: LinkGate,
): HeldMeter => ({
  ...{ id: meter.point, name: meter.pointName ?? meter.point, group: site.name, link: meter.link, key },
  ...(meter.profile === null ? {} : { profile: meter.profile }),
  ...{ zone: meter.zone, interval: live, known, gate },
  rates: { profile, events: profile, clock: profile, children: profile, state: Math.max(stateEvery, live) },
});

const isOptical = (link: string): boolean => /^optical[+:]/i.test(link);

interface Opened {
  readonly keys: ReadonlyMap<string, { readonly at: (port: "mep" | "optical") => { readonly secret: Secret } }>;
  readonly problems: ReadonlyMap<string, string>;
}

/** The key of a meter for the port that its link leads to, or why there is none. */
export const keyFor = ({ meter: { serial, link } }: ReachedMeter, { keys, problems }: Opened): Secret | string => {
  const key = keys.get(serial);
  if (key === undefined)
    return problems.get(serial) ?? `meter ${serial} has no key: set it with meterport fleet key set ${serial}`;
  try {
    return key.at(isOptical(link) ? "optical" : "mep").secret;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `the key of meter ${serial} does not fit its port: ${error.message}`;
  }
};

const sameKey = (a: Secret, b: Secret): boolean => Buffer.from(a.reveal()).equals(b.reveal());

/** Whether a meter that is read must be started over to be read so. */
export const differs = (now: HeldMeter, next: HeldMeter): boolean =>
  now.link !== next.link ||
  now.name !== next.name ||
  now.group !== next.group ||
  now.profile !== next.profile ||
  now.zone !== next.zone ||
  !sameKey(now.key, next.key);
