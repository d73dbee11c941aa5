/**
 * Files that wait for one target, in their order. Each parcel is a folder: it is written under another name and renamed when all of it is on
 * the disk, and removed when the target has it. So a crash at any moment loses nothing, and hands nothing over by halves.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { ExportFile } from "../model/export-file.ts";
import type { Signer } from "./signature.ts";
import { isFileName, type Parcel, type ParcelFile } from "./target.ts";

export interface StagedExport {
  readonly file: ExportFile;
  /** When the export was made, UTC. */
  readonly created: Millis;
  /** Version of the export. */
  readonly version: number;
}

export interface WaitingParcel extends Parcel {
  readonly name: string;
  readonly created: Millis;
}

interface Label {
  readonly name: string;
  readonly created: Millis;
  readonly files: readonly ParcelFile[];
}

const labelName = ".label.json";
const asideName = "aside";
const unfinished = ".unfinished-";
const parcelFolder = /^(\d{10})-/;

const sync = (path: string): void => {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const writeDurably = (path: string, bytes: Uint8Array): void => {
  writeFileSync(path, bytes, { mode: 0o600 });
  sync(path);
};

/** Writes the pieces and gives the SHA-256 and the length of all of them. */
const writeParts = (path: string, parts: Iterable<string>): { readonly sha256: string; readonly bytes: number } => {
  const hash = createHash("sha256");
  const handle = openSync(path, "wx", 0o600);
  let bytes = 0;
  try {
    for (const part of parts) {
      const data = Buffer.from(part);
      for (let at = 0; at < data.length; ) at += writeSync(handle, data, at);
      hash.update(data);
      bytes += data.length;
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return { sha256: hash.digest("hex"), bytes };
};

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const iso = (time: Millis): string => new Date(time).toISOString();

/** The manifest: what the file is, and which version of which values it carries. */
const manifestOf = ({ file, created, version }: StagedExport, written: { sha256: string; bytes: number }): string =>
  `${JSON.stringify(
    {
      format: "meterport-export",
      file: file.name,
      bytes: written.bytes,
      sha256: written.sha256,
      version,
      created: iso(created),
      carried: file.carried().map(({ start, end, ...rest }) => ({ ...rest, start: iso(start), end: iso(end) })),
    },
    null,
    1,
  )}\n`;

export class Spool {
  readonly #folder: string;
  readonly #signer: Signer | undefined;

  /** Makes the folder if there is none, and removes what a crash left unfinished. */
  constructor(folder: string, signer?: Signer) {
    this.#folder = folder;
    this.#signer = signer;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder))
      if (name.startsWith(unfinished)) rmSync(join(folder, name), { recursive: true, force: true });
  }

  /**
   * Puts an export behind those that wait. When it returns, the export survives a crash. A file without a byte, as of a report without changes, is
   * not handed over.
   *
   * @throws UsageError (`name`) for a name that not every system takes; and what the parts throw, then nothing is left of it
   */
  add(staged: StagedExport): boolean {
    const { file, created } = staged;
    if (!isFileName(file.name))
      throw new UsageError(
        "name",
        `the file name ${JSON.stringify(file.name)} is not plain: use letters, digits, ., _ and -`,
      );
    const making = join(this.#folder, `${unfinished}${file.name}`);
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { mode: 0o700 });
    try {
      const written = writeParts(join(making, file.name), file.parts);
      if (written.bytes === 0) return false;
      const files = this.#describe(making, staged, written);
      writeDurably(
        join(making, labelName),
        Buffer.from(JSON.stringify({ name: file.name, created, files } satisfies Label)),
      );
      sync(making);
      renameSync(making, join(this.#folder, `${this.#nextNumber()}-${file.name}`));
      sync(this.#folder);
      return true;
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }

  /** Names of what waits, oldest first. */
  waiting(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => parcelFolder.test(name))
      .sort();
  }

  /** The oldest; undefined if nothing waits. */
  first(): WaitingParcel | undefined {
    const [name] = this.waiting();
    if (name === undefined) return undefined;
    const folder = join(this.#folder, name);
    const label = JSON.parse(readFileSync(join(folder, labelName), "utf8")) as Label;
    return { ...label, folder };
  }

  /** The target has it. */
  remove(parcel: WaitingParcel): void {
    // Renamed first: a parcel that is removed by halves must not be taken for one that waits.
    const gone = join(this.#folder, `${unfinished}${parcel.name}`);
    rmSync(gone, { recursive: true, force: true });
    renameSync(parcel.folder, gone);
    sync(this.#folder);
    rmSync(gone, { recursive: true, force: true });
  }

  /** Takes the oldest out of the way, for an operator to look at, so that those behind it go on. Gives where it is now. */
  setFirstAside(): string | undefined {
    const parcel = this.first();
    const [name] = this.waiting();
    if (parcel === undefined || name === undefined) return undefined;
    mkdirSync(join(this.#folder, asideName), { recursive: true, mode: 0o700 });
    const place = join(this.#folder, asideName, name);
    if (existsSync(place)) rmSync(place, { recursive: true });
    renameSync(parcel.folder, place);
    sync(this.#folder);
    return place;
  }

  /** Writes the manifest and its signature; lists all files, the data last. */
  #describe(folder: string, staged: StagedExport, written: { sha256: string; bytes: number }): readonly ParcelFile[] {
    const { name, mediaType } = staged.file;
    const described: ParcelFile[] = [];
    const add = (suffix: string, type: string, bytes: Uint8Array): void => {
      writeDurably(join(folder, `${name}${suffix}`), bytes);
      described.push({ name: `${name}${suffix}`, mediaType: type, sha256: sha256Of(bytes) });
    };
    const manifest = Buffer.from(manifestOf(staged, written));
    add(".manifest", "application/json", manifest);
    if (this.#signer !== undefined) add(".manifest.sig", "application/octet-stream", this.#signer(manifest));
    return [...described, { name, mediaType, sha256: written.sha256 }];
  }

  #nextNumber(): string {
    const last = this.waiting().at(-1)?.slice(0, 10) ?? "0";
    return String(Number(last) + 1).padStart(10, "0");
  }
}
