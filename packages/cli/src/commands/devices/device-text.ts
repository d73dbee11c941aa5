/** The answers of devices behind a meter, as lines. */
import type { DeviceRead } from "@meterport/client/readers/mbus";
import type { MbusTelegram } from "@meterport/mbus/kept/telegram";
import type { MbusRecord } from "@meterport/mbus/records";
import type { MbusStatus } from "@meterport/mbus/status";
import { toHex } from "@meterport/protocol/bytes";
import { plainMoment, spanText } from "../../format/moment.ts";
import type { Paint } from "../../format/paint.ts";
import { alignedTable, type Row } from "../../format/table.ts";

const problems: Readonly<Record<NonNullable<MbusTelegram["problem"]>, string>> = {
  truncated: "the answer is cut short: the rest is missing",
  malformed: "the rest is malformed",
  encrypted: "the answer is encrypted, and the meter has no key for it",
};

const statusTexts = ({ application, powerLow, permanentError, temporaryError, manufacturer }: MbusStatus): string[] => [
  ...(application === "none" ? [] : [`application: ${application}`]),
  ...(powerLow ? ["power low"] : []),
  ...(permanentError ? ["permanent error"] : []),
  ...(temporaryError ? ["temporary error"] : []),
  ...(manufacturer === 0 ? [] : [`manufacturer status ${manufacturer}`]),
];

const placeText = ({ storage, tariff, subunit, function: kind }: MbusRecord): string =>
  [
    ...(kind === "instantaneous" ? [] : [kind]),
    ...(storage === 0 ? [] : [`storage ${storage}`]),
    ...(tariff === 0 ? [] : [`tariff ${tariff}`]),
    ...(subunit === 0 ? [] : [`unit ${subunit}`]),
  ].join(", ");

/** The value of a record, or its raw number if its meaning is not certain. */
const saysText = ({ value, text, time, raw }: MbusRecord): string => {
  if (value !== null) return String(value);
  if (text !== null) return text;
  if (time !== null) return plainMoment(time);
  return raw === null ? "–" : `raw ${raw}`;
};

const recordRow = (record: MbusRecord, paint: Paint): Row => [
  { text: record.quantity, paint: (text) => paint("cyan", text) },
  saysText(record),
  record.unit ?? "",
  placeText(record),
  [...record.notes, ...record.doubts.map((doubt) => `${doubt}?`)].join(", "),
];

/** "ELS gas meter …". */
const identityText = ({ manufacturer, medium, mediumCode, serialNumber, version }: MbusTelegram): string =>
  [
    manufacturer ?? "unknown manufacturer",
    medium ?? `device type ${mediumCode}`,
    serialNumber === null ? "no serial number" : `serial number ${serialNumber}`,
    ...(version === null ? [] : [`version ${version}`]),
  ].join(", ");

/** The device that answered, its state and its values, one per line. */
const telegramText = (telegram: MbusTelegram, paint: Paint): string => {
  const { records, manufacturerData, moreFollow, problem, status } = telegram;
  const remarks = [
    ...statusTexts(status),
    ...(problem === null ? [] : [problems[problem]]),
    ...(manufacturerData === null || manufacturerData.length === 0
      ? []
      : [`manufacturer data: ${toHex(manufacturerData, " ")}`]),
    ...(moreFollow ? ["the device has more records"] : []),
  ];
  const rows = records.map((record) => recordRow(record, paint));
  return [
    `  ${identityText(telegram)}\n`,
    ...(rows.length === 0 ? [] : [alignedTable(rows, { indent: "  ", right: [1], width: paint.width })]),
    ...remarks.map((text) => `  ${text}\n`),
  ].join("");
};

/** The meter's local clock shows whole minutes. */
const ageText = (seconds: number): string =>
  seconds < 60 ? "less than a minute ago" : `${spanText(seconds - (seconds % 60))} ago`;

/** A read with what it gave; `age_s` seconds old, null if that is unknown. */
export const readText = (read: DeviceRead, paint: Paint, age_s: number | null): string => {
  const { readTime, telegram, further, sent, authentication, securityFailed } = read;
  const when = readTime === null ? "at an unknown time" : `${plainMoment(readTime)} by the meter's clock`;
  const age = age_s === null ? ", age unknown" : `, ${ageText(age_s)}`;
  const checked = authentication === "passed" ? "" : `, ${authentication}`;
  const secure = securityFailed ? ", security failed" : "";
  const data = sent === null ? "" : `  ${sent.length} bytes: ${toHex(sent, " ")}\n`;
  const answers = telegram === null ? data : [telegram, ...further].map((one) => telegramText(one, paint)).join("");
  return `  read ${when}${age}${checked}${secure}\n${answers}`;
};
