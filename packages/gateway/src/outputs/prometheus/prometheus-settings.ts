/** The keys of the output `prometheus`. */
import { oneOf, onOff } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { announceKey, listeningKeys } from "../listening/listening-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

export const prometheusPort = 8095;

export const prometheusSchema = outputSchema({
  ...listeningKeys(prometheusPort),
  energy: setting(oneOf(["joules", "kilowatt_hours", "both"]), {
    ...live,
    text: "The unit of energy: joules by the rules of Prometheus, kilowatt-hours for people, or both.",
    example: "both",
    fallback: "joules",
  }).optional(),
  live_values: setting(onOff, {
    ...live,
    text: "Whether power, voltage, current and so on are shown. With thousands of meters registers may be enough.",
    aside: true,
    example: "off",
    fallback: "on",
  }).optional(),
  ...announceKey,
});

export type PrometheusSettings = ReadSettings<typeof prometheusSchema>;
