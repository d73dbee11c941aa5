/** Makes a fleet in a database, or brings one to this version. */
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock, Entropy } from "@meterport/protocol/ports";
import { audit } from "../audit/audit.ts";
import type { Database } from "../books/database.ts";
import { type Fleet, fleetIn, makeFleet, migrate, migrations } from "../books/migrate.ts";
import { makeMonthsAhead } from "../books/partitions.ts";
import { settleBooks } from "../books/which-books.ts";
import { makeFleetKey } from "../keys/rotate.ts";
import { makeRoles, prefixOf, type RoleLogin } from "../rights/roles.ts";
import { ShardEngine } from "../shards/engine.ts";
import { usualShards } from "../shards/shard-of.ts";

export interface InitOptions {
  /** Of a fleet that is to be made. */
  readonly name: string;
  readonly shards?: number | undefined;
  /** The fleet's key, asked for once its id is known; undefined leaves the key as it is. */
  readonly key: (fleet: Fleet, hasKey: boolean) => Promise<Secret | undefined>;
  /** Common part of the names of the logins to make; undefined makes none, and gives those that are there their rights. */
  readonly roles?: string | undefined;
  /** Keeps the passwords of new logins, which are known nowhere else. If it throws, no login was made. */
  readonly keepLogins?: ((logins: readonly RoleLogin[]) => void) | undefined;
  readonly who: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

export interface InitReport {
  readonly fleet: Fleet;
  /** Whether it was made now. */
  readonly made: boolean;
  readonly version: number;
  readonly logins: readonly RoleLogin[];
}

const idLength = 4;

/** Readable, and another one for each fleet. */
const newId = (name: string, entropy: Entropy): string => {
  const words = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return `${words === "" ? "fleet" : words}-${Buffer.from(entropy(idLength)).toString("hex")}`;
};

/** The tables of the job engine, and a job for each shard. */
const startEngine = async (database: Database, shards: number, clock: Clock): Promise<void> => {
  const engine = await ShardEngine.start({ place: database.place, clock, onProblem: () => {} });
  try {
    await engine.offer(shards);
  } finally {
    await engine.stop();
  }
};

/** @throws UsageError if the database is newer, holds another fleet, or does not permit it; PostgresError */
export const initFleet = async (database: Database, options: InitOptions): Promise<InitReport> => {
  const { clock, entropy, who } = options;
  const sleep = (time: number): Promise<void> => new Promise((resolve) => void clock.at(clock.now() + time, resolve));
  await migrate(database, { sleep });
  const found = await fleetIn(database.run);
  const shards = options.shards ?? found?.shards ?? usualShards;
  const fleet = { ...(found ?? { id: newId(options.name, entropy), name: options.name }), shards };
  await makeFleet(database, fleet);
  const { rows } = await database.run("SELECT 1 FROM fleet_key LIMIT 1");
  const key = await options.key(fleet, rows.length > 0);
  if (key !== undefined) await makeFleetKey(database, fleet, key, entropy);
  await settleBooks(database.run);
  await makeMonthsAhead(database, clock.wall());
  await startEngine(database, shards, clock);
  const prefix = options.roles ?? (await prefixOf(database.run, fleet));
  const logins = prefix === undefined ? [] : await makeRoles(database, fleet, prefix, entropy, options.keepLogins);
  const made = found === undefined;
  await audit(database.run, {
    ...{ who, what: "init" },
    about: {
      made,
      version: migrations.length,
      logins: logins.flatMap(({ login, password }) => (password ? [login] : [])),
    },
  });
  return { fleet, made, version: migrations.length, logins };
};
