/** A login of the database for each role of a fleet's processes, which may do what the role does and nothing else. */
import { UsageError } from "@meterport/protocol/errors";
import type { Entropy } from "@meterport/protocol/ports";
import type { Database, Run } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import {
  engineRights,
  type FleetRole,
  fleetRoles,
  functionRights,
  ownedByMonths,
  type TableRights,
  tableRights,
} from "./grants.ts";
import { scramVerifier } from "./scram.ts";

/** A login that was made or found. */
export interface RoleLogin {
  readonly role: FleetRole;
  readonly login: string;
  /** Undefined for one that was there: nobody knows it but those whom it was given to. */
  readonly password: string | undefined;
}

const passwordLength = 24;
/** Owns what months are made of. Nobody logs in as it. */
const months = "months";

/** Logins are the server's, not the database's: a comment says whose they are. */
const mark = (fleet: Fleet, role: string): string => `Meterport fleet ${fleet.id}: ${role}`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const markOf = async (run: Run, login: string): Promise<string | null | undefined> => {
  const { rows } = await run("SELECT shobj_description(oid, 'pg_authid') AS mark FROM pg_roles WHERE rolname = $1", [
    login,
  ]);
  return rows[0] === undefined ? undefined : (rows[0].mark as string | null);
};

/** Makes a login unless it is there. Returns whether it was made. @throws UsageError if it is somebody else's */
const makeLogin = async (run: Run, fleet: Fleet, role: string, login: string, rights: string): Promise<boolean> => {
  const found = await markOf(run, login);
  if (found === undefined) {
    await run(`CREATE ROLE "${login}" NOINHERIT ${rights}`);
    await run(`COMMENT ON ROLE "${login}" IS ${quoted(mark(fleet, role))}`);
    return true;
  }
  if (found !== mark(fleet, role))
    throw new UsageError(
      "fleet-roles",
      `the database has a login ${login} that is not of the fleet "${fleet.name}" (${fleet.id}): give its logins other names with --roles NAME, or drop that one`,
    );
  return false;
};

const tablesIn = async (run: Run, schema: string): Promise<ReadonlySet<string>> => {
  const { rows } = await run(
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') AND NOT relispartition",
    [schema],
  );
  return new Set(rows.map(({ relname }) => String(relname)));
};

/** Of what may be seen only those columns that are not hidden. */
const visible = async (run: Run, table: string, hidden: readonly string[]): Promise<string> => {
  const { rows } = await run(
    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    [table],
  );
  return rows
    .map(({ attname }) => String(attname))
    .filter((name) => !hidden.includes(name))
    .map((name) => `"${name}"`)
    .join(", ");
};

const grantTable = async (run: Run, table: string, rights: TableRights, role: FleetRole, login: string) => {
  const given = rights[role];
  if (given === undefined) return;
  const hidden = rights.hidden?.[role];
  if (hidden === undefined) await run(`GRANT ${given} ON ${table} TO "${login}"`);
  else {
    const others = given.split(", ").filter((right) => right !== "SELECT");
    if (others.length > 0) await run(`GRANT ${others.join(", ")} ON ${table} TO "${login}"`);
    await run(`GRANT SELECT (${await visible(run, table, hidden)}) ON ${table} TO "${login}"`);
  }
};

const grantSchema = async (run: Run, schema: string, login: string): Promise<void> => {
  await run(`REVOKE ALL ON ALL TABLES IN SCHEMA "${schema}" FROM "${login}"`);
  await run(`GRANT USAGE ON SCHEMA "${schema}" TO "${login}"`);
};

const grantRole = async (run: Run, schema: string, role: FleetRole, login: string): Promise<void> => {
  await grantSchema(run, schema, login);
  for (const table of await tablesIn(run, schema)) {
    const rights = tableRights[table];
    if (rights !== undefined) await grantTable(run, table, rights, role, login);
  }
  for (const [name, roles] of Object.entries(functionRights)) {
    const mayCall = roles.includes(role);
    // An earlier version may have let it.
    await run(`${mayCall ? "GRANT" : "REVOKE"} EXECUTE ON FUNCTION ${name} ${mayCall ? "TO" : "FROM"} "${login}"`);
  }
  const engine = `${schema}_jobs`;
  if ((await tablesIn(run, engine)).size === 0) return;
  await grantSchema(run, engine, login);
  await run(`GRANT ${engineRights[role]} ON ALL TABLES IN SCHEMA "${engine}" TO "${login}"`);
  await run(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA "${engine}" TO "${login}"`);
};

/** Months are made by a function and dropped by the jobs, both with the rights of a role that can do nothing else. */
const giveMonths = async (run: Run, schema: string, owner: string, jobs: string): Promise<void> => {
  await run(`GRANT "${owner}" TO CURRENT_USER`);
  await run(`GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "${owner}"`);
  const { rows } = await run(
    `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p')
      AND (relname = ANY ($2) OR oid IN (SELECT inhrelid FROM pg_inherits JOIN pg_class parent ON parent.oid = inhparent
        WHERE parent.relnamespace = to_regnamespace($1) AND parent.relname = ANY ($2)))
      AND pg_get_userbyid(relowner) <> $3`,
    [schema, ownedByMonths, owner],
  );
  for (const { relname } of rows) await run(`ALTER TABLE "${String(relname)}" OWNER TO "${owner}"`);
  await run(`ALTER FUNCTION make_month OWNER TO "${owner}"`);
  await run(`GRANT SELECT ON dropped_before TO "${owner}"`);
  await run(`GRANT "${owner}" TO "${jobs}"`);
};

const grantAll = async (run: Run, schema: string, loginOf: (role: string) => string): Promise<void> => {
  await giveMonths(run, schema, loginOf(months), loginOf("jobs"));
  for (const role of fleetRoles) await grantRole(run, schema, role, loginOf(role));
};

/**
 * Makes the logins that are missing, and gives each the rights of its role as this version of Meterport knows them.
 *
 * @param prefix the logins are `PREFIX_read` and so on
 * @param keep keeps what is known of them nowhere else; if it throws, none was made
 * @throws UsageError if a login of such a name is somebody else's, or if this login may not make others; PostgresError
 */
export const makeRoles = async (
  database: Database,
  fleet: Fleet,
  prefix: string,
  entropy: Entropy,
  keep: (logins: readonly RoleLogin[]) => void = () => {},
): Promise<readonly RoleLogin[]> => {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(prefix))
    throw new UsageError(
      "fleet-roles",
      "logins have names of at most 40 lower-case letters, digits and _: give another --roles",
    );
  const loginOf = (role: string): string => `${prefix}_${role}`;
  return database.transaction(async (run) => {
    await makeLogin(run, fleet, months, loginOf(months), "NOLOGIN");
    const logins: RoleLogin[] = [];
    for (const role of fleetRoles) {
      const login = loginOf(role);
      const password = Buffer.from(entropy(passwordLength)).toString("base64url");
      const isNew = await makeLogin(run, fleet, role, login, `LOGIN PASSWORD '${scramVerifier(password, entropy)}'`);
      logins.push({ role, login, password: isNew ? password : undefined });
    }
    await grantAll(run, database.place.schema, loginOf);
    keep(logins);
    return logins;
  });
};

/** The common part of the names of a fleet's logins; undefined if it has none. */
export const prefixOf = async (run: Run, fleet: Fleet): Promise<string | undefined> => {
  const { rows } = await run("SELECT rolname FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = $1", [
    mark(fleet, months),
  ]);
  return rows[0] === undefined ? undefined : String(rows[0].rolname).slice(0, -`_${months}`.length);
};
