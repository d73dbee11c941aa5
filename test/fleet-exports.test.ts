/** A day's RSM-012 of a virtual meter: read over a line from its load profile, written, validated by others, and equal to the truth to the Wh. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, rc4 } from "@meterport/client";
import { consumption } from "@meterport/client/readers/consumption";
import { openLoadProfile } from "@meterport/client/readers/load-profile";
import { rsm012Json } from "@meterport/fleet/exports/formats/rsm012";
import type { ExportDay, ExportValue } from "@meterport/fleet/exports/model/export-day";
import { localDayBounds } from "@meterport/fleet/exports/model/local-days";
import { parseProfile } from "@meterport/protocol/layout/index";
import { Secret } from "@meterport/protocol/mep/security/key";
import { memoryLine, VirtualMeter } from "@meterport/simulator";
import { Ajv } from "ajv";
import { VirtualClock } from "./support/virtual-clock.ts";

const zone = "Europe/Copenhagen";
const quarter = 900_000;
const key = new Secret(new Uint8Array(16).fill(1));

const schema = (name: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(
      fileURLToPath(new URL(`../packages/fleet/vectors/energinet/${name}.schema.json`, import.meta.url)),
      "utf8",
    ),
  );
const ajv = new Ajv({ strict: false });
for (const name of ["urn-entsoe-eu-wgedi-codelists", "urn-entsoe-eu-local-extension-types"])
  ajv.addSchema(schema(name));
const isValid = ajv.compile(schema("Notify-Validated-measure-data-assembly-model"));

/** The sources of the load profile that count energy taken and given, and their channels. */
const channels = [
  { source: 0, obis: "1-0:1.8.0", kind: "E17" },
  { source: 1, obis: "1-0:2.8.0", kind: "E18" },
] as const;

interface Series {
  readonly "marketEvaluationPoint.type": { readonly value: string };
  readonly Period: { readonly Point: readonly { readonly quality?: unknown; readonly quantity?: number }[] };
}

const listOf = async <T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

/** Opens a meter of a solar household, and reads its whole load profile. */
const readProfile = async (start: number, seed: number) => {
  const clock = new VirtualClock({ wall: start });
  const device = new VirtualMeter({
    profile: parseProfile("meter:3.70"),
    keys: { basic: key, advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "solar",
    seed,
    start,
  });
  const security = rc4({ key, entropy: (length) => new Uint8Array(length).fill(9) });
  const used = await clock.run(
    connect(memoryLine({ meter: device, clock }), { security, clock }).then(async (meter) => {
      const profile = await openLoadProfile(meter, { set: 1 });
      const intervals = await listOf(profile.intervals({}));
      return listOf(consumption(intervals, { rollover: await profile.rollover() }));
    }),
  );
  return { device, used };
};

describe("a day of a virtual meter as RSM-012", () => {
  for (const [date, quarters] of [
    ["2026-03-28", 96],
    ["2026-03-29", 92],
    ["2025-10-26", 100],
  ] as const)
    test(`${date}: ${quarters} quarters are valid by the official schema and equal the meter's truth to the Wh`, async () => {
      const { from, to } = localDayBounds(zone, date);
      const { device, used } = await readProfile(to + 40 * quarter, 7);
      const dayOf = ({ source, obis }: (typeof channels)[number]): ExportDay => ({
        point: "home",
        gsrn: "571313000000002000",
        obis,
        unit: "Wh",
        zone,
        start: from,
        step: 15,
        values: used
          .filter(({ end }) => from < end && end <= to)
          .map(({ channels }): ExportValue => {
            const amount = channels.find((channel) => channel.source === source)?.value ?? null;
            return { amount, code: amount === null ? "missing" : "recovered", version: 1 };
          }),
      });
      const envelope = { messageId: "truth", sender: "5790001330552", receiver: "5790000432752", created: to };
      const text = [...rsm012Json(channels.map(dayOf), envelope)].join("");
      const message: unknown = JSON.parse(text);
      assert.ok(isValid(message), ajv.errorsText(isValid.errors));
      const { Series } = (message as { NotifyValidatedMeasureData_MarketDocument: { Series: readonly Series[] } })
        .NotifyValidatedMeasureData_MarketDocument;
      for (const [n, { source, kind }] of channels.entries()) {
        const series = Series[n];
        assert.equal(series?.["marketEvaluationPoint.type"].value, kind);
        const points = series?.Period.Point ?? [];
        assert.equal(points.length, quarters);
        const truth = (time: number): number => device.valuesAt(time).get(source) ?? Number.NaN;
        for (const [at, { quantity, quality }] of points.entries()) {
          const end = from + (at + 1) * quarter;
          assert.equal(quantity, (truth(end) - truth(end - quarter)) / 1000);
          assert.equal(quality, undefined);
        }
        assert.ok(truth(to) > truth(from), "a day in which nothing was counted would prove nothing");
      }
    });
});
