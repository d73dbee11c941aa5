/** `meterport doctor`: what is wrong with a link, and what to do. */
import type { Diagnosis } from "@meterport/doctor/diagnosis";
import { type Examined, examinedJson } from "@meterport/doctor/examined";
import { languageOf } from "@meterport/doctor/words/words";
import { UsageError } from "@meterport/protocol/errors";
import { toJson } from "../../format/json.ts";
import { paintFor } from "../../format/paint.ts";
import { type Exit, exit, type Io, say } from "../../io/io.ts";
import { diagnosisPage } from "./diagnosis-page.ts";
import { diagnosisText } from "./diagnosis-text.ts";
import { examinationOf } from "./examine-link.ts";
import type { DoctorOptions } from "./options.ts";

const formatOf = ({ format, json }: DoctorOptions): "text" | "html" | "json" => {
  if (json === true && format !== undefined && format !== "json")
    throw new UsageError("format", `--json and --format ${format} contradict each other; omit one`);
  return json === true ? "json" : (format ?? "text");
};

/** @throws UsageError, LinkError (aborted) */
export const doctorCommand = async (options: DoctorOptions, io: Io): Promise<Exit> => {
  const format = formatOf(options);
  const { output } = options;
  const { kind, security, run } = examinationOf(options, io);
  const language = options.language ?? languageOf(io.env.LC_ALL ?? io.env.LC_MESSAGES ?? io.env.LANG);
  // A file that cannot be written fails now, not after half a minute.
  const file = output === undefined ? undefined : io.createFile(output);
  const time = new Date(io.clock.wall()).toISOString();
  say(io, "examining the link; takes 30 s if it is healthy, longer if it is silent");
  const diagnosis = await run().catch((error: unknown) => {
    file?.discard();
    throw error;
  });
  const examined: Examined = { diagnosis, time, kind, security, language };
  if (format === "text") {
    const paint = paintFor(
      file === undefined ? io.stdout : { color: false, isTerminal: false, columns: io.stdout.columns },
    );
    (file ?? io.stdout).write(io.hide(diagnosisText(examined, paint, io.stdout.columns)));
  } else {
    const text = format === "json" ? `${toJson(examinedJson(examined))}\n` : diagnosisPage(examined);
    (file?.write ?? io.stdout.data)(io.hide(text));
  }
  file?.close();
  return codeOf(diagnosis);
};

const codeOf = ({ usable }: Diagnosis): Exit => (usable ? exit.done : exit.failed);
