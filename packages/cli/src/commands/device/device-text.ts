/** A device of the grid as lines for people. */
import type { DevicePointsAnswer, DeviceStatusAnswer } from "@meterport/gateway/http/device/device";
import { spanText } from "../../format/moment.ts";
import { alignedTable, type Row } from "../../format/table.ts";

type Line = DeviceStatusAnswer["lines"][number];
type Source = DeviceStatusAnswer["sources"][number];

/** Lines of the list at the end of a status. */
const fewLines = 5;

/** "2026-01-01 11:59:00" in UTC. */
const moment = (iso: string): string => iso.slice(0, 19).replace("T", " ");

/** "2026-01-01 11:59:00 answered scheduled read" */
export const lineText = ({ time, text }: Line): string => `${moment(time)} ${text}`;

const phaseText = ({ phase, handle }: Pick<DeviceStatusAnswer, "phase" | "handle">): string => {
  switch (phase) {
    case "registered":
      return `registered, handle ${handle ?? "–"}`;
    case "blocked":
      return "another device is registered";
    case "searching":
      return "not registered yet";
    case "off":
      return "off";
  }
};

export const pointsText = (points: DevicePointsAnswer["points"], width: number): string => {
  const rows = points.map(
    ({ id, rights, sources, sources_fresh, last, ...state }): Row => [
      id,
      phaseText(state),
      `${sources_fresh}/${sources}`,
      rights.join(", "),
      last === null ? "" : lineText(last),
    ],
  );
  return alignedTable([["point", "registration", "sources", "rights", "last (UTC)"], ...rows], { head: true, width });
};

const sourceRow = ({ name, quantity, unit, topic, value, telegram, age_s, fresh }: Source): Row => [
  name,
  unit === null ? quantity : `${quantity} in ${unit}`,
  telegram === null ? String(value ?? "–") : `${telegram.length / 2} bytes`,
  age_s === null ? "never" : spanText(age_s),
  fresh ? "yes" : age_s === null ? "no" : "no, too old",
  topic ?? "HTTP",
];

export const displayText = (display: DeviceStatusAnswer["display"], width: number): string =>
  alignedTable(
    [
      ["place", "shows", "value", "icons"],
      ...display.map(
        ({ place, key, value, icons }): Row => [String(place), key, String(value ?? "–"), icons.join(", ")],
      ),
    ],
    { head: true, right: [0, 2], width },
  );

export const statusText = (status: DeviceStatusAnswer, width: number): string => {
  const { id, rights, identification, sources, display, lines } = status;
  const parts = [`${id}: ${phaseText(status)}; may ${rights.join(", ")}\n`, `identification ${identification}\n`];
  const head = ["source", "measures", "value", "age", "sent", "from"];
  if (sources.length > 0) parts.push(alignedTable([head, ...sources.map(sourceRow)], { head: true, width }));
  if (display.length > 0) parts.push(displayText(display, width));
  for (const line of lines.slice(-fewLines)) parts.push(`${lineText(line)}\n`);
  return parts.join("");
};
