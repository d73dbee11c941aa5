/** How many days of one channel (96 quarters) each format of the fleet's exports writes a second, and how large they are. `node bench/exports.ts` */
import { nameUuid } from "@meterport/fleet/exports/delivery/name-uuid";
import type { ExportDay } from "@meterport/fleet/exports/model/export-day";
import { type ExportFormat, exportFiles } from "@meterport/fleet/exports/runs/export-files";
import { measure, report, say } from "./measure.ts";

const points = 200;
const start = Date.UTC(2026, 2, 30, 22);

const days: readonly ExportDay[] = Array.from({ length: points }, (_, point) => ({
  point: `point-${point}`,
  gsrn: `5713130000000${String(point).padStart(5, "0")}`,
  obis: "1-0:1.8.0",
  unit: "Wh",
  zone: "Europe/Copenhagen",
  start,
  step: 15,
  values: Array.from({ length: 96 }, (_, n) => ({
    amount: (point * 37 + n * 101) % 2_000,
    code: "measured",
    version: 1,
  })),
}));

const parties = { sender: "5790001330552", receiver: "5790000432752" };
const formats: readonly ExportFormat[] = [
  { kind: "csv-long" },
  { kind: "csv-wide" },
  { kind: "iec-61968-9", source: "bench" },
  { kind: "rsm-012-json", ...parties },
  { kind: "rsm-012-xml", ...parties },
  { kind: "consumption-record", sender: "AT001234", receiver: "AT005678" },
  { kind: "e66-fi", ...parties },
  { kind: "espi", title: "bench" },
];

const run = {
  name: "bench",
  period: "2026-03-31",
  version: 1,
  created: start,
  days,
  before: () => null,
  uuidOf: nameUuid,
};

/** Writes a run and gives its bytes. */
const write = (format: ExportFormat): number => {
  let bytes = 0;
  for (const { parts } of exportFiles(format, run)) for (const part of parts) bytes += Buffer.byteLength(part);
  return bytes;
};

if (import.meta.main) {
  for (const format of formats) {
    const kilobytes = write(format) / points / 1000;
    report(
      measure(`${format.kind}, ${kilobytes.toFixed(1)} kB a day`, points, () => void write(format)),
      "channel-days/s",
    );
  }
  say("One channel-day is 96 quarters of an hour.");
}
