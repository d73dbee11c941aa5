/** What a virtual meter remembers: bytes by table number. Some tables are computed when they are read. */
import type { Millis } from "@meterport/protocol/ports";

/** Gives a table's bytes at a moment, in Unix milliseconds of the meter. */
export type LiveTable = (time: Millis) => Uint8Array;

/** A table that is computed only as far as it is read: at most `count` bytes from `offset` on, none past its end. */
export interface PartwiseTable {
  readonly size: number;
  readonly at: (time: Millis, offset: number, count: number) => Uint8Array;
}

/** A table that is filled on first use, so that meters that are never read cost little. */
export type Filling = () => Uint8Array;

type Cell =
  | { readonly kind: "stored"; readonly bytes: Uint8Array }
  | { readonly kind: "filling"; readonly fill: Filling }
  | { readonly kind: "live"; readonly at: LiveTable }
  | { readonly kind: "partwise"; readonly table: PartwiseTable };

/**
 * Bytes per table number.
 *
 * @example
 * const memory = new Memory(() => 0);
 * memory.set(1, Uint8Array.of(1, 2, 3));
 * memory.read(1, 2, 3) // Uint8Array [3, 0, 0]
 */
export class Memory {
  readonly #cells = new Map<number, Cell>();
  readonly #time: () => Millis;
  #version = 0;

  /** `time` gives the moment for which computed tables are asked. */
  constructor(time: () => Millis) {
    this.#time = time;
  }

  /** Rises with each change, so that anything derived from the bytes can be kept up to date. */
  get version(): number {
    return this.#version;
  }

  /** Numbers of all tables, ascending. */
  get tables(): readonly number[] {
    return [...this.#cells.keys()].sort((a, b) => a - b);
  }

  has(table: number): boolean {
    return this.#cells.has(table);
  }

  /** A copy of a table's bytes; undefined for a table that does not exist. */
  get(table: number): Uint8Array | undefined {
    return this.#bytes(table)?.slice();
  }

  /** Adds a table, or replaces it, even a computed one. */
  set(table: number, bytes: Uint8Array): void {
    this.#put(table, { kind: "stored", bytes: bytes.slice() });
  }

  /** Adds a table whose bytes are made on first use. */
  setLater(table: number, fill: Filling): void {
    this.#put(table, { kind: "filling", fill });
  }

  /** Adds a table that is computed whenever it is read. */
  setLive(table: number, at: LiveTable): void {
    this.#put(table, { kind: "live", at });
  }

  /** Adds a large table of which only the bytes that are read are computed. */
  setPartwise(table: number, partwise: PartwiseTable): void {
    this.#put(table, { kind: "partwise", table: partwise });
  }

  /** Whether the table is computed: nothing can be written to it. */
  isLive(table: number): boolean {
    const kind = this.#cells.get(table)?.kind;
    return kind === "live" || kind === "partwise";
  }

  delete(table: number): void {
    this.#cells.delete(table);
    this.#version++;
  }

  /** Exactly `count` bytes from `offset` on, zeros past the table's end; undefined for a table that does not exist. */
  read(table: number, offset: number, count: number): Uint8Array | undefined {
    const part = this.#part(table, offset, count);
    if (part === undefined) return undefined;
    const out = new Uint8Array(count);
    out.set(part);
    return out;
  }

  /** The table from its start, at most `count` bytes; undefined for a table that does not exist. */
  readWhole(table: number, count: number): Uint8Array | undefined {
    return this.#part(table, 0, count)?.slice();
  }

  /** Overwrites bytes from `offset` on; what reaches past the end is ignored. False for tables that are computed or do not exist. */
  patch(table: number, offset: number, data: Uint8Array): boolean {
    if (this.isLive(table)) return false;
    const bytes = this.#bytes(table);
    if (bytes === undefined) return false;
    if (offset < bytes.length) bytes.set(data.subarray(0, bytes.length - offset), offset);
    this.#version++;
    return true;
  }

  #put(table: number, cell: Cell): void {
    this.#cells.set(table, cell);
    this.#version++;
  }

  #part(table: number, offset: number, count: number): Uint8Array | undefined {
    const cell = this.#cells.get(table);
    if (cell?.kind === "partwise") return cell.table.at(this.#time(), offset, count);
    return this.#bytes(table)?.subarray(offset, offset + count);
  }

  /** The bytes themselves, not a copy. */
  #bytes(table: number): Uint8Array | undefined {
    const cell = this.#cells.get(table);
    if (cell === undefined) return undefined;
    if (cell.kind === "live") return cell.at(this.#time());
    if (cell.kind === "partwise") return cell.table.at(this.#time(), 0, cell.table.size);
    if (cell.kind === "stored") return cell.bytes;
    const bytes = cell.fill();
    this.#cells.set(table, { kind: "stored", bytes });
    return bytes;
  }
}
