/** Where a dump goes: each table is written as soon as it is read, so that a later failure loses nothing. */
import { toJson } from "../../format/json.ts";
import type { Io, OutputFile } from "../../io/io.ts";

/** A table that the meter, the key or the layout refused. */
export interface Refusal {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}
/** The head: known before the first table. */
export interface DumpHead {
  readonly meter: Readonly<Record<string, unknown>>;
  /** Start time, ISO 8601 in UTC. */
  readonly time: string;
}
export interface DumpTail {
  readonly refused: readonly Refusal[];
  /** Why it ended early. */
  readonly error?: { readonly code: string; readonly message: string };
}
export interface DumpSink {
  /** @throws UsageError if it cannot be written */
  readonly table: (id: string, value: unknown) => void;
  /** The bytes of a table without a declaration, after all others. @throws UsageError if it cannot be written */
  readonly raw: (id: string, bytes: Uint8Array) => void;
  /** @throws UsageError if it cannot be written */
  readonly end: (tail: DumpTail) => void;
  /** Discards a document that cannot be finished, so that no truncated one is left. */
  readonly discard: () => void;
}

const inner = (document: object): string => toJson(document).slice(1, -1);

/** One document with a line per table. `raw` is present if any table is raw. */
export const oneDocument = ({ write, close, discard }: OutputFile, head: DumpHead): DumpSink => {
  let separator = "\n";
  let section = "tables";
  write(`{${inner(head)},"tables":{`);
  const entry = (id: string, value: unknown): void => {
    write(`${separator}${inner({ [id]: value })}`);
    separator = ",\n";
  };
  return {
    table: entry,
    raw: (id, bytes) => {
      if (section !== "raw") {
        write('\n},"raw":{');
        separator = "\n";
        section = "raw";
      }
      entry(id, bytes);
    },
    end: (tail) => {
      write(`\n},${inner(tail)}}\n`);
      close();
    },
    discard,
  };
};

/** A file for each table, and `meter.json` for the rest. */
export const folderOfTables = (folder: string, io: Io, head: DumpHead): DumpSink => {
  const put = (name: string, document: unknown): void => {
    const file = io.createFile(`${folder}${name}.json`);
    try {
      file.write(`${toJson(document)}\n`);
    } catch (error) {
      file.discard();
      throw error;
    }
    file.close();
  };
  // An unwritable folder fails now, not after minutes on the line.
  put("meter", head);
  return {
    table: put,
    raw: (id, bytes) => put(id, { raw: bytes }),
    end: (tail) => put("meter", { ...head, ...tail }),
    discard: () => {},
  };
};
