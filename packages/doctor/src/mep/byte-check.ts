/** What the bytes on a line show on their own, whether or not a meter was found. */
import { hexByte } from "@meterport/protocol/digits";
import type { Sickness } from "../diagnosis.ts";
import type { Report } from "../report.ts";
import type { ExaminedLink } from "./examined-link.ts";

/** Problems for which the report counts whole and broken frames. */
const spoiling: readonly Sickness[] = ["noise", "sag", "loose-head", "head-sags", "stray-light"];

/** Called at the end, when everything has been received. */
export const describeBytes = (examined: ExaminedLink, report: Report): void => {
  const { heard } = examined;
  const { sickness } = report;
  if (!examined.opened) return;
  report.check("bytes", heard.bytes > 0 ? "good" : "bad", heard.bytes > 0 ? "bytes-came" : "nothing-came", {
    bytes: heard.bytes,
  });
  if (heard.bytes === 0) return;
  const met = examined.met;
  const echoed = examined.echoes > 0 || sickness === "echo" || sickness === "own-light";
  report.check("echo", echoed ? (met ? "warning" : "bad") : "good", echoed ? "echo-came" : "no-echo");
  report.check("alerts", sickness === "deaf" ? "bad" : "good", heard.alerts > 0 ? "alerts-came" : "no-alerts", {
    alerts: heard.alerts,
  });
  if (sickness === "wrong-baud") return;
  if (heard.only !== undefined) report.check("framing", "bad", "one-byte-only", { byte: hexByte(heard.only) });
  else if (sickness !== undefined && spoiling.includes(sickness))
    report.check("framing", "bad", "frames-broken", { garbage: heard.garbage, frames: heard.frames });
  else if (heard.frames > 0) report.check("framing", "good", "frames-whole", { frames: heard.frames });
};
