/** Other versions of Node from npm, kept in `.cache/runtimes` because each takes 190 MB. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { npm, npmComplaint } from "./project-scripts.ts";
import { root } from "./sources.ts";

const platform = process.platform === "win32" ? "win" : process.platform;
const name = `node-${platform}-${process.arch}`;
const program = join("node_modules", name, "bin", platform === "win" ? "node.exe" : "node");

/**
 * The path of a Node of that version, such as "22" or "22.18.0": the running one if it fits, else the newest that npm has.
 *
 * @throws Error if npm cannot fetch it
 */
export const nodeRuntime = (version: string): string => {
  if (`${process.versions.node}.`.startsWith(`${version}.`)) return process.execPath;
  const folder = join(root, ".cache", "runtimes", version);
  if (existsSync(join(folder, program))) return join(folder, program);
  // Another run may fetch it at the same time, and one may be interrupted: only a whole one is moved into place.
  const staging = `${folder}-${process.pid}`;
  mkdirSync(staging, { recursive: true });
  try {
    const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--prefer-offline", "--loglevel=error"];
    const install = npm(["install", "--prefix", staging, ...flags, `${name}@${version}`], {
      cwd: staging,
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (install.status !== 0) throw new Error(`npm cannot bring ${name}@${version}:\n${npmComplaint(install)}`);
    if (!existsSync(folder)) renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return join(folder, program);
};
