/** Where a PostgreSQL store is, as people write it: `postgres://user:password@host/database?schema=meterport`. */
import { UsageError } from "@meterport/protocol/errors";

export interface PostgresPlace {
  /** For the driver; holds the password. */
  readonly connection: string;
  readonly schema: string;
  /** Without password and options, for people. */
  readonly shown: string;
  /** What must not be in any message; empty if there is no password in it. */
  readonly password: string;
}

const wrong = (what: string): UsageError =>
  new UsageError(
    "store",
    `the address of the store ${what}; write postgres://user:password@host:5432/database, with other characters than letters and digits of the password as %2F, %40 and so on`,
  );

/** True if a text names a PostgreSQL store. */
export const isPostgresUrl = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("has a % that encodes nothing");
  }
};

/** The driver takes an empty host, which stands for a Unix socket; URL does not. */
const parsed = (text: string): URL => {
  try {
    return new URL(text.replace(/@\//, "@socket/").replace(/:\/\/\//, "://socket/"));
  } catch {
    // Not the cause: it quotes the text, which holds the password.
    throw wrong("is not a URL");
  }
};

/** @throws UsageError that does not quote the address */
export const parsePostgresUrl = (text: string): PostgresPlace => {
  const [base = "", ...rest] = text.split("?");
  const query = new URLSearchParams(rest.join("?"));
  const url = parsed(base);
  if (url.hash !== "" || url.pathname.includes("@")) throw wrong("has a # or / that is not part of a URL");
  const schema = query.get("schema") ?? "meterport";
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(schema))
    throw new UsageError(
      "store",
      "the schema of the store must be a lower-case name of at most 40 letters, digits and _",
    );
  query.delete("schema");
  const options = `-c search_path=${schema} ${query.get("options") ?? ""}`.trim();
  query.set("options", options);
  const host = query.get("host") ?? (url.hostname === "socket" ? "" : url.host);
  const user = query.get("user") ?? decoded(url.username);
  const database = decoded(url.pathname.slice(1));
  return {
    connection: `${base}?${query.toString().replaceAll("+", "%20")}`,
    schema,
    shown: `postgres://${user === "" ? "" : `${user}@`}${host}/${database}`,
    password: query.get("password") ?? decoded(url.password),
  };
};
