/** What is wrong with the database, as one sentence that holds no password. */

/** The address of a database for people, and what must not be in any message. */
export interface DatabasePlace {
  readonly shown: string;
  readonly password: string;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** @throws Error that quotes nothing of the address, since there may be a password in it */
export const placeOfUrl = (text: string): DatabasePlace => {
  if (!/^postgres(ql)?:\/\/[^/]/.test(text) || !URL.canParse(text))
    throw new Error("url is not the address of a database: write postgres://user:password@host:5432/database");
  const { username, password, host, pathname } = new URL(text);
  if (pathname.length < 2) throw new Error("url names no database: write postgres://user:password@host:5432/database");
  return {
    shown: `postgres://${username === "" ? "" : `${decoded(username)}@`}${host}${pathname}`,
    password: decoded(password),
  };
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** By SQLSTATE or by the code of the network. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^28/, "refuses the login: check user and password"],
  [/^3D000$/, "does not exist: create it with createdb, or name another one"],
  [/^42501$/, "does not permit this: let the user own the schema, or grant it CREATE on the database"],
  [/^42(703|P10|804)$/, "has a table of that name with other columns: name another schema"],
  [/^53100$/, "has no space left on its disk: make room there"],
  [/^53300$/, "has no connection left: end others, or allow more"],
  [/^25006$/, "is read-only, perhaps a standby: name the primary server"],
  [/^(57014|55P03|40P01)$/, "took too long: it is locked or overloaded"],
  [/^(57P|08)/, "starts or stops"],
  [/^ECONNREFUSED$/, "cannot be reached: nothing listens there"],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "cannot be reached: there is no host of that name"],
];

export const databaseProblem = (error: unknown, { shown, password }: DatabasePlace): Error => {
  const code = codeOf(error);
  const found = sentences.find(([pattern]) => pattern.test(code))?.[1];
  const said = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  const plain = password === "" ? said : said.replaceAll(password, "…");
  return new Error(`the database ${shown} ${found ?? `cannot be used: ${plain.slice(0, 160)}`}`);
};
