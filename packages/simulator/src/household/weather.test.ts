import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Noise } from "./noise.ts";
import { openSky, skyAt } from "./weather.ts";

const hours = (year: number, month: number, days: number): number[] =>
  Array.from({ length: 24 * days }, (_, n) => Date.UTC(year, month, 1, n) / 1000);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("the sun stands still at night, is brightest in June, and leaves winter cold", () => {
  const noise = new Noise(4, "sky");
  const june = hours(2025, 5, 30).map((unix) => skyAt(unix, 55, noise));
  const january = hours(2025, 0, 31).map((unix) => skyAt(unix, 55, noise));
  assert.ok(mean(june.map((sky) => sky.level)) > 4 * mean(january.map((sky) => sky.level)));
  assert.ok(mean(june.map((sky) => sky.temperature)) > mean(january.map((sky) => sky.temperature)) + 8);
  assert.equal(skyAt(Date.UTC(2025, 0, 10, 23) / 1000, 55, noise).roof, 0);
});

test("south of the equator June is winter, and a roof that faces north still earns", () => {
  const noise = new Noise(4, "sky");
  const june = hours(2025, 5, 30).map((unix) => skyAt(unix, -35, noise));
  const december = hours(2025, 11, 30).map((unix) => skyAt(unix, -35, noise));
  assert.ok(mean(december.map((sky) => sky.temperature)) > mean(june.map((sky) => sky.temperature)) + 5);
  assert.ok(mean(june.map((sky) => sky.roof)) > mean(june.map((sky) => sky.level)));
});

test("a year on level ground at 55° N gives what is measured there, 850 to 1200 kWh per m²", () => {
  const noise = new Noise(2, "sky");
  let wattHours = 0;
  for (let hour = 0; hour < 365 * 24; hour++) wattHours += skyAt(Date.UTC(2025, 0, 1, hour) / 1000, 55, noise).level;
  assert.ok(wattHours > 850_000 && wattHours < 1_200_000, `${wattHours}`);
});

test("any sky is within bounds, and asking in another order changes nothing", () => {
  const anyTime = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: -66, max: 66 }),
      fc.array(anyTime, { minLength: 1, maxLength: 12 }),
      (seed, latitude, times) => {
        const sky = openSky(latitude, new Noise(seed, "sky"));
        const forwards = times.map(sky);
        const again = openSky(latitude, new Noise(seed, "sky"));
        assert.deepEqual(forwards, times.map((_, n) => again(times.at(-1 - n) as number)).reverse());
        for (const { temperature, cloud, level, roof } of forwards) {
          assert.ok(temperature > -25 && temperature < 42, `${temperature} °C`);
          assert.ok(cloud >= 0 && cloud <= 1);
          assert.ok(level >= 0 && level < 1100, `${level} W/m²`);
          assert.ok(roof >= 0 && roof <= 1150);
        }
      },
    ),
  );
});
