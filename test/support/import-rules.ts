/** Who may import whom: ARCHITECTURE.md, "Packages", as data. */
import { posix } from "node:path";
import type { Import } from "./sources.ts";

const packages = [
  "protocol",
  "mbus",
  "client",
  "device",
  "doctor",
  "engine",
  "simulator",
  "transports",
  "cli",
  "gateway",
  "fleet",
  "dashboard",
] as const;
type Package = (typeof packages)[number];

/** Our packages that a package's code may import. */
const mayImport: Readonly<Record<Package, readonly Package[]>> = {
  protocol: [],
  mbus: ["protocol"],
  client: ["protocol", "mbus"],
  device: ["protocol", "client"],
  doctor: ["protocol", "client"],
  engine: ["protocol", "mbus", "client"],
  simulator: ["protocol", "mbus"],
  transports: ["protocol"],
  cli: ["protocol", "mbus", "client", "device", "doctor", "simulator", "transports", "gateway", "fleet"],
  gateway: ["protocol", "mbus", "client", "device", "doctor", "engine", "simulator", "transports"],
  fleet: ["protocol", "client", "engine", "transports", "gateway"],
  dashboard: ["protocol", "gateway"],
};

/** Packages that compile without the types of any host. */
const pure: readonly Package[] = ["protocol", "mbus", "client", "device", "doctor", "engine", "simulator"];

/** Folders and files of protocol/src, each with those below it. They may always import their own files. */
const layers: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  digits: [],
  ports: [],
  "secret-fields": [],
  "baud-rates": [],
  "plain-text": [],
  "key-hiding": [],
  bytes: ["errors"],
  layout: ["bytes", "errors"],
  tables: ["baud-rates", "bytes", "errors", "layout"],
  procedures: ["bytes", "errors", "layout", "tables"],
  meaning: ["bytes", "errors", "layout", "tables", "procedures"],
  "mep/frame": ["bytes", "errors", "passing-bytes"],
  "mep/security": ["bytes", "errors", "mep/frame"],
  "mep/link": ["bytes", "errors", "mep/frame", "mep/security"],
  "mep/endpoint": ["bytes", "errors", "mep/frame", "mep/security"],
  // The optical port has the inputs and outputs of a link.
  optical: ["baud-rates", "bytes", "errors", "mep/frame", "mep/link"],
  capture: ["bytes", "errors", "mep/frame", "mep/security"],
  "capture/redaction": ["bytes", "errors", "layout", "tables", "procedures", "mep/frame", "mep/security", "capture"],
};

/** What the codec of M-Bus needs of `protocol`: it knows no meter, except in `kept`, which knows the types of its tables. */
const belowMbus: ReadonlySet<string> = new Set(["bytes", "digits", "errors", "plain-text", "meaning/recurrent-dates"]);

const testLibraries = ["ajv", "fast-check", "@seriousme/openapi-schema-validator"];

/** "packages/gateway/src/main.ts" is in { package: "gateway", inner: "src/main.ts" }. */
export const packageOf = (path: string): { readonly name: Package; readonly inner: string } | undefined => {
  const [, name, inner] = /^packages\/([^/]+)\/(.+)$/.exec(path) ?? [];
  return name !== undefined && inner !== undefined && (packages as readonly string[]).includes(name)
    ? { name: name as Package, inner }
    : undefined;
};

/** "@noble/hashes/sha2.js" is of "@noble/hashes". */
export const packageNameOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Tests, and what only tests use: `*.test-kit.ts` and folders named `testing`. */
export const isTest = (path: string): boolean => /(\.test|\.test-kit)\.ts$|\/testing\//.test(path);

/** A room that is listed, such as "mep/link", else the first folder. */
const layerOf = (inner: string): string => {
  const parts = inner.replace(/\.ts$/, "").split("/").slice(1);
  const room = parts.slice(0, 2).join("/");
  return room in layers ? room : (parts[0] ?? "");
};

/** Files of the gateway that put real meters or virtual ones behind it. */
const composesGateway = (inner: string): boolean =>
  /^src\/(daemon\.ts|daemon-meters\.ts|read-config\.ts|meters\/demo\.ts)/.test(inner);

/** Why this import is wrong; undefined if it is right. `dependencies` are those of the package's package.json. */
export const complaint = (path: string, imported: Import): string | undefined => {
  const from = packageOf(path);
  if (from === undefined) return undefined;
  const { specifier, typeOnly, dynamic } = imported;
  const test = isTest(path);

  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    if (!test && isTest(target)) return "code of the product does not import what is for tests";
    if (test && target.startsWith("test/")) return undefined;
    const to = packageOf(target);
    if (to?.name !== from.name) return `reaches out of its package: write @meterport/…`;
    if (from.name !== "protocol" || test || from.inner === "src/index.ts" || !to.inner.startsWith("src/"))
      return undefined;
    const [layer, below] = [layerOf(from.inner), layerOf(to.inner)];
    const allowed = layers[layer];
    if (allowed === undefined)
      return `protocol/src/${layer} has no place in the layers of test/support/import-rules.ts`;
    if (layer === below) return undefined;
    if (below === "digits") return undefined;
    if (below === "ports") return typeOnly ? undefined : "ports is types only: write import type";
    return allowed.includes(below) ? undefined : `protocol: ${layer} may not import ${below}`;
  }

  if (specifier.startsWith("node:")) {
    if (from.name === "dashboard" && from.inner.startsWith("src/") && !test) return "the dashboard runs in a browser";
    return pure.includes(from.name) && !test ? `${from.name} is pure: no built-in of Node` : undefined;
  }

  const name = packageNameOf(specifier);
  if (!name.startsWith("@meterport/")) {
    if (test && testLibraries.includes(name)) return undefined;
    if (from.name === "protocol") return name.startsWith("@noble/") ? undefined : "protocol imports nothing but noble";
    return undefined;
  }
  const to = name.slice("@meterport/".length) as Package;
  if (to === from.name) return "imports its own package by name: use a relative path";
  if (!mayImport[from.name].includes(to)) return `${from.name} may not import ${to}`;
  if (from.name === "mbus" && !test) {
    const part = specifier.slice("@meterport/protocol/".length);
    const ofTables = from.inner.startsWith("src/kept/") && part.startsWith("tables/") && typeOnly;
    return belowMbus.has(part) || ofTables
      ? undefined
      : "the codec of M-Bus knows no meter; kept knows types of tables";
  }
  if (from.name === "dashboard") {
    if (to === "gateway")
      return specifier === "@meterport/gateway/http/api" && typeOnly ? undefined : "only the API's types";
    return specifier.startsWith("@meterport/protocol/meaning/") ? undefined : "only protocol/meaning";
  }
  // The writers of files, and what a device of its own shares with the daemon, load nothing else.
  if (
    from.name === "cli" &&
    /^@meterport\/gateway\/(exports\/(csv|local-time|parquet)|device\/(device-files|own-sources))$/.test(specifier)
  )
    return undefined;
  // All other commands start without the daemon, its server and its database.
  if (from.name === "cli" && to === "gateway" && !typeOnly)
    return test ||
      (/^@meterport\/gateway\/(daemon|administration|read-config)$/.test(specifier) &&
        dynamic === true &&
        from.inner === "src/main.ts")
      ? undefined
      : "only main.ts loads the gateway, by import() when it is asked for";
  // A fleet is an optional package, whose database and job engine no other command loads.
  if (from.name === "cli" && to === "fleet" && !typeOnly)
    return test ||
      (/^@meterport\/fleet\/(administration|companion)$/.test(specifier) &&
        dynamic === true &&
        from.inner === "src/main.ts")
      ? undefined
      : "only main.ts loads the fleet, by import() when it is asked for";
  if (from.name === "gateway" && !test && !typeOnly && (to === "simulator" || to === "transports"))
    return composesGateway(from.inner)
      ? undefined
      : `only daemon.ts, daemon-meters.ts, read-config.ts and the demo compose: ${to} comes as an argument`;
  return undefined;
};
