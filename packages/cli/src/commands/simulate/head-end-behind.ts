/** The head-end behind a simulated meter, which plays a script and says what happens. */
import { thirdPartyForms } from "@meterport/protocol/procedures/post-messages";
import type { VirtualMeter } from "@meterport/simulator";
import { eventJson, eventText } from "@meterport/simulator/head-end/event-text";
import { HeadEnd } from "@meterport/simulator/head-end/head-end";
import { type HeadEndEvent, requestType } from "@meterport/simulator/head-end/received";
import { ScriptRun } from "@meterport/simulator/head-end/script-run";
import { parseHeadEndScript } from "@meterport/simulator/head-end/script-text";
import { virtualForms } from "@meterport/simulator/head-end/virtual-forms";
import { toJson } from "../../format/json.ts";
import { type Io, print, say } from "../../io/io.ts";
import { aesCmac } from "./aes-cmac.ts";
import type { SimulateOptions } from "./options.ts";

const clockText = (time: number): string => new Date(time).toISOString().slice(0, 19).replace("T", " ");

/** Parts of a file come by the thousand; the file itself says how far it is. */
const isPart = (event: HeadEndEvent): boolean =>
  (event.type === "posted" || event.type === "ended") && event.request.type === requestType.filePacket;

/**
 * A head-end that plays the script of `--head-end` once `begin` is called; nothing without the option. Times of what it
 * prints are UTC, by the meter's clock.
 *
 * @throws UsageError (`head-end`) for what is wrong with the script
 */
export const headEndBehind = (
  meter: VirtualMeter,
  { headEnd: path, json }: Pick<SimulateOptions, "headEnd" | "json">,
  io: Io,
): { readonly begin: () => void; readonly close: () => void } => {
  if (path === undefined) return { begin: () => {}, close: () => {} };
  const script = parseHeadEndScript(io.readText(path));
  const tell = (event: HeadEndEvent): void => {
    if (json === true) print(io, toJson(eventJson(event)));
    else if (!isPart(event)) io.stdout.write(`${clockText(event.time)} ${eventText(event)}\n`);
  };
  const forms = script.forms === "virtual" ? virtualForms : thirdPartyForms;
  let parts: { close: () => void }[] = [];
  const begin = (): void => {
    // Its clock has stood still until now.
    meter.tick(io.clock.now());
    const headEnd = new HeadEnd({ meter, forms, compatible: script.compatible, tell });
    const run = new ScriptRun({
      meter,
      headEnd,
      script,
      mac: aesCmac,
      failed: ({ do: name }, { message }) => say(io, `the step "${name}" was not possible: ${message}`),
    });
    parts = [run, headEnd];
  };
  return {
    begin,
    close: () => {
      for (const part of parts) part.close();
    },
  };
};
