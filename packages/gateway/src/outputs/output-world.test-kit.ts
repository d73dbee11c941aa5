/** Metering points, a store and outputs in real time, for tests against real consumers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunnerLimits } from "@meterport/engine/outputs/output-runner";
import { Outputs } from "@meterport/engine/outputs/outputs";
import type { OutputPoint } from "@meterport/engine/outputs/point-book";
import type { ChildView, Output, OutputStatus } from "@meterport/engine/ports/output";
import { FakeView } from "@meterport/engine/testing/fake-view";
import type { Clock } from "@meterport/protocol/ports";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { openHastyStore } from "../stores/sqlite/hasty-store.test-kit.ts";

export const hour = 3_600_000;
/** The first hour of the changes. */
export const firstHour = Date.UTC(2026, 7, 1);

/** Waits until something holds. @throws Error that names it after a time in which even a busy machine would have done it */
export const until = async (what: string, holds: () => boolean | Promise<boolean>, limit = 30_000): Promise<void> => {
  const end = Date.now() + limit;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Quick, so that a test of a broker that comes back takes no minute. */
const quick: Partial<RunnerLimits> = {
  ...{ look: 20, open: 5_000, close: 1_500, stuck: 4_000, test: 5_000 },
  retryAfter: () => 100,
};

export class OutputWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "meterport-output-"));
  readonly store = openHastyStore(this.folder, Date.now);
  readonly home = new FakeView("home", "Home");
  readonly shed = new FakeView("shed", "Shed");
  readonly views: FakeView[] = [this.home, this.shed];
  /** Meters behind the meters, by their own ids. */
  readonly children = new Map<string, ChildView>();
  readonly lines: string[] = [];
  /** What a kWh costs; nobody knows if undefined. */
  prices: OutputPoint["prices"];
  readonly outputs: Outputs;
  /** Changes that were made. */
  changes = 0;

  constructor(limits: Partial<RunnerLimits> = {}, clock: Clock = systemClock) {
    const note = (line: string): void => void this.lines.push(line);
    this.outputs = new Outputs({
      children: { get: (id) => this.children.get(id), all: () => this.children.values() },
      points: () =>
        this.views.map((view) => ({
          ...{ view, zone: "Europe/Copenhagen" },
          prices: async (from, to) => (await this.prices?.(from, to)) ?? null,
        })),
      ...{ store: this.store, clock, entropy: systemEntropy, version: "0.1.0" },
      log: { info: note, warn: note, error: note },
      limits: { ...quick, ...limits },
    });
  }

  start(output: Output, only?: readonly string[]): void {
    this.outputs.start([{ output, only }]);
  }

  async status(): Promise<OutputStatus> {
    const [status] = await this.outputs.status();
    if (status === undefined) throw new Error("no output runs");
    return status;
  }

  /** Waits until the output has this state. */
  async is(state: OutputStatus["state"], limit?: number): Promise<void> {
    await until(`state ${state}`, async () => (await this.status()).state === state, limit);
  }

  /** Waits until everything in the journal is delivered. */
  async delivered(limit?: number): Promise<void> {
    await until("all is delivered", async () => (await this.status()).journal?.behind === 0, limit);
  }

  /** Stores full hours of a point, each of which is a change. 1 kWh each. */
  async change(count: number, point = "home"): Promise<void> {
    const first = this.changes;
    this.changes += count;
    const common = {
      point,
      channel: "energy_import_wh",
      seconds: 3_600,
      value: 1_000,
      flags: [],
      register: null,
    } as const;
    await this.store.write({
      intervals: Array.from({ length: count }, (_, n) => ({
        ...({ ...common, end: firstHour + (first + n + 1) * hour, source: "profile", quality: "good" } as const),
      })),
    });
  }

  async done(): Promise<void> {
    await this.outputs.stop();
    await this.store.close();
    rmSync(this.folder, { recursive: true });
  }
}
