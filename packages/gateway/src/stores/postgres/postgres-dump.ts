/** How PostgreSQL's own tools copy the database of a store and put it back: commands for people, without any secret. */
import { parsePostgresUrl } from "./postgres-url.ts";

/** Lines for a POSIX shell. */
export interface DatabaseCommands {
  /** The database without its password, for people. */
  readonly shown: string;
  /** Of the whole database: with TimescaleDB, most readings are not in our schema. */
  readonly dump: string;
  /** Renames the schema and brings back that of the dump, while the daemon is stopped. (pg_restore cannot drop partitions itself.) */
  readonly restore: string;
}

/** Options of an address that are no secret, and that the tools need to reach the same database. */
const kept = ["host", "port", "user", "sslmode", "sslrootcert", "sslcert", "sslkey"];

/** The address without password; the tools ask for it, or find it in ~/.pgpass. */
const openAddress = (url: string): string => {
  const [base = "", ...rest] = url.split("?");
  const query = new URLSearchParams(rest.join("?"));
  for (const name of [...query.keys()]) if (!kept.includes(name)) query.delete(name);
  const bare = base.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@/]*@/i, "$1@");
  return query.size === 0 ? bare : `${bare}?${query}`;
};

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * @param url the address of the store, with its password
 * @param file where the dump is to be
 * @throws UsageError if the address is wrong
 */
export const databaseCommands = (url: string, file: string): DatabaseCommands => {
  const { schema, shown } = parsePostgresUrl(url);
  const address = word(openAddress(url));
  return {
    shown,
    dump: `pg_dump --format=custom --file=${word(file)} ${address}`,
    restore: [
      `psql --command='ALTER SCHEMA ${schema} RENAME TO ${schema}_before' --command='CREATE SCHEMA ${schema}' ${address}`,
      `pg_restore --schema=${schema} --dbname=${address} ${word(file)}`,
    ].join(" && "),
  };
};
