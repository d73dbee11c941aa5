/** Answers that all resources of the API share. */
import type { MeterView } from "@meterport/engine/points/meter-view";
import type { Context } from "hono";
import type { ApiProblem } from "./api.ts";

/** A word of a request, made safe for an answer. */
export const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

export const refuse = <S extends 400 | 404 | 409 | 502 | 503>(c: Context, status: S, error: string, message: string) =>
  c.json({ error, message } satisfies ApiProblem, status);

/** Meters by their id. */
export type Meters = ReadonlyMap<string, MeterView>;

export const noMeter = (c: Context, meters: Meters, id: string) => {
  const known = [...meters.keys()].slice(0, 10).join(", ");
  return refuse(c, 404, "no-such-meter", `unknown meter ${shown(id)}; known: ${known}`);
};
