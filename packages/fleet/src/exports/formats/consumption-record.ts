/**
 * Austria's `ConsumptionRecord` 01.41 (process CR_MSG, message code DATEN_CRMSG): one message for each metering point. Names, order and
 * patterns are facts of the published schema and of samples in the EDDIE project (`packages/fleet/vectors/eda`).
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { decimalText } from "../model/decimal.ts";
import { checkDay, type ExportDay, type ExportValue, endOfDay, meaningOf, startOfSlot } from "../model/export-day.ts";
import { fieldOf } from "../model/market.ts";
import { localTextOf, utcText } from "../model/times.ts";
import { codeFacts } from "../model/value-codes.ts";
import { element, type XmlElement, xmlHead, xmlText } from "../model/xml.ts";

export interface ConsumptionRecordEnvelope {
  /** Market partner numbers such as AT001234. */
  readonly sender: string;
  readonly receiver: string;
  readonly created: Millis;
  /** Number of the message among those of the sender that were made at the same moment, 1 to 9,999,999,999. */
  readonly sequence: number;
  /** Id of the conversation that the message belongs to, for instance of the request. That of the message if omitted. */
  readonly conversationId?: string | undefined;
  /** SIMU is for tests of the market. PROD if omitted. */
  readonly mode?: "PROD" | "SIMU" | undefined;
}

const recordNamespace = "http://www.ebutilities.at/schemata/customerprocesses/consumptionrecord/01p41";
const typesNamespace = "http://www.ebutilities.at/schemata/customerprocesses/common/types/01p20";

const intervals: Readonly<Record<number, string>> = { 15: "QH", 60: "H" };
const address = /^[0-9A-Z]{1,35}$/;
const grouping = /^[0-9A-Za-z]{1,35}$/;
const zone = "Europe/Vienna";

/** Digits of the moment, "20260330060000000". */
const momentDigits = (time: Millis): string => new Date(time).toISOString().replace(/\D/g, "");

/** Sender, moment and number: at most 8 + 17 + 10 characters, which is what the schema allows. */
const messageIdOf = ({ sender, created, sequence }: ConsumptionRecordEnvelope): string => {
  if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > 9_999_999_999)
    throw new UsageError("field", `sequence ${sequence} is not allowed: give 1 to 9999999999`);
  const id = `${sender}${momentDigits(created)}${String(sequence).padStart(10, "0")}`;
  return fieldOf("sender", id, grouping, "a market partner number of at most 8 letters and digits") && id;
};

const record = (name: string, content: string | readonly XmlElement[], attributes = {}): XmlElement =>
  element(`ns0:${name}`, content, attributes);
const type = (name: string, content: string | readonly XmlElement[], attributes = {}): XmlElement =>
  element(`ns1:${name}`, content, attributes);

const directory = (envelope: ConsumptionRecordEnvelope): XmlElement => {
  const party = (name: string, id: string): XmlElement =>
    type(name, [type("MessageAddress", id)], { AddressType: "ECNumber" });
  return record(
    "MarketParticipantDirectory",
    [
      type("RoutingHeader", [
        party("Sender", fieldOf("sender", envelope.sender, address, "1 to 35 capital letters and digits")),
        party("Receiver", fieldOf("receiver", envelope.receiver, address, "1 to 35 capital letters and digits")),
        type("DocumentCreationDateTime", utcText(envelope.created)),
      ]),
      type("Sector", "01"),
      record("MessageCode", "DATEN_CRMSG"),
    ],
    { DocumentMode: envelope.mode ?? "PROD", Duplicate: "false", SchemaVersion: "01.41" },
  );
};

/** The import of a point is what it takes from the grid, and its export what it gives. */
const meterCodes = { import: "1-1:1.9.0 P.01", export: "1-1:2.9.0 P.01" } as const;

const positionOf = (
  day: ExportDay,
  { amount, code }: ExportValue,
  n: number,
  local: (time: Millis) => string,
): XmlElement => {
  const { eda } = codeFacts[code];
  if (amount === null || eda === null)
    throw new UsageError(
      "value",
      `point ${JSON.stringify(day.point)}, ${local(startOfSlot(day, n))}: a value that is ${code} has no reading method in Austria: estimate it, or leave the day out`,
    );
  return record("EP", [
    record("DTF", local(startOfSlot(day, n))),
    record("DTT", local(startOfSlot(day, n + 1))),
    record("MM", eda),
    record("BQ", decimalText(amount, 3, 6)),
  ]);
};

const energyOf = (day: ExportDay): XmlElement => {
  const { direction, reactive } = meaningOf(day.obis);
  const interval = intervals[day.step];
  if (reactive || day.unit !== "Wh" || interval === undefined)
    throw new UsageError(
      "obis",
      `point ${JSON.stringify(day.point)}: only active energy of 15 or 60 minutes is written`,
    );
  const local = localTextOf(zone);
  return record("Energy", [
    record("MeteringReason", "00"),
    record("MeteringPeriodStart", local(day.start)),
    record("MeteringPeriodEnd", local(endOfDay(day))),
    record("MeteringIntervall", interval),
    record("NumberOfMeteringIntervall", String(day.values.length)),
    record(
      "EnergyData",
      day.values.map((value, n) => positionOf(day, value, n, local)),
      { MeterCode: meterCodes[direction], UOM: "KWH" },
    ),
  ]);
};

const mostEnergies = 1_000;

/**
 * The message of one metering point, with an `Energy` for each of its days.
 *
 * @throws UsageError if the days are of several points, or for what the message cannot carry
 */
export const consumptionRecord = (days: readonly ExportDay[], envelope: ConsumptionRecordEnvelope): string => {
  const [first] = days;
  if (first === undefined || days.length > mostEnergies)
    throw new UsageError("days", `a ConsumptionRecord has 1 to ${mostEnergies} days, not ${days.length}`);
  for (const day of days) {
    checkDay(day);
    if (day.gsrn !== first.gsrn)
      throw new UsageError("days", "a ConsumptionRecord is of one metering point: write one for each");
  }
  const point = fieldOf("metering point", first.gsrn ?? "", /^[0-9A-Za-z]{1,33}$/, "its 33 letters and digits");
  const messageId = messageIdOf(envelope);
  const conversationId = envelope.conversationId ?? messageId;
  const message = element(
    "ns0:ConsumptionRecord",
    [
      directory(envelope),
      record("ProcessDirectory", [
        type("MessageId", messageId),
        type("ConversationId", fieldOf("conversationId", conversationId, grouping, "1 to 35 letters and digits")),
        type("ProcessDate", localTextOf(zone)(envelope.created).slice(0, 10)),
        type("MeteringPoint", point),
        ...days.map(energyOf),
      ]),
    ],
    { "xmlns:ns0": recordNamespace, "xmlns:ns1": typesNamespace },
  );
  return `${xmlHead}${xmlText(message)}`;
};
