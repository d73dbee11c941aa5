/** Makes the daemon one process of a fleet: what it adds to the gateway, by its roles. */
import { hostname } from "node:os";
import { readerOf } from "@meterport/engine/outputs/output-runner";
import type { TokenOwner } from "@meterport/gateway/http/access/credentials";
import type { Readiness } from "@meterport/gateway/http/companion-api";
import type { Companion, CompanionContext, CompanionGateway } from "@meterport/gateway/operation/companion";
import type { FleetSettings } from "@meterport/gateway/settings/fleet-settings";
import { toHex } from "@meterport/protocol/bytes";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import { booksOutput } from "../books/books-output.ts";
import { Database, type Run } from "../books/database.ts";
import { checkFleet, checkPresent, type Fleet } from "../books/migrate.ts";
import type { VisitBook } from "../jobs/visit-book.ts";
import { DatabaseSight } from "./database-sight.ts";
import { meetBooks } from "./known-books.ts";
import type { AddRoutes, MeterKeys, RunningRole, StartJobs } from "./parts.ts";
import { Reader } from "./reader.ts";
import { Rounds } from "./rounds.ts";

/** What the roles are made of. */
export interface FleetParts {
  /** Opens the fleet's key. @throws UsageError if it is not that of this fleet */
  readonly keys: (run: Run, fleet: Fleet, key: Secret, entropy: Entropy) => Promise<MeterKeys>;
  readonly visits: VisitBook;
  /** Undefined while nothing is done there. */
  readonly startJobs?: StartJobs | undefined;
  readonly addRoutes?: AddRoutes | undefined;
  /** Who a token belongs to that another process shows. */
  readonly vouched?: ((pass: string) => TokenOwner) | undefined;
}

const sightPeriod: Millis = 5_000;

/** Each process counts as another holder in each of its lives: what died with its pass is not taken for what lives. */
const holderName = (entropy: Entropy): string => {
  const host = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .slice(0, 40);
  return `${host === "" ? "host" : host}-${process.pid}-${toHex(entropy(4))}`;
};

class FleetCompanion implements Companion {
  readonly #settings: FleetSettings;
  readonly #context: CompanionContext;
  readonly #parts: FleetParts;
  readonly #url: string;
  readonly #database: Database;
  readonly #fleet: Fleet;
  readonly #keys: MeterKeys | undefined;
  readonly #holder: string;
  readonly #pass: string;
  readonly part: Companion["part"];
  readonly outputs: Companion["outputs"];
  readonly actorOf: TokenOwner | undefined;
  readonly routes: Companion["routes"];
  #reader: Reader | undefined;
  #jobs: RunningRole | undefined;
  readonly #sight: DatabaseSight;
  readonly #rounds: Rounds;
  #serves: (gateway: CompanionGateway) => void = () => {};
  readonly #gateway = new Promise<CompanionGateway>((resolve) => {
    this.#serves = resolve;
  });

  constructor(
    own: { settings: FleetSettings; context: CompanionContext; parts: FleetParts; url: string },
    found: { database: Database; fleet: Fleet; keys: MeterKeys | undefined },
  ) {
    const { settings, context, parts, url } = own;
    const { database, fleet, keys } = found;
    this.#settings = settings;
    this.#context = context;
    this.#parts = parts;
    this.#url = url;
    this.#database = database;
    this.#fleet = fleet;
    this.#keys = keys;
    this.#holder = holderName(context.entropy);
    this.#sight = new DatabaseSight(context.clock);
    this.#rounds = new Rounds(context.clock, () => {});
    this.#pass = toHex(context.entropy(24));
    const { addRoutes, vouched } = parts;
    const has = (role: FleetSettings["roles"][number]): boolean => settings.roles.includes(role);
    const attempt = (point: string): number => this.#reader?.attemptOf(point) ?? 0;
    this.outputs = has("read")
      ? [{ output: booksOutput({ url, fleet: fleet.id, holder: this.#holder, attempt, met: this.#met }) }]
      : [];
    this.part = has("api") ? "fleet" : undefined;
    this.actorOf = has("read") ? vouched?.(this.#pass) : undefined;
    this.routes =
      has("api") && addRoutes !== undefined ? (app, routed) => addRoutes(app, routed, { database, fleet }) : undefined;
  }

  /** The output is opened before or after the gateway serves. */
  readonly #met = async (run: Run): Promise<void> => {
    const { data, log } = this.#context;
    const { store } = await this.#gateway;
    await meetBooks(run, { folder: data, store, reader: readerOf("books"), log });
  };

  readonly started = async (gateway: CompanionGateway): Promise<void> => {
    this.#serves(gateway);
    const { roles, address, live, profile } = this.#settings;
    const { clock, log, version, outboxAtMost } = this.#context;
    const { visits, startJobs } = this.#parts;
    if (roles.includes("jobs")) this.#jobs = await startJobs?.({ url: this.#url, name: this.#holder });
    if (this.#keys === undefined) {
      // Who reads sees the database all the time.
      this.#rounds.every(sightPeriod, "database", () => this.#look());
      return;
    }
    this.#reader = await Reader.start({
      ...{ database: this.#database, fleet: this.#fleet, keys: this.#keys, visits, gateway, rhythm: { live, profile } },
      ...{ holder: this.#holder, address: address ?? gateway.url, version, pass: this.#pass, clock, log, outboxAtMost },
    });
  };

  async #look(): Promise<void> {
    try {
      await this.#database.run("SELECT 1");
      this.#sight.seen();
    } catch (error) {
      this.#sight.failed(error instanceof Error ? error.message : String(error));
    }
  }

  readonly stop = async (): Promise<void> => {
    await this.#reader?.stop();
    await this.#jobs?.stop();
    await this.#rounds.stop();
    await this.#database.close();
  };

  readonly ready = (): readonly Readiness[] => [
    ...(this.#reader?.ready() ?? [this.#sight.ready()]),
    ...(this.#jobs === undefined ? [] : [this.#jobs.ready()]),
  ];
}

/**
 * Looks at the database and the fleet of the configuration.
 *
 * @throws UsageError in a sentence if it is another fleet, one of another version, or the key is not its key; PostgresError
 */
export const fleetCompanion = async (
  settings: FleetSettings,
  context: CompanionContext,
  parts: FleetParts,
): Promise<Companion> => {
  const url = Buffer.from(settings.database.reveal()).toString("utf8");
  const database = await Database.open(url);
  try {
    await checkPresent(database);
    const fleet = await checkFleet(database, settings.id);
    const reads = settings.roles.includes("read") && settings.key !== undefined;
    const keys = reads ? await parts.keys(database.run, fleet, settings.key, context.entropy) : undefined;
    return new FleetCompanion({ settings, context, parts, url }, { database, fleet, keys });
  } catch (error) {
    await database.close();
    throw error;
  }
};
