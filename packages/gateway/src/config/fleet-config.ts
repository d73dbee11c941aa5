/** The fleet of a configuration: secrets are found, and what contradicts it is refused. */
import { resolve } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import {
  type FleetRetention,
  type FleetSettings,
  fleetRoles,
  type GapSettings,
  usualDeadline,
  usualGaps,
  usualRetention,
} from "../settings/fleet-settings.ts";
import { type SecretPlace, storeComplaint } from "../settings/secret-value.ts";
import { wrong } from "./complaints.ts";
import type { Given } from "./config-sources.ts";
import type { SecretReader } from "./secret-reader.ts";

type Field = "database" | "key";

const usualLive = 60_000;
const usualProfile = 4 * 3_600_000;

/** Whether the file itself holds a secret of the fleet. */
export const holdsFleetSecret = ({ base }: Given): boolean =>
  [base.fleet?.database, base.fleet?.key].some((place) => place?.kind === "text");

/** What a process of a fleet cannot have beside it. */
const contradictionsOf = ({ base, over, place, named }: Given): readonly string[] => {
  const meters = [...(base.meters ?? []), ...(over.meters ?? [])];
  const storeAt = (["store", "store_file"] as const).find((name) => (over[name] ?? base[name]) !== undefined);
  return [
    ...(meters.length === 0
      ? []
      : [
          `${place(["meters"])}: ${named(["meters"])} stands beside fleet: a process of a fleet reads the meters of its shards; bring them in with meterport fleet import, and remove them here`,
        ]),
    ...(storeAt === undefined
      ? []
      : [
          `${place([storeAt])}: ${named([storeAt])} stands beside fleet: each process of a fleet keeps what is not booked yet in its own data folder; remove it`,
        ]),
  ];
};

type Section = NonNullable<Given["base"]["fleet"]>;

/** What the role `jobs` goes by, with what is usual where nothing is said. */
const jobSettings = ({ gaps, checks, retention = {} }: Section) => ({
  gaps: {
    grace: gaps?.grace ?? usualGaps.grace,
    memory: gaps?.memory ?? usualGaps.memory,
    reach: gaps?.reach ?? usualGaps.reach,
  } satisfies GapSettings,
  checks: {
    deadline: checks?.deadline ?? usualDeadline,
    holidays: checks?.holidays ?? [],
    rules: checks?.rules ?? {},
  },
  retention: {
    ...usualRetention,
    ...Object.fromEntries(Object.entries(retention).map(([name, kept]) => [name, kept === "off" ? null : kept])),
  } satisfies FleetRetention,
});

const say = (time: number): string => (time % 86_400_000 === 0 ? `${time / 86_400_000}d` : `${time / 3_600_000}h`);

/** Times that do not go together. */
const timeContradictions = (
  { gaps, checks, retention }: ReturnType<typeof jobSettings>,
  at: (field: string) => string,
): readonly string[] => {
  const { grace, memory, reach } = gaps;
  const { values } = retention;
  return [
    ...(reach < memory
      ? [
          `${at("gaps.reach")}: the scan looks ${say(reach)} back, less than the ${say(memory)} that meters remember: give gaps.reach at least gaps.memory`,
        ]
      : []),
    ...(checks.deadline < grace
      ? [
          `${at("checks.deadline")}: a day is estimated after ${say(checks.deadline)}, before its intervals count as gaps after ${say(grace)}: give checks.deadline at least gaps.grace`,
        ]
      : []),
    ...(values !== null && values < reach
      ? [
          `${at("retention.values")}: values are deleted after ${say(values)}, and the gap scan looks ${say(reach)} back: give retention.values at least gaps.reach`,
        ]
      : []),
  ];
};

/** @throws UsageError with a line per problem */
export const fleetConfig = (given: Given, secrets: SecretReader): FleetSettings | undefined => {
  const { base, over, place, named } = given;
  if (base.fleet === undefined && over.fleet === undefined) return undefined;
  const fleet = { ...base.fleet, ...over.fleet };
  const sentences = [...contradictionsOf(given)];
  const at = (field: string): string =>
    over.fleet !== undefined && field in over.fleet
      ? `METERPORT_FLEET_${field.toUpperCase()}`
      : `${place(["fleet", field])}: ${named(["fleet", field])}`;
  const read = (field: Field, check: (text: string) => string | undefined): string | undefined => {
    const where: SecretPlace | undefined = fleet[field];
    if (where === undefined) return undefined;
    try {
      const text = secrets.read(where, "file", over.fleet?.[field] === undefined ? given.fromFile : resolve);
      const complaint = check(text);
      if (complaint !== undefined) throw new UsageError("config", complaint);
      return text;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      sentences.push(`${at(field)}: ${error.message}`);
      return undefined;
    }
  };
  const missing = (field: string, why: string): void => {
    sentences.push(`${place(["fleet"])}: ${named(["fleet", field])} is missing: ${why}`);
  };
  const roles = fleet.roles === undefined || fleet.roles.length === 0 ? fleetRoles : [...new Set(fleet.roles)];
  const url = read("database", (text) => {
    const complaint = storeComplaint(text);
    return complaint === undefined ? undefined : `its content ${complaint}`;
  });
  const key = read("key", (text) =>
    /^[0-9a-f]{64}$/i.test(text) ? undefined : "is not 64 hex digits: meterport fleet init prints such a key",
  );
  if (fleet.database === undefined) missing("database", "write the address that meterport fleet init was given");
  if (fleet.id === undefined) missing("id", "write the id that meterport fleet init printed");
  if (fleet.key === undefined && roles.includes("read"))
    missing("key", "the role read needs the key that meterport fleet init made, or name other roles");
  if (fleet.key !== undefined && !roles.includes("read"))
    sentences.push(`${at("key")}: a process that reads no meters must not have it: remove it, or add the role read`);
  const jobs = jobSettings(fleet);
  sentences.push(
    ...timeContradictions(jobs, (path) => {
      const [section = "", field = ""] = path.split(".");
      return `${place(["fleet", section, field])}: ${named(["fleet", section, field])}`;
    }),
  );
  if (sentences.length > 0 || url === undefined || fleet.id === undefined) throw wrong(sentences);
  return {
    ...{ database: new Secret(new TextEncoder().encode(url)), id: fleet.id, roles, address: fleet.address },
    key: key === undefined ? undefined : new Secret(Uint8Array.from(Buffer.from(key, "hex"))),
    ...{ live: fleet.live ?? usualLive, profile: fleet.profile ?? usualProfile, ...jobs },
  };
};
