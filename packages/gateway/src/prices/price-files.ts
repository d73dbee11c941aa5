/** Prices that were asked for, on the disk: a file for each month of a source. They can be asked for again, so no backup holds them. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Price } from "@meterport/engine/prices/price";

export interface PriceFiles {
  /** Undefined if there is no such file. */
  readonly read: (name: string) => Promise<string | undefined>;
  readonly write: (name: string, text: string) => Promise<void>;
}

/** @param folder is made when the first file is written */
export const priceFilesIn = (folder: string): PriceFiles => ({
  read: async (name) => {
    try {
      return await readFile(join(folder, name), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  },
  write: async (name, text) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, name);
    const file = await open(`${path}.part`, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  },
});

/** Each price as start, end and value. */
export const pricesText = (prices: readonly Price[]): string =>
  `${JSON.stringify(prices.map(({ start, end, value }) => [start, end, value]))}\n`;

/** What is not a price is left out: the file may be damaged. */
export const pricesOfText = (text: string): readonly Price[] => {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown): Price[] => {
    if (!Array.isArray(row) || row.length !== 3 || !row.every((part) => Number.isFinite(part))) return [];
    const [start, end, value] = row as [number, number, number];
    return end > start ? [{ start, end, value }] : [];
  });
};
