/** What a reload does: which meters come, go and change, which keys take effect, and which wait for a restart. */
import { Secret } from "@meterport/protocol/mep/security/key";
import type { Config, MeterConfig, OutputConfig } from "./config.ts";
import { settings } from "./config-schema.ts";

export interface ReloadPlan {
  /** Changed keys that take effect. */
  readonly apply: readonly string[];
  /** Changed keys that keep their old value until the next start. */
  readonly restart: readonly string[];
  readonly added: readonly MeterConfig[];
  /** Meters whose configuration differs, with the new one. */
  readonly changed: readonly MeterConfig[];
  /** Ids of those of them that go on with the link that they have. */
  readonly sameLink: ReadonlySet<string>;
  /** Ids of meters that are no longer listed. */
  readonly removed: readonly string[];
  /** Names of outputs that stop, and those that start after them: new ones, and changed ones with their new keys. */
  readonly outputs: { readonly stopped: readonly string[]; readonly started: readonly OutputConfig[] };
  /** What the daemon runs with afterwards. */
  readonly config: Config;
}

/** Whether two values are the same; of secrets what is in them counts. */
const same = (a: unknown, b: unknown): boolean => {
  if (a instanceof Secret || b instanceof Secret)
    return a instanceof Secret && b instanceof Secret && Buffer.from(a.reveal()).equals(b.reveal());
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Array.isArray(a) === Array.isArray(b) && [...names].every((name) => same(one[name], other[name]));
};

/** The value of a key of an output: its path is "outputs.mqtt.url". */
const outputValue =
  (path: string) =>
  ({ outputs }: Config): unknown => {
    const [, name, key = ""] = path.split(".");
    const output = outputs.find((each) => each.name === name);
    if (output === undefined) return undefined;
    if (key === "enabled") return output.enabled;
    return key === "points" ? output.points : output.settings[key];
  };

/** Where the values of keys are. Those of a meter are compared as a whole. */
const values: Readonly<Record<string, (config: Config) => unknown>> = {
  version: () => undefined,
  data: ({ data }) => data,
  zone: ({ zone }) => zone,
  interval: ({ interval }) => interval,
  back_fill: ({ backFill }) => backFill,
  store: ({ store }) => store,
  store_file: () => undefined,
  "http.host": ({ http }) => http.host,
  "http.port": ({ http }) => [http.port, http.portAsked],
  "http.allowed_hosts": ({ http }) => http.allowedHosts,
  "http.tls.cert": ({ http }) => http.tls?.cert,
  "http.tls.key": ({ http }) => http.tls?.key,
  "http.ingress.host": ({ http }) => http.ingress?.host,
  "http.ingress.port": ({ http }) => http.ingress?.port,
  "http.ingress.allowed": ({ http }) => http.ingress?.allowed,
  "http.ingress.user_header": ({ http }) => http.ingress?.userHeader,
  "http.ingress.scope": ({ http }) => http.ingress?.scope,
  "history.commit": ({ history }) => history.commit,
  "history.raw": ({ history }) => history.raw,
  "history.minutes": ({ history }) => history.minutes,
  "history.events": ({ history }) => history.events,
  "history.journal": ({ history }) => history.journal,
  "history.journal_at_most": ({ history }) => history.journalAtMost,
  "fleet.database": ({ fleet }) => fleet?.database,
  "fleet.id": ({ fleet }) => fleet?.id,
  "fleet.roles": ({ fleet }) => fleet?.roles,
  "fleet.address": ({ fleet }) => fleet?.address,
  "fleet.key": ({ fleet }) => fleet?.key,
  "fleet.live": ({ fleet }) => fleet?.live,
  "fleet.profile": ({ fleet }) => fleet?.profile,
  "fleet.gaps.grace": ({ fleet }) => fleet?.gaps.grace,
  "fleet.gaps.memory": ({ fleet }) => fleet?.gaps.memory,
  "fleet.gaps.reach": ({ fleet }) => fleet?.gaps.reach,
  "fleet.checks.deadline": ({ fleet }) => fleet?.checks.deadline,
  "fleet.checks.holidays": ({ fleet }) => fleet?.checks.holidays,
  "fleet.checks.rules": ({ fleet }) => fleet?.checks.rules,
  "fleet.retention.values": ({ fleet }) => fleet?.retention.values,
  "fleet.retention.proofs": ({ fleet }) => fleet?.retention.proofs,
  "fleet.retention.registers": ({ fleet }) => fleet?.retention.registers,
  "fleet.retention.events": ({ fleet }) => fleet?.retention.events,
  "fleet.retention.work": ({ fleet }) => fleet?.retention.work,
  "log.level": ({ logLevel }) => logLevel,
  "log.format": ({ logFormat }) => logFormat,
  ...Object.fromEntries(
    settings.flatMap(({ path }) => (path.startsWith("outputs.") ? [[path, outputValue(path)] as const] : [])),
  ),
};

/** The keys that are compared one by one. */
export const comparedKeys: readonly string[] = Object.keys(values);

/**
 * The value of a key as it may be shown: JSON, and `[secret]` for what is one; undefined if it is not set, or is a meter's.
 *
 * @example
 * shownValue(config, "log.level") // "info"
 */
export const shownValue = (config: Config, path: string): unknown => {
  const value = values[path]?.(config);
  // What was asked for counts, not how it was said.
  const plain = path === "http.port" ? config.http.port : value;
  return plain instanceof Secret ? "[secret]" : plain;
};

/** What a meter may change without its link being opened again. A device of the grid is bound to its link. */
const besideLink = {
  name: "",
  group: "",
  interval: 0,
  rates: {},
  zone: "",
  fuseAmps: 0,
  backFill: true,
  prices: undefined,
};

const isSameLink = (a: MeterConfig | undefined, b: MeterConfig): boolean =>
  a?.device === undefined &&
  b.device === undefined &&
  a !== undefined &&
  same({ ...a, ...besideLink }, { ...b, ...besideLink });

const needsRestart = new Map(settings.map(({ path, restart }) => [path, restart]));

const planOutputs = (old: Config, next: Config): ReloadPlan["outputs"] => {
  const on = ({ outputs }: Config): readonly OutputConfig[] => outputs.filter(({ enabled }) => enabled);
  const unchanged = new Set(
    on(old).flatMap((output) => {
      const now = on(next).find(({ name }) => name === output.name);
      return now !== undefined && same(now, output) ? [output.name] : [];
    }),
  );
  return {
    stopped: on(old).flatMap(({ name }) => (unchanged.has(name) ? [] : [name])),
    started: on(next).filter(({ name }) => !unchanged.has(name)),
  };
};

/**
 * Compares the configuration that runs with a new one.
 *
 * @example
 * planReload(config, config).apply // []
 */
export const planReload = (old: Config, next: Config): ReloadPlan => {
  const differing = Object.entries(values).flatMap(([path, of]) => (same(of(old), of(next)) ? [] : [path]));
  const restart = differing.filter((path) => needsRestart.get(path) === true);
  const before = new Map(old.meters.map((meter) => [meter.id, meter]));
  const after = new Set(next.meters.map(({ id }) => id));
  const added = next.meters.filter(({ id }) => !before.has(id));
  const changed = next.meters.filter((meter) => before.has(meter.id) && !same(before.get(meter.id), meter));
  const removed = old.meters.flatMap(({ id }) => (after.has(id) ? [] : [id]));
  return {
    apply: differing.filter((path) => !restart.includes(path)),
    restart,
    added,
    changed,
    sameLink: new Set(changed.flatMap((meter) => (isSameLink(before.get(meter.id), meter) ? [meter.id] : []))),
    removed,
    outputs: planOutputs(old, next),
    // All keys of these sections wait for a restart.
    config: Object.freeze({
      ...next,
      data: old.data,
      store: old.store,
      http: old.http,
      history: old.history,
      fleet: old.fleet,
    }),
  };
};
