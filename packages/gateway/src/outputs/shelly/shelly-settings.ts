/** The keys of the output `shelly`. */
import { listUpTo, onOff, wholeNumber } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { announceKey, deviceIdKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const shellyPort = 8091;

const live = { restart: false } as const;

export const shellySchema = outputSchema({
  ...listeningKeys(shellyPort),
  udp: setting(listUpTo(wholeNumber(1, 65_535), 4, "because batteries ask on one of two ports"), {
    ...live,
    text: "UDP ports on which it answers too: 1010 or 2220 for batteries of Marstek, which depends on their firmware.",
    example: "[2220]",
    fallback: "none",
  }).optional(),
  single_phase: setting(onOff, {
    ...live,
    text: "Whether all power is shown on phase A, for batteries that read one phase only.",
    aside: true,
    example: "on",
    fallback: "off",
  }).optional(),
  password: setting(secretText, {
    ...live,
    text: "The password of the user `admin`, as it is, `@FILE`, `@credential:NAME` or `sealed:…`. Batteries cannot give one.",
    aside: true,
    example: '"@shelly.password"',
    fallback: "none",
  }).optional(),
  ...deviceIdKey,
  ...announceKey,
});

export type ShellySettings = ReadSettings<typeof shellySchema>;
