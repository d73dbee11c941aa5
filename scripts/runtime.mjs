/**
 * Finds the Node that runs Meterport, and fetches one if the Node at hand is too old.
 * Runs before anything is installed, on Node 20 and with built-ins only, and `meterport` goes through here on each start:
 * nothing may be hashed, listed or requested from npm when a fetched Node exists.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The version to fetch if Node is too old: its newest patch. */
const fetchedVersion = "~24.21.0";

/** A sentence for the user; any other error thrown here is our mistake. */
export class SetupError extends Error {
  name = "SetupError";
}

/** One line on standard error: standard output belongs to the started program. */
export const say = (line) => process.stderr.write(`meterport: ${line}\n`);

/**
 * Whether that Node runs TypeScript unbuilt: 22.18 and newer, but in the odd line 23 only 23.6 and newer.
 *
 * @example
 * runsTypeScript("22.17.1") // false
 */
export const runsTypeScript = (version) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
};

const platform = process.platform === "win32" ? "win" : process.platform;
const packageName = `node-${platform}-${process.arch}`;
const folder = join(root, ".node");
const fetched = join(folder, "node_modules", packageName, "bin", platform === "win" ? "node.exe" : "node");

/** The npm that started this program, so that a machine with several uses no other. */
export const npm = (args, options) => {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith(".js")) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync("npm", args, { shell: process.platform === "win32", ...options });
};

const linesOf = ({ stdout, stderr, error }) =>
  [error?.message ?? "", stdout?.toString() ?? "", stderr?.toString() ?? ""]
    .join("\n")
    .split("\n")
    .filter((line) => line.trim() !== "");

/** The last lines of a failed program, for its error. */
export const lastLines = (result, count) => linesOf(result).slice(-count).join("\n");

/** npm's error: its output begins with that, followed by its manual. */
export const npmComplaint = (result) => {
  const lines = linesOf(result);
  const errors = lines.filter((line) => /^npm (error|ERR!) +\S/.test(line));
  return (errors.length > 0 ? errors : lines).slice(0, 6).join("\n");
};

const fetchNode = () => {
  say(`Node ${process.versions.node} is too old (22.18 or newer is needed): fetching Node 24 from npm, once`);
  // Two starts may fetch at the same time, and one may be interrupted: only a whole one is moved into place.
  const staging = join(folder, `fetching-${process.pid}`);
  mkdirSync(staging, { recursive: true });
  try {
    const arguments_ = ["install", "--prefix", staging, "--no-save", "--no-package-lock", "--loglevel=error"];
    const install = npm([...arguments_, `${packageName}@${fetchedVersion}`], {
      cwd: staging,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const staged = fetched.replace(folder, staging);
    const works = install.status === 0 && spawnSync(staged, ["--version"]).status === 0;
    if (!works) {
      throw new SetupError(
        `Meterport needs Node 22.18 or newer, this is ${process.versions.node}, and npm could not fetch ${packageName}. ` +
          `Install Node 24 and start again. npm said:\n${npmComplaint(install)}`,
      );
    }
    if (!existsSync(fetched)) {
      rmSync(join(folder, "node_modules"), { recursive: true, force: true });
      renameSync(join(staging, "node_modules"), join(folder, "node_modules"));
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
};

/** The path of a Node that runs TypeScript; fetched into `.node` if the running one does not. */
export const ensureNode = () => {
  if (runsTypeScript(process.versions.node)) return process.execPath;
  if (!existsSync(fetched)) fetchNode();
  return fetched;
};

/**
 * Runs a program in the foreground and ends this one as it ended.
 * A terminal sends Ctrl-C to both, so there it is passed on only if the child does not end.
 */
export const become = (command, args, options = {}) => {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  const passOn = (signal) => process.on(signal, () => child.kill(signal));
  passOn("SIGTERM");
  passOn("SIGHUP");
  process.on("SIGINT", () => {
    if (process.stdin.isTTY) setTimeout(() => child.kill("SIGTERM"), 3000).unref();
    else child.kill("SIGINT");
  });
  if (process.env.npm_lifecycle_event !== undefined) {
    // npm runs a script below a shell, and ending that shell does not end its children: being orphaned is the signal.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      child.kill("SIGTERM");
    }, 250);
  }
  child.on("error", (error) => {
    say(`${command} did not start: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
};

/** Runs the steps of a script; a `SetupError` is one sentence and exit code 1. */
export const orExplain = (steps) => {
  try {
    steps();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
};
