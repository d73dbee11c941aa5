/** The packages as users get them: packed, and installed from the tarballs into an empty folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm, npmComplaint, type PackedPackage, packPackages } from "./project-scripts.ts";

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface PackedInstall {
  readonly folder: string;
  readonly packages: readonly PackedPackage[];
  /** Adds more packages, by name or file. */
  readonly install: (...names: readonly string[]) => void;
  /** Writes files into the folder. */
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Runs a program in the folder to its end. */
  readonly run: (program: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** Starts a program that keeps running; it is ended with the folder. */
  readonly start: (program: string, args: readonly string[], env: Readonly<Record<string, string>>) => ChildProcess;
  readonly remove: () => void;
}

const inherited = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(METERPORT_|FORCE_COLOR|NODE_)/.test(name)));

/** Packs all packages and installs them. @throws Error if that fails, with npm's message */
export const packedInstall = (): PackedInstall => {
  const base = mkdtempSync(join(tmpdir(), "meterport-packed-"));
  const folder = join(base, "project");
  mkdirSync(folder);
  const running = new Set<ChildProcess>();
  const start = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...inherited(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    return child;
  };
  const write: PackedInstall["write"] = (files) => {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  };
  const install: PackedInstall["install"] = (...names) => {
    // npm uses its cache, so the second run needs no network.
    const flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const result = npm(["install", "--prefix", folder, ...flags, ...names], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (result.status !== 0) throw new Error(`npm install failed:\n${npmComplaint(result)}`);
  };
  const remove = (): void => {
    for (const child of running) child.kill("SIGKILL");
    rmSync(base, { recursive: true, force: true });
  };
  try {
    // `npm run types` checks the same code.
    const packages = packPackages(join(base, "packed"), { checks: false });
    write({ "package.json": '{ "private": true, "type": "module" }\n' });
    install(...packages.map(({ tarball }) => tarball));
    return {
      folder,
      packages,
      install,
      write,
      start,
      remove,
      run: async (program, args, env) => {
        const child = start(program, args, env);
        let [out, err] = ["", ""];
        child.stdout?.on("data", (text) => {
          out += text;
        });
        child.stderr?.on("data", (text) => {
          err += text;
        });
        const [code] = (await once(child, "close")) as [number | null];
        return { code, out, err };
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
};

interface Manifest {
  readonly exports?: Readonly<Record<string, { readonly default: string } | string | null>>;
}

const codeBelow = (folder: string, inner = ""): string[] =>
  readdirSync(join(folder, inner), { withFileTypes: true }).flatMap((entry) => {
    const path = inner === "" ? entry.name : `${inner}/${entry.name}`;
    if (entry.isDirectory()) return codeBelow(folder, path);
    return path.endsWith(".js") ? [path.slice(0, -3)] : [];
  });

/** Everything of an installed package that can be imported, with its pattern filled in: "@meterport/protocol/bytes". */
export const entriesOf = (folder: string, name: string): readonly string[] => {
  const own = join(folder, "node_modules", name);
  const { exports = {} } = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as Manifest;
  const closed = new Set(Object.keys(exports).filter((entry) => exports[entry] === null));
  return Object.entries(exports)
    .flatMap(([entry, target]) => {
      if (target === null || typeof target === "string") return [];
      return entry === "./*" ? codeBelow(join(own, "dist")).map((path) => `./${path}`) : [entry];
    })
    .filter((entry) => !closed.has(entry))
    .map((entry) => name + entry.slice(1));
};
