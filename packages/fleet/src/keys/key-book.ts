/** The keys of a fleet's meters: sealed in the database, opened only by a process that has the fleet's key. */
import { seal } from "@meterport/gateway/settings/sealing";
import { UsageError } from "@meterport/protocol/errors";
import { keyLength } from "@meterport/protocol/mep/security/digest";
import { type ParsedKey, parseKey, type Secret } from "@meterport/protocol/mep/security/key";
import { passwordLength } from "@meterport/protocol/optical/services";
import type { Entropy } from "@meterport/protocol/ports";
import type { Row, Run } from "../books/database.ts";
import type { Fleet } from "../books/migrate.ts";
import {
  checkKeys,
  type FleetKeyRow,
  type FleetKeys,
  fleetKeyRows,
  givenNumber,
  knownKeys,
  newestOf,
  openedBy,
} from "./fleet-keys.ts";
import { readMeterKeys, readStrangers, writeMeterKeys } from "./sql/key-rows.ts";

/** The key of one meter as somebody wrote it. */
class MeterKey {
  readonly #text: () => string;

  constructor(text: string) {
    // A function, which no printer shows.
    this.#text = () => text;
  }

  /** The bytes that count at a MEP port, or at an optical port. */
  at(port: "mep" | "optical"): ParsedKey {
    return parseKey(this.#text(), port === "optical" ? passwordLength : keyLength);
  }
}

export interface OpenedKeys {
  readonly keys: ReadonlyMap<string, MeterKey>;
  /** By serial, why a key does not open. A meter that is in neither map has no key. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Rows of one statement. */
const page = 1_000;
const mostNamed = 5;

/** What a sealed key belongs to: it opens for no other meter, and in no other fleet. */
const ofMeter = (fleet: string, serial: string, number: number): string => `${fleet}\n${number}\n${serial}`;

/** @throws UsageError, with a sentence for a serial, for what is no key */
const checkMeterKey = (text: string): void => {
  parseKey(text, passwordLength);
};

const strangersIn = (serials: readonly string[]): UsageError => {
  const more = serials.length > mostNamed ? ` and ${serials.length - mostNamed} more` : "";
  return new UsageError(
    "no-meter",
    `the fleet has no meter ${serials.slice(0, mostNamed).join(", ")}${more}: import it first with meterport fleet import`,
  );
};

export class KeyBook {
  readonly #fleet: Fleet;
  readonly #given: readonly Secret[];
  readonly #entropy: Entropy;
  readonly given: number;
  #rows: readonly FleetKeyRow[];
  #keys: FleetKeys;

  private constructor(fleet: Fleet, given: readonly Secret[], entropy: Entropy, rows: readonly FleetKeyRow[]) {
    this.#fleet = fleet;
    this.#given = given;
    this.#entropy = entropy;
    this.#rows = rows;
    this.#keys = knownKeys(fleet.id, rows, given);
    this.given = givenNumber(fleet.id, rows, given);
  }

  /**
   * @param given the fleet's key; also the one before it, if somebody has both
   * @throws UsageError (`fleet-key`, `no-fleet-key`) if it is not that of this fleet; PostgresError
   */
  static async of(run: Run, fleet: Fleet, given: readonly Secret[], entropy: Entropy): Promise<KeyBook> {
    const book = new KeyBook(fleet, given, entropy, await fleetKeyRows(run));
    checkKeys(fleet, book.#rows, book.#keys);
    return book;
  }

  /** The number of the key that seals. */
  get number(): number {
    return newestOf(this.#rows);
  }

  /** The keys of these meters. @throws PostgresError */
  async open(run: Run, serials: readonly string[]): Promise<OpenedKeys> {
    const keys = new Map<string, MeterKey>();
    const problems = new Map<string, string>();
    for (let from = 0; from < serials.length; from += page) {
      const { rows } = await run(readMeterKeys, [serials.slice(from, from + page)]);
      // Somebody began to rotate keys since.
      if (rows.some(({ key_id }) => !this.#keys.has(Number(key_id)))) await this.refresh(run);
      for (const row of rows) {
        const opened = this.opened(row);
        if (typeof opened === "string") problems.set(String(row.serial), opened);
        else keys.set(String(row.serial), opened);
      }
    }
    return { keys, problems };
  }

  /** The key in a row of \`meter_key\`, or why it does not open. */
  opened({ serial, key_id, sealed }: Row): MeterKey | string {
    const number = Number(key_id);
    const key = this.#keys.get(number);
    if (key === undefined)
      return `the key of meter ${String(serial)} is sealed with key ${number} of the fleet, which this process does not have: give it the fleet's newest key`;
    const text = openedBy(String(sealed), key, ofMeter(this.#fleet.id, String(serial), number));
    return text === undefined
      ? `the key of meter ${String(serial)} does not open: somebody changed it, or moved it from another meter; set it again with meterport fleet key set ${String(serial)}`
      : new MeterKey(text);
  }

  /**
   * Seals keys of meters and keeps them, in the place of those that were there.
   *
   * @param texts by serial, as somebody wrote them
   * @throws UsageError for what is no key or no meter, and if this process lacks the fleet's newest key; PostgresError
   */
  async seal(run: Run, texts: ReadonlyMap<string, string>): Promise<void> {
    await this.refresh(run);
    for (const text of texts.values()) checkMeterKey(text);
    const all = [...texts];
    for (let from = 0; from < all.length; from += page) await this.#write(run, all.slice(from, from + page));
  }

  /** Seals keys that were opened with the newest key of the fleet. */
  async reseal(run: Run, rows: readonly Row[]): Promise<readonly string[]> {
    const problems: string[] = [];
    const sealed = rows.flatMap((row): [string, string][] => {
      const number = Number(row.key_id);
      const key = this.#keys.get(number);
      const text = key && openedBy(String(row.sealed), key, ofMeter(this.#fleet.id, String(row.serial), number));
      if (text !== undefined) return [[String(row.serial), text]];
      problems.push(String(this.opened(row)));
      return [];
    });
    if (sealed.length > 0) await this.#write(run, sealed);
    return problems;
  }

  /** Looks which keys the fleet has now. */
  async refresh(run: Run): Promise<void> {
    this.#rows = await fleetKeyRows(run);
    this.#keys = knownKeys(this.#fleet.id, this.#rows, [...this.#given, ...this.#keys.values()]);
    checkKeys(this.#fleet, this.#rows, this.#keys);
  }

  async #write(run: Run, texts: readonly (readonly [string, string])[]): Promise<void> {
    const number = this.number;
    const key = this.#keys.get(number);
    if (key === undefined)
      throw new UsageError(
        "fleet-key",
        `the fleet "${this.#fleet.name}" (${this.#fleet.id}) uses key ${number}, and an older one is given: give the file that meterport fleet key rotate wrote`,
      );
    const serials = texts.map(([serial]) => serial);
    const sealed = texts.map(([serial, text]) =>
      seal(text, key, this.#entropy, ofMeter(this.#fleet.id, serial, number)),
    );
    const { count } = await run(writeMeterKeys, [serials, number, sealed]);
    if (count < serials.length)
      throw strangersIn((await run(readStrangers, [serials])).rows.map(({ serial }) => String(serial)));
  }
}
