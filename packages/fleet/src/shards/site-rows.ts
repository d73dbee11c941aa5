/** Meters of a fleet in a CSV file: a row for each, checked by itself and against the other rows. Pure. */
import { type CsvRow, csvTable } from "@meterport/gateway/config/import/csv-table";
import { slug, zone } from "@meterport/gateway/settings/leaves";
import { UsageError } from "@meterport/protocol/errors";
import { parseKey } from "@meterport/protocol/mep/security/key";

const siteColumns = [
  "site",
  "site_name",
  "zone",
  "serial",
  "link",
  "point",
  "point_name",
  "gsrn",
  "profile",
  "fuse",
  "plant",
  "key",
] as const;
type Column = (typeof siteColumns)[number];

/** A fleet has up to a million; they come in several files. */
const mostRows = 200_000;
const longestName = 100;
const longestLink = 500;
/** What a row has as its link if a gateway of its own brings the meter's values. */
const byGateway = "gateway";

/** The fuse in front of a point, as checks want it. */
export interface PointFuse {
  readonly amps: number;
  /** Between phases if there are three, else to neutral. */
  readonly volts: number;
  readonly phases: 1 | 3;
}

/** One meter. What the file leaves empty is undefined. */
export interface SiteRow {
  /** "sites.csv:7", for sentences. */
  readonly at: string;
  readonly line: number;
  readonly site: string;
  readonly serial: string;
  /** Null if a gateway of its own brings the meter's values: no process of the fleet reaches it. */
  readonly link: string | null;
  readonly point: string;
  readonly siteName: string | undefined;
  readonly zone: string | undefined;
  readonly pointName: string | undefined;
  readonly gsrn: string | undefined;
  readonly profile: string | undefined;
  readonly fuse: PointFuse | undefined;
  /** Whether something at the point can feed in. */
  readonly plant: boolean | undefined;
  /** A function, which no printer shows. */
  readonly key: (() => string) | undefined;
}

export interface SiteRows {
  /** Those that are sound by themselves. */
  readonly rows: readonly SiteRow[];
  /** Sites to which some row gives a zone, sound or not. */
  readonly zoned: ReadonlySet<string>;
  /** A sentence each. */
  readonly problems: readonly string[];
}

/** GS1's check digit: weights 3 and 1 in turn from the right. */
const isGsrn = (text: string): boolean => {
  if (!/^\d{18}$/.test(text)) return false;
  const sum = [...text.slice(0, 17)].reduce((all, digit, n) => all + Number(digit) * (n % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === Number(text[17]);
};

/** Other markets have numbers of their own: Austria's have 33 characters. */
const isPointNumber = (text: string): boolean => isGsrn(text) || /^[A-Z]{2}[0-9A-Z]{31}$/.test(text);

const volts = { 1: 230, 3: 400 } as const;
const mostAmps = 10_000;

/** @example fuseOf("3x35") // { amps: 35, volts: 400, phases: 3 } */
const fuseOf = (text: string): PointFuse | undefined => {
  const [, count, amps] = /^([13])x(\d{1,5})$/.exec(text) ?? [];
  if (amps === undefined || Number(amps) < 1 || Number(amps) > mostAmps) return undefined;
  const phases = count === "3" ? 3 : 1;
  return { amps: Number(amps), volts: volts[phases], phases };
};

const isName = (text: string): boolean => text.length <= longestName && !/\p{Cc}/u.test(text);
const nameRule = `must have at most ${longestName} characters, and no control characters`;

interface Schema {
  readonly safeParse: (text: string) => {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined;
  };
}

const bySchema =
  (schema: Schema) =>
  (text: string): string | undefined => {
    const result = schema.safeParse(text);
    return result.success ? undefined : (result.error?.issues[0]?.message ?? "is wrong");
  };

const rule =
  (isRight: (text: string) => boolean, sentence: string) =>
  (text: string): string | undefined =>
    isRight(text) ? undefined : sentence;

type Rule = (text: string) => string | undefined;

const keyRule = (text: string): string | undefined => {
  try {
    parseKey(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // The sentence holds no key.
    return `is wrong: ${error.message}`;
  }
};

const rulesWith = (checkLink: (link: string) => unknown): Readonly<Record<Column, Rule>> => ({
  ...{ site: bySchema(slug), point: bySchema(slug), zone: bySchema(zone) },
  ...{ site_name: rule(isName, nameRule), point_name: rule(isName, nameRule) },
  serial: rule((text) => /^[A-Za-z0-9._-]{1,40}$/.test(text), "must be 1 to 40 letters, digits, ., _ and -"),
  gsrn: rule(
    isPointNumber,
    "must be 18 digits, the last of which is the check digit of the others, or 33 capital letters and digits that begin with a country",
  ),
  fuse: rule((text) => fuseOf(text) !== undefined, `must be like 3x35 or 1x25, at most ${mostAmps} A`),
  plant: rule((text) => text === "yes" || text === "no", "must be yes or no"),
  profile: rule((text) => /^[a-z]{1,20}:\d{1,3}\.\d{1,3}$/.test(text), "must be like meter:3.70"),
  key: keyRule,
  link: (text) => {
    if (text === byGateway) return undefined;
    if (text.length > longestLink) return `has ${text.length} characters; the limit is ${longestLink}`;
    try {
      checkLink(text);
      return undefined;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return `is wrong: ${error.message}`;
    }
  },
});

const required = ["site", "serial", "link", "point"] as const;

const problemsOf = (at: string, { fields }: CsvRow, rules: Readonly<Record<Column, Rule>>): readonly string[] => [
  ...required.filter((column) => !fields.has(column)).map((column) => `${at}: ${column} is missing: add it`),
  ...siteColumns.flatMap((column) => {
    const text = fields.get(column);
    const wrong = text === undefined ? undefined : rules[column](text);
    return wrong === undefined ? [] : [`${at}: ${column} ${wrong}`];
  }),
];

/** A serial number as meters tell theirs: zeros in front count nothing. */
export const plainSerial = (text: string): string => text.replace(/^0+(?=\d+$)/, "");

const hiddenIn = (text: string | undefined): (() => string) | undefined =>
  text === undefined ? undefined : () => text;

const rowOf = (at: string, { line, fields }: CsvRow): SiteRow => ({
  ...{
    at,
    line,
    site: fields.get("site") ?? "",
    serial: plainSerial(fields.get("serial") ?? ""),
    link: fields.get("link") === byGateway ? null : (fields.get("link") ?? ""),
  },
  ...{ point: fields.get("point") ?? "", siteName: fields.get("site_name"), zone: fields.get("zone") },
  ...{ pointName: fields.get("point_name"), gsrn: fields.get("gsrn"), profile: fields.get("profile") },
  fuse: fuseOf(fields.get("fuse") ?? ""),
  plant: fields.has("plant") ? fields.get("plant") === "yes" : undefined,
  key: hiddenIn(fields.get("key")),
});

/** What two rows may not share, with what to do about it. */
const single: readonly (readonly [keyof SiteRow, string, string])[] = [
  ["serial", "serial", "remove one row"],
  ["link", "link", "a line has one meter"],
  ["point", "point", "a point has one meter at a time"],
  ["gsrn", "gsrn", "a number belongs to one point"],
];

const sharedIn = (rows: readonly SiteRow[]): readonly string[] =>
  single.flatMap(([key, column, advice]) => {
    const first = new Map<unknown, SiteRow>();
    return rows.flatMap((row) => {
      const value = row[key];
      if (value === undefined || value === null || value === "") return [];
      const earlier = first.get(value);
      if (earlier === undefined) {
        first.set(value, row);
        return [];
      }
      if (key === "serial" && earlier.site !== row.site)
        return [`${row.at}: serial hangs at site ${earlier.site} in line ${earlier.line}, and at ${row.site} here`];
      return [`${row.at}: ${column} is the same as in line ${earlier.line}: ${advice}`];
    });
  });

/** Rows of one site must agree about it. */
const disagreementsIn = (rows: readonly SiteRow[]): readonly string[] =>
  (["siteName", "zone"] as const).flatMap((key) => {
    const first = new Map<string, SiteRow>();
    return rows.flatMap((row) => {
      if (row[key] === undefined) return [];
      const earlier = first.get(row.site) ?? row;
      first.set(row.site, earlier);
      const column = key === "zone" ? "zone" : "site_name";
      return earlier[key] === row[key]
        ? []
        : [`${row.at}: ${column} differs from that of the same site in line ${earlier.line}: let them agree`];
    });
  });

/**
 * Reads a file of meters with their sites.
 *
 * @param checkLink throws UsageError for a link that cannot be opened
 * @throws UsageError if header, quotes or size are wrong
 */
export const siteRows = (name: string, text: string, checkLink: (link: string) => unknown): SiteRows => {
  const table = csvTable(name, text, {
    columns: siteColumns,
    required,
    ...{ mostRows, why: "an import is one transaction: cut the file in several" },
  });
  const rules = rulesWith(checkLink);
  const checked = table.rows.map((row) => {
    const at = `${name}:${row.line}`;
    return { row: rowOf(at, row), problems: problemsOf(at, row, rules) };
  });
  const rows = checked.map(({ row }) => row);
  return {
    rows: checked.filter(({ problems }) => problems.length === 0).map(({ row }) => row),
    zoned: new Set(rows.filter((row) => row.zone !== undefined).map(({ site }) => site)),
    problems: [
      ...[...table.problems, ...checked.flatMap(({ problems }) => problems)],
      ...[...sharedIn(rows), ...disagreementsIn(rows)],
    ],
  };
};
