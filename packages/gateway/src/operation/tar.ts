/**
 * Tar files in the form `ustar` of POSIX.1-1988 (IEEE Std 1003.1, pax, "ustar Interchange Format"): as much of it as a backup
 * needs. Lengths above 8 GiB are written in base 256, as GNU tar and others read them.
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";

const block = 512;
/** Two empty blocks end an archive. */
const endLength = 2 * block;
const octalLimit = 8 ** 11;
const chunk = 1 << 20;
/** A backup has a handful. */
const mostEntries = 100;

/** A file that goes into an archive. */
export interface TarFile {
  /** Its name there, at most 100 ASCII characters. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

const padded = (bytes: number): number => Math.ceil(bytes / block) * block;

/** The length of the whole archive. */
export const tarLength = (files: readonly TarFile[]): number =>
  files.reduce((sum, { bytes }) => sum + block + padded(bytes), endLength);

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;

const checksumOf = (header: Uint8Array): number =>
  // The field itself counts as spaces.
  header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);

const headerOf = ({ name, bytes }: TarFile, modified: Millis): Buffer => {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100, "latin1");
  header.write(octal(0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  if (bytes < octalLimit) header.write(octal(bytes, 11), 124);
  else {
    header.writeUInt8(0x80, 124);
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  header.write(octal(Math.floor(modified / 1_000), 11), 136);
  header.write("0", 156);
  header.write("ustar\x0000", 257, "latin1");
  header.write(`${octal(checksumOf(header), 6)} `, 148);
  return header;
};

/** The archive, piece by piece. @throws Error if a file is not as long as was said */
export async function* tarOf(files: readonly TarFile[], modified: Millis): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) {
    yield headerOf(file, modified);
    let bytes = 0;
    for await (const piece of createReadStream(file.path, { highWaterMark: chunk })) {
      bytes += (piece as Buffer).length;
      yield piece as Buffer;
    }
    if (bytes !== file.bytes) throw new Error(`${file.path} changed while it was read`);
    yield Buffer.alloc(padded(bytes) - bytes);
  }
  yield Buffer.alloc(endLength);
}

const notTar = (): UsageError =>
  new UsageError(
    "restore",
    "this is not a backup: give the file that GET /api/v1/backup gave, or a folder of meterport backup as tar",
  );
const cut = (): UsageError => new UsageError("restore", "the backup is cut off: send it again, whole");

const textAt = (header: Buffer, from: number, length: number): string => {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end < 0 ? length : end);
};

/** @throws UsageError */
const sizeOf = (header: Buffer): number => {
  if (header[124] === 0x80) {
    const size = Number(header.readBigUInt64BE(128));
    if (Number.isSafeInteger(size)) return size;
  }
  const text = textAt(header, 124, 12).trim();
  if (/^[0-7]{1,12}$/.test(text)) return Number.parseInt(text, 8);
  throw notTar();
};

interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly bytes: number;
}

/** Undefined at the end of the archive. @throws UsageError */
const entryOf = (header: Buffer): Entry | undefined => {
  if (header.every((byte) => byte === 0)) return undefined;
  const stated = Number.parseInt(textAt(header, 148, 8).trim(), 8);
  if (textAt(header, 257, 5) !== "ustar" || stated !== checksumOf(header)) throw notTar();
  const name = textAt(header, 0, 100).split("/").at(-1) ?? "";
  return { name, kind: textAt(header, 156, 1), bytes: sizeOf(header) };
};

const readAt = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw cut();
  return buffer;
};

const copied = async (file: FileHandle, from: number, bytes: number, path: string): Promise<void> => {
  const target = await open(path, "wx", 0o600);
  try {
    for (let done = 0; done < bytes; done += chunk)
      await target.writeFile(await readAt(file, from + done, Math.min(chunk, bytes - done)));
  } finally {
    await target.close();
  }
};

/**
 * Writes the files of an archive into a folder, without the folders that it has them in.
 *
 * @param takes whether a file of this name may be in it
 * @throws UsageError if it is no such archive, is cut off, or holds anything else
 */
export const unpackTar = async (path: string, folder: string, takes: (name: string) => boolean): Promise<void> => {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const seen = new Set<string>();
    let at = 0;
    for (let count = 0; ; count++) {
      if (count > mostEntries) throw notTar();
      const entry = entryOf(await readAt(file, at, block));
      if (entry === undefined) return;
      const { name, kind, bytes } = entry;
      if (at + block + bytes > size) throw cut();
      if (kind === "0" || kind === "") {
        if (!takes(name) || seen.has(name)) throw notTar();
        seen.add(name);
        await copied(file, at + block, bytes, join(folder, name));
      }
      // Folders, and what newer programs say of a file beside its name.
      else if (!["5", "x", "g"].includes(kind)) throw notTar();
      at += block + padded(bytes);
    }
  } finally {
    await file.close();
  }
};
