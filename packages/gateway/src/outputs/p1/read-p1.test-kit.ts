/** Reads a telegram as evcc does (`meter/dsmr.go`): what it takes, and where it fails. */
import assert from "node:assert/strict";
import { crc16 } from "../lines/crc16.ts";

export interface ReadTelegram {
  readonly objects: ReadonlyMap<string, string>;
  /** W, import - export. */
  readonly power: () => number;
  /** Undefined where evcc takes them for absent. @throws AssertionError where evcc fails */
  readonly currents: () => readonly number[] | undefined;
  readonly powers: () => readonly number[] | undefined;
  readonly voltages: () => readonly number[] | undefined;
  /** kWh; 1 is import, 2 export. */
  readonly energy: (direction: "1" | "2") => number | undefined;
}

const threePhases = (group: number): readonly string[] => [0, 20, 40].map((phase) => `1-0:${group + phase}.7.0`);

/** @param text one telegram. @throws AssertionError if a reader refuses it */
export const readP1 = (text: string): ReadTelegram => {
  const [, body = "", crc = ""] = /^(\/[A-Za-z]{3}5[^\r\n]{1,17}\r\n\r\n[^!]*!)([0-9A-F]{4})\r\n$/.exec(text) ?? [];
  assert.notEqual(body, "", `this is no telegram: ${text}`);
  assert.equal(crc, crc16(new TextEncoder().encode(body), 0).toString(16).toUpperCase().padStart(4, "0"));
  const objects = new Map<string, string>();
  for (const [, obis = "", value = ""] of body.matchAll(/([0-9]+-[0-9]+:[0-9]+\.[0-9]+\.[0-9]+)\(([^)]*)\)/g))
    objects.set(obis, value.split("*")[0] ?? "");
  const get = (obis: string): number => {
    const value = objects.get(obis);
    assert.ok(value !== undefined && /^[0-9.]+$/.test(value), `evcc fails: ${obis} is ${value}`);
    return Number(value);
  };
  const has = (codes: readonly string[]): boolean => codes.every((code) => objects.has(code));
  const imports = threePhases(21);
  const exports = threePhases(22);
  const watts = (kilowatts: number): number => Math.round(kilowatts * 1e6) / 1e3;
  return {
    objects,
    power: () => watts(get("1-0:1.7.0") - (has(["1-0:2.7.0"]) ? get("1-0:2.7.0") : 0)),
    currents: () =>
      has(threePhases(31))
        ? threePhases(31).map((code, n) => (get(exports[n] as string) > 0 ? -get(code) : get(code)))
        : undefined,
    powers: () =>
      has([...imports, ...exports])
        ? imports.map((code, n) => watts(get(code) - get(exports[n] as string)))
        : undefined,
    voltages: () => (has(threePhases(32)) ? threePhases(32).map(get) : undefined),
    energy: (direction) => {
      const total = `1-0:${direction}.8.0`;
      if (has([total])) return get(total);
      const tariffs = [1, 2].map((n) => `1-0:${direction}.8.${n}`).filter((code) => objects.has(code));
      return tariffs.length === 0 ? undefined : tariffs.reduce((sum, code) => sum + get(code), 0);
    },
  };
};
