/** Third-party programs and libraries that tests talk to: where each is, or why its test is skipped. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import list from "./peers.json" with { type: "json" };

/** Give `skip` to `test(…, { skip }, …)`, and start `path`. */
export interface Peer {
  readonly path: string;
  readonly skip: string | false;
}

interface Listed {
  readonly command: string;
  readonly package: string;
  readonly for: string;
  /** For a library: its file below /usr/include. */
  readonly header?: string;
}
const peers: readonly Listed[] = list.peers;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * A program from `test/support/peers.json`. If it is missing, its tests are skipped by name; under `CI=true`
 * (or `METERPORT_PEERS=required`) a missing peer fails them, because a skipped test proves nothing.
 *
 * @throws Error if the command is not in the list, or is missing and required.
 */
export const peer = (command: string, env: NodeJS.ProcessEnv = process.env): Peer => {
  const entry = peers.find((known) => known.command === command);
  if (entry === undefined) throw new Error(`peer "${command}" is not in test/support/peers.json`);
  const folders = [
    ...(env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
    "/usr/sbin",
    "/usr/local/sbin",
  ];
  const path =
    entry.header === undefined
      ? folders.map((folder) => join(folder, command)).find(isExecutable)
      : [join("/usr/include", entry.header)].find((header) => existsSync(header));
  if (path !== undefined) return { path, skip: false };
  const reason = `${command} is missing (Debian package ${entry.package}); it is needed for ${entry.for}`;
  if ((env.METERPORT_PEERS ?? (env.CI === "true" ? "required" : "optional")) === "required") throw new Error(reason);
  return { path: "", skip: reason };
};
