import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import fc from "fast-check";
import { coded, dayOf, measured, unknown } from "../model/export-day.test-kit.ts";
import { valueCodes } from "../model/value-codes.ts";
import { type Rsm012Envelope, rsm012Json, rsm012Xml } from "./rsm012.ts";
import { xmllint, xmlProblems } from "./xmllint.test-kit.ts";

/** Energinet's schemas and samples, see NOTICE.md beside them. */
const official = (name: string): string =>
  fileURLToPath(new URL(`../../../vectors/energinet/${name}`, import.meta.url));
const jsonOf = (name: string): Record<string, unknown> => JSON.parse(readFileSync(official(name), "utf8"));
const xsd = official("urn-ediel-org-measure-notifyvalidatedmeasuredata-0-1.xsd");

const ajv = new Ajv({ strict: false, allErrors: true });
for (const name of ["urn-entsoe-eu-wgedi-codelists", "urn-entsoe-eu-local-extension-types"])
  ajv.addSchema(jsonOf(`${name}.schema.json`));
const validate = ajv.compile(jsonOf("Notify-Validated-measure-data-assembly-model.schema.json"));
const jsonProblems = (document: unknown): string => (validate(document) ? "" : ajv.errorsText(validate.errors));

const envelope: Rsm012Envelope = {
  messageId: "mp-2026-03-29-v1",
  sender: "5790001330552",
  receiver: "5790000432752",
  created: Date.UTC(2026, 2, 30, 4),
};

const textOf = (parts: Iterable<string>): string => [...parts].join("");

interface Message {
  readonly NotifyValidatedMeasureData_MarketDocument: {
    readonly Series: readonly {
      readonly mRID: string;
      readonly Period: {
        readonly timeInterval: { readonly start: { readonly value: string }; readonly end: { readonly value: string } };
        readonly Point: readonly { readonly quantity?: number; readonly quality?: { readonly value: string } }[];
      };
    }[];
  };
}
const seriesOf = (text: string) => (JSON.parse(text) as Message).NotifyValidatedMeasureData_MarketDocument.Series;

/** A day with every code that there is. */
const mixed = dayOf("2026-03-29", {}, (n) => {
  const code = valueCodes[n % valueCodes.length] ?? "measured";
  return code === "missing" ? unknown() : coded(code, 1000 + n);
});

describe("the official schemas", () => {
  test("accept the official valid samples and refuse the invalid ones", { skip: xmllint.skip }, () => {
    assert.equal(jsonProblems(jsonOf("ValidMeteredDataForMeteringPoint.json")), "");
    assert.match(
      jsonProblems(jsonOf("InvalidMeteredDataForMeteringPointMissingRegistration.json")),
      /registration_DateAndOrTime/,
    );
    assert.match(jsonProblems(jsonOf("InvalidMeteredDataForMeasurementPoint.json")), /sender_MarketParticipant.mRID/);
    const xmlOf = (name: string): string => readFileSync(official(name), "utf8");
    assert.equal(xmlProblems(xmlOf("ValidMeteredDataForMeasurementPointWithTwoTransactions.xml"), xsd), "");
    assert.match(xmlProblems(xmlOf("InvalidMeteredDataForMeasurementPoint.xml"), xsd), /INVALIDELEMENT/);
  });
});

describe("RSM-012 as JSON", () => {
  test("a message of days with 92, 96 and 100 quarters and all codes is valid", () => {
    const days = [
      mixed,
      dayOf("2026-03-30"),
      dayOf("2026-10-25"),
      dayOf("2026-03-30", { obis: "1-0:2.8.0", step: 60 }),
    ];
    for (const measuredQuality of ["A04", "omitted"] as const)
      assert.equal(jsonProblems(JSON.parse(textOf(rsm012Json(days, { ...envelope, measuredQuality })))), "");
  });

  test("says start, end and quantities of a local day to the Wh, and nothing for a missing value", () => {
    const [series] = seriesOf(textOf(rsm012Json([mixed], envelope)));
    assert.deepEqual(series?.Period.timeInterval, {
      start: { value: "2026-03-28T23:00Z" },
      end: { value: "2026-03-29T22:00Z" },
    });
    const points = series?.Period.Point ?? [];
    assert.equal(points.length, 92);
    assert.deepEqual(points.slice(0, 9), [
      { position: { value: 1 }, quantity: 1.0 },
      { position: { value: 2 }, quantity: 1.001 },
      ...[2, 3, 4, 5].map((n) => ({ position: { value: n + 1 }, quality: { value: "A03" }, quantity: 1 + n / 1000 })),
      { position: { value: 7 }, quality: { value: "A06" }, quantity: 1.006 },
      { position: { value: 8 }, quality: { value: "A05" }, quantity: 1.007 },
      { position: { value: 9 }, quality: { value: "A02" } },
    ]);
  });

  test("amounts stand as exact decimals of three places, however large", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { minLength: 24, maxLength: 24 }), (amounts) => {
        const day = dayOf("2026-03-30", { step: 60 }, (n) => measured(amounts[n] ?? 0));
        const written = [...textOf(rsm012Json([day], envelope)).matchAll(/"quantity":(\d+)\.(\d{3})\b/g)];
        assert.deepEqual(
          written.map(([, whole, rest]) => BigInt(`${whole}${rest}`)),
          amounts.map(BigInt),
        );
      }),
    );
  });

  test("import is consumption and export production", () => {
    const text = textOf(rsm012Json([dayOf("2026-03-30"), dayOf("2026-03-30", { obis: "1-0:2.8.0" })], envelope));
    const kinds = [...text.matchAll(/"marketEvaluationPoint\.type":\{"value":"(\w+)"\}/g)].map(([, kind]) => kind);
    assert.deepEqual(kinds, ["E17", "E18"]);
    const xml = textOf(rsm012Xml([dayOf("2026-03-30", { obis: "1-0:2.8.0" })], envelope));
    assert.match(xml, /<cim:marketEvaluationPoint\.type>E18</);
  });

  test("the same days and envelope give the same bytes", () => {
    assert.equal(textOf(rsm012Json([mixed], envelope)), textOf(rsm012Json([structuredClone(mixed)], { ...envelope })));
  });

  test("a message without values is valid and says that there are none", () => {
    const text = textOf(rsm012Json([], envelope));
    assert.equal(jsonProblems(JSON.parse(text)), "");
    assert.deepEqual(seriesOf(text), []);
  });
});

describe("RSM-012 as XML", () => {
  test("validates against the official schema with all codes", { skip: xmllint.skip }, () => {
    const text = textOf(rsm012Xml([mixed, dayOf("2026-03-30", { obis: "1-0:2.8.0" })], envelope));
    assert.equal(xmlProblems(text, xsd), "");
  });

  test("carries the same values as the JSON", () => {
    const xml = textOf(rsm012Xml([mixed], envelope));
    const [series] = seriesOf(textOf(rsm012Json([mixed], envelope)));
    const points = [...xml.matchAll(/<cim:Point>(.*?)<\/cim:Point>/gs)].map(([, body = ""]) => ({
      quantity: /<cim:quantity>(.*?)</.exec(body)?.[1],
      quality: /<cim:quality>(.*?)</.exec(body)?.[1],
    }));
    assert.deepEqual(
      points,
      series?.Period.Point.map(({ quantity, quality }) => ({
        quantity: quantity?.toFixed(3),
        quality: quality?.value,
      })),
    );
  });
});

describe("what RSM-012 cannot carry", () => {
  test("is refused with the point and what to do", () => {
    const wrong: readonly (readonly [Parameters<typeof dayOf>[1], RegExp])[] = [
      [{ gsrn: null }, /lindevej-12.*no GSRN of 18 digits/],
      [{ gsrn: "5713130000000020001" }, /no GSRN/],
      [{ obis: "1-0:3.8.0", unit: "varh" }, /is not active energy/],
      [{ obis: "1-0:32.7.0" }, /is not import or export/],
      [{ step: 5 }, /is not PT15M or PT1H/],
    ];
    for (const [changes, sentence] of wrong)
      assert.throws(() => textOf(rsm012Json([dayOf("2026-03-30", changes)], envelope)), sentence);
    assert.throws(() => textOf(rsm012Xml([], { ...envelope, sender: '"><x/>' })), /sender .* is not allowed/);
    assert.throws(() => textOf(rsm012Json([], { ...envelope, messageId: "a b" })), /messageId "a b" is not allowed/);
  });
});
