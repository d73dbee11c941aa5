/** The options of `meterport device`. */
import { Argument } from "commander";
import { addDaemonOptions, type DaemonOptions } from "../../options/ask-daemon.ts";
import { describeArguments, type Host, type Load, runs } from "../../options/host.ts";
import { type MeterOptions, mayAskMeter } from "../../options/shared-options.ts";

const deviceActions = ["status", "requests", "answer", "files", "display", "register", "unregister"] as const;
export type DeviceAction = (typeof deviceActions)[number];

export interface DeviceOptions extends DaemonOptions, Omit<MeterOptions, "link"> {
  readonly link?: string | undefined;
  readonly follow?: true | undefined;
  readonly telegram?: string | undefined;
  readonly alarms?: string | undefined;
  readonly output?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly unique?: string | undefined;
  readonly class?: string | undefined;
  readonly program?: string | undefined;
  readonly replace?: true | undefined;
  readonly post?: string | undefined;
  readonly answer: readonly string[];
  readonly maxAge: string;
  readonly files?: string | undefined;
  readonly state?: string | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

const forms = `
What the daemon does as a device, POINT being its only such point if omitted:
  status [POINT]                       registration, sources, display
  requests [POINT] [--follow]          what the grid asked and what was answered
  answer [POINT] SOURCE=VALUE          what an own source measured
  answer [POINT] SOURCE --telegram HEX; with --alarms N also what is wrong with it
  files [POINT] [NAME --output FILE]   files of the head-end
  display [POINT]                      what it shows on the meter's display
At a meter, without a daemon:
  register --link URL --manufacturer HEX --unique HEX   is the device until Ctrl-C
  unregister --link URL                removes the device that is registered at this port`;

export const addDeviceCommand = (
  host: Host,
  load: Load<[action: DeviceAction, words: readonly string[], options: DeviceOptions]>,
): void => {
  const { command } = host;
  describeArguments(command, {
    action: "status, requests, answer, files or display: asks the daemon; register or unregister: asks a meter",
    words: "the point, and what the action needs, see below",
  });
  const [action] = command.registeredArguments;
  if (action instanceof Argument) action.choices(deviceActions);
  mayAskMeter(addDaemonOptions(command), {
    link: "the meter, for register and unregister",
    profile: "device profile, for a meter that does not identify itself",
  })
    .option("--follow", "requests: goes on until Ctrl-C")
    .option("--telegram <hex>", "answer, register: M-Bus records in hex, which are sent as they are")
    .option("--alarms <n>", "answer: alarms of the source, a bit each, 0 to 255; they go with scheduled reads")
    .option("--output <file>", "files: where the file goes")
    .option("--manufacturer <hex>", "register: the three bytes that the OSGP Alliance gave to the maker of this device")
    .option("--unique <hex>", "register: the unique id; the meter counts another id as another device")
    .option("--class <n>", "register: the class: 0 LonTalk, 1 ZigBee, 4 C-Band, 5 OSGP; default: 5")
    .option("--program <hex>", "register: the program id; default: none")
    .option("--replace", "register: removes another device that is registered at this port")
    .option(
      "--post <forms>",
      "register: how answers are written, which is not public: third-party (unverified), or a JSON file; nothing is posted without it",
    )
    .option(
      "--answer <reading>",
      "register: what the head-end gets, as in volume:m³=123.456; may be repeated",
      (text: string, others: string[]) => [...others, text],
      [],
    )
    .option("--max-age <time>", "register: after that time the readings are too old to be sent", "1h")
    .option("--files <folder>", "register: takes files of the head-end into this folder; nothing runs them")
    .option("--state <folder>", "register: keeps what must survive a restart there; by default in the standard folder")
    .option("--yes", "does not ask for confirmation")
    .option("--json", "JSON documents on standard output, one per line where something is listed as it happens")
    .addHelpText("after", forms)
    .action(runs(host, load));
};
