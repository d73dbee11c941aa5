/** Readings as a few arrays of numbers: copying a hundred thousand objects from thread to thread would take most of a second. */
import type { PointReading } from "@meterport/engine/ports/store";
import { readingColumns, readingQualities } from "../reading-columns.ts";

export interface PackedReadings {
  readonly points: readonly string[];
  /** For each reading the index of its point. */
  readonly point: Uint32Array;
  /** Milliseconds since 1970. */
  readonly time: Float64Array;
  /** Indices of `readingQualities`. */
  readonly quality: Uint8Array;
  /** Its values in the order of `readingColumns`; NaN is null. */
  readonly values: Float64Array;
}

export const packReadings = (readings: readonly PointReading[]): PackedReadings => {
  const points = new Map<string, number>();
  const point = new Uint32Array(readings.length);
  const time = new Float64Array(readings.length);
  const quality = new Uint8Array(readings.length);
  const values = new Float64Array(readings.length * readingColumns.length);
  let at = 0;
  for (let n = 0; n < readings.length; n++) {
    const { point: id, reading } = readings[n] as PointReading;
    let index = points.get(id);
    if (index === undefined) {
      index = points.size;
      points.set(id, index);
    }
    point[n] = index;
    time[n] = Date.parse(reading.time);
    quality[n] = readingQualities.indexOf(reading.quality);
    for (const column of readingColumns) values[at++] = reading[column] ?? Number.NaN;
  }
  return { points: [...points.keys()], point, time, quality, values };
};
