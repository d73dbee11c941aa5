/**
 * Green Button: an Atom feed of NAESB ESPI 4.0 (schema `espi.xsd` of 2023-12-13, Apache-2.0), for tools that read it. Times are seconds since
 * 1970 in UTC; the feed says nothing of a zone.
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { checkedDays, type ExportDay, meaningOf, startOfSlot, stepMillis } from "../model/export-day.ts";
import { utcText } from "../model/times.ts";
import { codeFacts } from "../model/value-codes.ts";
import { closeTag, element, openTag, type XmlElement, xmlHead, xmlText } from "../model/xml.ts";

export interface EspiEnvelope {
  readonly title: string;
  readonly created: Millis;
  /** A UUID for a name, always the same: version 5 of RFC 9562, for instance. Lower case. */
  readonly uuidOf: (name: string) => string;
}

const espi = "http://naesb.org/espi";
/** Int48 of the schema. */
const largestValue = 140_737_488_355_328;

const seconds = (time: Millis): string => String(Math.floor(time / 1000));

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly self: string;
  readonly up: string;
  readonly related: readonly string[];
  readonly content: XmlElement;
}

const link = (rel: string, href: string): XmlElement => element("link", "", { rel, href });

const entryText = ({ id, title, self, up, related, content }: Entry, { created, uuidOf }: EspiEnvelope): string =>
  xmlText(
    element("entry", [
      element("id", `urn:uuid:${uuidOf(id)}`),
      link("self", self),
      link("up", up),
      ...related.map((href) => link("related", href)),
      element("title", title),
      element("content", [content]),
      element("published", utcText(created)),
      element("updated", utcText(created)),
    ]),
    1,
  );

const resource = (name: string, children: readonly XmlElement[]): XmlElement =>
  element(name, children, { xmlns: espi });

/** Where the resources of a channel are. Links only need to agree within the feed. */
interface Places {
  readonly point: string;
  readonly reading: string;
  readonly type: string;
}

const placesOf = ({ point, obis, step }: ExportDay, uuidOf: EspiEnvelope["uuidOf"]): Places => {
  const pointPlace = `UsagePoint/${uuidOf(`point ${point}`)}`;
  const channel = uuidOf(`channel ${JSON.stringify([point, obis, step])}`);
  return { point: pointPlace, reading: `${pointPlace}/MeterReading/${channel}`, type: `ReadingType/${channel}` };
};

const usagePoint = ({ point }: ExportDay, places: Places): Entry => ({
  id: places.point,
  title: point,
  self: places.point,
  up: "UsagePoint",
  related: [`${places.point}/MeterReading`],
  // Electricity.
  content: resource("UsagePoint", [element("ServiceCategory", [element("kind", "0")])]),
});

const meterReading = ({ point, obis }: ExportDay, places: Places): Entry => ({
  id: places.reading,
  title: `${point} ${obis}`,
  self: places.reading,
  up: `${places.point}/MeterReading`,
  related: [`${places.reading}/IntervalBlock`, places.type],
  content: resource("MeterReading", []),
});

/** An amount (4) of electricity (1), energy (12), forward (1) or reverse (19), in Wh (72) or varh (73). */
const readingType = (day: ExportDay, places: Places): Entry => {
  const { direction, reactive } = meaningOf(day.obis);
  if (reactive && direction === "export")
    throw new UsageError(
      "obis",
      `point ${JSON.stringify(day.point)}: ESPI has no direction for ${day.obis}: leave it out`,
    );
  const fields: readonly (readonly [string, string | number])[] = [
    ["accumulationBehaviour", 4],
    ["commodity", 1],
    ["defaultQuality", 0],
    ["flowDirection", direction === "import" ? 1 : 19],
    ["intervalLength", day.step * 60],
    ["kind", 12],
    ["powerOfTenMultiplier", 0],
    ["timeAttribute", 0],
    ["uom", reactive ? 73 : 72],
  ];
  return {
    id: places.type,
    title: `${day.obis}, ${day.step} min`,
    self: places.type,
    up: "ReadingType",
    related: [],
    content: resource(
      "ReadingType",
      fields.map(([name, value]) => element(name, String(value))),
    ),
  };
};

const period = (name: string, start: Millis, duration: Millis): XmlElement =>
  element(name, [element("duration", seconds(duration)), element("start", seconds(start))]);

/** A missing value is no reading. */
const readingsOf = (day: ExportDay): readonly (XmlElement | undefined)[] =>
  day.values.map(({ amount, code }, n) => {
    const { espi: quality } = codeFacts[code];
    if (amount === null || quality === null) return undefined;
    if (amount > largestValue)
      throw new UsageError("amount", `point ${JSON.stringify(day.point)}: ${amount} is more than ESPI can hold`);
    return element("IntervalReading", [
      quality === 0 ? undefined : element("ReadingQuality", [element("quality", String(quality))]),
      period("timePeriod", startOfSlot(day, n), stepMillis(day)),
      element("value", String(amount)),
    ]);
  });

const intervalBlock = (day: ExportDay, places: Places): Entry => {
  const self = `${places.reading}/IntervalBlock/${seconds(day.start)}`;
  const readings = readingsOf(day).filter((reading) => reading !== undefined);
  return {
    id: self,
    title: `${day.point} ${day.obis} from ${utcText(day.start)}`,
    self,
    up: `${places.reading}/IntervalBlock`,
    related: [],
    content: resource("IntervalBlock", [
      period("interval", day.start, day.values.length * stepMillis(day)),
      ...readings,
    ]),
  };
};

/**
 * The feed, in pieces of one entry: each point and channel where it comes first, then a block for each day.
 *
 * @throws UsageError (`day`, `obis`, `amount`) for what it cannot carry
 */
export function* espiFeed(days: Iterable<ExportDay>, envelope: EspiEnvelope): Generator<string, void, undefined> {
  const { title, created, uuidOf } = envelope;
  const head = [
    element("id", `urn:uuid:${uuidOf(`feed ${title} ${created}`)}`),
    element("title", title),
    element("updated", utcText(created)),
    link("self", "Batch"),
  ];
  yield `${xmlHead}${openTag("feed", { xmlns: "http://www.w3.org/2005/Atom" })}${head.map((child) => xmlText(child, 1)).join("")}`;
  const known = new Set<string>();
  const isNew = (place: string): boolean => {
    if (known.has(place)) return false;
    known.add(place);
    return true;
  };
  for (const day of checkedDays(days)) {
    const places = placesOf(day, uuidOf);
    const entries = [
      ...(isNew(places.point) ? [usagePoint(day, places)] : []),
      ...(isNew(places.reading) ? [readingType(day, places), meterReading(day, places)] : []),
      intervalBlock(day, places),
    ];
    yield entries.map((entry) => entryText(entry, envelope)).join("");
  }
  yield closeTag("feed");
}
