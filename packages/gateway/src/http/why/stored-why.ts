/** The origin of a stored register and of a value of a stored live set. */
import { isRegister } from "@meterport/engine/guard/measured";
import { originAt, type StoredOrigin, storedProof, storedSources } from "@meterport/engine/guard/stored-proof";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type { Store } from "@meterport/engine/ports/store";
import { type LiveKey, liveKeyInfo } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import type { BodyOf, Point } from "../give.ts";
import { registerAnswer } from "../values/values.ts";
import type { readingWhyAnswer, registerWhyAnswer } from "./routes.ts";

type StoredStore = Pick<Store, "devices" | "readings">;

const originOf = async (store: StoredStore, { id, view }: Point, time: Millis): Promise<StoredOrigin> =>
  originAt(await store.devices(id), time, view.detail().identity?.serial ?? null);

const isLiveKey = (name: string): name is LiveKey => Object.hasOwn(liveKeyInfo, name);

/** Of the others the meter itself kept a copy, in another table. */
const isReadLive = ({ register, tier, reason }: RegisterState): boolean =>
  isLiveKey(register) &&
  isRegister(register) &&
  tier === 0 &&
  (reason === "first" || reason === "daily" || reason === "exchange");

/** @param point undefined for a meter behind a meter, whose values another meter reads */
export const registerWhy = async (
  store: StoredStore,
  point: Point | undefined,
  state: RegisterState,
): Promise<BodyOf<typeof registerWhyAnswer>> => {
  const { register, value, time } = state;
  const head = { ...registerAnswer(state), unit: isLiveKey(register) ? liveKeyInfo[register].unit : null };
  if (point === undefined) return { ...head, meter: "unknown", sources: null };
  const origin = await originOf(store, point, time);
  if (!isLiveKey(register) || !isReadLive(state)) return { ...head, meter: origin.meter, sources: null };
  const present = point.view.liveContext?.(register) ?? {};
  return {
    ...head,
    meter: origin.meter,
    sources: storedSources(register, { [register]: value }, origin, present).sources,
  };
};

/** Undefined if no live set of exactly this time is stored. */
export const readingWhy = async (
  store: StoredStore,
  point: Point,
  { key, time }: { readonly key: LiveKey; readonly time: Millis },
): Promise<BodyOf<typeof readingWhyAnswer> | undefined> => {
  const [reading] = await store.readings(point.id, { from: time, to: time + 1, limit: 1 });
  if (reading === undefined) return undefined;
  const origin = await originOf(store, point, time);
  const found = storedProof(key, reading, origin, point.view.liveContext?.(key) ?? {});
  const { value, verdictCode, time: taken, ...rest } = found;
  return { ...rest, time: taken ?? reading.time, number: value, verdict_code: verdictCode };
};
