/** For tests: a meter whose logs are bytes made by the test. */
import { encode, parseProfile } from "@meterport/protocol/layout/index";
import type { AnyTable } from "@meterport/protocol/layout/table";
import type { Clock } from "@meterport/protocol/ports";
import { type Dimensions, defaultDimensions } from "@meterport/protocol/tables/defaults";
import { dimensionTables } from "@meterport/protocol/tables/dimension-tables";
import type { Meter } from "../meter/meter.ts";
import { type Contents, connectTo, type EndpointLine, endpointLine } from "../testing/endpoint-line.test-kit.ts";

/** A clock that advances time until a promise is settled. */
export interface TestClock extends Clock {
  readonly run: <T>(task: Promise<T>) => Promise<T>;
}

export interface Bench {
  readonly clock: TestClock;
  readonly line: EndpointLine;
  readonly meter: Meter;
  /** Everything that a reader gives. */
  readonly all: <T>(read: (meter: Meter) => AsyncIterable<T>) => Promise<T[]>;
}

/** A meter with factory dimensions, modified by `change`, and these tables. */
export const benchOf = async (
  clock: TestClock,
  profileName: string,
  tables: Iterable<[number, Contents]>,
  change: (dimensions: Dimensions) => Dimensions = (same) => same,
): Promise<Bench> => {
  const profile = parseProfile(profileName);
  const env = change(defaultDimensions(profile));
  const dimensions = [...dimensionTables.values()].flatMap((table: AnyTable): [number, Contents][] => {
    const value = (env as unknown as Readonly<Record<string, unknown>>)[table.id];
    return value === undefined ? [] : [[table.number, encode(table, value, env)]];
  });
  const line = endpointLine(clock, [...dimensions, ...tables]);
  const meter = await clock.run(connectTo(line, clock, { profile }));
  const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
    const found: T[] = [];
    for await (const item of source) found.push(item);
    return found;
  };
  return { clock, line, meter, all: (read) => clock.run(collect(read(meter))) };
};

export const le16 = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff];
export const le32 = (n: number): number[] => [...le16(n & 0xffff), ...le16(n >>> 16)];
