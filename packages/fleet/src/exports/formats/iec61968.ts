/**
 * `MeterReadings` of IEC 61968-9 in the `EventMessage` of IEC 61968-100. The standard's schema is not free; order and names are those of
 * published messages and of classes that others generated from it (the parts of a class are sorted by name behind its plain fields).
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { checkedDays, type ExportDay, type ExportValue, meaningOf, startOfSlot } from "../model/export-day.ts";
import { fieldOf } from "../model/market.ts";
import { utcText } from "../model/times.ts";
import { codeFacts } from "../model/value-codes.ts";
import { closeTag, element, openTag, type XmlElement, xmlHead, xmlText } from "../model/xml.ts";

export interface Iec61968Envelope {
  /** Unique among the sender's messages. */
  readonly messageId: string;
  /** Name of the sending system. */
  readonly source: string;
  readonly created: Millis;
  /** Version of the export that it carries. */
  readonly version: number;
}

const messageNamespace = "http://iec.ch/TC57/2011/schema/message";
const readingsNamespace = "http://iec.ch/TC57/2011/MeterReadings#";

/** Third part of a reading type: the measuring period, by minutes. */
const measuringPeriods: Readonly<Record<number, number>> = { 1: 3, 5: 6, 10: 1, 15: 2, 30: 5, 60: 7 };

/** Fifth part: forward and reverse for active energy; the upper and the lower quadrants for reactive energy. */
const flows = { import: { active: 1, reactive: 5 }, export: { active: 19, reactive: 13 } } as const;

/**
 * The reading type of a channel, all eighteen parts: no macro period, no aggregate, the measuring period, an amount of the period (4), the
 * flow, electricity (1), energy (12), nothing for harmonics, argument, tariff and phases, no multiplier, Wh (72) or varh (73), no currency.
 *
 * @throws UsageError (`obis`, `step`) for a channel without such a type
 * @example
 * readingTypeOf({ obis: "1-0:1.8.0", step: 15 }) // "0.0.2.4.1.1.12.0.0.0.0.0.0.0.0.0.72.0"
 */
export const readingTypeOf = ({ obis, step }: Pick<ExportDay, "obis" | "step">): string => {
  const { direction, reactive } = meaningOf(obis);
  const period = measuringPeriods[step];
  if (period === undefined)
    throw new UsageError("step", `a step of ${step} minutes has no measuring period in IEC 61968-9: use 15 or 60`);
  const flow = flows[direction][reactive ? "reactive" : "active"];
  return [0, 0, period, 4, flow, 1, 12, ...Array<number>(8).fill(0), 0, reactive ? 73 : 72, 0].join(".");
};

const reading = ({ amount, code }: ExportValue, end: string): XmlElement =>
  element("IntervalReadings", [
    element("timeStamp", end),
    amount === null ? undefined : element("value", String(amount)),
    element("ReadingQualities", [element("ReadingQualityType", "", { ref: codeFacts[code].iec61968 })]),
  ]);

const meterReading = (day: ExportDay): XmlElement =>
  element("MeterReading", [
    element("IntervalBlocks", [
      // The time stamp of an interval is the moment at which it ends.
      ...day.values.map((value, n) => reading(value, utcText(startOfSlot(day, n + 1)))),
      element("ReadingType", "", { ref: readingTypeOf(day) }),
    ]),
    element("UsagePoint", [
      day.gsrn === null ? undefined : element("mRID", day.gsrn),
      element("Names", [element("name", day.point)]),
    ]),
  ]);

/**
 * The message, in pieces of one day. Values are whole Wh or varh, missing ones have a quality and no value.
 *
 * @throws UsageError (`day`, `obis`, `step`, `field`) for what it cannot carry
 */
export function* iec61968(days: Iterable<ExportDay>, envelope: Iec61968Envelope): Generator<string, void, undefined> {
  const id = fieldOf("messageId", envelope.messageId, /^[\w.:-]{1,64}$/, "1 to 64 letters, digits, ., :, _ or -");
  const header = element("Header", [
    element("Verb", "created"),
    element("Noun", "MeterReadings"),
    element("Revision", "2.0"),
    element("Timestamp", utcText(envelope.created)),
    element("Source", envelope.source),
    element("MessageID", id),
    element("CorrelationID", id),
    element("Property", [element("Name", "Version"), element("Value", String(envelope.version))]),
  ]);
  yield [
    `${xmlHead}${openTag("EventMessage", { xmlns: messageNamespace })}${xmlText(header, 1)}`,
    `${openTag("Payload", {}, 1)}${openTag("MeterReadings", { xmlns: readingsNamespace }, 2)}`,
  ].join("");
  for (const day of checkedDays(days)) yield xmlText(meterReading(day), 3);
  yield `${closeTag("MeterReadings", 2)}${closeTag("Payload", 1)}${closeTag("EventMessage")}`;
}
