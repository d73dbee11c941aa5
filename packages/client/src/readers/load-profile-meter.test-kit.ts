/** For tests: a load profile opened on a line whose meter keeps recording. */

import { parseProfile } from "@meterport/protocol/layout/index";
import type { Millis } from "@meterport/protocol/ports";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import { connectTo, type EndpointLine, endpointLine } from "../testing/endpoint-line.test-kit.ts";
import { Recorder, type RecorderOptions } from "./load-profile.test-kit.ts";
import {
  type LoadProfile,
  type LoadProfileInterval,
  openLoadProfile,
  type ReadIntervalsOptions,
} from "./load-profile.ts";

const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

export const quarter = 15 * 60_000;
export const defaults: RecorderOptions = {
  profile: parseProfile("meter:3.70"),
  blocks: 5,
  intervals: 8,
  sources: [0, 1, 2],
  start: Date.UTC(2026, 2, 28, 18),
};

export interface Setting {
  readonly clock: VirtualClock;
  readonly line: EndpointLine;
  readonly recorder: Recorder;
  readonly profile: LoadProfile;
  /** Gives the line what the recorder holds now. */
  readonly publish: () => void;
  /** Runs before the meter answers a request for a table. */
  onRead: (table: number) => void;
}

export const open = async (recorder: Recorder, set: number = recorder.options.set ?? 1): Promise<Setting> => {
  const clock = new VirtualClock();
  const line = endpointLine(clock, recorder.tables());
  const hooks = { onRead: (_table: number): void => {} };
  const stored = line.memory.get.bind(line.memory);
  line.memory.get = (table) => {
    hooks.onRead(table);
    return stored(table);
  };
  const { profile } = recorder.options;
  const opened = (async () => openLoadProfile(await connectTo(line, clock, { profile }), { set }))();
  const publish = (): void => {
    for (const [table, bytes] of recorder.tables()) line.memory.set(table, bytes);
  };
  const base = { clock, line, recorder, profile: await clock.run(opened), publish };
  return Object.assign(hooks, base);
};
export const recorded = (count: number, options: Partial<RecorderOptions> = {}): Recorder => {
  const recorder = new Recorder({ ...defaults, ...options });
  for (let i = 0; i < count; i++) recorder.record({});
  return recorder;
};
export const all = async (
  { clock, profile }: Setting,
  options: ReadIntervalsOptions = {},
): Promise<LoadProfileInterval[]> => clock.run(listOf(profile.intervals(options)));
/** What a direct look into the recorder shows. */
export const expected = (recorder: Recorder, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY) =>
  recorder.kept
    .flatMap(({ slots }) => slots.filter((slot) => slot !== undefined))
    .filter(({ end }) => end > since && end <= until)
    .map(({ end, values }) => [end, ...values]);
export const got = (intervals: readonly LoadProfileInterval[]): (Millis | null)[][] =>
  intervals.filter(({ valid }) => valid).map(({ end, channels }) => [end, ...channels.map(({ value }) => value)]);
