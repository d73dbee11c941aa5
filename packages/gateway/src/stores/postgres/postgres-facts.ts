/** Writes intervals, registers, events, devices and memos; each change of one goes into the journal. */
import type { Device } from "@meterport/engine/model/device";
import { type Interval, intervalQualities, intervalSources, replaces } from "@meterport/engine/model/interval";
import type { JournalChange } from "@meterport/engine/model/journal-entry";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { RegisterState } from "@meterport/engine/model/register-state";
import type { Memo } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";
import { deviceBody } from "../device-body.ts";
import { eventIn, eventText, flagsText, numberOrNull, rankOf } from "../fact-rows.ts";
import { type ProofSpan, spanAround } from "../proof-span.ts";
import { storable, storableEvent } from "../storable-text.ts";
import type { Partitions } from "./postgres-keys.ts";
import { dropProofs, storeProofs } from "./postgres-proofs.ts";
import type { Run } from "./postgres-run.ts";
import { columnsOf, slices, unnested } from "./slices.ts";

/** What the parts of one batch share. */
export interface Batch {
  readonly run: Run;
  readonly now: Millis;
  readonly point: (id: string) => number;
  readonly channel: (id: string) => number;
  readonly partitions: Partitions;
  /** Called for each change, in order. */
  readonly note: (point: number, change: JournalChange) => void;
}

const findIntervals = `SELECT stored.point, stored.channel, stored.ending, seconds, value, source, quality, revision, proof
  FROM interval_value AS stored JOIN ${unnested(["int", "int", "bigint"])} AS wanted (point, channel, ending)
    ON stored.point = wanted.point AND stored.channel = wanted.channel AND stored.ending = wanted.ending`;

const intervalColumns: Readonly<Record<string, string>> = {
  ...{ point: "int", channel: "int", ending: "bigint", seconds: "int", value: "float8", source: "smallint" },
  ...{ quality: "smallint", flags: "text", register: "float8", revision: "int", stored: "bigint", proof: "bigint" },
};
const upsertIntervals = `INSERT INTO interval_value (${Object.keys(intervalColumns).join(", ")})
  SELECT * FROM ${unnested(Object.values(intervalColumns))}
  ON CONFLICT (point, channel, ending) DO UPDATE SET ${Object.keys(intervalColumns)
    .slice(3)
    .map((name) => `${name} = excluded.${name}`)
    .join(", ")}`;

interface IntervalKey {
  readonly point: number;
  readonly channel: number;
  readonly end: Millis;
}

const nameOf = ({ point, channel, end }: IntervalKey): string => `${point} ${channel} ${end}`;

type Known = ReturnType<typeof rankOf> & {
  readonly seconds: number;
  /** Key of its proof; null if none is stored. */
  readonly proof: number | null;
};

const knownIntervals = async (run: Run, keys: readonly IntervalKey[]): Promise<Map<string, Known>> => {
  const known = new Map<string, Known>();
  for (const part of slices(keys)) {
    const { rows } = await run(
      findIntervals,
      columnsOf(part, [({ point }) => point, ({ channel }) => channel, ({ end }) => end]),
    );
    for (const row of rows)
      known.set(nameOf({ point: Number(row.point), channel: Number(row.channel), end: Number(row.ending) }), {
        ...rankOf(row),
        seconds: Number(row.seconds),
        proof: numberOrNull(row.proof),
      });
  }
  return known;
};

/** How many changed. */
export const putIntervals = async (batch: Batch, list: readonly Interval[]): Promise<number> => {
  const { run, now } = batch;
  const placed = list.map((interval) => ({
    interval,
    key: { point: batch.point(interval.point), channel: batch.channel(interval.channel), end: interval.end },
  }));
  const known = await knownIntervals(run, [...new Map(placed.map(({ key }) => [nameOf(key), key])).values()]);
  const changed = new Map<string, IntervalKey & { readonly interval: Interval; readonly revision: number }>();
  const left = new Map<number, ProofSpan>();
  let count = 0;
  for (const { interval, key } of placed) {
    const name = nameOf(key);
    const before = known.get(name);
    if (before !== undefined && !replaces(interval, before)) continue;
    if (before !== undefined && before.proof !== null)
      left.set(before.proof, spanAround(left.get(before.proof), key.point, { end: key.end, seconds: before.seconds }));
    const { proof: _, ...plain } = interval;
    const revision = (before?.revision ?? 0) + 1;
    known.set(name, { ...plain, revision, proof: null });
    changed.set(name, { ...key, interval, revision });
    batch.note(key.point, { kind: "interval", interval: { ...plain, revision, stored: now } });
    count++;
  }
  const rows = [...changed.values()];
  await batch.partitions.make(
    run,
    "interval_value",
    rows.map(({ end }) => end),
  );
  const proofKey = await storeProofs(
    run,
    rows.map(({ interval }) => interval.proof),
  );
  for (const part of slices(rows))
    await run(
      upsertIntervals,
      columnsOf(part, [
        ({ point }) => point,
        ({ channel }) => channel,
        ({ end }) => end,
        ({ interval }) => interval.seconds,
        ({ interval }) => interval.value,
        ({ interval }) => intervalSources.indexOf(interval.source),
        ({ interval }) => intervalQualities.indexOf(interval.quality),
        ({ interval }) => flagsText(interval.flags),
        ({ interval }) => interval.register,
        ({ revision }) => revision,
        () => now,
        ({ interval }) => proofKey(interval.proof),
      ]),
    );
  await dropProofs(run, left);
  return count;
};

const registerKey = ["int", "text", "int", "bigint"];
const findRegisters = `SELECT stored.point, stored.register, stored.tier, stored.time FROM register_state AS stored
  JOIN ${unnested(registerKey)} AS wanted (point, register, tier, time) ON stored.point = wanted.point
    AND stored.register = wanted.register AND stored.tier = wanted.tier AND stored.time = wanted.time`;
const insertRegisters = `INSERT INTO register_state (point, register, tier, time, value, reason, serial, proof)
  SELECT * FROM ${unnested([...registerKey, "float8", "text", "text", "bigint"])}`;

interface Fresh {
  readonly point: number;
  readonly state: RegisterState;
}

/** How many were new. */
export const putRegisters = async (batch: Batch, list: readonly RegisterState[]): Promise<number> => {
  const fresh = new Map<string, Fresh>();
  for (const given of list) {
    const state = { ...given, register: storable(given.register) };
    const point = batch.point(state.point);
    const name = `${point} ${state.tier} ${state.time} ${state.register}`;
    if (!fresh.has(name)) fresh.set(name, { point, state });
  }
  const key = [
    ({ point }: Fresh) => point,
    ({ state }: Fresh) => state.register,
    ({ state }: Fresh) => state.tier,
    ({ state }: Fresh) => state.time,
  ];
  for (const part of slices([...fresh.values()])) {
    const { rows } = await batch.run(findRegisters, columnsOf(part, key));
    for (const { point, register, tier, time } of rows) fresh.delete(`${point} ${tier} ${time} ${register}`);
  }
  const rows = [...fresh.values()];
  const proofKey = await storeProofs(
    batch.run,
    rows.map(({ state }) => state.proof),
  );
  for (const part of slices(rows))
    await batch.run(
      insertRegisters,
      columnsOf(part, [
        ...key,
        ({ state }) => state.value,
        ({ state }) => state.reason,
        ({ state }) => state.serial,
        ({ state }) => proofKey(state.proof),
      ]),
    );
  for (const { point, state } of rows) {
    const { proof: _, ...register } = state;
    batch.note(point, { kind: "register", register });
  }
  return rows.length;
};

const findEvents = `SELECT happening.* FROM happening JOIN ${unnested(["int", "text"])} AS wanted (point, id)
  ON happening.point = wanted.point AND happening.id = wanted.id`;
const eventTypes = ["int", "text", "bigint", "bigint", "text", "float8", "text", "text"];
const upsertEvents = `INSERT INTO happening (point, id, time, until, kind, number, origin, detail)
  SELECT * FROM ${unnested(eventTypes)} ON CONFLICT (point, id) DO UPDATE SET time = excluded.time, until = excluded.until,
    kind = excluded.kind, number = excluded.number, origin = excluded.origin, detail = excluded.detail`;

/** How many were new or changed. */
export const putEvents = async (batch: Batch, list: readonly PointEvent[]): Promise<number> => {
  const placed = list.map((event) => ({ point: batch.point(event.point), event: storableEvent(event) }));
  const known = new Map<string, string>();
  for (const part of slices(placed)) {
    const { rows } = await batch.run(findEvents, columnsOf(part, [({ point }) => point, ({ event }) => event.id]));
    for (const row of rows) known.set(`${row.point} ${row.id}`, eventText(eventIn("", row)));
  }
  const changed = new Map<string, (typeof placed)[number]>();
  let count = 0;
  for (const each of placed) {
    const name = `${each.point} ${each.event.id}`;
    const text = eventText(each.event);
    if (known.get(name) === text) continue;
    known.set(name, text);
    changed.set(name, each);
    batch.note(each.point, { kind: "event", event: each.event });
    count++;
  }
  for (const part of slices([...changed.values()]))
    await batch.run(
      upsertEvents,
      columnsOf(part, [
        ({ point }) => point,
        ({ event }) => event.id,
        ({ event }) => event.time,
        ({ event }) => event.until,
        ({ event }) => event.kind,
        ({ event }) => event.number,
        ({ event }) => event.origin,
        ({ event }) => event.detail,
      ]),
    );
  return count;
};

const findDevices = `SELECT device.* FROM device JOIN ${unnested(["int", "bigint"])} AS wanted (point, start)
  ON device.point = wanted.point AND device.start = wanted.start`;
const upsertDevices = `INSERT INTO device (point, start, body) SELECT * FROM ${unnested(["int", "bigint", "text"])}
  ON CONFLICT (point, start) DO UPDATE SET body = excluded.body`;

/** How many were new or changed. */
export const putDevices = async (batch: Batch, list: readonly Device[]): Promise<number> => {
  const placed = list.map((device) => ({
    point: batch.point(device.point),
    device,
    body: storable(deviceBody(device)),
  }));
  const known = new Map<string, string>();
  for (const part of slices(placed)) {
    const { rows } = await batch.run(findDevices, columnsOf(part, [({ point }) => point, ({ device }) => device.from]));
    for (const { point, start, body } of rows) known.set(`${point} ${start}`, String(body));
  }
  const changed = new Map<string, (typeof placed)[number]>();
  let count = 0;
  for (const each of placed) {
    const name = `${each.point} ${each.device.from}`;
    if (known.get(name) === each.body) continue;
    known.set(name, each.body);
    changed.set(name, each);
    batch.note(each.point, { kind: "device", device: each.device });
    count++;
  }
  for (const part of slices([...changed.values()]))
    await batch.run(
      upsertDevices,
      columnsOf(part, [({ point }) => point, ({ device }) => device.from, ({ body }) => body]),
    );
  return count;
};

const upsertMemos = `INSERT INTO memo (point, name, text) SELECT * FROM ${unnested(["int", "text", "text"])}
  ON CONFLICT (point, name) DO UPDATE SET text = excluded.text`;
const deleteMemos = `DELETE FROM memo USING ${unnested(["int", "text"])} AS gone (point, name)
  WHERE memo.point = gone.point AND memo.name = gone.name`;

export const putMemos = async ({ run, point }: Batch, list: readonly Memo[]): Promise<void> => {
  const last = new Map(
    list.map((memo) => [`${point(memo.point)} ${storable(memo.name)}`, { ...memo, point: point(memo.point) }]),
  );
  const [kept, gone] = [true, false].map((isKept) =>
    [...last.values()].filter(({ text }) => (text !== null) === isKept),
  );
  for (const part of slices(kept ?? []))
    await run(upsertMemos, columnsOf(part, [(memo) => memo.point, ({ name }) => name, ({ text }) => text]));
  for (const part of slices(gone ?? []))
    await run(deleteMemos, columnsOf(part, [(memo) => memo.point, ({ name }) => name]));
};
