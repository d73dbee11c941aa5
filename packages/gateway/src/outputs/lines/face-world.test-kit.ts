/** Outputs in virtual time around real sockets, for tests of faces. */
import { Outputs } from "@meterport/engine/outputs/outputs";
import type { Output, OutputStatus } from "@meterport/engine/ports/output";
import { FakeJournal } from "@meterport/engine/testing/fake-store";
import { FakeView } from "@meterport/engine/testing/fake-view";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import { VirtualClock } from "../../../../../test/support/virtual-clock.ts";
import { until } from "../output-world.test-kit.ts";

/** The moment of the example that the outputs' golden files share. */
export const moment = Date.UTC(2026, 7, 1, 10, 15);

/** A household that imports 1,234 W. */
export const household = {
  ...{ power_w: 1_234, power_import_w: 1_234, power_export_w: 0 },
  ...{ power_l1_w: 488, power_l2_w: 390, power_l3_w: 356 },
  ...{ voltage_l1_v: 231.4, voltage_l2_v: 230.9, voltage_l3_v: 232 },
  ...{ current_l1_a: 2.11, current_l2_a: 1.7, current_l3_a: 1.58 },
  frequency_hz: 50.01,
  ...{ power_factor_l1: 0.999, power_factor_l2: 0.994, power_factor_l3: 0.971 },
  ...{ reactive_power_import_var: 0, reactive_power_export_var: 120, apparent_power_va: 1_240 },
  ...{ energy_import_wh: 13_779_338, energy_export_wh: 412_007 },
  ...{ reactive_energy_import_varh: 21_988, reactive_energy_export_varh: 1_020_971 },
} as const satisfies Partial<LiveReading>;

/** The same while the sun shines: 2 kW flow out, on each phase. */
export const sunny = {
  ...household,
  ...{ power_w: -2_000, power_import_w: 0, power_export_w: 2_000 },
  ...{ power_l1_w: -700, power_l2_w: -700, power_l3_w: -600 },
} as const satisfies Partial<LiveReading>;

export class FaceWorld {
  readonly clock = new VirtualClock({ wall: moment });
  readonly home = new FakeView("home", "Home");
  readonly shed = new FakeView("shed", "Shed");
  views: FakeView[] = [this.home];
  /** Id of the point behind whose meter each is. */
  readonly parents = new Map<string, string>();
  readonly lines: string[] = [];
  readonly outputs: Outputs;

  constructor() {
    const note = (line: string): void => void this.lines.push(line);
    this.outputs = new Outputs({
      points: () => this.views.map((view) => ({ view, zone: "Europe/Copenhagen", parent: this.parents.get(view.id) })),
      ...{ store: new FakeJournal().store, clock: this.clock, version: "0.1.0" },
      entropy: (length) => new Uint8Array(length).fill(128),
      log: { info: note, warn: note, error: note },
    });
  }

  /** Starts an output and waits until it is up, or has failed. */
  async start(open: Output["open"], only?: readonly string[]): Promise<void> {
    this.outputs.start([{ output: { name: "face", open }, only }]);
    await until("it is up or has failed", async () => {
      await this.clock.settle();
      const state = (await this.status()).state;
      return state === "up" || state === "failing";
    });
  }

  read(values: Partial<LiveReading> = household, view: FakeView = this.home): void {
    view.read(this.clock.wall(), values);
  }

  async status(): Promise<OutputStatus> {
    const [status] = await this.outputs.status();
    if (status === undefined) throw new Error("no output runs");
    return status;
  }

  /** Lets virtual time pass and real sockets work. */
  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    await settled();
  }

  done(): Promise<void> {
    return this.clock.run(this.outputs.stop());
  }
}

/** Lets what is on its way over the loopback arrive. */
export const settled = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Random bytes from a seed, the same each time. */
export const seededNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A changed, cut or lengthened copy of some bytes. */
export const mutated = (bytes: Uint8Array, chance: () => number): Uint8Array => {
  const copy = [...bytes];
  const changes = 1 + Math.floor(chance() * 4);
  for (let n = 0; n < changes; n++) {
    const at = Math.floor(chance() * (copy.length + 1));
    const kind = chance();
    if (kind < 0.5) copy[at] = Math.floor(chance() * 256);
    else if (kind < 0.7) copy.splice(at, 1 + Math.floor(chance() * 4));
    else if (kind < 0.9)
      copy.splice(at, 0, ...Array.from({ length: Math.floor(chance() * 8) }, () => Math.floor(chance() * 256)));
    else copy.length = at;
  }
  return Uint8Array.from(copy);
};
