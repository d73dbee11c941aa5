/** Follows the meters behind a meter: what it read from them, their alarms, who came and who went. */
import { type Device as MbusDevice, readDevices } from "@meterport/client/readers/mbus";
import { type RecurringRead, readRecurring } from "@meterport/client/readers/recurring";
import type { Millis } from "@meterport/protocol/ports";
import type { BackfillDeps, BackfillJob } from "../backfill/job.ts";
import { MemoryJob } from "../backfill/memory-job.ts";
import type { Device } from "../model/device.ts";
import type { PointEvent } from "../model/point-event.ts";
import type { RegisterState } from "../model/register-state.ts";
import { type ChildMeter, childId, childReadAt, childStates, childValues } from "./child-meter.ts";
import { childrenMemoName, markText, parseMark } from "./children-memo.ts";

const usually: Millis = 3_600_000;
/** More than the logs of any meter are known to hold. */
const mostReads = 500;

export interface ChildrenJobOptions {
  /** Time between two looks. */
  readonly every?: Millis | undefined;
  /** Time until the first one: what a meter read from others hours ago is not urgent. */
  readonly first?: Millis | undefined;
  /** Called with all children whenever they were read. */
  readonly told?: ((children: readonly ChildMeter[]) => void) | undefined;
}

interface Found {
  readonly devices: readonly MbusDevice[];
  readonly logged: readonly RecurringRead[];
}

const childOf = (
  { slot, handle, state, alarms, latest }: MbusDevice,
  { parent, zone, wall }: { readonly parent: string; readonly zone: string; readonly wall: Millis },
): ChildMeter | undefined => {
  const telegram = latest?.telegram ?? null;
  if (latest === null || telegram?.serialNumber == null) return undefined;
  const { serialNumber: serial, medium, manufacturer, status } = telegram;
  const flags = (["powerLow", "permanentError", "temporaryError"] as const).filter((flag) => status[flag]);
  return {
    id: childId(parent, serial),
    ...{ parent, serial, handle, slot, medium, manufacturer, state },
    alarms: [...alarms.map(({ key }) => key), ...flags],
    readAt: childReadAt(latest, zone, wall),
    values: childValues(latest),
  };
};

/** Alarms of children that began or ended between two looks, as events of the children. */
const alarmEvents = (
  before: readonly ChildMeter[],
  now: readonly ChildMeter[],
  wall: Millis,
  active: ReadonlyMap<string, Millis>,
): { readonly events: readonly PointEvent[]; readonly active: ReadonlyMap<string, Millis> } => {
  const next = new Map<string, Millis>();
  const events: PointEvent[] = [];
  const event = (child: ChildMeter, alarm: string, since: Millis, until: Millis | null): PointEvent => ({
    point: child.id,
    id: `child-alarm:${alarm}:${since}`,
    time: since,
    until,
    kind: "child-alarm",
    number: null,
    origin: "alarm",
    detail: JSON.stringify({ alarm, parent: child.parent, serial: child.serial, medium: child.medium }),
  });
  const lasting = new Set(now.flatMap(({ id, alarms }) => alarms.map((alarm) => `${id} ${alarm}`)));
  for (const child of now)
    for (const alarm of child.alarms) {
      const key = `${child.id} ${alarm}`;
      const since = active.get(key) ?? wall;
      if (!active.has(key)) events.push(event(child, alarm, since, null));
      next.set(key, since);
    }
  for (const child of before)
    for (const alarm of child.alarms) {
      const key = `${child.id} ${alarm}`;
      const since = active.get(key);
      if (since !== undefined && !lasting.has(key)) events.push(event(child, alarm, since, wall));
    }
  return { events, active: next };
};

/** A child that is there for the first time, and one that is gone, as devices of their points. */
const devicesOf = (
  before: readonly ChildMeter[],
  now: readonly ChildMeter[],
  wall: Millis,
  begins: ReadonlyMap<string, Millis>,
): readonly Device[] => {
  const device = (child: ChildMeter, from: Millis, to: Millis | null): Device => ({
    ...{ point: child.id, from, to, serial: child.serial, manufacturer: child.manufacturer, model: child.medium },
    ...{ firmware: null, profile: null, start: {}, end: null },
  });
  const known = new Set(before.map(({ id }) => id));
  const there = new Set(now.map(({ id }) => id));
  return [
    ...now.filter(({ id }) => !known.has(id)).map((child) => device(child, begins.get(child.id) ?? wall, null)),
    ...before
      .filter(({ id }) => !there.has(id))
      .map((child) => device(child, begins.get(child.id) ?? child.readAt ?? wall, wall)),
  ];
};

export const childrenJob = (
  deps: BackfillDeps,
  { every = usually, first, told = () => {} }: ChildrenJobOptions = {},
): BackfillJob => {
  const { point: parent, zone, store, clock } = deps;
  let mark = parseMark(undefined);
  return new MemoryJob<Found>(deps, {
    name: childrenMemoName,
    rest: () => every,
    first,
    read: async (meter, known, signal) => {
      mark = parseMark(known);
      const devices = await readDevices(meter, { signal });
      const logged: RecurringRead[] = [];
      // A meter without children has nothing in its logs either.
      if (devices.length > 0)
        for await (const read of readRecurring(meter, { signal, since: mark.logged ?? undefined })) {
          if (logged.push(read) >= mostReads) break;
        }
      return [{ devices, logged }];
    },
    keep: async ([found], { memo }) => {
      if (found === undefined) return;
      const wall = clock.wall();
      const at = { parent, zone, wall };
      const children = found.devices.flatMap((device) => childOf(device, at) ?? []);
      const { events, active } = alarmEvents(mark.children, children, wall, mark.active);
      const there = new Set(children.map(({ id }) => id));
      // A log also remembers those that are gone, which may be older than this point.
      const logged = found.logged.flatMap((read) => childStates(read, { ...at, table: read.table }));
      const registers: RegisterState[] = [
        ...found.devices.flatMap(({ latest }) =>
          latest === null ? [] : childStates(latest, { ...at, table: "ET16" }),
        ),
        ...logged.filter(({ point }) => there.has(point) || mark.begins.has(point)),
      ];
      const first = new Map<string, Millis>();
      for (const { point, time } of registers) first.set(point, Math.min(first.get(point) ?? time, time));
      // What is known keeps its beginning, which is the key of its device.
      const begins = new Map([...first, ...mark.begins]);
      const devices = devicesOf(mark.children, children, wall, begins);
      const newest = [...found.logged.flatMap(({ readTime }) => readTime ?? []), mark.logged ?? ""].sort().at(-1) ?? "";
      const text = markText({ children, active, begins, logged: newest === "" ? null : newest });
      await store.write({ registers, events, devices, memos: [memo(text)] });
      told(children);
    },
  });
};
