/** The keys of the output `tasmota`. */
import { textUpTo } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { announceKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const tasmotaPort = 8093;

const groupName = textUpTo(32, "because it is a key of JSON").regex(/^[A-Za-z][A-Za-z0-9_-]*$/, {
  error: "must begin with a letter and have only letters, digits, _ and -, for example SML",
});

export const tasmotaSchema = outputSchema({
  ...listeningKeys(tasmotaPort),
  group: setting(groupName, {
    restart: false,
    text: "The key under which the values are, which a script of Tasmota chooses.",
    aside: true,
    example: "SML",
    fallback: "SML",
  }).optional(),
  ...announceKey,
});

export type TasmotaSettings = ReadSettings<typeof tasmotaSchema>;
