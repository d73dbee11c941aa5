/** What a clone needs before it runs: dependencies and the dashboard's page. Each step does nothing if nothing changed. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { lastLines, npm, npmComplaint, root, SetupError, say } from "./runtime.mjs";

export { become, ensureNode, orExplain, root, SetupError, say } from "./runtime.mjs";

const inRoot = (...parts) => join(root, ...parts);
const lockFile = inRoot("package-lock.json");
/** npm writes this last, so it is there after a whole install only. */
const installedFile = inRoot("node_modules", ".package-lock.json");

const stampFile = (name) => inRoot(".cache", "setup", name);
const readStamp = (name) => (existsSync(stampFile(name)) ? readFileSync(stampFile(name), "utf8") : "");
const writeStamp = (name, stamp) => {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), stamp);
};

/** One hash over the names and contents of files. */
const hashOf = (files) => {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
};

/** All files below the folders, in a fixed order. */
const filesBelow = (folder, wanted) =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!wanted(entry.name)) return [];
      return entry.isDirectory() ? filesBelow(path, wanted) : [path];
    });

/** Whether `npm ci` was run by hand, or by CI, and brought what the lock file asks for. */
const installedMatchesLock = () => {
  const asked = JSON.parse(readFileSync(lockFile, "utf8")).packages;
  const there = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  return Object.entries(asked).every(([path, entry]) => {
    if (path === "" || entry.optional || entry.devOptional) return true;
    return there[path]?.version === entry.version && there[path]?.integrity === entry.integrity;
  });
};

/** Runs `npm ci` if the installed packages are not those of the lock file. */
export const ensureDependencies = () => {
  const stamp = () => hashOf([lockFile, installedFile]);
  if (existsSync(installedFile)) {
    if (readStamp("dependencies") === stamp()) return;
    if (installedMatchesLock()) return writeStamp("dependencies", stamp());
  }
  say("installing dependencies (npm ci)");
  const install = npm(["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  if (install.status !== 0) {
    throw new SetupError(`npm ci failed; check the network. It said:\n${npmComplaint(install)}`);
  }
  writeStamp("dependencies", stamp());
};

/** Builds the page if its sources changed since the last build. */
export const ensureDashboard = (node) => {
  const folder = inRoot("packages", "dashboard");
  const isSource = (name) => !["dist", "node_modules"].includes(name) && !/\.test\.ts$/.test(name);
  const stamp = hashOf([
    lockFile,
    ...filesBelow(folder, isSource),
    ...filesBelow(inRoot("packages", "protocol", "src"), isSource),
    ...filesBelow(inRoot("packages", "engine", "src"), isSource),
    inRoot("packages", "gateway", "src", "http", "api.ts"),
  ]);
  if (existsSync(join(folder, "dist", "index.html")) && readStamp("dashboard") === stamp) return;
  say("building the dashboard");
  // An interrupted build leaves half a page behind, so its stamp is removed first.
  rmSync(stampFile("dashboard"), { force: true });
  const vite = inRoot("node_modules", "vite", "bin", "vite.js");
  const build = spawnSync(node, [vite, "build", "--logLevel", "warn"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (build.status !== 0) throw new SetupError(`the dashboard does not build. Vite said:\n${lastLines(build, 20)}`);
  writeStamp("dashboard", stamp);
};
