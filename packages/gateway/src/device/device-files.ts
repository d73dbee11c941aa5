/** What a device keeps on disk: what it must not forget, and the files that it took. */
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync } from "node:fs";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { WearState, WearStore } from "@meterport/client";
import type { DeviceStore, FileSink } from "@meterport/device";
import type { Clock, Millis } from "@meterport/protocol/ports";

/** A file that came whole. */
export interface TakenFile {
  readonly name: string;
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly time: Millis;
  readonly verified: boolean;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/** Older ones are deleted: a head-end must not fill the disk. */
const mostFiles = 8;
const mostMemory = 1_000_000;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** The folder too, or the new name may be lost with the power. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Whole or not at all, also when the power fails. */
const writeWhole = async (folder: string, name: string, text: string): Promise<void> => {
  const path = join(folder, name);
  const handle = await open(`${path}.new`, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
};

const readJson = async (path: string): Promise<unknown> => {
  try {
    if ((await stat(path)).size > mostMemory) return undefined;
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    // What cannot be read is as good as forgotten; what cannot be reached is not.
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** What a device keeps, wherever that is. */
export type DeviceStorage = Pick<DeviceFolder, "role" | "display" | "sources" | "sink" | "files" | "file">;

/** Where the daemon keeps a point's. */
export const deviceFolderOf = (data: string, point: string): string => join(data, "device", point);

/** The folder of one device. */
export class DeviceFolder {
  readonly #folder: string;
  readonly #clock: Pick<Clock, "wall">;
  /** SHA-256 of files that were listed before: files of some megabytes are hashed once. */
  readonly #hashes = new Map<string, string>();
  #saving: Promise<void> = Promise.resolve();

  constructor(folder: string, clock: Pick<Clock, "wall">) {
    this.#folder = folder;
    this.#clock = clock;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  readonly role: DeviceStore = {
    load: () => readJson(join(this.#folder, "role.json")),
    save: (memory) => this.#save("role.json", memory),
  };

  /** What the display showed before; null once it shows that again. */
  readonly display = {
    load: (): Promise<unknown> => readJson(join(this.#folder, "display.json")),
    save: (memory: unknown): Promise<void> => this.#save("display.json", memory),
  };

  /** What the own sources said last. */
  readonly sources = {
    load: (): Promise<unknown> => readJson(join(this.#folder, "sources.json")),
    save: (kept: unknown): Promise<void> => this.#save("sources.json", kept),
  };

  /** How often the meter was written to. */
  readonly wear: WearStore = {
    load: async () => (await readJson(join(this.#folder, "wear.json"))) as WearState | undefined,
    save: (state) => this.#save("wear.json", state),
  };

  /** One after the other: the part of a session that is over may still be saving. */
  #save(name: string, content: unknown): Promise<void> {
    const text = JSON.stringify(content);
    const saved = this.#saving.then(() => writeWhole(this.#folder, name, text));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  get #part(): string {
    return join(this.#folder, "incoming.part");
  }

  readonly sink: FileSink = {
    begin: async () => {
      const handle = await open(this.#part, "w", 0o600);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncFolder(this.#folder);
    },
    write: async (offset, bytes) => {
      const handle = await open(this.#part, "r+");
      try {
        await handle.write(bytes, 0, bytes.length, offset);
        await handle.datasync();
      } finally {
        await handle.close();
      }
    },
    read: async (offset, length) => {
      const handle = await open(this.#part, "r");
      try {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    complete: (length, verified) => this.#complete(length, verified),
    drop: () => rm(this.#part, { force: true }),
  };

  /** May come twice: after a crash in between, the file has its name already. */
  async #complete(length: number, verified: boolean): Promise<void> {
    const time = this.#clock.wall();
    try {
      const handle = await open(this.#part, "r+");
      try {
        await handle.truncate(length);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(this.#part, join(this.#folder, `${time}${verified ? "-verified" : ""}.bin`));
      await syncFolder(this.#folder);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const old = (await this.#names()).slice(0, -mostFiles);
    for (const name of old) await rm(join(this.#folder, name), { force: true });
  }

  async #names(): Promise<readonly string[]> {
    const names = (await readdir(this.#folder)).filter((name) => /^\d{1,15}(-verified)?\.bin$/.test(name));
    return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  }

  async #hashOf(name: string): Promise<string> {
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    for await (const piece of createReadStream(join(this.#folder, name))) hash.update(piece as Uint8Array);
    const made = hash.digest("hex");
    this.#hashes.set(name, made);
    return made;
  }

  /** Files that came whole, oldest first. */
  async files(): Promise<readonly TakenFile[]> {
    const names = await this.#names();
    for (const name of [...this.#hashes.keys()]) if (!names.includes(name)) this.#hashes.delete(name);
    const files: TakenFile[] = [];
    for (const name of names) {
      try {
        const { size } = await stat(join(this.#folder, name));
        const sha256 = await this.#hashOf(name);
        const time = Number.parseInt(name, 10);
        files.push({ name, bytes: size, time, verified: name.endsWith("-verified.bin"), sha256 });
      } catch (error) {
        // Deleted meanwhile, because a newer one came.
        if (!isMissing(error)) throw error;
      }
    }
    return files;
  }

  /** Undefined if there is no such file. */
  async file(name: string): Promise<Uint8Array | undefined> {
    return (await this.#names()).includes(name) ? readFile(join(this.#folder, name)) : undefined;
  }
}
