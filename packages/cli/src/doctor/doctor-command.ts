/** `meterport doctor`: what is wrong with a link, and what to do. */
import type { Diagnosis } from "@meterport/client/doctor/diagnosis";
import { examine } from "@meterport/client/doctor/examine";
import { languageOf } from "@meterport/client/doctor/words/words";
import { meterRates } from "@meterport/client/supervision/baud-search";
import { UsageError } from "@meterport/protocol/errors";
import { parseKey } from "@meterport/protocol/security/key";
import { type KeyReading, keyReadings } from "@meterport/protocol/security/key-readings";
import { parseMeterLink } from "@meterport/transports/link-url";
import { wayOf } from "@meterport/transports/optical-way";
import type { DoctorOptions } from "../commands/line-commands.ts";
import { toJson } from "../format/json.ts";
import { paintFor } from "../format/paint.ts";
import { type Exit, exit, type Io, say } from "../io.ts";
import { keyText } from "../key-option.ts";
import { recorded } from "../open-meter.ts";
import { parseWhole } from "../option-values.ts";
import { diagnosisPage } from "./diagnosis-page.ts";
import { diagnosisText } from "./diagnosis-text.ts";
import { type Examined, examinedJson } from "./examined.ts";

/** What the key's text may stand for, the user's own reading first. @throws UsageError (`key`) where it is no key in any form */
const readingsOf = (text: string | undefined): readonly KeyReading[] => {
  if (text === undefined) return [];
  const all = keyReadings(text);
  try {
    const { secret, encoding } = parseKey(text);
    const own = secret.reveal().join();
    return [{ form: encoding, secret }, ...all.filter((reading) => reading.secret.reveal().join() !== own)];
  } catch (error) {
    if (!(error instanceof UsageError) || all.length === 0) throw error;
    return all;
  }
};

/** Only a link whose speed can be set lets the meter be looked for at others. */
const baudsOf = (link: ReturnType<typeof parseMeterLink>): readonly number[] =>
  "baudRate" in link ? [link.baudRate, ...meterRates.filter((rate) => rate !== link.baudRate)] : [];

const formatOf = ({ format, json }: DoctorOptions): "text" | "html" | "json" => {
  if (json === true && format !== undefined && format !== "json")
    throw new UsageError("format", `--json and --format ${format} contradict each other; leave one out`);
  return json === true ? "json" : (format ?? "text");
};

/** @throws UsageError, LinkError (aborted) */
export const doctorCommand = async (options: DoctorOptions, io: Io): Promise<Exit> => {
  const format = formatOf(options);
  const { link, security, record, output } = options;
  if (wayOf(link).optical)
    throw new UsageError(
      "link",
      `doctor examines the MEP port, and "${link}" leads to an optical port; meterport read says what is wrong there`,
    );
  const parsed = parseMeterLink(link);
  const readings = readingsOf(keyText(options.key, io));
  const language = options.language ?? languageOf(io.env.LC_ALL ?? io.env.LC_MESSAGES ?? io.env.LANG);
  // A file that cannot be written is told before half a minute was spent.
  const file = output === undefined ? undefined : io.createFile(output);
  const time = new Date(io.clock.wall()).toISOString();
  say(io, "examining the link; half a minute where it is well, longer where it is silent");
  const signal = io.interrupted;
  const diagnosis = await examine({
    open: async (baud) => {
      const transport = await io.openLink(link, signal, baud);
      return record === undefined ? transport : recorded(transport, record, link, io);
    },
    clock: io.clock,
    entropy: io.entropy,
    clientId: parseWhole(options.clientId, "--client-id", 0, 0xffff),
    signal,
    readings,
    security,
    bauds: baudsOf(parsed),
  });
  const examined: Examined = { diagnosis, time, kind: parsed.kind, security, language };
  const { write } = file ?? io.stdout;
  if (format === "json") write(`${toJson(examinedJson(examined))}\n`);
  else if (format === "html") write(diagnosisPage(examined));
  else
    write(
      diagnosisText(
        examined,
        paintFor(file === undefined ? io.stdout : { ...io.stdout, color: false }),
        io.stdout.columns,
      ),
    );
  file?.close();
  return codeOf(diagnosis);
};

const codeOf = ({ usable }: Diagnosis): Exit => (usable ? exit.done : exit.failed);
