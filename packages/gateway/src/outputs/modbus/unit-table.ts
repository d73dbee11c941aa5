/** Which meter answers at which unit id, and with which registers. */
import type { MeterIdentity } from "@meterport/engine/model/point-model";
import type { PointView } from "@meterport/engine/ports/output";
import { figuresOf } from "../lines/figures.ts";
import type { FreshPoints } from "../lines/fresh-points.ts";
import { type MapName, maps } from "./maps/index.ts";
import type { ModbusSettings } from "./modbus-settings.ts";
import { type ExceptionCode, exceptions, type RegisterReader, type ServedDevice } from "./pdu.ts";
import { type Names, RegisterImage } from "./register-image.ts";
import type { RegisterMap } from "./register-map.ts";

const usualMap: MapName = "sunspec_213";
const usualUnit = 1;

const namesOf = (identity: MeterIdentity | null, point: PointView, version: string): Names => ({
  maker: identity?.manufacturer ?? "",
  model: identity?.model ?? "",
  serial: identity?.serial ?? identity?.utility_serial ?? point.id,
  version: identity?.firmware ?? version,
});

/** A meter at a unit id. */
class Unit {
  readonly point: PointView;
  readonly map: RegisterMap;
  readonly #version: string;
  #identity: MeterIdentity | null | undefined;
  #image: RegisterImage | undefined;

  constructor(point: PointView, map: RegisterMap, version: string) {
    this.point = point;
    this.map = map;
    this.#version = version;
  }

  /** What a meter says of itself is known once it has been reached. */
  image(): RegisterImage {
    const { identity } = this.point.detail();
    if (this.#image === undefined || identity !== this.#identity) {
      this.#identity = identity;
      this.#image = new RegisterImage(this.map, namesOf(identity, this.point, this.#version));
    }
    return this.#image;
  }

  objects(): ReadonlyMap<number, string> {
    const { maker, model, version } = namesOf(this.point.detail().identity, this.point, this.#version);
    const product = this.map.model ?? model;
    return new Map([
      [0, this.map.maker ?? maker],
      [1, product],
      [2, version],
      [4, product],
      [5, product],
    ]);
  }
}

export interface UnitTableOptions {
  readonly settings: Pick<ModbusSettings, "map" | "unit" | "units">;
  readonly points: readonly PointView[];
  readonly fresh: FreshPoints;
  readonly version: string;
}

export class UnitTable {
  readonly #units = new Map<number, Unit>();
  readonly #fresh: FreshPoints;

  /** @throws Error with one sentence if it is not clear which meter answers */
  constructor({ settings, points, fresh, version }: UnitTableOptions) {
    this.#fresh = fresh;
    const usual = settings.map ?? usualMap;
    for (const { point, unit, map } of settings.units ?? onlyUnit(points, settings.unit ?? usualUnit)) {
      const found = points.find(({ id }) => id === point);
      if (found !== undefined) this.#units.set(unit, new Unit(found, maps[map ?? usual], version));
    }
  }

  /** For people: "unit 1 is home" */
  words(): string {
    const words = [...this.#units].map(
      ([unit, { point }]) => `unit ${unit} is ${point.id}${this.#fresh.of(point) === undefined ? " (stale)" : ""}`,
    );
    return words.length === 0 ? "no meter has a unit id" : words.join(", ");
  }

  isFresh(): boolean {
    return [...this.#units.values()].some(({ point }) => this.#fresh.of(point) !== undefined);
  }

  /**
   * @param stale how the line says that a value is too old
   * @returns undefined if nobody has this unit id
   */
  device(id: number, stale: ExceptionCode): ServedDevice | undefined {
    const unit = this.#units.get(id);
    if (unit === undefined) return undefined;
    const read: RegisterReader = (from, count) => {
      const live = this.#fresh.of(unit.point);
      const words = unit.image().read(from, count, live === undefined ? undefined : figuresOf(unit.point, live));
      if (words === "outside") return exceptions.illegalAddress;
      return words === "stale" ? stale : words;
    };
    return { read, objects: unit.objects() };
  }

  /** The unit of the only meter: a client of Modbus TCP need not name it. */
  only(): number | undefined {
    const [first, ...others] = this.#units.keys();
    return others.length === 0 ? first : undefined;
  }
}

const onlyUnit = (
  points: readonly PointView[],
  unit: number,
): readonly { readonly point: string; readonly unit: number; readonly map?: undefined }[] => {
  const [first, second] = points;
  if (second !== undefined)
    throw new Error(
      `it sees several meters: give each a unit id, for example outputs.modbus.units: [${first?.id}=1, ${second.id}=2]`,
    );
  return first === undefined ? [] : [{ point: first.id, unit }];
};
