/** A recorded session of which the keys are known: it opens what either end sent, also where records are missing. */
import { type ClientName, clientNameIn } from "../../mep/security/mep-tls/envelope.ts";
import type { DirectionKey } from "../../mep/security/tls/key-schedule.ts";
import type { Agreement } from "../../mep/security/tls/recorded.ts";
import { explicitNonce, keyLifetime, openFragment, type RawRecord } from "../../mep/security/tls/records.ts";

export interface OpenedRecord {
  readonly type: number;
  readonly sequence: number;
  readonly plain: Uint8Array;
  /** The part of the nonce that stands in front of it. */
  readonly explicit: Uint8Array;
}

/** How many openings of a whole capture may fail: the author of a file must not decide how long it takes. */
export class WorkBudget {
  #left: number;

  constructor(left: number) {
    this.#left = left;
  }

  get exhausted(): boolean {
    return this.#left <= 0;
  }

  spend(cost: number): void {
    this.#left -= cost;
  }
}

/** Records that may be missing in front of one whose nonce does not count. */
const lookAhead = 4;

/** Some count from 0 on, as the sequence number does, some from anywhere. */
const countIn = ({ fragment }: RawRecord): bigint =>
  fragment.subarray(0, explicitNonce).reduce((value, byte) => value * 256n + BigInt(byte), 0n);

/** What one end sent. */
class Direction {
  readonly #key: DirectionKey;
  #next = 0;
  /** What its nonces count beyond the sequence number; undefined before its first record. */
  #ahead: bigint | undefined;

  constructor(key: DirectionKey) {
    this.#key = key;
  }

  /** Opens all records of a message, or none. */
  open(records: readonly RawRecord[], budget: WorkBudget): readonly OpenedRecord[] | undefined {
    const [first] = records;
    if (first === undefined) return undefined;
    for (const sequence of this.#candidates(first)) {
      if (budget.exhausted) return undefined;
      const opened = this.#from(sequence, records);
      if (opened === undefined) budget.spend(1);
      else {
        this.#next = Math.max(this.#next, sequence + records.length);
        this.#ahead ??= countIn(first) - BigInt(sequence);
        return opened;
      }
    }
    return undefined;
  }

  /** The number that is due; that which the nonce tells, for one that is late or after a gap; the next few. */
  #candidates(record: RawRecord): ReadonlySet<number> {
    const told = this.#ahead === undefined ? this.#next : Number(countIn(record) - this.#ahead);
    const near = Array.from({ length: lookAhead }, (_, i) => this.#next + 1 + i);
    return new Set([this.#next, told, ...near].filter((number) => number >= 0 && number < keyLifetime));
  }

  #from(sequence: number, records: readonly RawRecord[]): OpenedRecord[] | undefined {
    const opened: OpenedRecord[] = [];
    for (const [index, record] of records.entries()) {
      const plain = openFragment(this.#key, sequence + index, record);
      if (plain === undefined) return undefined;
      const explicit = record.fragment.slice(0, explicitNonce);
      opened.push({ type: record.type, sequence: sequence + index, plain, explicit });
    }
    return opened;
  }
}

/** A session that the key opens: its client's Finished verified. */
export class CapturedSession {
  readonly client: Direction;
  readonly server: Direction;
  readonly extendedMasterSecret: boolean;
  readonly name: ClientName | undefined;
  /** Whether the server's Finished fits, too; undefined where it did not come. */
  serverFinished: boolean | undefined;

  constructor({ keys, extendedMasterSecret, identity }: Agreement) {
    this.client = new Direction(keys.client);
    this.server = new Direction(keys.server);
    this.extendedMasterSecret = extendedMasterSecret;
    this.name = clientNameIn(identity);
  }
}
