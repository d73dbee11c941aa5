/**
 * Live readings: the meter is asked once which sources it reports, then each reading takes the fewest reads that hold
 * the live keys. All powers, voltages and currents of a reading come from one read, so they belong together.
 */
import { ResponseError } from "@meterport/protocol/errors";
import { type Place, place } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import {
  type EnergyUnit,
  type LiveKey,
  type LiveReading,
  liveKeys,
  liveReading,
  liveSources,
} from "@meterport/protocol/meaning/readings";
import type { Signal } from "@meterport/protocol/ports";
import { BT15 } from "@meterport/protocol/tables/basic/bt15-constants";
import { BT22 } from "@meterport/protocol/tables/basic/bt22-data-selection";
import { BT23 } from "@meterport/protocol/tables/basic/bt23-current-register-data";
import { BT27 } from "@meterport/protocol/tables/basic/bt27-present-register-selection";
import { BT28 } from "@meterport/protocol/tables/basic/bt28-present-register-data";
import type { CallOptions, Meter } from "../meter/meter.ts";
import type { Outcome } from "../meter/outcome.ts";
import type { Environment } from "../meter/read/dimensions.ts";
import { type ByteRange, joinRanges, requestCost } from "../meter/read/ranges.ts";
import { Shared } from "../meter/read/shared.ts";
import { readPassing } from "../meter/read/table-bytes.ts";
import { StopSignal } from "../session/stop-signal.ts";
import { askEnergyUnit } from "./energy-unit.ts";
import { SourceScratch } from "./source-scratch.ts";

interface SourceAt {
  readonly id: number;
  /** Offset from the start of the read. */
  readonly at: number;
  /** From the table's layout. */
  readonly place: Place;
  /** Takes its bytes for a moment: views on them would cost more than all the rest of a reading. */
  readonly scratch: Uint8Array;
}
/** One read of a live plan. */
export interface LiveRead {
  readonly table: AnyTable;
  readonly range: ByteRange;
  /** For messages. */
  readonly label: string;
  readonly sources: readonly SourceAt[];
}
interface Setup {
  readonly energyUnit: EnergyUnit | null;
  readonly ratios: boolean;
  readonly registers: ReadonlyMap<number, Place>;
  readonly present: ReadonlyMap<number, Place>;
  /** Lists that were refused: their sources may exist, but their places are unknown. */
  readonly registersUnknown: boolean;
  readonly presentUnknown: boolean;
}

interface Planned {
  readonly plan: readonly LiveRead[];
  /** Sources that may exist, but at unknown places. */
  readonly lost: ReadonlySet<number>;
}

interface Prepared {
  readonly setup: Setup;
  readonly planned: Planned;
  /** Generation of the meter's dimensions, before the first request. */
  readonly generation: number;
}

const setups = new Shared<Setup>();
const plans = new WeakMap<Setup, Shared<Planned>>();

/** Ahead of long work on the same meter, which then delays a reading by one request at most. */
const livePriority = 1;

/** Reads live values of one meter. */
export class LiveReader {
  readonly meter: Meter;
  readonly #keys: readonly LiveKey[];
  #prepared: Prepared;

  constructor(meter: Meter, keys: readonly LiveKey[], prepared: Prepared) {
    this.meter = meter;
    this.#keys = keys;
    this.#prepared = prepared;
  }

  /** The reads that one reading takes. */
  get plan(): readonly LiveRead[] {
    return this.#prepared.planned.plan;
  }

  /** Wh or varh per step of an energy register; null if the meter does not say. */
  get energyUnit(): EnergyUnit | null {
    return this.#prepared.setup.energyUnit;
  }

  /** Whether powers and currents are those after the transformer ratios. */
  get ratios(): boolean {
    return this.#prepared.setup.ratios;
  }

  /**
   * One reading. A read that the meter refuses leaves its keys null and the quality `partial`. If the meter's
   * dimensions changed, its sources are read again first.
   *
   * @throws LinkError if the link fails
   */
  read(options: CallOptions = {}): Promise<LiveReading> {
    return this.meter.steadily("live reading", async () => {
      if (this.#prepared.generation !== this.meter.generation)
        this.#prepared = await prepare(this.meter, this.#keys, options);
      return this.#readOnce(this.#prepared, options);
    });
  }

  /** The same meter, other keys: `["power_w"]` alone takes 43 bytes and five of them fit into a second. */
  only(keys: readonly LiveKey[]): LiveReader {
    const { setup, generation } = this.#prepared;
    return new LiveReader(this.meter, keys, { setup, planned: planned(this.meter, keys, setup), generation });
  }

  async #readOnce({ setup, planned: { plan, lost } }: Prepared, { signal }: CallOptions): Promise<LiveReading> {
    const stop = new StopSignal();
    const aborted = (): void => stop.raise();
    if (signal?.aborted === true) aborted();
    signal?.addEventListener("abort", aborted, { once: true });
    let answers: readonly (Uint8Array | undefined)[];
    try {
      // All at once, so that no other request comes between them.
      answers = await Promise.all(plan.map((read) => this.#take(read, stop)));
    } finally {
      signal?.removeEventListener("abort", aborted);
      // If one fails, the rest need not be sent.
      stop.raise();
    }
    const { energyUnit, ratios } = setup;
    const time = new Date(this.meter.clock.wall()).toISOString();
    scratch.clear();
    let missing = lost;
    for (const [index, read] of plan.entries()) {
      const data = answers[index];
      if (data === undefined) missing = new Set([...missing, ...read.sources.map(({ id }) => id)]);
      else valuesOf(read, data);
    }
    return liveReading(scratch, { time, energyUnit, ratios, missing });
  }

  /** The bytes of one read of a plan; undefined if the meter refuses it. @throws LinkError */
  async #take({ table, range, label }: LiveRead, signal: Signal): Promise<Uint8Array | undefined> {
    try {
      return await readPassing(this.meter.session, table.number, range, { label, signal, priority: livePriority });
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      return undefined;
    }
  }
}

/** The values of one reading by source ID, for the moment in which the reading is made of them: a map of each would cost more. */
const scratch = new SourceScratch();

const valuesOf = ({ sources }: LiveRead, data: Uint8Array): void => {
  for (const { id, at, place, scratch: bytes } of sources) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = data[at + i] as number;
    scratch.set(id, place.decode(bytes) as number);
  }
};

const planned = (meter: Meter, keys: readonly LiveKey[], setup: Setup): Planned => {
  const limit = meter.session.readLimit;
  const known = plans.get(setup) ?? new Shared<Planned>();
  plans.set(setup, known);
  return known.of([keys, limit], () => plan(keys, setup, limit));
};

const plan = (keys: readonly LiveKey[], setup: Setup, limit: number): Planned => {
  const wanted = liveSources(keys, setup.ratios);
  const isRegister = (id: number): boolean => id < 8;
  return {
    plan: [...planReads(BT28, setup.present, wanted, limit), ...planReads(BT23, setup.registers, wanted, limit)],
    lost: new Set(wanted.filter((id) => (isRegister(id) ? setup.registersUnknown : setup.presentUnknown))),
  };
};

const planReads = (
  table: AnyTable,
  places: ReadonlyMap<number, Place>,
  wanted: readonly number[],
  limit: number,
): LiveRead[] => {
  const found = wanted.flatMap((id) => {
    const place = places.get(id);
    return place === undefined ? [] : [{ id, place }];
  });
  const ranges = found.map(({ place: { offset, length } }) => ({ offset, length }));
  return joinRanges(ranges, { requestCost, limit }).map((range) => ({
    table,
    range,
    label: `read ${table.id} for a live reading`,
    sources: found
      .filter(({ place }) => place.offset >= range.offset && place.offset < range.offset + range.length)
      .map(({ id, place }) => ({ id, at: place.offset - range.offset, place, scratch: new Uint8Array(place.length) })),
  }));
};

/**
 * Asks the meter which sources it reports, in which unit its registers count and whether transformer ratios apply. What
 * it refuses stays unknown; a missing table does not count as a refusal. BT00 is not read first: every meter that
 * measures has these tables, so its answer would only delay the first value.
 *
 * @throws LinkError, LayoutError
 */
export const openLive = async (
  meter: Meter,
  options: CallOptions & { readonly keys?: readonly LiveKey[] } = {},
): Promise<LiveReader> => {
  const { keys = liveKeys, ...call } = options;
  return new LiveReader(meter, keys, await meter.steadily("live reading", () => prepare(meter, keys, call)));
};

const prepare = async (meter: Meter, keys: readonly LiveKey[], call: CallOptions): Promise<Prepared> => {
  const { generation } = meter;
  const [present, registers, ratiosApplied] = await meter.batch(
    (want) => [
      want.read(BT27, ["presentValueSources"]),
      want.read(BT22, ["summationSources"]),
      want.read(BT15, ["ratiosApplied"]),
    ],
    call,
  );
  const [presentSources, registerSources] = [given(present), given(registers)];
  const presentEnv = presentSources && (await meter.environment(BT28, call));
  const registersEnv = registerSources && (await meter.environment(BT23, call));
  const ratios = ratiosApplied.ok && ratiosApplied.value;
  const energyUnit = await askEnergyUnit(meter, call);
  const setup = setups.of(
    { presentSources, registerSources, presentEnv, registersEnv, ratios, energyUnit },
    (): Setup => ({
      present: places(BT28, ["presentValues"], presentSources, presentEnv),
      registers: places(BT23, ["total", "summations"], registerSources, registersEnv),
      presentUnknown: presentSources === undefined,
      registersUnknown: registerSources === undefined,
      ratios,
      energyUnit,
    }),
  );
  return { setup, planned: planned(meter, keys, setup), generation };
};

const given = <T>(outcome: Outcome<T>): T | undefined => (outcome.ok ? outcome.value : undefined);

/** The place of each source: the meter's list of sources decides it, never a fixed position. */
const places = (
  table: AnyTable,
  path: readonly string[],
  sources: readonly number[] | undefined,
  env: Environment | undefined,
): ReadonlyMap<number, Place> => {
  const found = new Map<number, Place>();
  if (sources === undefined || env === undefined) return found;
  for (const [index, id] of sources.entries()) if (!found.has(id)) found.set(id, place(table, [...path, index], env));
  return found;
};
