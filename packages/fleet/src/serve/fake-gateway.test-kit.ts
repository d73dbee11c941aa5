/** A gateway with points that do what a test says, in its time, and a store and an outbox of which only the numbers count. */
import type { ProfileProgress } from "@meterport/engine/backfill/profile-job";
import { staleAnswer } from "@meterport/engine/guard/measured";
import type { StoredInterval } from "@meterport/engine/model/interval";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { Proof } from "@meterport/engine/model/proof";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { MeterSource } from "@meterport/engine/ports/meter-source";
import type { OutputStatus } from "@meterport/engine/ports/output";
import type { Store, StoreBatch } from "@meterport/engine/ports/store";
import type { CompanionGateway, CompanionPoint } from "@meterport/gateway/operation/companion";
import type { Millis } from "@meterport/protocol/ports";
import type { VirtualClock } from "../../../../test/support/virtual-clock.ts";

/** Jobs take this long unless a test says otherwise. */
const usualTime: Millis = 1_000;

export class FakePoint implements CompanionPoint {
  readonly id: string;
  readonly #clock: VirtualClock;
  /** Names of jobs in the order in which they began. */
  readonly ran: string[] = [];
  readonly again: Millis[] = [];
  jobTime = usualTime;
  /** What a job ends with. */
  failure: Error | undefined;
  live: LiveAnswer;
  serial: string | null = "7001";
  isAnswering = true;
  /** What the load profile says after each run of its job; the last one stays. */
  states: ProfileProgress["state"][] = ["complete"];

  constructor(id: string, clock: VirtualClock) {
    this.id = id;
    this.#clock = clock;
    this.live = { ...staleAnswer(id, null), quality: "good", time: new Date(clock.wall()).toISOString() };
  }

  get source(): CompanionPoint["source"] {
    const serial = this.serial;
    return {
      identity: () => (serial === null ? null : { serial }),
      status: () => ({ answering: this.isAnswering }),
      ask: () => this.runJob("ask"),
    } as unknown as MeterSource;
  }

  get view(): MeterView {
    return { live: () => this.live } as unknown as MeterView;
  }

  readonly readAgainFrom = (time: Millis): void => void this.again.push(time);

  readonly profile = (): ProfileProgress => {
    const state = (this.states.length > 1 ? this.states.shift() : this.states[0]) ?? "unknown";
    return { state, settled: null, open: 0, keptFor: null };
  };

  readonly runJob = async (name: string): Promise<void> => {
    this.ran.push(name);
    await new Promise<void>((resolve) => void this.#clock.at(this.#clock.now() + this.jobTime, resolve));
    if (this.failure !== undefined) throw this.failure;
  };
}

export class FakeGateway implements Pick<CompanionGateway, "point" | "store" | "outputs"> {
  readonly points = new Map<string, FakePoint>();
  readonly written: StoreBatch[] = [];
  readonly intervals: StoredInterval[] = [];
  readonly proofs = new Map<Millis, Proof>();
  /** By point. */
  readonly memos = new Map<string, string>();
  /** Number of the newest change, and how far it is booked. */
  journal = 0;
  booked = 0;

  readonly point = (id: string): FakePoint | undefined => this.points.get(id);

  readonly outputs = async (): Promise<readonly OutputStatus[]> => [
    { name: "books", journal: { cursor: this.booked, behind: this.journal - this.booked } } as OutputStatus,
  ];

  readonly store = {
    memo: async (point: string) => this.memos.get(point),
    status: async () => ({ journal: { oldest: 1, newest: this.journal } }),
    write: async (changes: StoreBatch) => {
      this.written.push(changes);
      this.journal++;
    },
    intervals: async (point: string, { channel, from, to }: { channel: string; from: Millis; to: Millis }) =>
      this.intervals.filter((one) => one.point === point && one.channel === channel && one.end > from && one.end <= to),
    intervalProofs: async (_point: string, _channel: string, ends: readonly Millis[]) =>
      ends.flatMap((end) => {
        const proof = this.proofs.get(end);
        return proof === undefined ? [] : [{ proof, ends: [end] }];
      }),
  } as unknown as Store;
}
