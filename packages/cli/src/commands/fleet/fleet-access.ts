/** The way to a fleet: its database and its key, from where they are. */
import type { Acting, Database, Fleet } from "@meterport/fleet/administration";
import { UsageError } from "@meterport/protocol/errors";
import { Secret } from "@meterport/protocol/mep/security/key";
import type { FleetTools, Io } from "../../io/io.ts";
import type { FleetPlace } from "./options.ts";

/** What \`work\` gets. */
export interface FleetWorld {
  readonly tools: FleetTools;
  readonly acting: Acting;
  /** @throws UsageError if it is nowhere, or is none */
  readonly key: () => Promise<Secret>;
}

/** A text, or what is in the file that it names with an @. */
const textOf = (given: string, io: Io): string => (given.startsWith("@") ? io.readFile(given.slice(1)).trim() : given);

const said = (text: string | undefined): string | undefined => (text === undefined || text === "" ? undefined : text);

const settingsOf = async (place: FleetPlace, io: Io) =>
  (await io.administration()).readConfig({ config: place.config, data: place.data, env: io.env }).fleet;

const textIn = (secret: Secret): string => new TextDecoder().decode(secret.reveal());

/** @throws UsageError that quotes no address, since there may be a password in it */
const databaseUrl = async (place: FleetPlace, io: Io): Promise<string> => {
  const given = said(place.database) ?? said(io.env.METERPORT_FLEET_DATABASE);
  if (given !== undefined) return textOf(given, io);
  const settings = await settingsOf(place, io);
  if (settings !== undefined) return textIn(settings.database);
  throw new UsageError(
    "no-fleet",
    "which fleet? give --database postgres://user@host/database or @FILE, set METERPORT_FLEET_DATABASE, or name a configuration with a section fleet",
  );
};

/** The key in a text of 64 hex digits. @throws UsageError that does not quote it */
export const parseFleetKey = (text: string, where: string): Secret => {
  const digits = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(digits))
    throw new UsageError("fleet-key", `${where} does not hold 64 hex digits, as a key of a fleet has`);
  return new Secret(Uint8Array.from(Buffer.from(digits, "hex")));
};

const fleetKey = async (place: FleetPlace, io: Io): Promise<Secret> => {
  const file = said(place.keyFile);
  if (file !== undefined) return parseFleetKey(io.readFile(file), file);
  const given = said(io.env.METERPORT_FLEET_KEY);
  if (given !== undefined) return parseFleetKey(textOf(given, io), "METERPORT_FLEET_KEY");
  // A variable that names only the database would make the rest of a configuration incomplete.
  const key = said(io.env.METERPORT_FLEET_DATABASE) === undefined ? (await settingsOf(place, io))?.key : undefined;
  if (key !== undefined) return key;
  throw new UsageError(
    "fleet-key",
    "the fleet's key is needed: give --key-file FILE, set METERPORT_FLEET_KEY to @FILE, or name a configuration with fleet.key",
  );
};

/** Opens the database for some work, and closes it. @throws UsageError, PostgresError */
export const withDatabase = async <T>(
  place: FleetPlace,
  io: Io,
  work: (tools: FleetTools, database: Database) => Promise<T>,
): Promise<T> => {
  const url = await databaseUrl(place, io);
  const tools = await io.fleetTools();
  const database = await tools.Database.open(url);
  try {
    return await work(tools, database);
  } finally {
    await database.close();
  }
};

/** Opens a fleet for some work. @throws UsageError if there is none, or another version of Meterport wrote it; PostgresError */
export const withFleet = <T>(place: FleetPlace, io: Io, work: (world: FleetWorld) => Promise<T>): Promise<T> =>
  withDatabase(place, io, async (tools, database) => {
    await tools.checkPresent(database);
    const fleet: Fleet | undefined = await tools.fleetIn(database.run);
    if (fleet === undefined)
      throw new UsageError("no-fleet", `the database ${database.place.shown} has no fleet: run meterport fleet init`);
    const acting = { database, fleet, who: io.operator(), entropy: io.entropy };
    return work({ tools, acting, key: () => fleetKey(place, io) });
  });
