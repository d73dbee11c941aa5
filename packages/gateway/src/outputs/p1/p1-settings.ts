/** The keys of the output `p1`. */
import { oneOf } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { furtherPort, serialSetting } from "../lines/face-settings.ts";
import { announceKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";
import { setNames } from "./telegram-rows.ts";

/** Of the usual gateways from a serial port to a network. */
export const p1Port = 2001;

export const p1Schema = outputSchema({
  ...listeningKeys(p1Port),
  serial: serialSetting(
    "A serial port that gets the telegrams too, with 115200 baud unless the link says otherwise.",
    "/dev/ttyUSB1",
  ),
  websocket: furtherPort("A port on which it also gives the telegrams by WebSocket, at `/ws`.", 8096),
  telegram: setting(oneOf(setNames), {
    restart: false,
    text: "What a telegram holds: `dsmr5` as in the Netherlands, or `sweden` with reactive values.",
    example: "sweden",
    fallback: "dsmr5",
  }).optional(),
  ...announceKey,
});

export type P1Settings = ReadSettings<typeof p1Schema>;
