/** Processes of a fleet as people start them: `meterport serve` with a data folder of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fleetKey } from "./fleet-meters.test-kit.ts";

const ownProgram = fileURLToPath(new URL("../../../cli/bin/meterport.mjs", import.meta.url));

/** Whether a process may have a disk of its own, which can be filled: to mount one takes root. */
export const hasDisks = process.getuid?.() === 0 && process.platform === "linux";

export interface FleetProcessOptions {
  /** Its data folder is a disk of so many megabytes; see `hasDisks`. */
  readonly disk?: number | undefined;
  /** More variables of its environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The `meterport.mjs` of another version. */
  readonly program?: string | undefined;
}

const isFull = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOSPC";

export class FleetProcess {
  readonly name: string;
  readonly #database: string;
  readonly #disk: number | undefined;
  readonly #env: Readonly<Record<string, string>>;
  readonly #program: string;
  #folder = "";
  #child: ChildProcess | undefined;
  #log = "";
  #url = "";

  constructor(name: string, database: string, { disk, env = {}, program = ownProgram }: FleetProcessOptions = {}) {
    this.name = name;
    this.#database = database;
    this.#disk = disk;
    this.#env = env;
    this.#program = program;
    process.once("exit", this.#killAtExit);
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get log(): string {
    return this.#log;
  }

  /** @param roles "read" if omitted; starts with an empty folder after `forget` */
  async start(roles = "read"): Promise<this> {
    if (this.#folder === "") this.#makeFolder();
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("METERPORT_"));
    const child = spawn(process.execPath, [this.#program, "serve", "--data", this.#folder], {
      env: {
        ...Object.fromEntries(inherited),
        ...{ METERPORT_HTTP_PORT: "0", METERPORT_FLEET_DATABASE: this.#database, METERPORT_FLEET_ID: "test" },
        ...{ METERPORT_FLEET_ROLES: roles },
        ...(roles.includes("read") ? { METERPORT_FLEET_KEY: fleetKey } : {}),
        ...this.#env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr?.on("data", (text) => {
      this.#log += `${this.name} ${String(text)}`;
    });
    const closed = once(child, "close");
    this.#url = await new Promise<string>((resolve, reject) => {
      let out = "";
      child.stdout?.on("data", (text) => {
        out += String(text);
        const ready = /^dashboard (\S+)\n/.exec(out)?.[1];
        if (ready !== undefined) resolve(ready);
      });
      closed.then(() => reject(new Error(`${this.name} ended: ${this.#log}`)), reject);
    });
    return this;
  }

  /** As a lost power supply ends it. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As a service manager ends it. */
  async stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  goOn(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Its disk is lost too. */
  forget(): void {
    if (this.#folder === "") return;
    if (this.#disk !== undefined) mounted("umount", "--lazy", this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = "";
  }

  /** Not one more byte has room on its disk. */
  fillDisk(): void {
    const ballast = openSync(this.#ballast(), "a");
    try {
      for (let size = 1_048_576; size >= 1; size = Math.floor(size / 16)) writeUntilFull(ballast, new Uint8Array(size));
    } finally {
      closeSync(ballast);
    }
  }

  freeDisk(): void {
    rmSync(this.#ballast(), { force: true });
  }

  #ballast(): string {
    return join(this.#folder, "ballast");
  }

  #makeFolder(): void {
    this.#folder = mkdtempSync(join(tmpdir(), "meterport-fleet-process-"));
    if (this.#disk !== undefined) mounted("mount", "-t", "tmpfs", "-o", `size=${this.#disk}m`, "tmpfs", this.#folder);
  }

  async remove(): Promise<void> {
    await this.kill();
    this.forget();
    process.off("exit", this.#killAtExit);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  readonly #killAtExit = (): void => {
    this.#child?.kill("SIGKILL");
    this.forget();
  };
}

const mounted = (program: string, ...words: readonly string[]): void => {
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
};

const writeUntilFull = (file: number, bytes: Uint8Array): void => {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
};
