/**
 * Denmark's RSM-012: validated values of metering points, from a grid company's metered data responsible (MDR) to the DataHub (DGL), as
 * `NotifyValidatedMeasureData_MarketDocument`. Facts from the official JSON schema, the XSD and their samples
 * (`packages/fleet/vectors/energinet`).
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { decimalText } from "../model/decimal.ts";
import { checkedDays, type ExportDay, type ExportValue, endOfDay, meaningOf } from "../model/export-day.ts";
import { fieldOf, gsrnOf } from "../model/market.ts";
import { minuteText, resolutionText, utcText } from "../model/times.ts";
import { codeFacts } from "../model/value-codes.ts";
import { closeTag, element, openTag, type XmlElement, xmlHead, xmlText } from "../model/xml.ts";

/** Who sends a message to whom, and when. Everything is given, so that the same message comes out byte for byte. */
export interface Rsm012Envelope {
  /** Unique among the sender's messages; letters, digits, "-" and "_", at most 28. Series add their number to it. */
  readonly messageId: string;
  /** GLN of 13 digits or EIC of 16 characters. */
  readonly sender: string;
  readonly receiver: string;
  readonly created: Millis;
  /** The official samples say nothing where a value is measured; "A04" says so. Omitted if not given. */
  readonly measuredQuality?: "A04" | "omitted" | undefined;
}

const documentName = "NotifyValidatedMeasureData_MarketDocument";
const namespace = "urn:ediel.org:measure:notifyvalidatedmeasuredata:0:1";
/** Active energy. */
const product = "8716867000030";
const steps: readonly number[] = [15, 60];

interface Party {
  readonly id: string;
  /** Who issued the id: GS1 or ENTSO-E. */
  readonly scheme: "A10" | "A01";
}

const partyOf = (name: string, id: string): Party => {
  fieldOf(name, id, /^(\d{13}|[0-9A-Z-]{16})$/, "a GLN of 13 digits or an EIC of 16 characters");
  return { id, scheme: id.length === 13 ? "A10" : "A01" };
};

interface Envelope {
  readonly id: string;
  readonly created: string;
  readonly sender: Party;
  readonly receiver: Party;
}

const envelopeOf = ({ messageId, sender, receiver, created }: Rsm012Envelope): Envelope => ({
  id: fieldOf("messageId", messageId, /^[A-Za-z0-9_-]{1,28}$/, "1 to 28 letters, digits, - or _"),
  created: utcText(created),
  sender: partyOf("sender", sender),
  receiver: partyOf("receiver", receiver),
});

interface Series {
  readonly id: string;
  readonly gsrn: string;
  /** E17 is consumption, E18 production. */
  readonly kind: "E17" | "E18";
  readonly resolution: string;
  readonly start: string;
  readonly end: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly position: number;
  /** kWh with three digits behind the point; undefined for a missing value. */
  readonly quantity: string | undefined;
  readonly quality: string | undefined;
}

const pointOf = ({ amount, code }: ExportValue, n: number, envelope: Rsm012Envelope): Point => {
  const { cim } = codeFacts[code];
  const unsaid = cim === "A04" && (envelope.measuredQuality ?? "omitted") === "omitted";
  return {
    position: n + 1,
    quantity: amount === null ? undefined : decimalText(amount, 3),
    quality: unsaid ? undefined : cim,
  };
};

const seriesOf = (day: ExportDay, n: number, envelope: Rsm012Envelope): Series => {
  const { direction, reactive } = meaningOf(day.obis);
  if (reactive || day.unit !== "Wh")
    throw new UsageError(
      "obis",
      `point ${JSON.stringify(day.point)}: ${day.obis} is not active energy, and only that is written`,
    );
  if (!steps.includes(day.step))
    throw new UsageError(
      "step",
      `point ${JSON.stringify(day.point)}: a step of ${day.step} minutes is not PT15M or PT1H`,
    );
  return {
    id: `${envelope.messageId}_${n + 1}`,
    gsrn: gsrnOf(day),
    kind: direction === "import" ? "E17" : "E18",
    resolution: resolutionText(day.step),
    start: minuteText(day.start),
    end: minuteText(endOfDay(day)),
    points: day.values.map((value, at) => pointOf(value, at, envelope)),
  };
};

const quoted = (text: string): string => JSON.stringify(text);
const jsonValue = (text: string): string => `{"value":${quoted(text)}}`;
const jsonParty = ({ id, scheme }: Party): string => `{"codingScheme":"${scheme}","value":${quoted(id)}}`;

/** The quantity is written as text, because a number of JavaScript is no decimal. */
const jsonPoint = ({ position, quantity, quality }: Point): string => {
  const fields = [
    `"position":{"value":${position}}`,
    ...(quality === undefined ? [] : [`"quality":${jsonValue(quality)}`]),
    ...(quantity === undefined ? [] : [`"quantity":${quantity}`]),
  ];
  return `{${fields.join(",")}}`;
};

const jsonSeries = ({ id, gsrn, kind, resolution, start, end, points }: Series, created: string): string =>
  [
    `{"mRID":${quoted(id)}`,
    `"marketEvaluationPoint.mRID":{"codingScheme":"A10","value":"${gsrn}"}`,
    `"marketEvaluationPoint.type":${jsonValue(kind)}`,
    `"product":"${product}"`,
    `"quantity_Measure_Unit.name":{"value":"KWH"}`,
    `"registration_DateAndOrTime.dateTime":"${created}"`,
    `"Period":{"resolution":"${resolution}"`,
    `"timeInterval":{"start":${jsonValue(start)},"end":${jsonValue(end)}}`,
    `"Point":[\n${points.map(jsonPoint).join(",\n")}\n]}}`,
  ].join(",");

/**
 * The message as JSON, in pieces of one series. A day is one series.
 *
 * @throws UsageError (`day`, `gsrn`, `obis`, `step`, `field`) for what the message cannot carry
 */
export function* rsm012Json(days: Iterable<ExportDay>, envelope: Rsm012Envelope): Generator<string, void, undefined> {
  const { id, created, sender, receiver } = envelopeOf(envelope);
  yield [
    `{"${documentName}":{"mRID":${quoted(id)}`,
    `"businessSector.type":{"value":"23"}`,
    `"createdDateTime":"${created}"`,
    `"process.processType":{"value":"E23"}`,
    `"receiver_MarketParticipant.mRID":${jsonParty(receiver)}`,
    `"receiver_MarketParticipant.marketRole.type":{"value":"DGL"}`,
    `"sender_MarketParticipant.mRID":${jsonParty(sender)}`,
    `"sender_MarketParticipant.marketRole.type":{"value":"MDR"}`,
    `"type":{"value":"E66"}`,
    `"Series":[`,
  ].join(",");
  let count = 0;
  for (const day of checkedDays(days)) {
    yield `${count === 0 ? "" : ","}\n${jsonSeries(seriesOf(day, count, envelope), created)}`;
    count++;
  }
  yield "\n]}}\n";
}

const cim = (name: string, content: string | readonly (XmlElement | undefined)[], codingScheme?: string): XmlElement =>
  element(`cim:${name}`, content, codingScheme === undefined ? {} : { codingScheme });

const xmlPoint = ({ position, quantity, quality }: Point): XmlElement =>
  cim("Point", [
    cim("position", String(position)),
    quantity === undefined ? undefined : cim("quantity", quantity),
    quality === undefined ? undefined : cim("quality", quality),
  ]);

const xmlSeries = ({ id, gsrn, kind, resolution, start, end, points }: Series, created: string): XmlElement =>
  cim("Series", [
    cim("mRID", id),
    cim("marketEvaluationPoint.mRID", gsrn, "A10"),
    cim("marketEvaluationPoint.type", kind),
    cim("registration_DateAndOrTime.dateTime", created),
    cim("product", product),
    cim("quantity_Measure_Unit.name", "KWH"),
    cim("Period", [
      cim("resolution", resolution),
      cim("timeInterval", [cim("start", start), cim("end", end)]),
      ...points.map(xmlPoint),
    ]),
  ]);

/**
 * The same message as XML.
 *
 * @throws UsageError as `rsm012Json`
 */
export function* rsm012Xml(days: Iterable<ExportDay>, envelope: Rsm012Envelope): Generator<string, void, undefined> {
  const { id, created, sender, receiver } = envelopeOf(envelope);
  const head = [
    cim("mRID", id),
    cim("type", "E66"),
    cim("process.processType", "E23"),
    cim("businessSector.type", "23"),
    cim("sender_MarketParticipant.mRID", sender.id, sender.scheme),
    cim("sender_MarketParticipant.marketRole.type", "MDR"),
    cim("receiver_MarketParticipant.mRID", receiver.id, receiver.scheme),
    cim("receiver_MarketParticipant.marketRole.type", "DGL"),
    cim("createdDateTime", created),
  ];
  const root = `cim:${documentName}`;
  yield `${xmlHead}${openTag(root, { "xmlns:cim": namespace })}${head.map((child) => xmlText(child, 1)).join("")}`;
  let count = 0;
  for (const day of checkedDays(days)) yield xmlText(xmlSeries(seriesOf(day, count++, envelope), created), 1);
  yield closeTag(root);
}
