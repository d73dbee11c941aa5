/** Answers whose bodies a schema describes, and the point that an address names. */
import type { z } from "@hono/zod-openapi";
import type { ChildMeter } from "@meterport/engine/children/child-meter";
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Context } from "hono";
import { type Meters, refuse, shown } from "./answers.ts";
import type { PointInfo, PointInfoOf } from "./points/point-info.ts";

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** What fits a schema, read-only. */
export type BodyOf<S extends z.ZodType> = Frozen<z.output<S>>;

/** A 200 with a body of this schema, which only the compiler checks. */
export const give = <S extends z.ZodType>(c: Context, _schema: S, body: BodyOf<S>, headers?: Record<string, string>) =>
  c.json(body as never, 200, headers);

/** A point: its meter, and what is configured for it. */
export interface Point extends PointInfo {
  readonly id: string;
  readonly view: MeterView;
}

export interface Points {
  readonly meters: Meters;
  readonly pointInfo: PointInfoOf;
  /** The meters behind the meters. */
  readonly children?: ChildPoints | undefined;
}

/** Children by the id of their own point, and of the point of the meter that reads them. */
export interface ChildPoints {
  readonly get: (id: string) => ChildMeter | undefined;
  readonly of: (parent: string) => readonly ChildMeter[];
  /** All of them, in the order of their meters. */
  readonly all: () => Iterable<ChildMeter>;
}

export const pointOf = ({ meters, pointInfo }: Points, id: string): Point | undefined => {
  const [view, info] = [meters.get(id), pointInfo(id)];
  return view === undefined || info === undefined ? undefined : { id, view, ...info };
};

/** What is stored of a point: its own meter's values, or those of a child. */
export interface StoredPoint {
  readonly id: string;
  /** IANA zone of its days and months. */
  readonly zone: string;
}

/** A point, or a child, for what only the store has to answer. */
export const storedPointOf = (points: Points, id: string): StoredPoint | undefined => {
  const point = pointOf(points, id);
  if (point !== undefined) return point;
  const child = points.children?.get(id);
  const parent = child === undefined ? undefined : points.pointInfo(child.parent);
  return parent === undefined ? undefined : { id, zone: parent.zone };
};

export const noPoint = (c: Context, id: string) =>
  refuse(c, 404, "no-such-point", `unknown point ${shown(id)}: GET /api/v1/points lists all`);

export const badRequest = (c: Context, message: string) => refuse(c, 400, "bad-request", message);

/** "2026-01-01T00:00:00.000Z", or null. */
export const iso = (time: number): string => new Date(time).toISOString();
export const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));
