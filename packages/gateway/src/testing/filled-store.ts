/** Facts of one point, one of each kind, for tests of the API. */
import type { Interval } from "@meterport/engine/model/interval";
import type { Store } from "@meterport/engine/ports/store";
import type { Millis } from "@meterport/protocol/ports";

const quarter: Millis = 900_000;

/** Quarter hours of one channel, 100 Wh each, that end in (from, to]. */
export const quarters = (point: string, channel: string, from: Millis, to: Millis): readonly Interval[] => {
  const proof = {
    ...{ time: to, table: "BT64", offset: 48, raw: "36010000", profile: "meter:3.70", clockOffset: -1_200 },
    note: "read from the meter's load profile",
  };
  return Array.from({ length: Math.floor((to - from) / quarter) }, (_, n) => ({
    ...{ point, channel, end: from + (n + 1) * quarter, seconds: 900, value: 100, source: "profile", quality: "good" },
    ...{ flags: n === 0 ? ["powerFail"] : [], register: 1_000 + 100 * n, proof },
  })) as readonly Interval[];
};

/** A day of intervals, two devices, events with an outage, and daily registers with tiers, all before `now`. */
export const fillStore = async (store: Store, point: string, now: Millis): Promise<void> => {
  const yesterday = now - 86_400_000;
  const device = { point, manufacturer: "NES", model: "83331", firmware: "3.70.12", profile: "meter:3.70" };
  await store.write({
    intervals: quarters(point, "energy_import_wh", yesterday, now),
    registers: [0, 1, 2].flatMap((tier) =>
      [yesterday, now - quarter].map((time) => ({
        ...({
          point,
          register: "energy_import_wh",
          tier,
          time,
          value: 1_000 + tier,
          reason: "daily",
          serial: "2",
        } as const),
      })),
    ),
    devices: [
      { ...device, from: yesterday - 1, to: yesterday, serial: "1", start: {}, end: { energy_import_wh: 900 } },
      { ...device, from: yesterday + 1, to: null, serial: "2", start: { energy_import_wh: 0 }, end: null },
    ],
    events: [
      {
        point,
        id: "outage:1",
        time: yesterday,
        until: yesterday + 60_000,
        kind: "outage",
        number: null,
        origin: "outage",
        detail: "{}",
      },
      {
        point,
        id: "log:1",
        time: yesterday,
        until: null,
        kind: "log",
        number: 2,
        origin: "meter",
        detail: '{"code":2}',
      },
      {
        point,
        id: "log:2",
        time: yesterday + 1,
        until: null,
        kind: "log",
        number: 3,
        origin: "meter",
        detail: "not JSON",
      },
    ],
  });
};
