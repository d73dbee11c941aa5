/** `meterport device`: a point as a device of the grid, in the daemon or by itself. */
import { UsageError } from "@meterport/protocol/errors";
import type { Exit, Io } from "../../io/io.ts";
import { answerFor, showDisplay, showFiles, showRequests, showStatus } from "./asked-device.ts";
import type { DeviceAction, DeviceOptions } from "./options.ts";

/** How many words an action takes. */
const mostWords: Readonly<Record<DeviceAction, number>> = {
  status: 1,
  requests: 1,
  answer: 2,
  files: 2,
  display: 1,
  register: 0,
  unregister: 0,
};

/** @throws UsageError; GatewayError if the daemon does not answer; LinkError, ResponseError, LayoutError of a meter */
export const deviceCommand = async (
  action: DeviceAction,
  words: readonly string[],
  options: DeviceOptions,
  io: Io,
): Promise<Exit> => {
  if (words.length > mostWords[action])
    throw new UsageError(
      "arguments",
      `meterport device ${action} takes ${mostWords[action]} words at most; meterport device --help shows them`,
    );
  switch (action) {
    case "status":
      return showStatus(words[0], options, io);
    case "requests":
      return showRequests(words[0], options, io);
    case "answer":
      return answerFor(words, options, io);
    case "files":
      return showFiles(words, options, io);
    case "display":
      return showDisplay(words[0], options, io);
    case "register":
      return (await import("./register-device.ts")).registerDevice(options, io);
    case "unregister":
      return (await import("./register-device.ts")).unregisterDevice(options, io);
  }
};
